"""What a designer would look at, measured on drawn pages of both engines and in the markup of EPUB."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from itertools import accumulate, pairwise
from typing import Any

import pikepdf
import pypdfium2
import pytest
from msgspec.structs import replace
from PIL import Image as Pillow
from PIL import ImageChops, ImageDraw

from converter.model import Cell, Heading, Image, LineBreak, Link, Media, Post, Row, Span, Table, Text
from converter.model.alternatives import alternative_of
from converter.model.grid import row_heads
from converter.testing import builders
from converter.testing.builders import an_image, p
from converter.writers.tall_images import cut_slices
from tests.epub_books import book
from tests.pdf_books import LONG, Book, a_digest, a_post, make, text_of_pages, text_of_whole_pages

ENGINES = ("weasyprint", "typst")
ENGLISH = "In the morning the ferryman looks at the river and writes the height of the water into his book. " * 6


def cell(text: str, **more: Any) -> Cell:
    return Cell((p(text),), **more)


def rows(*lines: str) -> tuple[Row, ...]:
    return tuple(Row(tuple(map(cell, line.split()))) for line in lines)


def characters(data: bytes, page: int) -> Iterator[tuple[str, float, float, float, float]]:
    """Yield the characters of a page with left, bottom, right and top in points."""
    with closing(pypdfium2.PdfDocument(data)) as pdf:
        text = pdf[page].get_textpage()
        for index in range(text.count_chars()):
            yield text.get_text_range(index, 1), *text.get_charbox(index, loose=True)


def page_with(made: Book, words: str) -> int:
    """Return the last page that has some words."""
    pages = list(enumerate(text_of_whole_pages(made.data)))
    return next(number for number, text in reversed(pages) if words in re.sub(r"\s", "", text))


# ---- small pages ----


@pytest.mark.parametrize("engine", ENGINES)
def test_nothing_stands_near_the_edges_of_a_small_page(engine: str) -> None:
    made = make(a_digest(a_post("one", p(LONG * 8))), engine=engine, page_size="ereader")

    with made.open() as pdf:
        height = float(pdf.pages[0].MediaBox[3])
        pages = len(pdf.pages)
    for page in range(2, pages - 1):
        ink = [each for each in characters(made.data, page) if each[0].strip()]
        assert min(bottom for _, _, bottom, _, _ in ink) > 7
        assert height - max(top for *_, top in ink) > 10


@pytest.mark.parametrize("engine", ENGINES)
def test_a_caption_is_on_the_page_of_the_first_row(engine: str) -> None:
    head = (Row((cell("线路", rowspan=2), cell("工作日", colspan=2))), Row((cell("首班"), cell("末班"))))
    table = Table(rows("甲 5:50 21:30", "乙 6:00 20:40"), head, (None,) * 3, (Text("首末班时间"),))

    for lines in (10, 12, 13):
        text = p(*(each for _ in range(lines) for each in (Text("一行字。"), LineBreak())))
        made = make(a_digest(a_post("one", text, table)), engine=engine, page_size="ereader")
        assert page_with(made, "首末班时间") == page_with(made, "5:50")


@pytest.mark.parametrize("engine", ENGINES)
def test_two_characters_in_a_cell_are_not_broken(engine: str) -> None:
    words = "这一栏里有很长的说明文字，" * 6
    table = Table(tuple(Row((cell("环城"), cell(words), cell(words))) for _ in range(2)), (), (None,) * 3)

    made = make(a_digest(a_post("one", table)), engine=engine, page_size="ereader")

    assert 2 == "\n".join(text_of_pages(made.data)).count("环城")


# ---- languages ----


@pytest.mark.parametrize("engine", ENGINES)
def test_a_post_is_set_with_the_leading_of_its_own_language(engine: str) -> None:
    made = make(
        a_digest(a_post("en", p(ENGLISH), title="The quay", language="en"), a_post("zh", p(LONG))), engine=engine
    )

    assert 15.0 < _leading(made, "ferryman", "eat") < 15.5
    assert 17.5 < _leading(made, "港口当局", "港外日一候") < 18.0


def _leading(made: Book, words: str, kind: str) -> float:
    drawn = characters(made.data, page_with(made, words))
    bases = sorted({round(bottom, 1) for character, _, bottom, _, _ in drawn if character in kind})
    [(step, _)] = Counter(round(above - below, 1) for below, above in pairwise(bases)).most_common(1)
    return step


@pytest.mark.parametrize("engine", ENGINES)
def test_a_foreign_paragraph_of_a_chinese_post_is_hyphenated(engine: str) -> None:
    words = "necessitate careful consideration documentation recommendation implementation " * 6

    made = make(a_digest(a_post("one", p(LONG), p(Span((Text(words),), "en")))), engine=engine)

    assert re.search("[a-z](?:\u2010\\s*|\x02)[a-z]", text_of_pages(made.data)[2])  # what PDFium has for the hyphens


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_said_of_an_arabic_post_begins_where_its_title_does(engine: str) -> None:
    post = a_post("one", p("رسالة من ضفة النهر."), title="رسالة", language="ar", authors=("Salma",))

    made = make(a_digest(post), engine=engine)
    ends = [right for character, _, _, right, _ in characters(made.data, 2) if character in "Sma رسالة"]
    source = [right for character, _, _, right, _ in characters(made.data, 2) if character == "日"]

    assert max(ends) - max(source) < 60


# ---- verse, headings, media ----


@pytest.mark.parametrize("engine", ENGINES)
def test_lines_of_verse_begin_below_each_other(engine: str) -> None:
    lines = ("葉底有魚，", "魚底有天。", "我來問路，", "水不作聲。")
    children = [each for line in lines for each in (Text(line), LineBreak())][:-1]

    made = make(a_digest(a_post("one", p("塘邊立著一塊木牌。"), p(*children))), engine=engine)
    page = page_with(made, "葉底有魚")
    starts = [left for character, left, *_ in characters(made.data, page) if character in "葉我"]
    text = text_of_pages(made.data)[page]

    assert abs(starts[0] - starts[1]) < 0.5
    assert "葉底有魚，\n魚底有天。\n我來問路，\n水不作聲。" in text


def test_verse_of_an_epub_has_a_class_of_its_own() -> None:
    children = [each for line in ("葉底有魚，", "魚底有天。", "我來問路。") for each in (Text(line), LineBreak())][:-1]
    pages = _pages(builders.a_post("one", p(*children), p(Text("甲"), LineBreak(), Text("乙"))))

    assert '<p class="verse">葉底有魚，<br/>' in pages
    assert "<p>甲<br/>乙</p>" in pages


@pytest.mark.parametrize("engine", ENGINES)
def test_a_heading_that_is_a_link_keeps_its_ink(engine: str) -> None:
    link = Link("https://example.org/", (Text("標題鏈接"),))
    made = make(
        a_digest(a_post("one", Heading(2, (link,)), p(Link("https://example.org/", (Text("文鏈"),))))), engine=engine
    )

    with closing(pypdfium2.PdfDocument(made.data)) as pdf:
        image = pdf[2].render(scale=2).to_pil().convert("RGB")
    heading, words = (_box(made, each, image.height) for each in "標文")

    assert _chroma(image.crop(heading)) < 40 < 60 < _chroma(image.crop(words))


def _chroma(image: Pillow.Image) -> int:
    """Return by how much the parts of a colour differ at the most."""
    red, green, blue = image.split()
    found = ImageChops.subtract(ImageChops.lighter(red, blue), ImageChops.darker(green, blue)).getextrema()
    return int(found[1])


def _box(made: Book, character: str, height: int) -> tuple[int, int, int, int]:
    left, bottom, right, top = next(each[1:] for each in characters(made.data, 2) if each[0] == character)
    return round(2 * left), round(height - 2 * top), round(2 * right), round(height - 2 * bottom)


@pytest.mark.parametrize("engine", ENGINES)
def test_there_is_room_around_a_recording(engine: str) -> None:
    made = make(
        a_digest(a_post("one", p("前文"), Media("audio", "https://example.org/a.mp3", "錄音"), p("後文"))),
        engine=engine,
    )
    places = {c: bottom for c, _, bottom, _, _ in characters(made.data, 2) if c in "前錄後"}

    assert places["前"] - places["錄"] > 20
    assert places["錄"] - places["後"] > 20


# ---- images ----


@pytest.mark.parametrize(
    "alt",
    [
        "Image",
        "image 1",
        "K图 999901_0",
        "图片",
        "圖片1",
        "IMG_2041.jpg",
        "20240518-1",
        "  ",
        "photo",
        "사진",
        "an image",
    ],
)
def test_a_word_for_images_a_file_name_and_digits_describe_nothing(alt: str) -> None:
    assert alternative_of(alt) == ""


@pytest.mark.parametrize("alt", ["图片：江上的船", "Image of a boat", "1984", "boat.", "两条船", "PHOTO BY MARA"])
def test_other_words_do(alt: str) -> None:
    expected = "" if alt == "1984" else alt

    assert alternative_of(alt) == expected


def test_an_epub_does_not_claim_descriptions_that_are_none() -> None:
    asset = an_image()
    post = builders.a_post("one", p(Text("文"), Image(asset.src, "Image")), assets=(asset,))
    pages = _pages(post)

    assert 'alt="图片"' in pages
    assert "alternativeText" not in pages


@pytest.mark.parametrize("engine", ENGINES)
def test_the_words_of_a_cut_image_are_said_once(engine: str, tmp_path: Any) -> None:
    asset = an_image(size=(200, 2400))
    made = make(a_digest(a_post("one", p(Image(asset.src, "长卷")), assets=(asset,))), engine=engine)

    with made.open() as pdf:
        said = [str(each.Alt) for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and "/Alt" in each]

    assert ["长卷"] == said


# ---- tables ----


def test_the_first_cells_name_their_rows_where_they_differ() -> None:
    head = rows("日 低 高")

    assert {0, 1} == row_heads(Table(rows("一 1 2", "二 3 4"), head, (None,) * 3))
    assert not row_heads(Table(rows("一 1 2", "一 3 4"), head, (None,) * 3))
    assert not row_heads(Table(rows("一 1 2", "二 3 4"), (), (None,) * 3))


def test_rows_of_an_epub_have_heads() -> None:
    pages = _pages(builders.a_post("one", Table(rows("一月 1", "二月 2"), rows("月 数"), (None,) * 2)))

    assert '<th scope="row" class="names whole">一月</th><td>1</td>' in pages


@pytest.mark.parametrize("engine", ENGINES)
def test_rows_of_a_pdf_have_heads(engine: str) -> None:
    plain, named = (Table(rows(*body), rows("月 数"), (None,) * 2) for body in (("甲 1", "甲 2"), ("一月 1", "二月 2")))
    made = make(a_digest(a_post("one", plain, named)), engine=engine)

    with made.open() as pdf:
        scopes = [
            _scope(each) for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and each.get("/S") == "/TH"
        ]

    assert ["/Column"] * 4 + ["/Row"] * 2 == sorted(scopes)


def _scope(element: pikepdf.Object) -> str:
    attributes = element.A if isinstance(element.A, pikepdf.Array) else [element.A]
    return next(str(each.Scope) for each in attributes if "/Scope" in each)


# ---- the whole book ----


@pytest.mark.parametrize("engine", ENGINES)
def test_a_book_of_many_posts_opens_with_its_outline(engine: str) -> None:
    few, many = (make(a_digest(*(a_post(str(n), p("文")) for n in range(count))), engine=engine) for count in (8, 9))

    with few.open() as pdf:
        assert "/PageMode" not in pdf.Root
    with many.open() as pdf:
        assert pdf.Root.PageMode == "/UseOutlines"


@pytest.mark.parametrize("engine", ENGINES)
def test_an_index_has_equal_columns_and_at_least_three_tags(engine: str) -> None:
    posts = [a_post(str(n), p("文"), tags=(f"标签{n}甲", f"标签{n}乙")) for n in range(5)]
    made = make(a_digest(*posts), engine=engine)
    page = page_with(made, "标签4乙")
    columns = [round(left) for character, left, *_ in characters(made.data, page) if character == "标"]
    small = make(a_digest(replace(posts[0])), engine=engine)

    assert sorted(columns.count(each) for each in set(columns)) in ([5, 5], [5, 6], [5, 5, 1], [1, 5, 5])
    assert "标签索引" not in "".join(text_of_pages(small.data))


def _pages(post: Post) -> str:
    files = book(builders.a_digest(post))
    return "\n".join(data.decode() for name, data in files.items() if name.endswith((".xhtml", ".opf")))


# ---- contents, punctuation, slices ----


@pytest.mark.parametrize("engine", ENGINES)
def test_numbers_of_the_contents_stand_in_a_column_without_leaders(engine: str) -> None:
    titles = [f"{'一二三四五六七八九十' * 3}{'长' * extra}" for extra in range(6)]
    made = make(a_digest(*(a_post(str(n), p("文"), title=title) for n, title in enumerate(titles))), engine=engine)
    drawn = list(characters(made.data, 1))
    ends = [right for character, _, _, right, _ in drawn if character in "长十"]
    numbers = [left for character, left, *_ in drawn if character in "123456" and left > max(ends)]

    assert "." not in {character for character, *_ in drawn}
    assert len(numbers) >= 6


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("mark", "at"), [("，", 0), ("《", 1)])
def test_a_mark_at_an_end_of_a_line_gives_its_empty_half_away(engine: str, mark: str, at: int) -> None:
    posts = [a_post(str(n), p("字" * n + mark + "字" * 66)) for n in (26, 27, 28, 29, 30, 31, 32)]
    made = make(a_digest(*posts), engine=engine)

    lines = [line for page in range(2, 9) for line in _lines(made, page)[:2]]
    with_mark = [line for line in lines if line[-1 if at == 0 else 0][0] == mark]

    assert with_mark
    for line in with_mark:
        squares = [each for each in line if each[0] == "字"]
        # The squares beside the mark are half a square nearer to the margins, which are at 46.8 and 372.7 points.
        assert squares[-1][3] > 366.5 if at == 0 else squares[0][1] < 53


def _lines(made: Book, page: int) -> list[list[tuple[str, float, float, float, float]]]:
    """Return the characters of the text of a page, line by line."""
    lines: dict[int, list[tuple[str, float, float, float, float]]] = {}
    for each in characters(made.data, page):
        if each[0] in "字，《":
            lines.setdefault(round(each[2] / 3), []).append(each)
    return [sorted(line, key=lambda each: each[1]) for _, line in sorted(lines.items(), reverse=True)]


def test_a_tall_image_is_cut_where_there_is_no_ink() -> None:
    image = Pillow.new("RGB", (200, 2000), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((95, 0, 105, 2000), fill="teal")  # runs from top to bottom
    labels = [(top, top + 60) for top in range(30, 1960, 120)]
    for top, bottom in labels:
        for left in range(10, 80, 8):
            draw.rectangle((left, top, left + 3, bottom), fill="black")

    cuts = list(accumulate(piece.height for piece in cut_slices(image, 430)))[:-1]

    assert len(cuts) == 5
    assert not [cut for cut in cuts for top, bottom in labels if top - 5 < cut < bottom + 5]
