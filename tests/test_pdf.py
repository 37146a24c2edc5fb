"""Digests as PDF: what is on the pages, where links lead, what the file says about itself."""

import re
import subprocess
import sys
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from converter.diagnostics import Code, UsageError, WriterError
from converter.model import Cell, Figure, Image, Link, List, ListItem, Row, Section, Table, Text
from converter.model.walk import query
from converter.testing.builders import every_node, p
from converter.themes import open_theme
from converter.writers.pdf.weasyprint.render import first_to_succeed
from tests.conftest import ROOT
from tests.pdf_books import (
    LONG,
    Book,
    a_digest,
    a_picture,
    a_post,
    ends_of_lines,
    make,
    squeezed,
    text_of_pages,
    text_of_whole_pages,
)


@pytest.fixture(scope="module")
def book() -> Book:
    """A book with sections, every node, and posts of several pages."""
    long = a_post("long", *(p(LONG) for _ in range(30)), title="很长的一篇")
    other = a_post("other", p("短。", Link("post:nodes#second", (Text("回去"),))))
    return make(a_digest(sections=(Section("要闻", (every_node(), long)), Section("其他", (other,)))))


def test_every_word_is_on_the_pages_in_order(book: Book) -> None:
    text = squeezed("".join(text_of_pages(book.data)))
    words = (
        "导语在此。 一、行内 普通，着重，加粗，删去，x2，H2O，print()， 外链，内链，另一篇，澄（ちょう） "
        "Englishwords，1 换行。 二、块 松的 第二段 甲 甲一 ☑做了 ☐没做 deff(): return1 表题 行头 跨列 "
        "图题 没有的图 词 解释 影片 最后一段。 注文 题目other 短。"
    ).split()
    places = [text.find(word, text.find("导语在此")) for word in words]

    assert [word for word, place in zip(words, places, strict=True) if place < 0] == []
    assert sorted(places) == places


def test_running_heads_and_numbers_stand_on_the_pages(book: Book) -> None:
    pages = text_of_whole_pages(book.data)
    following = [page for page in pages if re.search(r"^要闻 .+\n\d+$", page, re.MULTILINE)]

    assert len(following) >= 4
    assert any(re.search(r"^\s*要闻\s+很长的一篇$", page, re.MULTILINE) for page in following)
    numbers = [page.split()[-1] for page in pages[1:-1]]
    assert numbers[:1] + numbers[1:5] == ["ii", "1", "2", "3", "4"]


def _targets(pdf: pikepdf.Pdf, page: pikepdf.Page) -> list[tuple[int, str]]:
    """Return the page that each inner link of a page leads to, and what the link is described as."""
    numbers = {each.obj.objgen: number for number, each in enumerate(pdf.pages)}
    return [
        (numbers[annotation.Dest[0].objgen], str(annotation.Contents))
        for annotation in page.obj.get("/Annots", ())
        if "/Dest" in annotation
    ]


def test_page_numbers_in_the_contents_are_those_of_the_pages(book: Book) -> None:
    with book.open() as pdf:
        targets = _targets(pdf, pdf.pages[1])
        labels = [page.label for page in pdf.pages]
    text = text_of_pages(book.data)[1]
    numbers = [labels[page] for page, _ in targets]
    ends = iter(re.findall(r"(\d+)\s*$", text, re.MULTILINE))  # of times, too

    assert len(targets) == 7  # two sections, three posts, index, colophon
    assert all(number in ends for number in numbers)
    assert [description for _, description in targets] == [f"页 {number}" for number in numbers]


def test_page_labels_are_roman_before_the_text(book: Book) -> None:
    with book.open() as pdf:
        assert [page.label for page in pdf.pages][:4] == ["i", "ii", "1", "2"]


def test_the_outline_has_sections_posts_and_headings(book: Book) -> None:
    with book.open() as pdf, pdf.open_outline() as outline:
        assert [item.title for item in outline.root] == ["目录", "要闻", "其他", "标签索引", "版权页"]
        section = outline.root[1]
        assert [item.title for item in section.children] == ["题目nodes", "很长的一篇"]
        assert [item.title for item in section.children[0].children] == ["一、行内", "注释"]
        assert not section.is_closed
        assert section.children[0].is_closed


def test_links_lead_to_notes_headings_and_other_posts(book: Book) -> None:
    with book.open() as pdf:
        first = next(number for number, page in enumerate(text_of_pages(book.data)) if "导语在此" in page)
        targets = [page for page, _ in _targets(pdf, pdf.pages[first])]
        uris = [str(a.A.URI) for page in pdf.pages for a in page.obj.get("/Annots", ()) if "/A" in a]
        last = next(number for number, page in enumerate(text_of_pages(book.data)) if "短。" in page)
        back = [page for page, _ in _targets(pdf, pdf.pages[last])]

    assert last in targets
    [heading] = [number for number, page in enumerate(text_of_pages(book.data)) if "二、块" in page and number >= first]
    assert heading in back
    assert {"https://example.org/a", "https://example.org/p", "https://example.org/n"} <= set(uris)
    assert not [uri for uri in uris if not uri.startswith("https:")]


def test_each_face_is_embedded_once(book: Book) -> None:
    with book.open() as pdf:
        files = [
            key
            for found in pdf.objects
            if isinstance(found, pikepdf.Dictionary) and found.get("/Type") == pikepdf.Name.FontDescriptor
            for key in ("/FontFile2", "/FontFile3")
            if key in found
        ]
        names = [
            str(found.BaseFont)
            for found in pdf.objects
            if isinstance(found, pikepdf.Dictionary) and found.get("/Subtype") == pikepdf.Name.Type0
        ]

    assert 0 < len(files) == len(names) == len(set(names))


def test_the_file_says_what_it_is(book: Book) -> None:
    with book.open() as pdf:
        metadata = pdf.Root.Metadata.read_bytes().decode()

        assert str(pdf.docinfo.Title) == "港口新闻周报"
        assert str(pdf.docinfo.CreationDate) == "D:20240513080000Z"
        assert str(pdf.Root.Lang) == "zh-CN"
        assert pdf.Root.MarkInfo.Marked
        assert 'pdfaid:part="2"' in metadata
        assert 'pdfuaid:part="1"' in metadata


def test_a_paragraph_over_two_pages_is_one_paragraph_for_a_screen_reader() -> None:
    with make(a_digest(a_post("one", *(p(LONG) for _ in range(12))))).open() as pdf:
        document = pdf.Root.StructTreeRoot.K[0]
        post = next(kid for kid in document.K if kid.S == "/Art")
        paragraphs = [kid for kid in post.K if kid.S == "/P"]

        assert len(paragraphs) == 12
        assert any(kid.get("/Type") == "/MCR" for found in paragraphs for kid in found.K if not isinstance(kid, int))


def test_the_dots_of_the_contents_are_not_read_out(book: Book) -> None:
    with book.open() as pdf:
        links = [found for found in pdf.objects if _is_element(found, "/Link")]

        assert max(sum(isinstance(kid, int) for kid in link.K) for link in links) <= 4


def test_a_linked_picture_is_in_its_link(book: Book) -> None:
    with book.open() as pdf:
        links = [found for found in pdf.objects if _is_element(found, "/Link")]
        pictures = [kid for link in links for kid in link.K if _is_element(kid, "/Figure")]

        assert [str(picture.Alt) for picture in pictures] == ["码头"]


def test_the_head_of_a_table_over_pages_is_read_once() -> None:
    nodes = [node for node in query(every_node_table(60)) if isinstance(node, Table)]
    with make(a_digest(a_post("table", *nodes))).open() as pdf:
        tables = [found for found in pdf.objects if _is_element(found, "/Table")]
        heads = [found for found in pdf.objects if _is_element(found, "/THead") and len(found.K)]

        used = [table for table in tables if len(table.K)]
        assert len(used) == 1
        assert sum(kid.S == "/THead" for kid in used[0].K) == 1
        assert heads


def test_a_row_over_two_pages_has_as_many_cells_as_the_others() -> None:
    rows = tuple(Row((Cell((p(LONG * 4),)), Cell((p(LONG * 3),)))) for _ in range(3))
    with make(a_digest(a_post("table", Table(rows=rows, alignments=(None, None))))).open() as pdf:
        found = [found for found in pdf.objects if _is_element(found, "/TR") and len(found.K)]

        assert [len(row.K) for row in found] == [2, 2, 2]


def every_node_table(rows: int) -> tuple[Table, ...]:
    head = (Row((Cell((p("甲"),), header=True), Cell((p("乙"),), header=True))),)
    body = tuple(Row((Cell((p(f"第{number}行"),)), Cell((p("值"),)))) for number in range(rows))
    return (Table(rows=body, head=head, alignments=(None, None)),)


def _is_element(found: object, name: str) -> bool:
    return isinstance(found, pikepdf.Dictionary) and found.get("/Type") == "/StructElem" and found.S == name


def test_lines_of_chinese_are_equally_long() -> None:
    data = make(a_digest(a_post("one", p(LONG)))).data
    ends = ends_of_lines(data, 2)

    assert sum(ends[-1] - end < 0.2 for end in ends) >= 6  # all but the last


def test_a_two_sided_book_opens_sections_on_the_right() -> None:
    first, second = a_post("one", p("短。")), a_post("two", p("短。"))
    digest = a_digest(sections=(Section("甲", (first, second)), Section("乙", (a_post("three", p("短。")),))))
    book = make(digest, two_sided=True)
    with book.open() as pdf:
        labels = [page.label for page in pdf.pages]
    openers = [labels[number] for number, text in enumerate(text_of_pages(book.data)) if text.startswith(("甲", "乙"))]

    assert openers == ["1", "5"]


def test_a_list_counts_from_where_it_starts() -> None:
    numbered = List((ListItem((p("甲"),)), ListItem((p("乙"),))), ordered=True, start=3)
    page = text_of_pages(make(a_digest(a_post("one", numbered))).data)[2]

    assert re.findall(r"\d\.", page) == ["3.", "4."]


def test_a_character_that_no_font_has_is_named_and_marked() -> None:
    book = make(a_digest(a_post("one", p("甲\ue000乙\U000f0000"))))
    [found] = [each for each in book.diagnostics if each.code is Code.MISSING_GLYPH]

    assert found.file == "_posts/one.md"
    assert "U+E000" in found.message
    assert "U+F0000" in found.message
    assert "甲〓乙〓" in squeezed("".join(text_of_pages(book.data)))


def test_pictures_of_every_mode_are_shown(tmp_path: Path) -> None:
    assets = tuple(a_picture(tmp_path, f"{mode}.x", mode=mode) for mode in ("RGB", "L", "CMYK", "RGBA", "I;16"))
    blocks = tuple(Figure((Image(asset.src, "图"),)) for asset in assets)
    with make(a_digest(a_post("one", *blocks, assets=assets))).open() as pdf:
        drawings = {name: found for page in pdf.pages for name, found in page.obj.Resources.get("/XObject", {}).items()}
        spaces = sorted(str(found.ColorSpace) for found in drawings.values() if found.Subtype == "/Image")

    assert spaces == ["/DeviceGray", "/DeviceGray", "/DeviceRGB", "/DeviceRGB", "/DeviceRGB"]


def test_a_layout_that_fails_leaves_the_words() -> None:
    def fails() -> str:
        raise ValueError("no such box")

    assert first_to_succeed((lambda: "laid out", fails), 60) == ("laid out", "")
    assert first_to_succeed((fails, lambda: "words"), 60) == ("words", "its layout failed: ValueError: no such box")
    with pytest.raises(WriterError, match="even as plain text"):
        first_to_succeed((fails, fails), 60)


def test_a_layout_that_takes_too_long_leaves_the_words() -> None:
    def endless() -> str:
        while True:
            pass

    assert first_to_succeed((endless, lambda: "words"), 0.05) == ("words", "its layout took longer than 0.05 seconds")


def test_an_unknown_page_size_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="page size"):
        make(a_digest(a_post("one", p("短。"))), page_size="A55")


@pytest.mark.parametrize(
    ("size", "points"),
    [
        ("A4", (595, 842)), ("A5", (420, 595)), ("Letter", (612, 792)), ("ereader", (255, 340)),
        ("120mm 180mm", (340, 510)), ("5in x 8in", (360, 576)),
    ],
)  # fmt: skip
def test_page_sizes(size: str, points: tuple[int, int]) -> None:
    with make(a_digest(a_post("one", p(LONG))), page_size=size).open() as pdf:
        boxes = {tuple(round(float(value)) for value in page.mediabox) for page in pdf.pages}

    assert boxes == {(0, 0, *points)}


@pytest.mark.needs("Pango")
def test_a_machine_without_fonts_is_told_what_to_install(tmp_path: Path) -> None:
    config = tmp_path / "fonts.conf"
    config.write_text("<fontconfig><cachedir>/nowhere</cachedir></fontconfig>")
    code = (
        "import sys; from converter.writers.fonts.packaged import PACKAGED\n"
        "sys.modules.update(dict.fromkeys(face.package for face in PACKAGED))\n"
        "from converter.testing.builders import p\n"
        "from tests.pdf_books import *; make(a_digest(a_post('one', p('短。'))))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={"FONTCONFIG_FILE": str(config), "PATH": "/usr/bin"},
        capture_output=True,
        cwd=ROOT,
        check=False,
    )

    assert run.returncode == 1
    assert b"there is no font on this machine" in run.stderr
    assert b"pip install 'digest-converter[fonts]'" in run.stderr


@pytest.mark.needs("Pango")
@pytest.mark.parametrize("language", ["zh-CN", "ar"])
def test_the_dots_of_a_leader_stand_where_weasyprint_puts_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, language: str
) -> None:
    from converter.writers.pdf.weasyprint.instance import module

    (tmp_path / "pdf").mkdir()
    (tmp_path / "theme.toml").write_text('name = "dots"\nextends = "default"\n', "utf-8")
    css = (ROOT / "themes/default/pdf/book.css").read_text("utf-8")
    leader = '.contents a::after { content: leader(" . ") attr(data-page); position: static }'
    (tmp_path / "pdf/book.css").write_text(f"{css}\n{leader}\n", "utf-8")
    theme = open_theme(str(tmp_path))
    digest = a_digest(
        *(a_post(str(number), p(LONG), title="题目" * number) for number in range(1, 4)), language=language
    )

    def dots() -> list[tuple[float, ...]]:
        with pypdfium2.PdfDocument(make(digest, theme).data) as pdf:
            text = pdf[1].get_textpage()
            found = [text.get_charbox(at) for at in range(text.count_chars()) if text.get_text_range(at, 1) == "."]
            return sorted(found, key=lambda box: (round(box[1]), box[0]))

    ours = dots()
    monkeypatch.setattr(module("layout.inline"), "handle_leader", module("layout.leader").handle_leader)
    theirs = dots()

    assert len(ours) > 60
    assert [pytest.approx(box, abs=0.2) for box in theirs] == ours


def test_a_link_to_a_post_that_is_not_in_the_digest_is_only_text() -> None:
    book = make(a_digest(a_post("one", p(Link("post:gone", (Text("别处"),))))))
    number = next(number for number, text in enumerate(text_of_pages(book.data)) if "别处" in text)
    with book.open() as pdf:
        uris = [str(annotation.A.URI) for annotation in pdf.pages[number].obj.Annots]

    assert uris == ["https://daily.example.org/one"]


@pytest.mark.parametrize("language", ["zh-CN", "en", "ja", "ar", "he", "ko"])
def test_a_book_in_each_language(language: str) -> None:
    book = make(a_digest(a_post("one", p("Text 正文"), language=language), language=language))
    with book.open() as pdf:
        assert str(pdf.Root.Lang) == language
        assert ("/Direction" in pdf.Root.ViewerPreferences) == (language in {"ar", "he"})


def test_diagnostics_of_a_tidy_digest_are_none(book: Book) -> None:
    assert book.diagnostics == []
