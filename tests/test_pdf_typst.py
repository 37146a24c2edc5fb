"""The PDF that Typst lays out: the contract of the writer, and text that is never markup."""

import os
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from converter.config import Options, load_config
from converter.diagnostics import Code, Diagnostic, UsageError, Warn, WriterError
from converter.model import (
    Asset,
    Cell,
    Digest,
    Heading,
    Image,
    Link,
    Note,
    NoteReference,
    Paragraph,
    Post,
    Row,
    Span,
    Table,
    Text,
)
from converter.pipeline.cache import TaskCache
from converter.pipeline.executors import ProcessExecutor, SerialExecutor
from converter.pipeline.plan import Edition
from converter.pipeline.report import silent
from converter.pipeline.run import build
from converter.pipeline.write import WriteStage, render_files
from converter.storage.blobs import MemoryBlob
from converter.storage.cache import Cache
from converter.testing import strategies
from converter.testing.builders import every_node, p
from converter.themes import Theme, open_theme
from converter.writers.book import Book as Plan
from converter.writers.pdf import PdfWriter
from converter.writers.pdf.style import Style
from converter.writers.pdf.typst.compiler import compiled
from converter.writers.pdf.typst.engine import TypstEngine
from converter.writers.pdf.typst.tongues import tongue
from tests.conftest import require_installed
from tests.pdf_books import Book, a_digest, a_picture, a_post, ends_of_lines, text_of_whole_pages

require_installed("Typst")
THEME = open_theme("default")
A5_WIDTH, MARGIN = 419.5, 36
"""Points."""


def make(digest: Digest, **options: object) -> Book:
    found: list[Diagnostic] = []
    [file] = render_files(digest, PdfWriter(engine="typst", **options), THEME, found.append)
    return Book(file.data, found)


def letters(text: str) -> str:
    """Return a text without what layout adds to it: spaces and hyphens at the ends of lines."""
    return re.sub(r"[\s\x02\ufffe\u00ad]+", "", text)


@pytest.mark.parametrize(
    "options", [{}, {"two_sided": True, "notes": "footnotes", "attach_sources": True, "index": False}]
)
def test_every_node_is_laid_out_and_the_same_digest_gives_the_same_bytes(
    tmp_path: Path, options: dict[str, object]
) -> None:
    digest = a_digest(every_node(), a_post("other", p("短。")))

    book = make(digest, **options)

    assert book.data == make(digest, **options).data
    assert "短。" in "".join(text_of_whole_pages(book.data))


MARKUP = "#panic() $x$ *a* _b_ = c @d <e> `f` \\ // /* ~ -- ... 'q' \"r\" [s] #{t} https://u.example"


@pytest.mark.parametrize(
    "text", [MARKUP, "= Title", "- item", "#set page(width: 1pt)", "$", "#", "\\u{41}", "]", "```"]
)
def test_text_is_never_markup(text: str) -> None:
    post = a_post("a", p(text), Heading(2, (Text(text),), id=text), p(Link("https://x.example", (Text(text),), text)),
                  p(Link(f"#{text}", (Text(text),))), p(Span((Text(text),), lang=text)),
                  p(Image("x.png", alt=text)),
                  Table((Row((Cell((p(text),)),)),), alignments=(None,)), title=text)  # fmt: skip

    words = letters("".join(text_of_whole_pages(make(a_digest(post)).data)))

    assert words.count(letters(text)) >= 7


@settings(max_examples=12, deadline=20_000, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_post_is_laid_out(data: st.DataObject) -> None:
    post: Post = data.draw(strategies.posts())

    assert make(a_digest(post)).data.startswith(b"%PDF")


@settings(max_examples=12, deadline=20_000, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(min_size=1, max_size=40).filter(lambda text: text.strip() and text.isprintable()))
def test_any_text_is_laid_out(text: str) -> None:
    assert make(a_digest(a_post("a", Paragraph((Text(text),)), title=text))).data.startswith(b"%PDF")


def test_outline_labels_and_destinations(tmp_path: Path) -> None:
    book = make(a_digest(a_post("a", p("一。"), p(Link("post:b", (Text("二"),)))), a_post("b", p("二。"))))
    with book.open() as pdf:
        names = [str(each) for each in pdf.Root.Names.Dests.Names][::2]
        labels = [page.label for page in pdf.pages]

    assert {"post:a", "post:b"} <= set(names)
    assert labels[:2] == ["i", "ii"]
    assert "1" in labels


def test_a_missing_engine_is_named_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("converter.writers.pdf.typst.engine.find_spec", lambda _: None)

    with pytest.raises(UsageError, match="Typst is not installed") as caught:
        TypstEngine().require()

    assert caught.value.diagnostic.code is Code.LIBRARY_MISSING
    assert "pip install 'digest-converter[typst]'" in str(caught.value.diagnostic.hint)


@pytest.mark.parametrize(("tag", "code", "region"), [
    ("zh", "zh", "cn"), ("zh-Hant", "zh", "tw"), ("zh-HK", "zh", "hk"), ("x-y", "", ""), ("", "", ""),
    ("ja-JP", "ja", "jp"),
])  # fmt: skip
def test_tags_of_languages(tag: str, code: str, region: str) -> None:
    assert (code, region) == (tongue(tag)["code"], tongue(tag)["region"])


@pytest.mark.parametrize(
    "text",
    [
        '#import "@preview/cetz:0.3.0": *',
        '#import "../../secret.typ": *',
        '#include "/etc/passwd"',
        '#{ import /* */ "@local/a:0.1.0" }',
        '#let name = "@preview/cetz:0.3.0"\n#import name',
        '#eval("import \\"@preview/cetz:0.3.0\\"")',
        '#dictionary(std).at("ev" + "al")("1")',
    ],
)
def test_a_theme_cannot_reach_beyond_its_files(text: str, tmp_path: Path) -> None:
    (tmp_path / "pdf").mkdir()
    (tmp_path / "theme.toml").write_text('name = "hostile"\nextends = "default"\n')
    (tmp_path / "pdf/nodes.typ").write_text(f"{text}\n{THEME.read('pdf/nodes.typ').decode()}", "utf-8")

    with pytest.raises(WriterError, match=r"'pdf/nodes\.typ' of theme .* may not say") as caught:
        render_files(a_digest(a_post("a", p("一。"))), PdfWriter(engine="typst"), open_theme(str(tmp_path)), print)

    assert 1 <= (caught.value.diagnostic.line or 0) <= 2


def test_a_page_of_a_theme_reads_nothing_outside_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "pdf").mkdir()
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "theme.toml").write_text('name = "hostile"\nextends = "default"\n')
    (tmp_path / "pdf/posts.typ").write_text(f'#read("{tmp_path}/secret")', "utf-8")

    with pytest.raises(WriterError, match="Typst refuses it: file not found"):
        render_files(a_digest(a_post("a", p("一。"))), PdfWriter(engine="typst"), open_theme(str(tmp_path)), print)


def test_a_damaged_picture_is_named_and_its_words_stand_in_its_place(tmp_path: Path) -> None:
    asset = a_picture(tmp_path)
    file = tmp_path / asset.src
    file.write_bytes(file.read_bytes()[:90])
    post = a_post("a", p("一。"), p(Image(asset.src, "码头全景")), assets=(asset,))

    book = make(a_digest(post, a_post("b", p("二。"))))

    assert [(Code.IMAGE_INVALID, post.path)] == [(each.code, each.file) for each in book.diagnostics]
    assert "码头全景" in letters("".join(text_of_whole_pages(book.data)))


@pytest.mark.parametrize("svg", ["<svg/>", "<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
                                 "<svg xmlns='http://www.w3.org/2000/svg' width='-1' height='0'/>"])  # fmt: skip
def test_a_drawing_of_any_kind_costs_no_word(svg: str, tmp_path: Path) -> None:
    asset = Asset(
        src="a.svg", blob=MemoryBlob(svg.encode()), media_type="image/svg+xml", size=len(svg), sha256="0" * 64
    )

    book = make(a_digest(a_post("a", p("一。"), p(Image("a.svg", "码头")), assets=(asset,))))

    assert "一。" in letters("".join(text_of_whole_pages(book.data)))


class _Refuses(PdfWriter, frozen=True):
    """Lays out with Typst, and fails for the post `bad` as Typst would."""

    def render(self, part: Any, theme: Theme, warn: Warn) -> Any:
        if "bad" in part.keys and (len(part.keys) > 1 or self.text_size == "11pt"):
            raise WriterError(Code.OUTPUT_INVALID, "Typst refuses it: no reason")
        return super().render(part, theme, warn)


@pytest.mark.parametrize(("text_size", "costs"), [("", False), ("11pt", True)])
def test_a_post_that_is_refused_costs_no_other(text_size: str, costs: bool, tmp_path: Path) -> None:
    writer = _Refuses(engine="typst", text_size=text_size)
    config = replace(
        load_config(None, Options(output=str(tmp_path), formats=("pdf",))), writers={"pdf": writer}, jobs=1
    )
    found: list[Diagnostic] = []
    digest = a_digest(*(a_post(key, p(f"{key}。")) for key in ("one", "bad", "two")))

    cache = TaskCache(Cache(), found.append)
    [made] = WriteStage(SerialExecutor(), config, THEME, None, found.append, cache).write([Edition(digest)], silent)

    with pikepdf.open(tmp_path / "book.pdf") as pdf:
        names = [str(each) for each in pdf.Root.Names.Dests.Names][::2]
    assert names == (["post:one", "post:two"] if costs else ["post:bad", "post:one", "post:two"])
    assert [each.file for each in made.diagnostics] == (["_posts/bad.md"] if costs else [])


def test_a_post_that_typst_refuses_is_set_as_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    def refusing(page: str, style: Style, data: bytes, files: Mapping[str, bytes], warn: Warn) -> bytes:
        if b'"t":"table"' in data:
            raise WriterError(Code.OUTPUT_INVALID, "Typst refuses it: no reason")
        return compiled(page, style, data, files, warn)

    monkeypatch.setattr("converter.writers.pdf.typst.layout.compiled", refusing)
    table = Table((Row((Cell((p("格子"),)),)),), alignments=(None,))
    digest = a_digest(a_post("bad", p("一。"), table))

    book = make(digest)

    assert [(each.code, each.file) for each in book.diagnostics] == [(Code.LAYOUT_SIMPLIFIED, "_posts/bad.md")]
    assert "no reason; it is set as plain text" in book.diagnostics[0].message
    assert {"一。", "格子"} <= {letters(line) for text in text_of_whole_pages(book.data) for line in text.splitlines()}


def test_the_parts_of_a_book_stay_when_a_post_comes() -> None:
    posts = [a_post(f"{number:04}", p("字" * 1500)) for number in range(400)]
    before, after = (TypstEngine().split(Plan(a_digest(*chosen))) for chosen in (posts, [*posts[:50], *posts[51:]]))

    assert len(before) > 8
    assert len({*map(tuple, (run.keys for run in after))} - {*map(tuple, (run.keys for run in before))}) <= 3


def test_a_book_in_parts_has_one_tree_of_tags_and_links_between_the_parts(tmp_path: Path) -> None:
    table = Table((Row((Cell((p("一"),)),)),), head=(Row((Cell((p("头"),)),)),), alignments=(None,))
    posts = [
        a_post(f"{number:03}", p("字" * 1500, NoteReference("n")), table, Heading(2, (Text("节"),), id="s"),
               p(Link(f"post:{(number + 20) % 40:03}#s", (Text("另一篇"),))), notes=(Note("n", (p("注"),)),))
        for number in range(40)
    ]  # fmt: skip
    digest = a_digest(*posts)
    assert len(TypstEngine().split(Plan(digest))) > 2

    with make(digest, notes="footnotes", two_sided=True).open() as pdf:
        names = {str(name): target for name, target in zip(*[iter(pdf.Root.Names.Dests.Names)] * 2, strict=True)}
        ids = [*pikepdf.NameTree(pdf.Root.StructTreeRoot.IDTree)]
        parents = [*pikepdf.NumberTree(pdf.Root.StructTreeRoot.ParentTree)]
        places = [page.obj.objgen for page in pdf.pages]
        leads = [
            places.index(link.Dest[0].objgen)
            for page in pdf.pages
            for link in page.obj.get("/Annots", ())
            if isinstance(link.get("/Dest"), pikepdf.Array) and str(link.get("/Contents", "")).startswith("页")
        ]
    firsts = {name: places.index(target[0].objgen) for name, target in names.items()}

    assert set(firsts) == {f"post:{number:03}" for number in range(40)}
    assert len(ids) == len(set(ids)) == 80
    assert parents == sorted(set(parents))
    assert {firsts[f"post:{number:03}"] + 1 for number in range(40)} <= {*leads, *(each + 1 for each in leads)}


def test_a_post_that_kills_its_worker_costs_no_other(tmp_path: Path) -> None:
    """What Typst does where memory ends: the process is gone, and with it what else it had."""
    config = replace(
        load_config(None, Options(output=str(tmp_path), formats=("pdf",))), writers={"pdf": _Kills()}, jobs=2
    )
    found: list[Diagnostic] = []
    digest = a_digest(*(a_post(key, p(f"{key}。")) for key in ("one", "bad", "two")))

    with ProcessExecutor(2, timeout=300) as executor:
        cache = TaskCache(Cache(), found.append)
        [made] = WriteStage(executor, config, THEME, None, found.append, cache).write([Edition(digest)], silent)

    with pikepdf.open(tmp_path / "book.pdf") as pdf:
        assert [str(each) for each in pdf.Root.Names.Dests.Names][::2] == ["post:one", "post:two"]
    assert [(Code.WORKER_DIED, "_posts/bad.md")] == [(each.code, each.file) for each in made.diagnostics]


def test_with_one_job_a_post_that_kills_its_process_costs_no_other(tmp_path: Path) -> None:
    posts = tmp_path / "_posts"
    posts.mkdir()
    for name in ("one", "bad", "two"):
        (posts / f"2024-05-13-{name}.md").write_text(f"---\ntitle: {name}\n---\n\n{name}。\n")
    options = Options(sources=(str(tmp_path),), output=str(tmp_path / "out"), formats=("pdf",), jobs=1)

    report = build(replace(load_config(None, options), writers={"pdf": _Kills()}))

    assert [(Code.WORKER_DIED, "_posts/2024-05-13-bad.md")] == [
        (each.code, each.file) for each in report.diagnostics if each.code is Code.WORKER_DIED
    ]
    assert len(report.files) == 1


class _Kills(PdfWriter, frozen=True):
    engine: str = "typst"

    def render(self, part: Any, theme: Theme, warn: Warn) -> Any:
        if any("bad" in key for key in part.keys):
            os.abort()
        return super().render(part, theme, warn)


def test_spaces_in_justified_lines_stay_spaces() -> None:
    """Typst narrows them to fit a word more into a line; too narrow, they are none for what reads the file."""
    said = "The V2MOM harbour plan enables me to say what I’m building, and then to tell it clearly to all the crews"
    parts = [said.split()[start:] for start in range(15)]
    wanted = Counter(word for part in parts for word in re.findall("[a-z]{3,}", " ".join(part)))
    lines = [p("قال الربان في كتابه: " + " ".join(part)) for part in parts]

    text = "".join(text_of_whole_pages(make(a_digest(a_post("a", *lines, language="ar"))).data))

    found = Counter(re.findall("[a-z]{3,}", text))
    assert {word: found[word] for word in wanted} == wanted


@pytest.mark.parametrize("columns", [3, 11, 24])
def test_words_stay_in_their_columns_and_on_the_page_however_long_they_are(columns: int) -> None:
    numbers = [f"{number}.4149231507e01" for number in range(columns)]
    row = Row(tuple(Cell((p(number),)) for number in numbers))
    book = make(a_digest(a_post("a", p("x" * 200), Table((row,), alignments=(None,) * columns))))

    pages = text_of_whole_pages(book.data)
    assert max(max(ends_of_lines(book.data, number), default=0) for number in range(len(pages))) < A5_WIDTH - MARGIN
    text = letters("".join(pages))
    assert "x" * 200 in text
    assert not Counter("".join(numbers)) - Counter(text)  # of signs over each other, one is read
