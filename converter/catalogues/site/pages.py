"""Editions -> the pages of a site: all of them, those of a year, and one edition each."""

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

from msgspec import Struct

from converter.catalogues import Publication, PublishedEdition, PublishedFile, newest_first
from converter.catalogues.links import Links
from converter.catalogues.shelves import volumes
from converter.catalogues.site.calendar import Month, years
from converter.catalogues.site.texts import HTML, PostText, page_of
from converter.languages import Direction, direction_of, is_language
from converter.languages.labels import DEFAULT_LANGUAGE, format_date, label
from converter.languages.unicode import clean
from converter.themes import Theme
from converter.writers import File
from converter.writers.book import BETWEEN, MAKER
from converter.writers.html.pages import common, style_sheet

INDEX = "index.html"
STYLE = "site/style.css"
SCRIPT = "site/search.js"
SHOWN = 12
"""Editions of a digest whose covers are on the first page."""
LABELS = (
    "all_editions",
    "contents",
    "downloads",
    "feeds",
    "latest_edition",
    "more",
    "next_edition",
    "nothing_found",
    "previous_edition",
    "read_page",
    "search",
    "search_failed",
    "searching",
    "skip",
)
POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'"
)
"""What the pages may do (Content Security Policy 3): their only script is the search."""
_NAMES = {"application/epub+zip": "EPUB", "application/pdf": "PDF", HTML: "HTML", "text/markdown": "Markdown"}
"""What readers call a file of a media type."""


class Card(Struct, frozen=True, kw_only=True):
    """An edition as pages show it: all URLs are relative to the page."""

    title: str
    language: str
    direction: Direction
    href: str
    """Its page on the site."""
    cover: str
    """The URL of the image; empty for none."""
    about: str
    """How many posts there are, and of when the newest is."""
    headlines: tuple[str, ...]


class Download(Struct, frozen=True):
    """A file of an edition."""

    href: str
    name: str
    """What readers call its format."""
    size: str


class _Site(Struct, frozen=True):
    """What all pages have in common."""

    publication: Publication
    theme: Theme
    language: str

    def page(self, file: str, template: str, values: Mapping[str, object]) -> File:
        """Return a page; `file` is its name."""
        root = "../" * file.count("/")
        site = self.publication.site
        around = {
            **common(self.language, LABELS),
            "maker": MAKER,
            "made_with": label(self.language, "made_with", MAKER),
            "policy": POLICY,
            "root": root,
            "site": clean(site.title) or clean(self.publication.editions[-1].series),
            "description": clean(site.description),
        }
        return File(file, self.theme.fill(f"site/{template}", {**around, **values}).encode())

    def card(self, edition: PublishedEdition, file: str) -> Card:
        """Return an edition for the page of that name."""
        links, language = Links("", file), _language(edition)
        day = format_date(self.language, edition.updated, self.publication.site.timezone)
        return Card(
            title=clean(edition.title) or edition.key,
            language=language,
            direction=direction_of(language),
            href=links.to(_page_name(edition)),
            cover=links.to(edition.cover.name) if edition.cover else "",
            about=BETWEEN.join((label(self.language, "posts", len(edition.posts)), day)),
            headlines=tuple(filter(None, map(clean, edition.headlines))),
        )


def pages(
    publication: Publication, texts: Mapping[str, Sequence[PostText]], theme: Theme, *, can_search: bool
) -> Iterator[File]:
    """Yield the pages, the first one first, and what they share."""
    shelves: dict[str, list[PublishedEdition]] = {}
    for edition in newest_first(publication.editions):
        shelves.setdefault(edition.stem or edition.key, []).append(edition)
    newest = newest_first(publication.editions)[0]
    language = publication.site.language if is_language(publication.site.language) else _language(newest)
    site = _Site(publication, theme, language)
    yield _index(site, shelves, can_search=can_search)
    for edition in publication.editions:
        yield _edition(site, edition, shelves[edition.stem or edition.key], texts[edition.key])
    for year in years(publication.editions, language):
        name = _year_name(year.number)
        months = [_calendar(site, month, name) for month in year.months]
        yield site.page(name, "year.html", {"title": year.name, "year": year.name, "months": months})
    yield File(STYLE, style_sheet(theme, "site/style.css").encode())
    if can_search:
        yield File(SCRIPT, theme.read("site/search.js"))


def _index(site: _Site, shelves: Mapping[str, Sequence[PublishedEdition]], *, can_search: bool) -> File:
    cards = {
        clean(editions[0].series) or name: [site.card(edition, INDEX) for edition in editions[:SHOWN]]
        for name, editions in sorted(shelves.items(), key=lambda pair: len(pair[1]), reverse=True)
    }
    largest = max(shelves.values(), key=len)
    found = years(site.publication.editions, site.language)
    values = {
        "title": clean(site.publication.site.title) or next(iter(cards)),
        "latest": site.card(largest[0], INDEX),
        "latest_files": _downloads(largest[0], INDEX),
        "latest_page": _read_here(largest[0], INDEX),
        "shelves": cards,
        "years": [(year.name, _year_name(year.number), year.count) for year in found],
        "months": [_calendar(site, month, INDEX) for month in found[0].months] if found else [],
        "can_search": can_search,
        "feeds": _feeds(site.publication, shelves),
    }
    return site.page(INDEX, "index.html", values)


def _feeds(publication: Publication, shelves: Mapping[str, Sequence[PublishedEdition]]) -> list[tuple[str, str, str]]:
    """Return title, type and URL of each feed that is made beside the site."""
    found = []
    if "feed" in publication.catalogues:
        for name, editions in sorted(shelves.items()):
            title = clean(editions[0].series) or name
            found.append((f"{title} (Atom)", "application/atom+xml", quote(f"feeds/{name}.xml")))
    if "opds" in publication.catalogues:
        found.append(("OPDS", "application/atom+xml;profile=opds-catalog", "opds.xml"))
    return found


def _edition(
    site: _Site, edition: PublishedEdition, shelf: Sequence[PublishedEdition], posts: Sequence[PostText]
) -> File:
    file, place = _page_name(edition), shelf.index(edition)
    root = "../" * file.count("/")
    links = Links("", file)
    values = {
        "title": clean(edition.title) or edition.key,
        "card": site.card(edition, file),
        "read": _read_here(edition, file),
        "downloads": _downloads(edition, file),
        "posts": [
            (post.title, root + post.href, post.language or _language(edition), post.direction) for post in posts
        ],
        "before": site.card(shelf[place + 1], file) if place + 1 < len(shelf) else None,
        "after": site.card(shelf[place - 1], file) if place else None,
        "home": links.to(INDEX),
    }
    return site.page(file, "edition.html", values)


def _calendar(site: _Site, month: Month, file: str) -> dict[str, object]:
    """Return a month for the page of that name."""
    days = [(day.number, day.weekday, site.card(day.edition, file) if day.edition else None) for day in month.days]
    return {"name": month.name, "days": days, "editions": [site.card(edition, file) for edition in month.editions]}


def _downloads(edition: PublishedEdition, file: str) -> list[Download]:
    links = Links("", file)
    return [
        Download(links.to(each.name), _NAMES.get(each.type, posixpath.splitext(each.name)[1][1:].upper()), _size(each))
        for files in volumes(edition).values()
        for each in files
    ]


def _read_here(edition: PublishedEdition, file: str) -> str:
    page = page_of(edition)
    return Links("", file).to(page.name) if page else ""


def _size(file: PublishedFile) -> str:
    return f"{file.size / 1e6:.1f} MB" if file.size >= 1e6 else f"{max(1, round(file.size / 1e3))} kB"


def _page_name(edition: PublishedEdition) -> str:
    return f"site/editions/{edition.key}.html"


def _year_name(number: int) -> str:
    return f"site/years/{number:04}.html"


def _language(edition: PublishedEdition) -> str:
    return edition.language if is_language(edition.language) else DEFAULT_LANGUAGE
