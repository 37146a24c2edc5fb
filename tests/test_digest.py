"""Posts to digests: periods, sections, order, keys, and what is left out."""

import io
import re
import zipfile
from datetime import UTC, date, datetime

import pytest

from converter.api import render
from converter.diagnostics import Code, Diagnostic, UsageError
from converter.digest import DigestSpec, GroupBy, compile_digests, digest_of, slug, without
from converter.model import Metadata, Period, PeriodKind, Post, Site

SHANGHAI = Site(title="Harbour News", timezone="Asia/Shanghai", language="zh-CN", url="https://news.example.org")


def a_post(key: str, moment: datetime | None = None, **metadata: object) -> Post:
    return Post(key=key, path=f"{key}.md", metadata=Metadata(title=key.upper(), published=moment, **metadata))


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "first", "last", "key"),
    [
        (PeriodKind.DAY, date(2024, 12, 30), date(2024, 12, 30), "2024-12-30"),
        (PeriodKind.WEEK, date(2024, 12, 30), date(2025, 1, 5), "2025-W01"),
        (PeriodKind.MONTH, date(2024, 12, 1), date(2024, 12, 31), "2024-12"),
        (PeriodKind.QUARTER, date(2024, 10, 1), date(2024, 12, 31), "2024-Q4"),
        (PeriodKind.YEAR, date(2024, 1, 1), date(2024, 12, 31), "2024"),
    ],
)
def test_a_period_has_its_days_and_its_key(kind: PeriodKind, first: date, last: date, key: str) -> None:
    [digest] = compile_digests([a_post("a", utc(2024, 12, 30, 4))], DigestSpec(period=kind), site=SHANGHAI)

    assert Period(kind, first, last) == digest.period
    assert f"harbour-news-{key}" == digest.key


@pytest.mark.parametrize(
    ("day", "last"), [(date(2024, 2, 9), date(2024, 2, 29)), (date(2023, 2, 9), date(2023, 2, 28))]
)
def test_a_month_ends_on_its_last_day(day: date, last: date) -> None:
    post = a_post("a", utc(day.year, day.month, day.day))
    [digest] = compile_digests([post], DigestSpec(period=PeriodKind.MONTH), site=SHANGHAI)

    assert last == digest.period.last


def test_the_border_between_days_is_that_of_the_site() -> None:
    before, after = a_post("before", utc(2024, 5, 1, 15, 59)), a_post("after", utc(2024, 5, 1, 16, 0))

    digests = compile_digests([before, after], DigestSpec(period=PeriodKind.DAY), site=SHANGHAI)

    assert [date(2024, 5, 1), date(2024, 5, 2)] == [digest.period.first for digest in digests]


def test_undated_posts_make_the_last_digest_and_are_not_lost() -> None:
    posts = [a_post("undated"), a_post("dated", utc(2024, 5, 1))]

    dated, undated = compile_digests(posts, DigestSpec(period=PeriodKind.DAY), site=SHANGHAI)

    assert ("dated",) == tuple(post.key for post in dated.posts)
    assert ("undated",) == tuple(post.key for post in undated.posts)
    assert "harbour-news-undated" == undated.key


@pytest.mark.parametrize(("order", "keys"), [("oldest", "a b c u"), ("newest", "c b a u")])
def test_posts_stand_by_date_then_key_and_undated_ones_last(order: str, keys: str) -> None:
    posts = [a_post("u"), a_post("c", utc(2024, 5, 2)), a_post("b", utc(2024, 5, 1)), a_post("a", utc(2024, 4, 1))]

    [digest] = compile_digests(posts, DigestSpec(order=order), site=SHANGHAI)

    assert keys.split() == [post.key for post in digest.posts]


def test_sections_follow_their_first_posts_and_the_rest_comes_last() -> None:
    posts = [
        a_post("a", utc(2024, 5, 1)),
        a_post("b", utc(2024, 5, 2), categories=("ships", "trade")),
        a_post("c", utc(2024, 5, 3), categories=("air",)),
        a_post("d", utc(2024, 5, 4), categories=("ships",)),
    ]

    [digest] = compile_digests(posts, DigestSpec(), site=SHANGHAI)

    sections = [(section.title, [post.key for post in section.posts]) for section in digest.sections]
    assert [("ships", ["b", "d"]), ("air", ["c"]), ("其他", ["a"])] == sections


def test_without_grouping_there_is_one_section_without_a_title() -> None:
    posts = [a_post("a", utc(2024, 5, 1), categories=("x",)), a_post("b", utc(2024, 5, 2))]

    [digest] = compile_digests(posts, DigestSpec(group_by=GroupBy.NONE), site=SHANGHAI)

    assert [("", 2)] == [(section.title, len(section.posts)) for section in digest.sections]


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        (DigestSpec(since=date(2024, 5, 3)), "older than 2024-05-03"),
        (DigestSpec(until=date(2024, 5, 1)), "newer than 2024-05-01"),
        (DigestSpec(categories=("air",)), "categories"),
        (DigestSpec(tags=("air",)), "tags"),
    ],
)
def test_a_post_that_is_not_taken_is_named_with_the_reason(spec: DigestSpec, reason: str) -> None:
    found: list[Diagnostic] = []

    digests = compile_digests([a_post("a", utc(2024, 5, 2))], spec, site=SHANGHAI, warn=found.append)

    assert () == digests
    assert [(Code.POST_SKIPPED, "a.md")] == [(diagnostic.code, diagnostic.file) for diagnostic in found]
    assert reason in found[0].message


def test_a_hidden_post_is_named_and_left_out() -> None:
    found: list[Diagnostic] = []

    assert () == compile_digests([a_post("a", hidden=True)], site=SHANGHAI, warn=found.append)
    assert "does not publish" in found[0].message


@pytest.mark.parametrize(("state", "option"), [("hidden", "unpublished"), ("draft", "drafts")])
def test_a_post_that_the_site_does_not_show_is_taken_on_demand(state: str, option: str) -> None:
    posts = [a_post("a", **{state: True})]

    assert () == compile_digests(posts)
    [digest] = compile_digests(posts, DigestSpec(**{option: True}))
    assert tuple(posts) == digest.posts


def test_what_is_future_is_told_by_the_caller_and_never_by_the_clock() -> None:
    posts = [a_post("a", utc(2024, 5, 1)), a_post("b", utc(9024, 5, 1)), a_post("c")]
    found: list[Diagnostic] = []
    assert 3 == len(compile_digests(posts)[0].posts)

    [digest] = compile_digests(posts, now=utc(2024, 5, 1), warn=found.append)

    assert ["a", "c"] == [post.key for post in digest.posts]
    assert ["the post was not taken: it is dated after SOURCE_DATE_EPOCH (--future takes it)"] == [
        diagnostic.message for diagnostic in found
    ]
    assert 3 == len(compile_digests(posts, DigestSpec(future=True), now=utc(2024, 5, 1))[0].posts)


def test_the_language_is_that_of_most_posts() -> None:
    posts = [a_post(key, language=tag) for key, tag in (("a", "ja"), ("b", "ja"), ("c", "zh-CN"))]

    [digest] = compile_digests(posts, site=SHANGHAI)

    assert "ja" == digest.language
    assert "ltr" == digest.direction


def test_the_date_of_a_digest_is_its_newest_posts_and_never_later_than_now() -> None:
    posts = [a_post("a", utc(2024, 5, 2)), a_post("b", utc(2024, 5, 1), updated=utc(2024, 6, 1))]
    assert utc(2024, 6, 1) == compile_digests(posts)[0].updated
    assert utc(2024, 5, 20) == compile_digests(posts, now=utc(2024, 5, 20))[0].updated
    assert utc(2024, 5, 1) == digest_of(posts[0], SHANGHAI, utc(2024, 5, 1)).updated


def test_an_unknown_time_zone_is_an_error_that_names_it() -> None:
    with pytest.raises(UsageError, match="unknown time zone 'Mars/Olympus'"):
        compile_digests([a_post("a")], site=Site(timezone="Mars/Olympus"))


def test_a_digest_without_some_posts_has_no_empty_section() -> None:
    posts = [a_post("a", utc(2024, 5, 1), categories=("x",)), a_post("b", utc(2024, 5, 2), categories=("y",))]
    [digest] = compile_digests(posts)

    assert ["y"] == [section.title for section in without(digest, {"a"}).sections]


def test_a_digest_of_one_post_knows_that_it_is_alone() -> None:
    post = a_post("a", utc(2024, 5, 1))

    assert post == digest_of(post, SHANGHAI).alone
    assert compile_digests([post], site=SHANGHAI)[0].alone is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Harbour News", "harbour-news"), ("finews.example.org", "finews-example-org"), ("港口新闻", ""), ("5G 新闻", "")],
)
def test_a_slug_is_ascii_or_nothing(text: str, expected: str) -> None:
    assert expected == slug(text)


def test_a_site_without_a_title_does_not_leave_its_digests_without_one() -> None:
    posts = (a_post("a", utc(2024, 5, 1), language="zh-CN"), a_post("b", utc(2024, 6, 1), language="zh-CN"))
    [may, _] = compile_digests(posts, DigestSpec(period=PeriodKind.MONTH))

    assert ["文集"] == [digest.title for digest in compile_digests(posts)]
    assert f"{posts[0].metadata.title} · 2024年5月" == may.title


@pytest.mark.parametrize(
    ("name", "title", "url", "key"),
    [
        ("", "每日新闻", "", "每日新闻"),
        ("", "每日新闻", "https://news.example.org", "news-example-org"),
        ("快讯 · 早", "每日新闻", "", "快讯-早"),
        ("daily", "每日新闻", "", "daily"),
        ("", "…", "", "digest"),
        ("", "新" * 200, "", "新" * 40),
    ],
)
def test_a_name_in_other_letters_names_the_files_where_nothing_else_does(
    name: str, title: str, url: str, key: str
) -> None:
    [digest] = compile_digests([a_post("a", utc(2024, 5, 1))], DigestSpec(name=name), site=Site(title=title, url=url))

    assert key == digest.key


def test_a_digest_of_undated_posts_has_no_date() -> None:
    [dated] = compile_digests([a_post("a"), a_post("b", utc(2024, 5, 1))])
    [undated] = compile_digests([a_post("a"), a_post("b")])

    assert b"\ndate: " in render(dated, "markdown")
    assert b"\ndate: " not in render(undated, "markdown")
    assert ["2024-05-01"] == dates_in(render(dated, "epub"))
    assert [] == dates_in(render(undated, "epub"))


def dates_in(epub: bytes) -> list[str]:
    """Return the dates of publication in the package of an EPUB."""
    with zipfile.ZipFile(io.BytesIO(epub)) as archive:
        [package] = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".opf")]
    return re.findall(r"<dc:date>(.*?)</dc:date>", package)
