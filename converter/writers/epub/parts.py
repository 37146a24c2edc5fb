"""What a book is made of: parts to be rendered, the chapters they become, and the files of the package."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from converter.model import Direction, Post, Site
from converter.writers.book import Entry
from converter.writers.images import Prepared
from converter.writers.xhtml import Feature, HeadingEntry

Profile = Literal["generic", "kindle", "kobo"]
"""Whose habits a book allows for."""


class Neighbour(Struct, frozen=True):
    """The chapter before or after another."""

    url: str
    title: str
    language: str


class ChapterPart(Struct, frozen=True):
    """A post, and what its chapter needs to know of the book."""

    post: Post
    entry: Entry
    language: str
    """Of the book."""
    site: Site
    section: str
    """The title of its section; empty where the book has none."""
    targets: dict[str, str]
    """The URL in the book for each `post:` link of the post that leads to another post of it."""
    before: Neighbour | None
    after: Neighbour | None

    @property
    def keys(self) -> tuple[str, ...]:
        return (self.post.key,)


class Item(Struct, frozen=True):
    """A file of the book and its entry in the manifest."""

    name: str
    """Relative to the package document."""
    media_type: str
    data: bytes
    properties: tuple[str, ...] = ()
    """Of EPUB 3.3, section 5.6.2: `nav`, `cover-image`, `mathml`, `svg`, `remote-resources`."""


class Chapter(Struct, frozen=True):
    """A rendered post."""

    key: str
    item: Item
    features: frozenset[Feature]
    """What is in it that the package speaks of."""
    headings: tuple[HeadingEntry, ...]
    shown: dict[str, Prepared]
    """The images in it, by the `src` of the images that show them."""
    described: int
    """Images shown with a text alternative."""
    undescribed: int
    """Images shown without one."""

    @property
    def images(self) -> tuple[Item, ...]:
        """The files of the images, each once."""
        files = {file.name: file for image in self.shown.values() for file in image.files}
        return tuple(Item(file.name, file.media_type, file.data) for file in files.values())


class Metadatum(Struct, frozen=True):
    """An entry of the package metadata."""

    name: str
    """`dc:…`, or `meta`."""
    value: str = ""
    attributes: dict[str, str] = {}


class Package(Struct, frozen=True, kw_only=True):
    """A whole book, ready to be packed."""

    identifier: str
    language: str
    direction: Direction
    modified: datetime
    metadata: tuple[Metadatum, ...]
    items: tuple[Item, ...]
    """Everything but the package document, in the order of the archive."""
    spine: tuple[str, ...]
    """Names of items, in reading order."""
