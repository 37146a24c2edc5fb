"""Laws of reading: whatever the bytes are, there is a post or an error, soon, and no word of it is lost."""

import re
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from converter.api import render_files
from converter.diagnostics import Diagnostic, Severity, SourceError
from converter.digest import compile_digests
from converter.model import MAX_DEPTH, Heading, Paragraph, Post, Site, Text
from converter.model.walk import query, text_of
from converter.normalize import PASSES, normalize
from converter.reading import CleaningRule, Context, SourceFile, fault_of, read, read_site


def post_of(text: str | bytes, *, path: str = "2024-01-02-a.md", context: Context | None = None) -> Post:
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    source = SourceFile(path=path, key=path.rpartition(".")[0], data=data)
    found: list[Diagnostic] = []
    return normalize(read(source, Site(), found.append, context=context or Context()), Site(), found.append)


def ignore(_diagnostic: Diagnostic) -> None:
    """Take no notice."""


def codes(text: str) -> set[str]:
    found: list[Diagnostic] = []
    source = SourceFile(path="2024-01-02-a.md", key="a", data=text.encode())
    normalize(read(source, Site(), found.append), Site(), found.append)
    return {one.code.value for one in found}


# ---- any bytes ----

MARKUP = """
<p> </p> <div> </div> <b> </b> <i > <table> <tr><td> </table> <ul><li> </ul> <a·href='x'> </a> <img·src=a> <pre>
</pre> <!-- --> <script> </script> <ruby>字<rt>z <dl><dt> <dd> <figure> <figcaption> <blockquote> &amp; &#x41 <br>
<br><br> </ <h3> ``` ** * _ ~~ ` [ ]( ) ![ |a|b|¶|-|-|¶ [^1] [^1]:· $$ {:·.x} {% %} {{ }} {%·raw·%} {%·if·x·%}
{%·endif·%} #· -· 1.· >· ···· ¶ ¶¶ ~~~¶ :· ---¶ \\ 中文 “引”。 text· http://e.org/a " ' ... -- ·
"""
PIECES = st.sampled_from(MARKUP.split()).map(lambda piece: piece.replace("·", " ").replace("¶", "\n"))
STRANGE = st.sampled_from(["\x00", "\ue000", "\ufeff", "\u3000", "\u2028", "\ud800"])
BODIES = st.lists(PIECES | STRANGE, max_size=40).map("".join)


@given(BODIES)
@settings(max_examples=300, deadline=None)
@example("<a><b><a></b>")
def test_any_body_becomes_a_post(body: str) -> None:
    post = post_of(f"---\ntitle: T\n---\n{body}")

    assert post == Post.from_json(post.to_json())
    assert depth_of(post) <= MAX_DEPTH
    assert all(one.line is None or one.line > 0 for one in query(post) if hasattr(one, "line"))


@given(st.binary(max_size=200), st.sampled_from(["a.md", "b.html", "_posts/2024-01-02-c.markdown"]))
@settings(deadline=None)
def test_any_bytes_become_a_post_or_an_error(data: bytes, path: str) -> None:
    with suppress(SourceError):
        assert post_of(data, path=path).metadata.title


@given(BODIES)
@settings(deadline=None)
def test_normalizing_twice_is_normalizing_once(body: str) -> None:
    once = post_of(f"---\ntitle: T\n---\n{body}")

    assert normalize(once, Site(), lambda _one: None).blocks == once.blocks


@given(st.lists(st.text(st.characters(categories=["Lu", "Ll", "Lo"]), min_size=1), min_size=1, max_size=30))
@settings(deadline=None)
def test_no_word_of_plain_text_is_lost(words: list[str]) -> None:
    post = post_of("---\ntitle: T\n---\n" + " ".join(words))

    assert Counter("".join(words)) == Counter(re.sub(r"\s", "", text_of(post)))


def depth_of(value: object) -> int:
    """Return how deep nodes nest."""
    if isinstance(value, tuple):
        return max(map(depth_of, value), default=0)
    fields = getattr(value, "__struct_fields__", ())
    return 1 + max((depth_of(getattr(value, name)) for name in fields), default=0) if fields else 0


def test_passes_keep_what_they_do_not_change() -> None:
    post = post_of("---\ntitle: T\n---\nA paragraph.\n\n## A heading {#a-heading}\n\n- one\n- two\n")

    for change in PASSES.values():
        assert change(post, Site(), lambda _one: None) is post, change.__name__


# ---- time ----

GROWING: dict[str, Callable[[int], str]] = {
    "elements": lambda n: "<div>" * n + "x",
    "closed elements": lambda n: "<div>" * n + "x" + "</div>" * n,
    "formats": lambda n: "<p>" + "<b>" * n + "x</p><p>y",
    "formats in paragraphs": lambda n: "".join(f"<font color={i}><p>x" for i in range(n)),
    "links": lambda n: "<p>" + "<a href=x>y" * n,
    "quotes": lambda n: "> " * n + "x",
    "lists": lambda n: "- " * n + "x",
    "brackets": lambda n: "[" * n,
    "half links": lambda n: "[a](" * n,
    "stars": lambda n: "**a* " * n,
    "backticks": lambda n: "".join("`" * (i % 50 + 1) + " " for i in range(n)),
    "half tags": lambda n: '<a x="' * n,
    "half comments": lambda n: "<!-- " * n,
    "half sections": lambda n: "<![CDATA[" * n,
    "half formulas": lambda n: "$$ a " * n,
    "half scripts": lambda n: "<script>" * n,
    "rows": lambda n: "<table>" + "<tr><td>x</td></tr>" * n + "</table>",
    "spans": lambda n: "<table>" + "<tr><td colspan=1000 rowspan=9999>x</td></tr>" * n + "</table>",
    "tables": lambda n: "<table><tr><td>" * n,
    "one line": lambda n: "中文abc " * n,
    "headings": lambda n: "# a\n" * n,
    "bold paragraphs": lambda n: "<p><strong>x</strong></p>" * n,
    "Liquid": lambda n: "{{ page.title }}{% if x %}" * n,
    "half Liquid": lambda n: "{{ {% " * n,
    "notes": lambda n: "[^1]: x\n\n" + "a[^1] " * n,
    "attribute lists": lambda n: "a\n{: .b}\n\n" * n,
    "rows of Markdown": lambda n: "|a|b\n" * n + "text",
    "half tables": lambda n: "|a|b|\n|-|-|\n|c\n\n" * n,
    "pipes in code": lambda n: "|`a|" * n,
    "half code": lambda n: "<code>a `" * n,
    "fences": lambda n: "".join("`" * (3 + i % 60) + "x\n\n" for i in range(n)),
    "references": lambda n: "[a]: b\n" * n + "[a] [b" * n,
    "half titles": lambda n: '[a](b "c' * n,
    "items": lambda n: "* a\n1. b\n" * n,
    "deeper items": lambda n: "".join(" " * (i % 80) + "* a\n" for i in range(n)),
    "terms": lambda n: "a\n" * n + ": b\n",
    "guillemets": lambda n: "<<a>> <<" * n,
    "Markdown in blocks": lambda n: "<div>" + '<p markdown="1">*a*</p>\n' * n + "</div>",
    "nested Markdown": lambda n: '<div markdown="1">\n' * n + "x",
    "lists of attributes": lambda n: "{:a: b}\n" * n + "*a*{:a}" * n,
    "addresses": lambda n: "http://a.b/c " * n,
    "entities": lambda n: "&amp;&bogus;" * n,
}


@pytest.mark.parametrize("name", GROWING)
def test_ten_times_the_text_takes_about_ten_times_the_time(name: str) -> None:
    grow = GROWING[name]
    few = min(seconds(grow(200)) for _ in range(3))

    # Ten times, with room for what a machine does besides; what is quadratic takes a hundred times, each time.
    assert any(seconds(grow(2000)) < 40 * max(few, 0.002) for _ in range(3))


def seconds(body: str) -> float:
    start = time.process_time()
    post_of(f"---\ntitle: T\n---\n{body}")
    return time.process_time() - start


def test_deep_nesting_is_cut_with_a_diagnostic() -> None:
    assert "nesting-too-deep" in codes("---\ntitle: T\n---\n" + "<div>" * 10_000 + "x")
    assert "nesting-too-deep" in codes("---\ntitle: T\n---\n" + "> " * 1_000 + "x")
    assert "x" in text_of(post_of("---\ntitle: T\n---\n" + "<ul><li>" * 10_000 + "x"))


def test_a_file_beyond_reason_is_an_error() -> None:
    with pytest.raises(SourceError, match="larger than 32 MiB"):
        post_of(b"x" * (32 * 1024 * 1024 + 1))


def test_an_empty_file_is_an_error() -> None:
    with pytest.raises(SourceError, match="empty"):
        post_of(b" \n\n")


# ---- passes ----


def test_a_pass_can_be_left_out_and_its_diagnostics_say_how() -> None:
    text = "---\ntitle: T\ndate: 2024-05-31\n---\nThe harbour opens at six.\n\nSource: Harbour Board\n"
    source, found = SourceFile(path="a.md", key="a", data=text.encode()), list[Diagnostic]()
    post = read(source, Site(), found.append)

    with_it = normalize(post, Site(), found.append)
    without = normalize(post, Site(), pytest.fail, skip=("find-source",))

    assert (1, 2) == (len(with_it.blocks), len(without.blocks))
    assert '`skip = ["find-source"]` in [normalize]' in (found[0].hint or "")


@pytest.mark.parametrize("name", PASSES)
def test_a_book_is_right_without_any_of_the_passes(name: str) -> None:
    folder = Path(__file__).parent.parent / "samples/_posts"
    sources = [SourceFile(path=path.name, key=path.stem, data=path.read_bytes()) for path in sorted(folder.iterdir())]
    posts = [normalize(read(source, Site(), ignore), Site(), ignore, skip=(name,)) for source in sources]

    [digest] = compile_digests(posts, site=Site())
    found: list[Diagnostic] = []
    assert render_files(digest, "epub", warn=found.append)
    assert not [one for one in found if one.severity is Severity.ERROR]


# ---- sites and rules ----


def site_of(text: str) -> tuple[Site, list[str]]:
    found: list[Diagnostic] = []
    return read_site(text, file="_config.yml", root="/site", warn=found.append), [one.message for one in found]


def test_a_site_says_what_its_posts_share() -> None:
    site, found = site_of(
        "title: 金融消息\nlang: zh_CN\ntimezone: Asia/Shanghai\nurl: https://example.org/\nbaseurl: blog/\n"
        "author:\n  name: Ann\n  email: x\ndescription: >-\n  two\n  lines\nlicense: CC-BY\n"
    )

    expected = Site(
        root="/site",
        title="金融消息",
        description="two lines",
        language="zh-CN",
        timezone="Asia/Shanghai",
        url="https://example.org",
        baseurl="/blog",
        author="Ann",
        license="CC-BY",
    )
    assert (expected, []) == (site, found)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title: [", "the file is not valid YAML"),
        ("timezone: Mars/Olympus", "is not a time zone"),
        ("- a", "not valid YAML"),
    ],
)
def test_a_site_with_faults_is_still_a_site(text: str, message: str) -> None:
    site, found = site_of(text)

    assert Site(root="/site") == site
    assert message in found[0]


def test_rules_of_the_user_come_first() -> None:
    context = Context(
        rules=(CleaningRule(action="remove", selector=".ad"), CleaningRule(action="heading", text=r"Part \d"))
    )

    post = post_of('---\ntitle: T\n---\n<p class="ad">buy</p><p>Part 1</p><p>text</p>', context=context)

    assert (Heading(2, (Text("Part 1"),), "part-1"), Paragraph((Text("text"),))) == post.blocks


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        (CleaningRule(action="remove"), "it needs a selector or a text"),
        (CleaningRule(action="remove", selector="p", text="x"), "it needs a selector or a text"),
        (CleaningRule(action="remove", selector="p["), "the selector is not a valid CSS selector"),
        (CleaningRule(action="remove", text="("), "the text is not a valid regular expression"),
        (CleaningRule(action="remove", selector="p > a"), ""),
    ],
)
def test_a_rule_tells_its_fault(rule: CleaningRule, fault: str) -> None:
    assert fault_of(rule).startswith(fault)
    assert bool(fault) == bool(fault_of(rule))
