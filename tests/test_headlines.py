"""Where the lines of headlines end: the rule, the drawn pages of both engines, and the markup of EPUB."""

from datetime import date

import pytest
from msgspec.structs import replace

from converter.languages.headlines import ems, headline_parts
from converter.model import Period, PeriodKind
from converter.testing import builders
from converter.testing.builders import p
from converter.writers.book import Book
from tests.epub_books import book
from tests.pdf_books import a_digest, a_post, make, text_of_pages

ENGINES = ("weasyprint", "typst")


@pytest.mark.parametrize(
    ("title", "parts"),
    [
        ("钱江摩托：东南亚海运价格上涨", ["钱江摩托：", "东南亚海运价格上涨"]),
        ("披露IPO后财务状况 预计总资产约为11亿", ["披露IPO后财务状况 ", "预计总资产约为11亿"]),
        ("上调目标价至200美元 VR将发力", ["上调目标价至200美元 ", "VR将发力"]),
        ("学习 Python 的第一天", ["学习 Python 的第一天"]),
        ("学习 Python 语言 第一天的笔记", ["学习 Python 语言 ", "第一天的笔记"]),
        ("他问：“为什么是今天？”没有人答话", ["他问：“为什么是今天？”", "没有人答话"]),
        ("强生：疫苗", ["强生：疫苗"]),
        ("The quay: open again", ["The quay: open again"]),
        ("강변 도서관", ["강변 도서관"]),
        ("", [""]),
    ],
)
def test_a_headline_is_cut_where_its_editor_meant_it(title: str, parts: list[str]) -> None:
    assert list(headline_parts(title)) == parts
    assert "".join(headline_parts(title)) == title


def test_parts_never_make_more_lines_than_the_title_needs() -> None:
    title = "华尔街最高！大摩上调苹果目标价至200美元 VR和自动驾驶将发力"

    assert headline_parts(title, room=ems(title) / 2 + 0.1) == (title,)
    assert headline_parts(title, room=100) == (title,)


@pytest.mark.parametrize("engine", ENGINES)
def test_lines_of_a_printed_headline_end_between_its_parts(engine: str) -> None:
    title = "钱江摩托：东南亚海运价格上涨对公司影响不大"

    made = make(a_digest(a_post("one", p("正文。"), title=title)), engine=engine)
    lines = next(text for text in text_of_pages(made.data) if "正文" in text).splitlines()

    assert lines[:2] == ["钱江摩托：", "东南亚海运价格上涨对公司影响不大"]


@pytest.mark.parametrize("engine", ENGINES)
def test_the_last_line_of_a_long_headline_is_no_runt(engine: str) -> None:
    title = "东南亚海运价格上涨对公司影响不大而且产化不变"

    made = make(a_digest(a_post("one", p("正文。"), title=title)), engine=engine)
    lines = next(text for text in text_of_pages(made.data) if "正文" in text).splitlines()

    assert "".join(lines[:2]) == title
    assert min(map(len, lines[:2])) > 8


@pytest.mark.parametrize("engine", ENGINES)
def test_the_outline_has_the_whole_title(engine: str) -> None:
    title = "披露IPO后财务状况 预计总资产约为11亿美元"

    made = make(a_digest(a_post("one", p("正文。"), title=title)), engine=engine)

    with made.open() as pdf, pdf.open_outline() as outline:
        assert [item.title for item in outline.root if "IPO" in item.title] == [title]


def test_a_chapter_of_an_epub_keeps_parts_together() -> None:
    post = builders.a_post("one", p("正文。"), title="披露财务状况 预计总资产约为11亿")

    pages = [data.decode("utf-8", "replace") for data in book(builders.a_digest(post)).values()]

    heading = '<h1 id="title"><span class="part">披露财务状况</span> <span class="part">预计总资产约为11亿</span></h1>'
    assert 1 == sum(heading in page for page in pages)


def test_the_period_is_no_part_of_the_name_on_the_cover() -> None:
    digest = replace(
        builders.a_digest(builders.a_post("one")),
        title="试报 · 2021年12月8日",
        period=Period(PeriodKind.DAY, date(2021, 12, 8), date(2021, 12, 8)),
    )

    assert Book(digest).masthead == "试报"
    assert Book(digest).dateline == "2021年12月8日"
