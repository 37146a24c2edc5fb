"""Each option of the PDF writer has its effect, read back from the finished file."""

from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from converter.diagnostics import Code, WriterError
from converter.languages.labels import label
from converter.limits.bounds import deadline
from converter.model import Digest, Heading, Link, Note, NoteReference, Paragraph, Post, Section, Text
from converter.testing.builders import p
from tests.pdf_books import LONG, a_digest, a_picture, a_post, make

pytestmark = pytest.mark.needs("Pango")

ENGLISH = "The harbour authority announced that the new quay opens next month and that ships are waiting outside. " * 6
MM = 72 / 25.4


class Glyph:
    """A character on a page, in points from the lower left."""

    def __init__(self, page: int, text: str, box: tuple[float, float, float, float]) -> None:
        self.page, self.text = page, text
        self.left, self.bottom, self.right, self.top = box


def glyphs(data: bytes) -> Iterator[Glyph]:
    with pypdfium2.PdfDocument(data) as pdf:
        for number, page in enumerate(pdf):
            text = page.get_textpage()
            for at in range(text.count_chars()):
                if (character := text.get_text_range(at, 1)).strip():
                    yield Glyph(number, character, text.get_charbox(at, loose=True))


def pages(data: bytes) -> list[str]:
    with pypdfium2.PdfDocument(data) as pdf:
        return [page.get_textpage().get_text_range() for page in pdf]


def places(data: bytes, words: str) -> list[int]:
    """Return the pages that have the words."""
    return [number for number, text in enumerate(pages(data)) if words in text.replace("\r\n", "")]


@pytest.mark.parametrize(
    ("size", "width", "height"),
    [
        ("A4", 595.28, 841.89), ("a5", 419.53, 595.28), ("A6", 297.64, 419.53), ("Letter", 612, 792),
        ("ereader", 90 * MM, 120 * MM), ("120mm 180mm", 120 * MM, 180 * MM), ("400pt x 500pt", 400, 500),
    ],
)  # fmt: skip
def test_a_page_has_the_size_that_is_named(size: str, width: float, height: float) -> None:
    with make(a_digest(a_post("a", p(LONG))), page_size=size).open() as pdf:
        found = {tuple(map(float, page.mediabox)) for page in pdf.pages}

    assert [pytest.approx((0, 0, width, height), abs=0.05)] == list(found)


def test_text_has_the_size_that_is_named() -> None:
    def size(**options: str) -> float:
        found = [glyph for glyph in glyphs(make(a_digest(a_post("a", p(LONG))), **options).data) if glyph.text == "候"]
        return max(glyph.right - glyph.left for glyph in found)

    assert size(text_size="14pt") == pytest.approx(size(text_size="10pt") * 1.4, rel=0.02)
    assert size(text_size="10.5pt") == pytest.approx(size(), rel=0.01)


def ends_of_lines(data: bytes) -> list[float]:
    """Return where the lines of the longest page end, but for the last one."""
    lines: dict[tuple[int, float], float] = {}
    for glyph in glyphs(data):
        place = glyph.page, round(glyph.bottom)
        lines[place] = max(lines.get(place, 0), glyph.right)
    longest = max({page for page, _ in lines}, key=lambda page: sum(place[0] == page for place in lines))
    found = [end for place, end in sorted(lines.items(), reverse=True) if place[0] == longest]
    return found[2:-4]  # without title, running head, the last line and the page number


@pytest.mark.parametrize(("language", "text"), [("en", ENGLISH * 4), ("zh-CN", ("港口a" + LONG[:31]) * 30)])
def test_lines_are_equally_long_where_they_are_justified(language: str, text: str) -> None:
    digest = a_digest(a_post("a", p(text), language=language), language=language)

    justified = ends_of_lines(make(digest, justify=True).data)
    ragged = ends_of_lines(make(digest, justify=False).data)

    assert min(len(justified), len(ragged)) > 10
    assert max(justified) - min(justified) < 6  # a mark may hang over
    assert max(ragged) - min(ragged) > 8


def with_note() -> Digest:
    mark = Paragraph((Text("开头"), NoteReference("n"), Text("。")))
    return a_digest(a_post("a", mark, *(p(LONG) for _ in range(12)), notes=(Note("n", (p("这是注文"),)),)))


def test_a_footnote_stands_at_the_foot_of_the_page_of_its_mark_and_an_endnote_behind_the_post() -> None:
    foot, end = make(with_note(), notes="footnotes").data, make(with_note(), notes="endnotes").data
    [mark_page] = places(foot, "开头")

    assert places(foot, "这是注文") == [mark_page]
    assert places(end, "这是注文") > places(end, "开头")
    text = pages(foot)[mark_page]
    assert text.index("这是注文") > text.index("候")
    note = [glyph for glyph in glyphs(foot) if glyph.page == mark_page and glyph.text == "注"]
    body = [glyph for glyph in glyphs(foot) if glyph.page == mark_page and glyph.text == "候"]
    assert max(glyph.top for glyph in note) < min(glyph.bottom for glyph in body)
    assert min(glyph.right - glyph.left for glyph in note) < min(glyph.right - glyph.left for glyph in body)


def test_the_index_of_tags_can_be_left_out() -> None:
    digest = a_digest(a_post("a", p(LONG)), a_post("b", p(LONG)))
    heading = label("zh-CN", "index")

    assert [heading in text for text in pages(make(digest, index=True).data)].count(True) == 2  # in the contents, too
    assert [heading in text for text in pages(make(digest, index=False).data)].count(True) == 0
    assert "标签a" in pages(make(digest, index=False).data)[2]  # the tags of the post itself


def test_print_marks_make_the_sheet_larger_than_the_page_and_say_where_to_cut() -> None:
    digest = a_digest(a_post("a", p(LONG)))
    with make(digest, print_marks=True, page_size="A5").open() as pdf, make(digest, page_size="A5").open() as plain:
        for page in pdf.pages:
            media, bleed, trim = (list(map(float, page.obj[name])) for name in ("/MediaBox", "/BleedBox", "/TrimBox"))
            assert (trim[2] - trim[0], trim[3] - trim[1]) == pytest.approx((148 * MM, 210 * MM), abs=0.05)
            assert [bleed[0], bleed[1]] == pytest.approx([trim[0] - 3 * MM, trim[1] - 3 * MM], abs=0.05)
            assert [bleed[2], bleed[3]] == pytest.approx([trim[2] + 3 * MM, trim[3] + 3 * MM], abs=0.05)
            assert media[0] <= bleed[0] < trim[0]
            assert media[3] >= bleed[3] > trim[3]
        assert {tuple(map(float, page.trimbox)) for page in plain.pages} == {
            tuple(map(float, page.mediabox)) for page in plain.pages
        }


def test_the_posts_can_be_attached_and_are_the_posts(tmp_path: Path) -> None:
    post = a_post("a", p(LONG), assets=(a_picture(tmp_path),))
    book = make(a_digest(post, a_post("b", p("短"))), attach_sources=True)
    with book.open() as pdf, make(a_digest(post)).open() as plain:
        attached = [pdf.attachments[name].get_file().read_bytes() for name in pdf.attachments]
        parts = [str(each.open_metadata()["pdfaid:part"]) for each in (pdf, plain)]
        assert len(plain.attachments) == 0

    posts = sorted(map(Post.from_json, attached), key=lambda each: each.key)
    assert posts == [post.portable(), a_post("b", p("短"))]
    assert not any(str(tmp_path).encode() in data for data in attached)
    assert parts == ["3", "2"]


@pytest.mark.parametrize("language", ["zh-CN", "ar"])
def test_the_margins_of_a_two_sided_book_are_mirrored(language: str) -> None:
    digest = a_digest(a_post("a", p(LONG * 12), language="zh-CN"), language=language)

    def lefts(**options: bool) -> list[float]:
        by_page: dict[int, float] = {}
        for glyph in glyphs(make(digest, **options).data):
            if glyph.text in "候货":
                by_page[glyph.page] = min(glyph.left, by_page.get(glyph.page, 1000))
        return [round(by_page[page]) for page in sorted(by_page)][:4]

    one, other, *rest = lefts(two_sided=True)
    same = lefts(two_sided=False)

    assert len(rest) == 2
    assert rest == [one, other]
    assert (one > other) is (language == "zh-CN")
    assert len(set(same)) == 1
    assert min(one, other) < same[0] < max(one, other)


def test_sections_of_a_two_sided_book_begin_on_the_right() -> None:
    posts = [a_post(str(number), p(LONG * 4)) for number in range(3)]
    digest = a_digest(sections=[Section(f"栏目{post.key}", (post,)) for post in posts])

    def first(**options: bool) -> list[int]:
        found = make(digest, **options).data
        with pypdfium2.PdfDocument(found) as pdf:
            marks = {mark.get_title(): mark.get_dest().get_index() for mark in pdf.get_toc()}
        return [marks[f"栏目{number}"] % 2 for number in range(3)]

    assert first(two_sided=True) == [0, 0, 0]
    assert 1 in first(two_sided=False)


def test_a_post_that_takes_longer_than_its_time_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(*_: object) -> None:
        while True:
            pass

    monkeypatch.setattr("converter.writers.pdf.weasyprint.render._set_post", endless)
    with pytest.raises(WriterError) as caught:
        make(a_digest(a_post("a", p(LONG))), time_limit=0.05)

    assert caught.value.diagnostic.code is Code.TASK_TIMED_OUT
    assert "longer than 0.05 seconds" in caught.value.diagnostic.message


def test_a_limit_of_0_is_any_time() -> None:
    digest = a_digest(a_post("a", p(LONG)))

    assert make(digest, time_limit=0).data == make(digest).data
    with deadline(0):
        pass


def test_a_link_leads_to_the_heading_of_another_post_though_a_note_has_its_id() -> None:
    target = a_post(
        "b",
        p("前", NoteReference("n")),
        *(p(LONG) for _ in range(16)),
        Heading(2, (Text("终点"),), id="note-1"),
        p("到了"),
        notes=(Note("n", (p("注"),)),),
    )
    book = make(a_digest(a_post("a", p(Link("post:b#note-1", (Text("去终点"),)))), target))
    [place] = places(book.data, "到了")

    with book.open() as pdf:
        [source] = places(book.data, "去终点")
        wanted = pdf.pages[place].objgen
        leads = [pikepdf.Page(each.Dest[0]).objgen for each in pdf.pages[source].obj.Annots if "/Dest" in each]

    assert wanted in leads
