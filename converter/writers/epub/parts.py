"""What a book is made of: parts to be rendered, the chapters they become, and the files of the package."""

from datetime import datetime

from msgspec import Struct

from converter.model import Direction, Post, Site
from converter.writers.book import Entry
from converter.writers.images import Prepared
from converter.writers.xhtml import Feature, HeadingEntry


class Neighbour(Struct, frozen=True):
    """The chapter before or after another."""

    url: str
    title: str
    language: str


class Spot(Struct, frozen=True):
    """Where a post is in the book."""

    file: str
    id: str = ""
    """That of its article in a file that it shares with others; empty where the file is its own."""

    @property
    def url(self) -> str:
        return f"{self.file}#{self.id}" if self.id else self.file

    @property
    def prefix(self) -> str:
        """What the ids of the post begin with."""
        return f"{self.id}-" if self.id else ""


class ChapterPart(Struct, frozen=True):
    """A post, and what its chapter needs to know of the book."""

    post: Post
    entry: Entry
    language: str
    """Of the book."""
    site: Site
    section: str
    """The title of its section; empty where the book has none."""
    spot: Spot
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
    spot: Spot
    data: bytes
    """A whole page, or an article for a page that several posts share."""
    properties: tuple[str, ...]
    """Of the page in the manifest; none for an article."""
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


class TextFile(Struct, frozen=True):
    """A file of posts, or the page that opens a section."""

    item: Item
    heading: str
    """Empty for a post in a file of its own, whose title is the heading."""
    chapters: tuple[Chapter, ...]


class Group(Struct, frozen=True):
    """Posts that stand together in the contents."""

    title: str
    """Empty where they need none."""
    url: str
    chapters: tuple[Chapter, ...]


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
