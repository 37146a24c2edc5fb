"""The plan of a book: what every format says about it, by one rule."""

import io
from datetime import UTC, date, datetime
from typing import Any

import pikepdf
import pytest
from msgspec.structs import replace

from converter.digest import DigestSpec, compile_digests, digest_of
from converter.model import Digest, Period, PeriodKind, Post, Section, Site, Source
from converter.pipeline.write import render_files
from converter.testing import builders
from converter.themes import open_theme
from converter.writers.book import Book
from converter.writers.registry import writer_type
from tests.epub_books import files_of
from tests.pdf_books import text_of_whole_pages

SITE = Site(title="港口周报", language="zh-CN", timezone="Asia/Shanghai", author="编辑部", description="每周一期")


def a_post(key: str, **metadata: Any) -> Post:
    known = {"title": f"题{key}", "published": datetime(2024, 5, 28, 8, tzinfo=UTC)}
    return builders.a_post(key, builders.p("码头开放。"), **known | metadata)


def a_digest(*posts: Post, site: Site = SITE) -> Digest:
    [digest] = compile_digests(posts, DigestSpec(group_by="category"), site=site)
    return digest


def test_a_byline_names_the_source_then_the_authors_each_once_and_not_the_author_of_the_site() -> None:
    source = Source("日报", "https://daily.example/1")
    [entry] = Book(a_digest(a_post("a", source=source, authors=("甲", "编辑部", "日报", "甲")), site=SITE)).entries

    assert ["日报", "甲"] == list(entry.names)
    assert ["https://daily.example/1", ""] == [credit.url for credit in entry.byline]


def test_a_source_without_a_name_is_called_by_its_host_everywhere() -> None:
    book = Book(a_digest(a_post("a", source=Source("", "https://daily.example/1"))))

    assert ("daily.example",) == book.entries[0].names
    assert ["daily.example"] == [source.name for source in book.sources]


def test_sources_come_by_their_posts_and_then_by_name() -> None:
    sources = [Source(name, f"https://{name}.example/{n}") for n, name in enumerate("bacab")]
    book = Book(a_digest(*(a_post(str(n), source=source) for n, source in enumerate(sources))))

    assert [("a", 2), ("b", 2), ("c", 1)] == [(source.name, source.posts) for source in book.sources]
    assert "https://b.example/0" == book.sources[1].url


def test_headlines_are_the_first_of_each_section_then_the_others() -> None:
    posts = [a_post(str(n), categories=("甲" if n < 7 else "乙",)) for n in range(9)]

    assert ["题0", "题7", "题1", "题2", "题3", "题4"] == [entry.title for entry in Book(a_digest(*posts)).headlines]


@pytest.mark.parametrize(
    ("title", "masthead", "dateline"),
    [
        ("港口周报 · 2024年第22周", "港口周报", "2024年第22周"),
        ("港口周报 · 无日期", "港口周报", "无日期"),
        ("港口周报", "港口周报", "2024年第22周"),
        ("年终特辑", "年终特辑", "2024年第22周"),
        ("2024年第22周特辑", "2024年第22周特辑", ""),
    ],
)
def test_a_masthead_and_a_dateline_say_what_the_title_and_the_period_say(
    title: str, masthead: str, dateline: str
) -> None:
    week = Period(PeriodKind.WEEK, date(2024, 5, 27), date(2024, 6, 2))
    book = Book(replace(a_digest(a_post("a")), title=title, period=week))

    assert (masthead, dateline) == (book.masthead, book.dateline)
    assert f"{title} 1/2" == Book(book.digest, "1/2").title
    assert Book(book.digest, "1/2").dateline.endswith("1/2")


def test_a_digest_of_a_day_says_the_time_of_each_post_instead() -> None:
    [day] = compile_digests([a_post("a"), a_post("b")], DigestSpec(period=PeriodKind.DAY), site=SITE)

    text = render_files(day, writer_type("markdown")(), open_theme("default"), pytest.fail)[0].data.decode()
    page = files_of(render_files(day, writer_type("epub")(), open_theme("default"), pytest.fail)[0].data)

    assert "- [题a](#题a) · 16:00\n- [题b](#题b) · 16:00\n" in text
    assert 2 == page["contents.xhtml"].decode().count(">16:00</time>")
    assert not [
        name
        for name, data in page.items()
        if name.startswith("post") and "5月28日" in data.decode().partition("<body")[2]
    ]


@pytest.mark.parametrize(
    ("site", "authors", "expected"),
    [(SITE, ("甲",), ["编辑部"]), (Site(title="报"), ("甲", "乙"), ["甲", "乙"]), (Site(title="报"), (), ["报"])],
)
def test_the_creator_is_the_author_of_the_site_or_the_authors_or_the_site(
    site: Site, authors: tuple[str, ...], expected: list[str]
) -> None:
    assert expected == list(Book(a_digest(a_post("a", authors=authors), site=site)).creators)


def test_a_lone_post_names_its_author_though_it_is_the_author_of_the_site() -> None:
    assert ("编辑部",) == Book(digest_of(a_post("a", authors=("编辑部",)), SITE)).entries[0].names


def test_a_lone_post_is_an_epub_of_one_chapter() -> None:
    files = files_of(
        render_files(digest_of(a_post("a"), SITE), writer_type("epub")(), open_theme("default"), pytest.fail)[0].data
    )

    assert ["nav.xhtml", files and next(name for name in files if name.startswith("post-"))] == sorted(
        name for name in files if name.endswith(".xhtml")
    )
    assert not [name for name in files if name.endswith(".jpg")]
    assert b'epub:type="bodymatter"' in files["nav.xhtml"]


@pytest.mark.parametrize("shape", ["single", "folder"])
@pytest.mark.parametrize("plain", [False, True])
def test_a_lone_post_is_one_text_whatever_the_shape(shape: str, plain: bool) -> None:
    writer = writer_type("markdown")(shape=shape, plain=plain)
    [file] = render_files(digest_of(a_post("a"), SITE), writer, open_theme("default"), pytest.fail)

    text = file.data.decode()
    assert text.endswith("题a\n\n2024年5月28日\n\n码头开放。\n")
    assert "目录" not in text
    assert "共 1 篇" not in text


def test_a_post_in_a_digest_of_another_title_is_no_lone_post() -> None:
    digest = replace(digest_of(a_post("a"), SITE), title="合订本", sections=(Section("", (a_post("a"),)),))

    assert not Book(digest).is_lone


@pytest.mark.needs("Pango")
def test_a_lone_post_is_a_pdf_of_its_own_pages() -> None:
    [file] = render_files(digest_of(a_post("a"), SITE), writer_type("pdf")(), open_theme("default"), pytest.fail)

    [page] = text_of_whole_pages(file.data)
    assert ["题a", "2024年5月28日", "码头开放。", "1"] == page.split()
    with pikepdf.open(io.BytesIO(file.data)) as pdf:
        assert {"/S": "/D", "/St": 1} == dict(pdf.Root.PageLabels.Nums[1].items())
        assert ["题a"] == [item.title for item in pdf.open_outline().root]
