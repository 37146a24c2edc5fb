"""What the catalogues `opds` and `feed` say, by the habits of the programs that read them."""

import io
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from msgspec.structs import replace
from PIL import Image

from converter.catalogues import Publication, PublishedEdition, PublishedFile
from converter.catalogues.feed import FeedCatalogue
from converter.catalogues.opds import OpdsCatalogue
from converter.diagnostics import ignore
from converter.model import Period, PeriodKind, Site
from converter.pipeline.dates import with_dates
from converter.themes import open_theme
from tests.test_catalogues import _site, configure, run, write_post

__all__ = ["_site"]

ATOM = "{http://www.w3.org/2005/Atom}"
OPEN_ACCESS = "http://opds-spec.org/acquisition/open-access"
TYPES = {"epub": "application/epub+zip", "md": "text/markdown", "pdf": "application/pdf", "png": "image/png"}


def edition(key: str, day: int = 1, *suffixes: str, **fields: Any) -> PublishedEdition:
    """Return an edition of a day of May 2024; its files have the names of its key."""
    files = tuple(
        PublishedFile(name=f"{key}{end}", format=end[-3:], type=TYPES[end.split(".")[-1]], size=9, sha256=f"{day:064}")
        for end in suffixes or (".epub",)
    )
    values: dict[str, Any] = {
        "key": key,
        "stem": "week",
        "identifier": f"urn:uuid:{key}",
        "title": f"The Week · {day}",
        "series": "The Week",
        "language": "en",
        "updated": datetime(2024, 5, day, tzinfo=UTC),
        "period": Period(PeriodKind.DAY, date(2024, 5, day), date(2024, 5, day)),
        "headlines": ("A & B", "Second"),
        "posts": ("a", "b"),
        "files": files,
    }
    return PublishedEdition(**(values | fields))


def made(*editions: PublishedEdition, url: str = "https://a.example/b/", page: int = 50) -> dict[str, Any]:
    """Return all lists: XML as elements, JSON as values."""
    publication = Publication(editions=editions, site=Site(title="Harbour\u0007\nNews"), url=url, read=lambda _: b"")
    theme = open_theme("default")
    catalogues = (OpdsCatalogue(page=page), FeedCatalogue())
    files = [file for catalogue in catalogues for file in catalogue.files(publication, theme, ignore)]
    return {
        file.name: ElementTree.fromstring(file.data) if file.name.endswith("xml") else json.loads(file.data)
        for file in files
    }


def books(list_: Any) -> list[tuple[str, list[str]]]:
    """Return the titles of the books of a list, each with the links to its files."""
    if isinstance(list_, dict):
        return [
            (book["metadata"]["title"], [link["href"] for link in book["links"] if link["rel"] == OPEN_ACCESS])
            for book in list_["publications"]
        ]
    return [
        (
            entry.findtext(f"{ATOM}title") or "",
            [link.attrib["href"] for link in entry.iter(f"{ATOM}link") if link.attrib["rel"] == OPEN_ACCESS],
        )
        for entry in list_.iter(f"{ATOM}entry")
    ]


BOTH = pytest.mark.parametrize("name", ["opds/week.xml", "opds/week.json"])


@BOTH
def test_books_come_newest_first_and_epub_before_other_formats(name: str) -> None:
    found = made(edition("week-1", 1, ".md", ".pdf", ".epub", "/image.png"), edition("week-2", 2))
    base = "https://a.example/b/week-"
    assert [
        ("The Week · 2", [f"{base}2.epub"]),
        ("The Week · 1", [f"{base}1.epub", f"{base}1.pdf", f"{base}1.md"]),
    ] == books(found[name])


@BOTH
def test_pages_are_linked_and_hold_all_books_once(name: str) -> None:
    found = made(*(edition(f"week-{day}", day) for day in range(1, 8)), page=3)
    names = [name, name.replace("week.", "week.2."), name.replace("week.", "week.3.")]

    def relations(list_: Any) -> dict[str, str]:
        links = list_["links"] if isinstance(list_, dict) else [link.attrib for link in list_.findall(f"{ATOM}link")]
        return {link["rel"]: link["href"].removeprefix("https://a.example/b/") for link in links}

    assert [f"The Week · {day}" for day in range(7, 0, -1)] == [
        title for each in names for title, _ in books(found[each])
    ]
    first, second, last = (relations(found[each]) for each in names)
    assert (names[1], names[2]) == (first["next"], first["last"])
    assert "previous" not in first
    assert (names[0], names[2]) == (second["previous"], second["next"])
    assert "next" not in last


@BOTH
def test_a_revised_book_has_another_link_and_another_title(name: str) -> None:
    revised = edition("week-1", 1, version=2, issued=datetime(2024, 5, 3, tzinfo=UTC))
    found = books(made(revised, edition("week-2", 2))[name])
    assert ("The Week · 1 (v2)", ["https://a.example/b/week-1.epub?v=00000000"]) == found[0]
    assert ["https://a.example/b/week-2.epub"] == found[1][1]


@BOTH
def test_volumes_are_books_of_their_own(name: str) -> None:
    found = books(made(edition("week-1", 1, ".epub", "-2.epub", ".md"))[name])
    assert [("The Week · 1 1/2", 2), ("The Week · 1 2/2", 1)] == [(title, len(links)) for title, links in found]


def test_names_in_chinese_are_percent_encoded_and_words_are_clean() -> None:
    found = made(edition("周-1", 1, stem="周", title="A\u0000 <b>\r\nX: y", series="周"), url="")
    assert {"opds.xml", "opds.json", "opds/周.xml", "opds/周.json", "feeds/周.xml", "feeds/周.json"} == set(found)
    for name in ("opds/周.xml", "opds/周.json"):
        assert [("A <b> X: y", ["../%E5%91%A8-1.epub"])] == books(found[name])
    [entry] = found["opds.xml"].findall(f"{ATOM}entry")
    assert "opds/%E5%91%A8.xml" == entry.find(f"{ATOM}link").attrib["href"]
    assert "Harbour News" == found["opds.json"]["metadata"]["title"] == found["opds.xml"].findtext(f"{ATOM}title")


def test_a_digest_without_files_to_hand_out_has_no_list() -> None:
    assert {} == made(edition("week-1", 1, "/image.png"))


def test_each_digest_has_lists_of_its_own() -> None:
    found = made(edition("week-1"), edition("day-1", stem="day", series="Days"))
    assert ["Days", "The Week"] == [shelf["title"] for shelf in found["opds.json"]["navigation"]]
    assert [["The Week · 1"]] * 2 == [
        [title for title, _ in books(found[f"opds/{name}.json"])] for name in ("day", "week")
    ]


def test_feeds_have_the_files_of_each_book() -> None:
    found = made(edition("week-1", 1, ".epub", ".pdf"))
    [item] = found["feeds/week.json"]["items"]
    assert ["application/epub+zip", "application/pdf"] == [each["mime_type"] for each in item["attachments"]]
    assert "<p>2 posts</p><ul><li>A &amp; B</li><li>Second</li></ul>" == item["content_html"]
    entry = found["feeds/week.xml"].find(f"{ATOM}entry")
    enclosures = [link.attrib for link in entry.findall(f"{ATOM}link") if link.attrib["rel"] == "enclosure"]
    assert [("application/epub+zip", "9"), ("application/pdf", "9")] == [
        (each["type"], each["length"]) for each in enclosures
    ]
    assert item["content_html"] == entry.findtext(f"{ATOM}content")


def test_what_is_new_or_revised_comes_after_all_that_was_there() -> None:
    first = {one.key: one for one in with_dates([edition("a", 5), edition("b", 9)], {})}
    assert all(one.issued is None for one in first.values())

    late = edition("late", 1)
    changed = replace(first["a"], files=(replace(first["a"].files[0], sha256="other"),))
    second = {one.key: one for one in with_dates([changed, late, first["b"], edition("new", 20)], first)}

    order = sorted(second.values(), key=lambda one: one.date)
    assert ["b", "late", "a", "new"] == [one.key for one in order]
    assert (2, 1, 1) == (second["a"].version, second["late"].version, second["b"].version)
    again = {one.key: one for one in with_dates(second.values(), second)}
    assert second == again


def test_a_format_that_is_added_revises_nothing() -> None:
    before = {"a": edition("a", 5), "b": edition("b", 9)}
    after = {one.key: one for one in with_dates([edition("a", 5, ".epub", ".pdf"), edition("b", 9)], before)}
    assert (1, None) == (after["a"].version, after["a"].issued)


def test_a_book_has_its_cover_beside_it_as_a_small_jpeg() -> None:
    configure('url = "https://a.example/"\n')
    text = Path("converter.toml").read_text("utf-8").replace('["markdown"]', '["epub"]')
    Path("converter.toml").write_text(text, "utf-8")
    assert run().exit_code == 0

    with Image.open(io.BytesIO(Path("out/covers/week-2024-W18.jpg").read_bytes())) as cover:
        assert ("JPEG", (600, 900), None) == (cover.format, cover.size, cover.info.get("progressive"))
    listed = json.loads(Path("out/opds/week.json").read_bytes())
    assert "https://a.example/covers/week-2024-W19.jpg" == listed["publications"][0]["images"][0]["href"]
    times = {path: path.stat().st_mtime_ns for path in Path("out").rglob("*.*")}
    assert run().exit_code == 0
    assert times == {path: path.stat().st_mtime_ns for path in Path("out").rglob("*.*")}
    assert run("build", "--frozen", "--no-cache").exit_code == 0

    write_post(9, "Other text.")
    assert run().exit_code == 0
    changed = {path.name for path in Path("out").rglob("*.*") if times.get(path) != path.stat().st_mtime_ns}
    assert {"week-2024-W19.epub", "week-latest.epub", "editions.json"} < changed
    assert not {"week-2024-W18.epub", "week-2024-W18.jpg"} & changed


def test_two_digests_of_one_name_would_be_one_list() -> None:
    configure()
    Path("converter.toml").write_text(
        Path("converter.toml").read_text("utf-8") + '[[digest]]\nname = "Week"\nperiod = "day"\n', "utf-8"
    )
    assert "two digests have the name 'week'" in run().output
