"""The proof that no word is lost finds what is lost, and only that."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from converter.api import read_post
from converter.config import Config
from converter.diagnostics import Code, SourceError, UsageError
from converter.digest import digest_of
from converter.model import Site
from converter.pipeline.run import verify
from converter.pipeline.write import render_files
from converter.themes import open_theme
from converter.verify import Passage, SourceText, can_read, compare, outputs, passages, read_source, source_text
from converter.verify.shape import Shape
from converter.verify.visible import visible_text
from converter.verify.words import cut_word, words
from converter.writers.registry import plugins, writer_type
from tests.conftest import writers_here


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("港口新闻，5G。", ["港", "口", "新", "闻", "5", "g"]),
        ("Ｈａｒｂｏｕｒ Straße", ["harbour", "strasse"]),
        ("soft\u00adhyphen — and_snake", ["softhyphen", "and", "snake"]),
        ("カタカナ한국어", ["カ", "タ", "カ", "ナ", "한국어"]),
        ("。，！", []),
    ],
)
def test_words_do_not_depend_on_punctuation_case_and_form(text: str, expected: list[str]) -> None:
    assert expected == words(text)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("---\ntitle: no\n---\n<p>one</p>\n\ntwo *three*", "one two three"),
        ("\ufeff\n---\r\ntitle: no\r\n---\r\none", "one"),
        ("+++\ntitle = 'no'\n+++\none", "one"),
        ("<p>one<script>no</script><style>no</style><!-- no --></p>", "one"),
        ('<p style="display: none">no</p><p hidden>no</p>one', "one"),
        ('<div style="visibility:hidden">no<p style="visibility: visible">one</p></div><p>two</p>', "one two"),
        ('<p hidden="until-found">one</p><dialog>no</dialog><dialog open>two</dialog>', "one two"),
        ('<table><tr><td class="gutter"><pre>1\n2</pre></td><td><pre>one</pre></td></tr></table>', "one"),
        ("<p>a <math><mfrac><mn>3</mn><mi>b</mi></mfrac></math></p>", "a 3 b"),
        ("<p>a <math><mi>b</mi><annotation>no</annotation></math></p>", "a"),
        (
            '<p>a<a href="#n1" id="m1">1</a></p><div><a href="#m1" id="n1">[1]</a>b <a href="#x">2 or 3</a></div>',
            "a b 2 or 3",
        ),
        ("<p><span style='mso-list:Ignore'>3.</span>one</p>", "one"),
        ("one {% include no.html %} two {{ page.no }} three\n{: .no }", "one two three"),
        ("{% comment %} no {% endcomment %}one", "one"),
        ("wo<b>rd</b>\n<p>a</p><p>b</p>", "word a b"),
        ("one[^1]\n\n[^1]: note", "one note"),
        ("a [b][1]\n\n[1]: {% post_url 2024-01-01-x %}", "a b"),
        ("* TOC\n{:toc}\n\na", "a"),
        ("<http://a.example/%E4%BA%91>", "http a example e 4 ba 91"),
        ("- [x] one", "one"),
        ("<<one>> `<<two>>` <code>three << four</code>", "one two three four"),
        ("| one | two |\n|---|---|\n| `three | four` | five | six |", "one two three four five six"),
        ("| one | two |\n|===|===|\n| three | four |", "one two three four"),
        ('[one] [two][2]\n\n[one]: a b.html\n[2]: c "d "e" f"', "one two"),
        ("```\n[one]: two\n```", "one two"),
        ("<code>a*b*c</code> <kbd>__d__</kbd> `<code>e*f</code>`", "a b c d code e f code"),
        ("[one](a b.html) ![two](c d (e).png) three](four)", "one three four"),
        ("## one {#two}\n\n## three {#four .five}", "one three"),
        ('a<span class="margin-note">b</span>', "a b"),
        ("<div>\n\n    <script>\n    no\n    </script>\n</div>\n\none", "one"),
        ("```\n<script>one</script>\n```", "script one script"),
        ('<td><code><span class="x">a = 5</span>*b*</code></td>', "a 5 b"),
        ("[one](javascript:alert(1)) [two](data:no)", "one two"),
        ("<p>a<nobr>b</nobr><blink>c</blink></p>", "abc"),
        ("<pre><code>one</code><code>two</code></pre>", "one two"),
        (":smile: at 12:30:00, std::one", "at 12 30 00 std one"),
        ("<p class=MsoListParagraph><span>1.<span>&nbsp; </span></span>one</p>", "one"),
        ('<p style="font-size:0">no<b style="font-size:12px">one <i style="font-size:80%">two</i></b></p>', "one two"),
    ],
)
def test_the_text_of_a_source_is_what_a_browser_shows(source: str, expected: str) -> None:
    assert expected.split() == words(source_text(source.encode(), name="a.md"))


@pytest.mark.parametrize(
    ("system", "source", "expected"),
    [
        (
            "Hugo",
            '{{< figure src="a.png" caption="one" >}} [two]({{< ref "a.md" >}}) {{% note %}}three{{% /note %}}',
            "one two three",
        ),
        ("Hugo", "`{{</* x a */>}}` {{ one }}\n\n{{< highlight go >}}\ntwo\n{{< /highlight >}}", "x a one two"),
        (
            "Hexo",
            "title: no\ndate: no\n---\none {% post_link a two %} {% quote Ann %}three{% endquote %}",
            "one two ann three",
        ),
        ("Hexo", '"title": "no",\n"date": "no"\n;;;\none {% img no.png no %}', "one"),
        ("Zola", '{{ youtube(id="no") }} {% quote(author="one") %}two{% end %} {{/* a() */}}', "one two a"),
        ("Pelican", "Title: no\nDate: no\n\n# one {#no}", "one"),
        (
            "Obsidian",
            "[[no|one]] [[two#three]] ![[no]] %%no%%\n\n> [!tip]- four\n\n> [!five]\n> six ^no",
            "one two three four five six",
        ),
        ("", '[caption id="no" caption="one"]![no](no) two[/caption] [gallery ids="no"]', "one two"),
    ],
)
def test_tags_of_a_system_are_what_they_show(system: str, source: str, expected: str) -> None:
    assert expected.split() == words(source_text(source.encode(), name="a.md", system=system))


@pytest.mark.parametrize(
    "beginning",
    ["{% ", "{% comment %} ", "{{ ", "{% link ", "<code> ", "\n\n<script>\n", "```\na\n\n", "`" * 9, "# " + " " * 99],
)
def test_what_never_ends_is_looked_for_once(beginning: str) -> None:
    """A source of a few hundred kilobytes takes no hours: what has no end is told apart from what has one before."""
    source = f"tide {{% if a %}} {{{{ b }}}}\n\n{beginning * (60_000 // len(beginning))}"
    found = words(source_text(source.encode(), name="a.html", system="Jekyll"))
    assert "tide" == found[0]
    assert "if" not in found


@pytest.mark.parametrize("tag", ["b", "div", "b><p", "table><tr><td", "font><p", "blockquote"])
def test_elements_in_each_other_keep_their_words_however_deep(tag: str) -> None:
    ends = "".join(f"</{name}>" for name in reversed(tag.split("><")))
    html = f"<p>Low</p>{f'<{tag}>x' * 2_000}tide{ends * 2_000}<p hidden>fog</p><p>ebb</p>"
    assert ["low", "tide", "ebb"] == [word.strip("x") for word in words(visible_text(html)) if word.strip("x")]


def test_components_are_no_text() -> None:
    source = b"import no from 'no'\n\none <Chart no={1} /> {no} <Box>two</Box>"

    assert ["one", "two"] == words(source_text(source, name="a.mdx"))


def test_a_page_is_no_markdown() -> None:
    assert ["a", "b"] == words(source_text(b"---\n---\n<p>*a* _b_</p>", name="a.html"))


def compared(source: str, *found: str, declared: str = "") -> list[str]:
    text = SourceText(path="a.md", title="港口", text=source, declared=declared)
    result = compare([text], [Passage("港口", passage) for passage in found], file="book.md")
    return [diagnostic.message for diagnostic in result.diagnostics]


def test_all_words_in_any_order_are_no_loss() -> None:
    assert [] == compared("one two three two", "two three and two, one")


def test_a_lost_word_is_shown_where_it_stood() -> None:
    assert ["1 word missing from book.md: 一二三[四]五六"] == compared("一二三四五六", "一二三五六")


def test_of_several_places_the_one_whose_neighbours_are_gone_is_shown() -> None:
    [message] = compared("新闻一则，另有新消息，结束", "新闻一则，结束")

    assert "则另有[新]消息结束" in message or "另有新" in message
    assert "[新]闻一" not in message


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("the com", "mon sense", "common"),
        ("in 20", "24, so", "2024"),
        ("a common.", "Sense", ""),
        ("一二", "三四", ""),
        ("nine2", "five", ""),
    ],
)
def test_a_word_may_be_cut_where_a_line_ends(before: str, after: str, expected: str) -> None:
    assert expected == cut_word(before, after)


@pytest.mark.needs("Pango")
def test_a_hyphen_at_the_end_of_a_line_or_page_of_a_pdf_divides_no_word() -> None:
    text = "The inhabitants acknowledged extraordinary circumstances, notwithstanding considerable precipitation. " * 40
    post = read_post(f"---\ntitle: T\nlang: en\n---\n{text}")
    digest = digest_of(post, Site(language="en"))
    [file] = render_files(digest, writer_type("pdf")(), open_theme("default"), lambda _: None)
    [passage, *_] = [found for found in passages(file.data, name=file.name) if found.title == "T"]

    assert "\u2010" in passage.text
    assert [] == [one.message for one in compare([SourceText("a.md", "T", text)], [passage], file="a.pdf").diagnostics]


@pytest.mark.needs("Pango")
def test_a_long_word_in_a_narrow_cell_of_a_pdf_is_one_word() -> None:
    cells = ("1234567890123", "abcdefghijklmnopqrstuvwxyz", "a" * 40, *"abcdefg")
    row = f"| {' | '.join(cells)} |\n|{'---|' * len(cells)}\n| {' | '.join(cells)} |\n"
    post = read_post(f"---\ntitle: Wide\n---\n{row}")
    [file] = render_files(digest_of(post, Site()), writer_type("pdf")(), open_theme("default"), lambda _: None)
    [passage, *_] = [found for found in passages(file.data, name=file.name) if found.title == "Wide"]

    assert [] == [
        one.message for one in compare([SourceText("a.md", "Wide", row)], [passage], file="a.pdf").diagnostics
    ]


@pytest.mark.needs("Pango")
def test_the_formulas_of_a_pdf_are_drawn_and_there_all_the_same() -> None:
    post = read_post("---\ntitle: T\nlang: en\n---\nGiven $$a_1 + beta$$, all is well.")
    [file] = render_files(
        digest_of(post, Site(language="en")), writer_type("pdf")(), open_theme("default"), lambda _: None
    )
    [passage, *_] = [found for found in passages(file.data, name=file.name) if found.title == "T"]

    assert {"beta", "well"} <= set(words(passage.text))


def test_words_from_right_to_left_may_come_out_of_a_pdf_turned_around_or_in_pieces() -> None:
    assert [] == compared("على وفر", "عىل وف ر")
    assert ["1 word missing from book.md: على[وفر]"] == compared("على وفر", "على وف")


def test_a_word_that_stood_twice_must_stand_twice() -> None:
    assert ["1 word missing from book.md: a b[a]"] == compared("a b a", "a b")


def test_what_is_declared_is_not_missed() -> None:
    assert [] == compared("one two 返回首页", "one two", declared="返回首页")


def test_a_post_that_is_not_there_is_named() -> None:
    assert ["the post '港口' is not in book.md"] == compared("one")


def test_of_two_posts_with_one_title_each_finds_its_own() -> None:
    sources = [SourceText("a.md", "T", "alpha"), SourceText("b.md", "T", "beta")]

    result = compare(sources, [Passage("T", "beta"), Passage("T", "alpha")], file="book.md")

    assert ((), 2, 1.0) == (result.diagnostics, result.words, result.kept)


POST = """---
title: 港口新闻
date: 2024-05-31 09:00:00 +0800
---
<p>码头<b>今天</b>开放，<a href="https://a.example/">共有12艘船</a>。</p>

## 下一步

| 船 | 吨 |
|----|----|
| 甲 | 5000 |

- 一
- 二

`code` and more[^n]

[^n]: 注文
"""


@pytest.mark.parametrize("name", writers_here(*(plugin.name for plugin in plugins())))
def test_every_writer_keeps_every_word_and_a_word_that_is_cut_is_found(name: str) -> None:
    writer, post = writer_type(name)(), read_post(POST)
    digest = digest_of(post, Site(timezone="Asia/Shanghai"))
    [file, *_] = render_files(digest, writer, open_theme("default"), lambda _: None)
    source = source_text(POST.encode(), name="post.md")

    if not can_read(file.name, writer):
        pytest.skip(f"the writer '{name}' has no step `passages`")
    found = passages(file.data, name=file.name, writer=writer)
    kept = compare([SourceText("post.md", "港口新闻", source)], found, file=file.name)
    cut = compare([SourceText("post.md", "港口新闻", source + "遗失")], found, file=file.name)

    assert () == kept.diagnostics
    assert [(Code.WORDS_LOST, "post.md")] == [(found.code, found.file) for found in cut.diagnostics]


def test_a_file_of_another_kind_is_refused() -> None:
    with pytest.raises(UsageError, match=r"'a\.docx' cannot be extracted"):
        passages(b"", name="a.docx")


@given(st.text(), st.text())
def test_a_text_keeps_itself_and_loses_nothing_to_what_is_added(text: str, more: str) -> None:
    source = SourceText("a.md", "T", text)

    assert () == compare([source], [Passage("T", f"{text} {more} {text}")], file="b").diagnostics


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("b.epub", b"", "File is not a zip file"),
        ("b.epub", b"PK\x05\x06", "File is not a zip file"),
        ("b.pdf", b"%PDF-1.7 no more", "Failed to load document"),
        ("b.md", b"# a\n\xff", "it is not valid UTF-8: invalid start byte at byte 4"),
    ],
)
def test_a_file_that_is_damaged_is_said_to_be(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(SourceError, match=reason) as caught:
        passages(data, name=name)

    assert Code.BOOK_UNREADABLE == caught.value.diagnostic.code


def test_a_text_beyond_the_limit_is_not_taken_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("converter.verify.outputs.MAX_TEXT", 100)

    with pytest.raises(SourceError, match="characters"):
        passages(b"# a\n\nb\n\n" * 60, name="b.md")


def test_a_file_that_cannot_be_read_costs_the_comparison_of_its_format_only(tmp_path: Path) -> None:
    (tmp_path / "2024-05-31-a.md").write_text("---\ntitle: A\n---\nwords\n", "utf-8")

    epub, markdown = verify({"b.epub": b"PK", "b.md": b"# A\n\nwords\n"}, Config(sources=(str(tmp_path),)))

    assert [Code.BOOK_UNREADABLE] == [one.code for one in epub.diagnostics]
    assert (0, 0) == (markdown.missing, len(markdown.diagnostics))


def test_the_values_that_liquid_puts_in_are_words_of_the_source() -> None:
    source = b"---\nsteps: [mix, bake]\ncrew: {lead: Mira}\nat: 12:30\nshown: no\n---\n"
    body = (
        b"{% for s in page.steps %}* {{ s }}\n{% endfor %}\nBy {{ page.crew.lead }} at {{ page.at }}, {{ page.title }}"
        b"{% if page.shown %}never{% endif %} {{ page.steps | first }}\n"
    )

    assert ["mix", "bake", "by", "mira", "at"] == words(source_text(source + body, name="a.md"))


def test_liquid_that_only_the_reader_knows_is_no_text() -> None:
    body = b"---\nsteps: [mix]\n---\n{% assign s = page.steps %}{{ page.steps[0] }}Text{% include a.html %}\n"

    assert ["text"] == words(source_text(body, name="a.md"))


def test_labels_that_liquid_makes_are_no_text() -> None:
    label = b"[{{ s }}-filter]: {{ s | prepend: '/' }}\n"
    body = b"---\n---\n{% assign s = 1 %}See [the `map`][map-filter], [a] and [b](c).\n\n" + label

    assert ["see", "the", "map", "a", "and", "b"] == words(source_text(body, name="a.md"))


SHAPED = """---
title: Pier
date: 2024-05-31
---
## Fares

A ticket costs ten, says [the harbour master](https://a.example/master).

![the pier](https://a.example/pier.png)

```python
fare = 10
```
"""


@pytest.mark.parametrize("name", writers_here("epub", "markdown"))
@pytest.mark.parametrize(
    ("undone", "kind"),
    [
        ({"headings": ()}, "heading 'Fares'"),
        ({"listings": ()}, "code 'fare = 10'"),
        ({"images": ()}, "image 'the pier'"),
        ({"links": ()}, "link 'the harbour master'"),
    ],
)
def test_what_became_plain_text_is_found(name: str, undone: dict[str, tuple[()]], kind: str) -> None:
    writer, shown = writer_type(name)(), read_source(SHAPED.encode(), name="a.md")
    digest = digest_of(read_post(SHAPED), Site())
    [file, *_] = render_files(digest, writer, open_theme("default"), lambda _: None)
    found = passages(file.data, name=file.name)
    whole = SourceText("a.md", "Pier", shown.text, "", shown.shape, ("https://a.example/pier.png",))
    shape = replace(shown.shape, **undone)

    assert () == compare([whole], found, file=file.name).diagnostics
    [lost] = compare([replace(whole, absent=())], [Passage("Pier", shown.text, shape)], file=file.name).diagnostics
    assert (Code.CONTENT_LOST, "a.md") == (lost.code, lost.file)
    assert f"the {kind} is not in {file.name}" in lost.message


@pytest.mark.parametrize(
    "source",
    [
        " ## indented\n\ntext",
        "two\nlines\n---\n\ntext",
        "## $a^2$\n\ntext",
        "```\n{{ page.a }} b\n```\n",
        "1. one\n\n        code\n",
        '<img src="a.png" width="1" height="1">',
        "![a]({{ page.cover }})",
        "<details>\n\n```js\ncode\n```\n\n</details>",
        '<img src="./a b.png" alt="c">',
        "<dl><dt><h3>one</h3><pre>two</pre></dt><dd>three</dd></dl>",
        "<figure><img src='./a b.png'><figcaption><h4>one</h4></figcaption></figure>",
        "<img src=''> <img alt='one'>",
        "<pre class='wp-block-verse'>one\ntwo</pre>",
    ],
)
def test_what_two_readers_may_take_otherwise_is_not_missed(source: str) -> None:
    shown = read_source(source.encode(), name="a.md")
    wanted = SourceText("a.md", "T", shown.text, "", shown.shape, ("https://a.example/p/a b.png",))

    assert () == compare([wanted], [Passage("T", shown.text, Shape())], file="b.md").diagnostics


@pytest.mark.parametrize(
    ("link", "is_missed"),
    [
        ("[the mole](/mole/)", True),
        ("[the mole](../mole.html#end)", True),
        ("[the mole](mailto:ann@a.example)", True),
        ('<a href="https://a.example/x"><img src="q.png" alt="the mole"></a>', True),
        ("[the mole](#mole)", False),
        ("[the mole]({{ page.mole }})", False),
        ("[the mole](javascript:go())", False),
        ("[the mole](https://[a)", False),
        ("[the mole]()", False),
        ('<a href="https://a.example/x"></a> the mole', False),
        ('<a id="mole">the mole</a>', False),
    ],
)
def test_links_that_lead_somewhere_are_missed(link: str, is_missed: bool) -> None:
    shown = read_source(link.encode(), name="a.md")
    source = SourceText("a.md", "T", shown.text, "", replace(shown.shape, images=()), (), "https://site.example")
    lacking = Passage("T", shown.text, Shape())

    found = compare([source], [lacking], file="b.md").diagnostics
    assert [Code.CONTENT_LOST] * is_missed == [one.code for one in found]
    assert () == compare([replace(source, declared="the mole")], [lacking], file="b.md").diagnostics
    kept = Passage("T", shown.text, Shape(links=(("chapter.xhtml", "the “mole”"),)))
    assert () == compare([source], [kept], file="b.md").diagnostics


def test_a_site_without_an_address_cannot_be_linked_to() -> None:
    shown = read_source(b"[the mole](/mole/)", name="a.md")

    source = SourceText("a.md", "T", shown.text, "", shown.shape)

    assert () == compare([source], [Passage("T", shown.text, Shape())], file="b.md").diagnostics


def test_a_rule_that_loses_a_link_is_noticed() -> None:
    source = (
        "See [the times](https://a.example/t) and [the fares](https://a.example/f) and [more](https://a.example/m)."
    )
    shown = read_source(source.encode(), name="a.md")
    book = "# T\n\nSee the times and [fares, the](<https://a.example/f/>) and [more](https://b.example/)."
    [passage] = passages(book.encode(), name="b.md")

    [found] = compare([SourceText("a.md", "T", shown.text, "", shown.shape)], [passage], file="b.md").diagnostics

    assert "the link 'the times' is not in b.md, or is plain text there" == found.message


@pytest.mark.parametrize(
    "book",
    [
        "# T\n\nIn [the code][3], of January 1st of\n2013. Note it.\n\n[3]: https://a.example/\n",
        "# T\n\n1. one\n\n   ```python\n   two\n   ```\n",
    ],
)
def test_marks_that_two_readers_may_take_otherwise_are_no_words(book: str) -> None:
    shown = read_source(book.partition("\n\n")[2].encode(), name="a.md")
    [passage] = passages(book.encode(), name="b.md")
    marks = shown.shape.marks

    assert {"2013", "3"} <= set(words(marks)) or {"1", "python"} == set(words(marks))
    source = SourceText("a.md", "T", f"{shown.text} {marks}", "", shown.shape)
    assert () == compare([source], [passage], file="b.md").diagnostics
    [found] = compare([replace(source, text=f"{shown.text} {marks} gone")], [passage], file="b.md").diagnostics
    assert Code.WORDS_LOST == found.code


def test_a_reference_is_no_shortcode() -> None:
    source = b"As in this film.\n\n[video]: https://a.example/v\n[audio]: https://a.example/a\n"

    shown = read_source(source, name="a.md", system="Jekyll")

    assert "As in this film." == " ".join(shown.text.split())


@pytest.mark.parametrize("name", writers_here("epub", "markdown"))
def test_marks_of_notes_and_numbers_of_lines_are_no_words_of_what_they_stand_in(name: str) -> None:
    source = (
        "---\ntitle: Pier\n---\n## Fares[^1] now\n\n[^1]: Of May.\n\n"
        '<table class="lntable"><tr><td><pre><code><span class="lnt">1\n</span><span class="lnt">2\n</span></code>'
        '</pre></td><td><pre><code class="language-go">i := 8\nj := 9\n</code></pre></td></tr></table>\n'
    )
    writer, shown = writer_type(name)(), read_source(source.encode(), name="a.md")
    [file, *_] = render_files(digest_of(read_post(source), Site()), writer, open_theme("default"), lambda _: None)

    whole = SourceText("a.md", "Pier", shown.text, "", shown.shape)

    assert () == compare([whole], passages(file.data, name=file.name), file=file.name).diagnostics


def test_what_a_rule_took_with_its_pictures_is_not_missed() -> None:
    shown = read_source(b'a <img src="/b.png" alt="c">', name="a.md")
    wanted = SourceText("a.md", "T", shown.text, "ad\n/b.png", shown.shape)

    assert () == compare([wanted], [Passage("T", "a", Shape())], file="b.md").diagnostics


def test_words_that_stand_twice_are_found() -> None:
    text = " ".join(f"word{chr(97 + number)}" for number in range(26))
    twice = Passage("T", f"{text} {text}", Shape())

    assert () == compare([SourceText("a.md", text, text)], [Passage(text, twice.text, Shape())], file="b").diagnostics
    [found] = compare([SourceText("a.md", "T", text)], [twice], file="b.md").diagnostics
    assert Code.WORDS_REPEATED == found.code


def test_a_hyphen_where_a_line_ends_may_belong_to_the_word_or_to_layout() -> None:
    found = Counter(words(outputs._text_of(["for non\ufffemaintainers of the har\x02bour"])))

    assert found >= Counter(["non", "maintainers", "harbour"])
