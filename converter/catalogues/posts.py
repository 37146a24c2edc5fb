"""Finished pages of editions -> Atom and JSON Feed of their posts, each with its whole text."""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import UTC, date, datetime
from itertools import islice
from typing import Annotated
from xml.etree import ElementTree

import msgspec
from msgspec import Meta, Struct

from converter.catalogues import Publication, PublishedEdition, PublishedFile
from converter.catalogues.links import Links
from converter.catalogues.shelves import Shelf, by_digest, moment, shelves
from converter.catalogues.xml import document, element
from converter.diagnostics import Warn
from converter.model.urls import join_url
from converter.storage.fingerprint import code_fingerprint
from converter.themes import Theme
from converter.writers import File
from converter.writers.names import post_name

_XHTML = "{http://www.w3.org/1999/xhtml}"
_AROUND = (f"{_XHTML}header", f"{_XHTML}footer")
"""What a page says of a post, and an entry says by itself."""
_HTML = "text/html"
_JSON_FEED = "https://jsonfeed.org/version/1.1"


class FeedPost(Struct, frozen=True, kw_only=True):
    """A post of a feed."""

    identifier: str
    """A URN that stays, whatever edition the post is in."""
    title: str
    href: str
    """Of its place in the page of its edition; absolute where the URL of the folder is known."""
    published: datetime
    """In UTC; that of its edition for a post without a date."""
    language: str
    html: str
    """The text with its notes. Images that are inside of the page are links to it: feeds are fetched often."""


class PostsCatalogue(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An Atom feed and a JSON Feed of the posts of each digest that is made as HTML: `feeds/NAME-posts.xml`."""

    entries: Annotated[int, Meta(ge=1)] = 50
    """How many posts a feed has: those of the newest editions, the newest posts first."""

    def files(self, publication: Publication, theme: Theme, warn: Warn) -> tuple[File, ...]:  # noqa: ARG002
        """Return the feeds."""
        editions = by_digest(publication)
        return tuple(
            File(f"feeds/{shelf.name}-posts.{suffix}", make(shelf, found, publication.url, f"feeds/{shelf.name}-posts"))
            for shelf in shelves(publication)
            if (found := self._newest(editions[shelf.name], publication))
            for suffix, make in (("xml", _atom), ("json", _json))
        )

    def fingerprint(self, theme: Theme) -> str:  # noqa: ARG002  # the contract
        """Return a hash of this code."""
        return code_fingerprint("babel")

    def _newest(self, editions: Sequence[PublishedEdition], publication: Publication) -> list[FeedPost]:
        # By their periods: an edition that was revised is the newest of its kind, and its posts are not.
        ordered = sorted(editions, key=lambda edition: edition.period.first or date.min, reverse=True)
        posts = (post for edition in ordered for post in _posts(edition, publication.read, publication.url))
        return list(islice(posts, self.entries))


def _posts(edition: PublishedEdition, read: Callable[[PublishedFile], bytes], url: str) -> Iterator[FeedPost]:
    """Yield the posts of an edition, the newest first. A page by a writer of another package may have none."""
    keys = {post_name(key): key for key in edition.posts}
    found: list[FeedPost] = []
    for file in edition.files:
        if file.type == _HTML:
            try:
                root = ElementTree.fromstring(read(file))  # noqa: S314  # a page of ours, which has no entities
            except ElementTree.ParseError:
                continue
            page = Links(url, "feeds/").to(file.name)
            articles = (one for one in root.iter(f"{_XHTML}article") if one.get("id") in keys)
            found += [_post(one, keys[one.get("id", "")], page, edition) for one in articles]
    yield from sorted(found, key=lambda post: post.published, reverse=True)


def _post(article: ElementTree.Element, key: str, page: str, edition: PublishedEdition) -> FeedPost:
    heading = next((one for one in article.iter() if one.get("class") == "title"), None)
    time = article.find(f".//{_XHTML}header//{_XHTML}time")
    written = datetime.fromisoformat(time.get("datetime", "")) if time is not None else edition.updated
    href = f"{page}#{article.get('id')}"
    return FeedPost(
        identifier=f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{edition.stem}/{key}')}",
        title=" ".join("".join(heading.itertext()).split()) if heading is not None else key,
        href=href,
        published=(written if written.tzinfo else written.replace(tzinfo=UTC)).astimezone(UTC),
        language=article.get("lang") or edition.language,
        html="".join(
            _markup(child, href) for child in article if child.tag not in (f"{_XHTML}header", f"{_XHTML}footer")
        ),
    )


def _markup(node: ElementTree.Element, href: str) -> str:
    """Return an element as HTML that is sound by itself: without namespaces, with links that lead to the page."""
    copy = deepcopy(node)
    for one in copy.iter():
        one.tag = one.tag.rpartition("}")[2]
        for name in ("href", "src"):
            if name in one.attrib and not one.attrib[name].startswith("data:"):
                one.set(name, join_url(href, one.attrib[name]) or one.attrib[name])
        if one.tag == "img" and one.get("src", "").startswith("data:"):
            tail, text = one.tail, one.get("alt") or href
            one.clear()
            one.tag, one.text, one.tail = "a", text, tail
            one.set("href", href)
    return ElementTree.tostring(copy, "unicode", method="html")


def _atom(shelf: Shelf, posts: Sequence[FeedPost], url: str, name: str) -> bytes:
    links = Links(url, f"{name}.xml")
    parts = (
        element("id", {}, shelf.identifier("posts")),
        element("title", {}, shelf.title),
        element("updated", {}, moment(max(post.published for post in posts))),
        element("author", {}, (element("name", {}, shelf.author),)),
        element("link", {"rel": "self", "type": "application/atom+xml", "href": links.to(links.file)}),
        *(_entry(post) for post in posts),
    )
    attributes = {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": shelf.language}
    return document(element("feed", attributes, parts))


def _entry(post: FeedPost) -> str:
    parts = (
        element("id", {}, post.identifier),
        element("title", {}, post.title),
        element("updated", {}, moment(post.published)),
        element("published", {}, moment(post.published)),
        element("link", {"rel": "alternate", "type": _HTML, "href": post.href}),
        element("content", {"type": "html"}, post.html),
    )
    return element("entry", {"xml:lang": post.language}, parts)


def _json(shelf: Shelf, posts: Sequence[FeedPost], url: str, name: str) -> bytes:
    links = Links(url, f"{name}.json")
    feed: Mapping[str, object] = {
        "version": _JSON_FEED,
        "title": shelf.title,
        "feed_url": links.to(links.file),
        "language": shelf.language,
        "authors": [{"name": shelf.author}],
        "items": [
            {
                "id": post.identifier,
                "url": post.href,
                "title": post.title,
                "content_html": post.html,
                "date_published": moment(post.published),
                "language": post.language,
            }
            for post in posts
        ],
    }
    return msgspec.json.format(msgspec.json.encode(feed), indent=1) + b"\n"
