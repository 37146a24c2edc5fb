"""What a book says for catalogues: its series, its subjects, and how its posts begin."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from converter.digest import DigestSpec, compile_digests, period_of
from converter.model import Digest, Period, PeriodKind, Quote, Section, Site
from converter.testing.builders import p
from converter.writers.book import SUBJECTS, Book
from converter.writers.leads import lead_of
from converter.writers.series import number_of
from tests.epub_books import SITE, a_digest, a_post, book, files_of, metadata, small_digest, tree, write
from tests.test_epub_profiles import large_digest

PERIODS = [kind for kind in PeriodKind if kind is not PeriodKind.NONE]


def series_of(files: dict[str, bytes]) -> list[str]:
    """Return name, kind and number as EPUB 3 has them, then name and number as calibre reads them."""
    old = {node.get("name"): node.get("content", "") for node in tree(files["content.opf"]).iter("meta")}
    names = ("belongs-to-collection", "collection-type", "group-position")
    new = [value for name in names for value in metadata(files, name)]
    return new + [value for name, value in old.items() if name and name.startswith("calibre:")]


@pytest.mark.parametrize("profile", ["generic", "kindle", "kobo"])
def test_a_book_of_a_period_names_its_series_and_its_number(profile: str, tmp_path: Path) -> None:
    expected = ["港口周报", "series", "2024.22", "港口周报", "2024.22"]

    assert expected == series_of(book(small_digest(tmp_path), profile=profile))


@pytest.mark.parametrize(
    ("option", "name"), [("Harbour <b>& Sea</b>\x01", "Harbour <b>& Sea</b>"), ("", "港口周报"), (False, None)]
)
def test_the_option_names_the_series_or_leaves_it_out(option: Any, name: str | None, tmp_path: Path) -> None:
    expected = [name, "series", "2024.22", name, "2024.22"] if name else []

    assert expected == series_of(book(small_digest(tmp_path), series=option))


@pytest.mark.parametrize("kind", [PeriodKind.WEEK, PeriodKind.NONE])
def test_a_book_without_borders_is_in_no_series(kind: PeriodKind, tmp_path: Path) -> None:
    assert [] == series_of(book(replace(small_digest(tmp_path), period=Period(kind)), series="The Week"))


def test_each_volume_has_a_number_of_its_own(tmp_path: Path) -> None:
    files, _ = write(large_digest(tmp_path), megabytes=1)

    found = [series_of(files_of(file.data)) for file in files]
    assert len(files) > 1
    assert [f"2024.22{n:02}" for n in range(1, len(files) + 1)] == [number for *_, number in found]
    assert {"港口周报"} == {name for name, *_ in found}


@pytest.mark.parametrize(
    ("kind", "day", "number"),
    [
        (PeriodKind.DAY, date(2024, 5, 31), "20240531"),
        (PeriodKind.WEEK, date(2024, 1, 29), "2024.05"),
        (PeriodKind.WEEK, date(2024, 12, 30), "2025.01"),
        (PeriodKind.MONTH, date(2024, 10, 1), "2024.10"),
        (PeriodKind.QUARTER, date(2024, 10, 1), "2024.04"),
        (PeriodKind.YEAR, date(2024, 1, 1), "2024"),
        (PeriodKind.DAY, date(1, 1, 1), "00010101"),
    ],
)
def test_numbers_by_period(kind: PeriodKind, day: date, number: str) -> None:
    assert number == number_of(Period(kind, day))
    separator = "" if "." in number else "."
    assert f"{number}{separator}02" == number_of(Period(kind, day), "2/9")
    assert f"{number}{separator}007" == number_of(Period(kind, day), "7/120")


@given(st.sampled_from(PERIODS), st.datetimes(), st.datetimes())
def test_later_editions_have_greater_numbers(kind: PeriodKind, one: datetime, other: datetime) -> None:
    periods = [
        period_of(a_post("a", published=moment.replace(tzinfo=UTC)), kind, UTC) for moment in sorted((one, other))
    ]
    first, second = (float(number_of(period)) for period in periods)

    assert (first < second) == (periods[0] != periods[1])
    assert (
        first < float(number_of(periods[0], "1/2")) < float(number_of(periods[0], "2/2")) <= second or first == second
    )


def test_a_site_without_a_title_has_one_series_whatever_the_number_of_its_posts() -> None:
    posts = [a_post(str(day), published=datetime(2024, 5, day, tzinfo=UTC), title=f"T{day}") for day in (1, 8, 9)]
    digests = compile_digests(posts, DigestSpec(period="week"), site=Site(language="en"))

    assert ["文集"] * 2 == [series.name for digest in digests if (series := Book(digest).series)]


# ---- subjects and tags ----


def tagged() -> Digest:
    tags = [f"t{number:02}" for number in range(SUBJECTS + 3)]
    posts = [a_post(str(number), tags=(*tags[number:], "港口", "\x01")) for number in range(len(tags))]
    return a_digest(Section("港口", tuple(posts)))


def test_the_subjects_are_the_sections_and_the_tags_of_most_posts() -> None:
    files = book(tagged())

    assert ["港口", *(f"t{number:02}" for number in range(12, 3, -1))] == metadata(files, "subject")


def test_a_chapter_has_the_tags_of_its_post_below_its_byline() -> None:
    files = book(
        a_digest(Section("", (a_post("a", p("Open."), tags=("吊机", "Q&A", "吊机")), a_post("b", p("Shut.")))))
    )

    [first, second] = [data.decode() for name, data in sorted(files.items()) if name.startswith("post-")]
    assert '<p class="tags">吊机 · Q&amp;A</p>\n</header>' in first
    assert "tags" not in second
    assert SITE.language == "zh-CN"


# ---- leads ----


@pytest.mark.parametrize(
    ("summary", "blocks", "lead"),
    [
        ("Of the\nharbour.", (p("Text."),), "Of the harbour."),
        (" ", (p("\u200b"), Quote((p("新码头开放。"),)), p("Text.")), "新码头开放。"),
        ("", (p("The title"),), ""),
        ("", (), ""),
        ("", (p("ship " * 30),), f"{('ship ' * 24).strip()}…"),
        ("", (p("x" * 150),), f"{'x' * 120}…"),
        ("", (p("潮" * 59 + "。落"),), f"{'潮' * 59}…"),
        ("", (p("a" * 119, "\u0301", "bc"),), f"{'a' * 119}\u0301…"),
    ],
)
def test_a_lead_is_how_a_post_begins(summary: str, blocks: tuple[Any, ...], lead: str) -> None:
    assert lead == lead_of(a_post("a", *blocks, title="The title", summary=summary))


@given(st.text())
def test_no_lead_is_wide(text: str) -> None:
    lead = lead_of(a_post("a", p(text)))

    assert len(lead) <= 121
    assert "\n" not in lead


def test_the_contents_show_leads_in_the_language_of_the_post(tmp_path: Path) -> None:
    contents = book(small_digest(tmp_path))["contents.xhtml"].decode()

    assert '<p class="begins">新码头下周开放，先行试运转。</p></li>' in contents
    assert '<p class="begins" lang="ar" xml:lang="ar" dir="rtl">' in contents
