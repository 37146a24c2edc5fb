"""Shelves -> Atom and JSON Feed, which readers of news subscribe to: an entry for each book, with its files."""

from collections.abc import Mapping
from html import escape
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from converter.catalogues import Publication
from converter.catalogues.links import Links
from converter.catalogues.shelves import BookItem, Shelf, moment, shelves
from converter.catalogues.xml import document, element
from converter.diagnostics import Warn
from converter.model import Site
from converter.storage.fingerprint import code_fingerprint
from converter.themes import Theme
from converter.writers import File
from converter.writers.urls import web_url

_KIND = "feed"
_JSON_FEED = "https://jsonfeed.org/version/1.1"


class FeedCatalogue(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An Atom feed and a JSON Feed for each digest: `feeds/NAME.xml` and `feeds/NAME.json`."""

    entries: Annotated[int, Meta(ge=1)] = 50
    """How many books a feed has: the newest ones."""

    def files(self, publication: Publication, theme: Theme, warn: Warn) -> tuple[File, ...]:  # noqa: ARG002
        """Return the feeds."""
        found = shelves(publication)
        return tuple(
            make(shelf, shelf.items[: self.entries], publication.url) for shelf in found for make in (_atom, _json)
        )

    def fingerprint(self, theme: Theme) -> str:  # noqa: ARG002  # the contract
        """Return a hash of this code."""
        return code_fingerprint("babel")


def _atom(shelf: Shelf, items: tuple[BookItem, ...], url: str) -> File:
    links = Links(url, f"feeds/{shelf.name}.xml")
    parts = [
        element("id", {}, shelf.identifier(_KIND)),
        element("title", {}, shelf.title),
        element("updated", {}, moment(shelf.date)),
        element("author", {}, (element("name", {}, shelf.author),)),
        element("link", {"rel": "self", "type": "application/atom+xml", "href": links.to(links.file)}),
    ]
    if home := _home(shelf.site):
        parts.append(element("link", {"rel": "alternate", "type": "text/html", "href": home}))
    attributes = {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": shelf.language}
    return File(links.file, document(element("feed", attributes, (*parts, *(_entry(item, links) for item in items)))))


def _entry(item: BookItem, links: Links) -> str:
    parts = (
        element("id", {}, item.identifier),
        element("title", {}, item.title),
        element("updated", {}, moment(item.date)),
        element("published", {}, moment(item.published)),
        element("link", {"rel": "alternate", "type": _page(item)[0], "href": links.to(_page(item)[1])}),
        *(
            element(
                "link",
                {
                    "rel": "enclosure",
                    "type": copy.file.type,
                    "length": str(copy.file.size),
                    "href": links.to(copy.file.name, copy.version),
                },
            )
            for copy in item.copies
        ),
        element("content", {"type": "html"}, _html(item)),
    )
    return element("entry", {"xml:lang": item.language}, parts)


def _json(shelf: Shelf, items: tuple[BookItem, ...], url: str) -> File:
    links = Links(url, f"feeds/{shelf.name}.json")
    feed: dict[str, object] = {
        "version": _JSON_FEED,
        "title": shelf.title,
        **({"home_page_url": home} if (home := _home(shelf.site)) else {}),
        "feed_url": links.to(links.file),
        "language": shelf.language,
        "authors": [{"name": shelf.author}],
        "items": [_item(item, links) for item in items],
    }
    return File(links.file, msgspec.json.format(msgspec.json.encode(feed), indent=1) + b"\n")


def _item(item: BookItem, links: Links) -> Mapping[str, object]:
    cover = {"image": links.to(item.cover.name)} if item.cover else {}
    return {
        "id": item.identifier,
        "url": links.to(_page(item)[1]),
        "title": item.title,
        "content_html": _html(item),
        "summary": item.summary,
        **cover,
        "date_published": moment(item.published),
        "date_modified": moment(item.date),
        "language": item.language,
        "attachments": [
            {
                "url": links.to(copy.file.name, copy.version),
                "mime_type": copy.file.type,
                "size_in_bytes": copy.file.size,
            }
            for copy in item.copies
        ],
    }


def _page(item: BookItem) -> tuple[str, str]:
    """Return type and name of what a browser opens: a page where there is one, else the book."""
    file = next((copy.file for copy in item.copies if copy.file.type == "text/html"), item.copies[0].file)
    return file.type, file.name


def _html(item: BookItem) -> str:
    """Return what is in a book, as markup."""
    lines = "".join(f"<li>{escape(headline)}</li>" for headline in item.headlines)
    return f"<p>{escape(item.count)}</p>" + (f"<ul>{lines}</ul>" if lines else "")


def _home(site: Site) -> str:
    return (web_url(f"{site.url}{site.baseurl}/", Site()) or "") if site.url else ""
