"""Shelves -> OPDS 2.0: JSON."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from converter.catalogues.links import Links
from converter.catalogues.opds1 import NEW, OPEN_ACCESS, marked
from converter.catalogues.shelves import BookItem, Shelf, moment, pages
from converter.writers import File

ROOT = "opds.json"
TYPE = "application/opds+json"
_Json = dict[str, object]


def name_of(shelf: Shelf, page: int = 1) -> str:
    """Return the file of a page."""
    return f"opds/{shelf.name}{f'.{page}' if page > 1 else ''}.json"


def navigation(shelves: Sequence[Shelf], url: str) -> File:
    """Return the list of shelves."""
    links = Links(url, ROOT)
    newest = max(shelf.date for shelf in shelves)
    lists = [
        {
            "title": shelf.title,
            "href": links.to(name_of(shelf)),
            "type": TYPE,
            "rel": NEW,
            "properties": {"numberOfItems": len(shelf.items)},
        }
        for shelf in shelves
    ]
    feed = {
        "metadata": {"title": shelves[0].site_title, "modified": moment(newest)},
        "links": [_self(links)],
        "navigation": lists,
    }
    return _file(links, feed)


def acquisition(shelf: Shelf, url: str, size: int) -> Iterator[File]:
    """Yield the pages of a shelf: nothing but books, the newest first."""
    runs = list(pages(shelf.items, size))
    for number, items in enumerate(runs, 1):
        links = Links(url, name_of(shelf, number))
        others = {"first": 1, "previous": number - 1, "next": number + 1, "last": len(runs)} if len(runs) > 1 else {}
        metadata = {
            "title": shelf.title,
            "identifier": shelf.identifier("opds/books"),
            "modified": moment(shelf.date),
            "numberOfItems": len(shelf.items),
            "itemsPerPage": size,
            "currentPage": number,
        }
        feed: _Json = {
            "metadata": metadata,
            "links": [
                _self(links),
                {"rel": "start", "href": links.to(ROOT), "type": TYPE},
                {"rel": "up", "href": links.to(ROOT), "type": TYPE},
                *(
                    {"rel": relation, "href": links.to(name_of(shelf, page)), "type": TYPE}
                    for relation, page in others.items()
                    if 1 <= page <= len(runs)
                ),
            ],
            "publications": [_book(item, shelf, links) for item in items],
        }
        yield _file(links, feed)


def _book(item: BookItem, shelf: Shelf, links: Links) -> _Json:
    series: _Json = {"name": item.series or shelf.title}
    if item.number:
        series["position"] = float(item.number)
    book: _Json = {
        "metadata": {
            "@type": "http://schema.org/Book",
            "title": marked(item),
            "identifier": item.identifier,
            "author": shelf.author,
            "language": item.language,
            "modified": moment(item.date),
            "published": moment(item.published),
            "description": item.summary,
            "belongsTo": {"series": series},
        },
        "links": [
            {
                # A short one would do by the specification, and KOReader takes no notice of it.
                "rel": OPEN_ACCESS,
                "href": links.to(copy.file.name, copy.version),
                "type": copy.file.type,
                "size": copy.file.size,
            }
            for copy in item.copies
        ],
    }
    if item.cover:
        version = item.cover.sha256[:8] if item.version > 1 else ""
        book["images"] = [{"href": links.to(item.cover.name, version), "type": item.cover.type}]
    return book


def _self(links: Links) -> _Json:
    return {"rel": "self", "href": links.to(links.file), "type": TYPE}


def _file(links: Links, feed: Mapping[str, object]) -> File:
    return File(links.file, msgspec.json.format(msgspec.json.encode(feed), indent=1) + b"\n")
