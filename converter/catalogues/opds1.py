"""Shelves -> OPDS 1.2: Atom feeds."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from converter.catalogues.links import Links
from converter.catalogues.shelves import BookItem, Shelf, list_identifier, moment, pages
from converter.catalogues.xml import document, element
from converter.writers import File

ROOT = "opds.xml"
NAVIGATION = "application/atom+xml;profile=opds-catalog;kind=navigation"
ACQUISITION = "application/atom+xml;profile=opds-catalog;kind=acquisition"
OPEN_ACCESS = "http://opds-spec.org/acquisition/open-access"
NEW = "http://opds-spec.org/sort/new"
CRAWLABLE = "http://opds-spec.org/crawlable"
_IMAGES = ("http://opds-spec.org/image", "http://opds-spec.org/image/thumbnail")
_SPACES = {"xmlns": "http://www.w3.org/2005/Atom", "xmlns:dc": "http://purl.org/dc/terms/"}


def name_of(shelf: Shelf, page: int = 1) -> str:
    """Return the file of a page. No name of a digest has a point."""
    return f"opds/{shelf.name}{f'.{page}' if page > 1 else ''}.xml"


def navigation(shelves: Sequence[Shelf], url: str) -> File:
    """Return the list of shelves."""
    links = Links(url, ROOT)
    first = shelves[0]
    parts = [
        *_head(
            list_identifier(first.site, "opds"), first.site_title, max(shelf.date for shelf in shelves), first.author
        ),
        _link("self", links.to(ROOT), NAVIGATION),
        _link("start", links.to(ROOT), NAVIGATION),
    ]
    return File(ROOT, document(element("feed", _SPACES, (*parts, *(_shelf(shelf, links) for shelf in shelves)))))


def _shelf(shelf: Shelf, links: Links) -> str:
    newest = shelf.items[0]
    parts = (
        element("title", {}, shelf.title),
        element("id", {}, shelf.identifier("opds/books")),
        element("updated", {}, moment(shelf.date)),
        element("content", {"type": "text"}, f"{newest.title} – {newest.summary}"),
        _link(NEW, links.to(name_of(shelf)), ACQUISITION),
    )
    return element("entry", {}, parts)


def acquisition(shelf: Shelf, url: str, size: int) -> Iterator[File]:
    """Yield the pages of a shelf: nothing but books, the newest first."""
    runs = list(pages(shelf.items, size))
    for number, items in enumerate(runs, 1):
        links = Links(url, name_of(shelf, number))
        others = {"first": 1, "previous": number - 1, "next": number + 1, "last": len(runs)} if len(runs) > 1 else {}
        parts = [
            *_head(shelf.identifier("opds/books"), shelf.title, shelf.date, shelf.author),
            _link("self", links.to(links.file), ACQUISITION),
            _link("start", links.to(ROOT), NAVIGATION),
            _link("up", links.to(ROOT), NAVIGATION),
            _link(NEW, links.to(name_of(shelf)), ACQUISITION),
            _link(CRAWLABLE, links.to(name_of(shelf)), ACQUISITION),
            *(
                _link(relation, links.to(name_of(shelf, page)), ACQUISITION)
                for relation, page in others.items()
                if 1 <= page <= len(runs)
            ),
        ]
        entries = (_book(item, shelf, links) for item in items)
        yield File(links.file, document(element("feed", _SPACES | {"xml:lang": shelf.language}, (*parts, *entries))))


def _book(item: BookItem, shelf: Shelf, links: Links) -> str:
    cover = links.to(item.cover.name, item.cover.sha256[:8] if item.version > 1 else "") if item.cover else ""
    parts = (
        element("title", {}, marked(item)),
        element("id", {}, item.identifier),
        element("updated", {}, moment(item.date)),
        element("published", {}, moment(item.published)),
        element("author", {}, (element("name", {}, shelf.author),)),
        element("dc:language", {}, item.language),
        element("dc:issued", {}, item.published.date().isoformat()),
        element("content", {"type": "text"}, item.summary),
        *(_link(relation, cover, "image/jpeg") for relation in _IMAGES if cover),
        *(
            _link(OPEN_ACCESS, links.to(copy.file.name, copy.version), copy.file.type, str(copy.file.size))
            for copy in item.copies
        ),
    )
    return element("entry", {"xml:lang": item.language}, parts)


def marked(item: BookItem) -> str:
    """Return the title; that of a revised book says so, since KOReader fetches no second file under one name."""
    return f"{item.title} (v{item.version})" if item.version > 1 else item.title


def _head(identifier: str, title: str, date: datetime, author: str) -> tuple[str, ...]:
    return (
        element("id", {}, identifier),
        element("title", {}, title),
        element("updated", {}, moment(date)),
        element("author", {}, (element("name", {}, author),)),
    )


def _link(relation: str, href: str, type_: str, length: str = "") -> str:
    return element("link", {"rel": relation, "type": type_, "href": href} | ({"length": length} if length else {}))
