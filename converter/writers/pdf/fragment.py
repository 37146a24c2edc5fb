"""What layout hands over to the joining of a book: pages as objects of a PDF, and what is known about them."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec
from msgspec import Struct

from converter.model.postlinks import SCHEME


class Point(Struct, frozen=True, array_like=True):
    """A point in a fragment: its page, counted from 0, and the distances from the left and bottom edges in points."""

    page: int
    x: float
    y: float


class Bookmark(Struct, frozen=True, array_like=True):
    """An entry of the outline, by the level of its heading."""

    level: int
    label: str
    place: Point


class FontUse(Struct, frozen=True):
    """The glyphs that a fragment takes from one face."""

    key: str
    """The name that the content streams call it by; the same for all fragments."""
    name: str
    """PostScript-like, with the tag of a subset."""
    family: str
    path: str
    index: int
    """The face in a collection."""
    flags: int
    ascent: int
    descent: int
    glyphs: bytes
    """What `pack_glyphs` made: as Python objects, the glyphs of a thousand posts would take a hundred megabytes."""


class Glyph(NamedTuple):
    """A glyph that is used."""

    number: int
    width: int
    """Thousandths of the font size."""
    text: str
    """What it stands for."""


def pack_glyphs(widths: Mapping[int, int], texts: Mapping[int, str]) -> bytes:
    """Return glyphs in the order of their numbers, in little room."""
    return msgspec.msgpack.encode([Glyph(number, widths[number], texts.get(number, "")) for number in sorted(widths)])


def unpack_glyphs(packed: bytes) -> list[Glyph]:
    """Return the glyphs that `pack_glyphs` packed."""
    return msgspec.msgpack.decode(packed, type=list[Glyph])


POST_SCHEME, OWN_SCHEME = SCHEME, "book:"
"""The schemes of links inside the book: `post:KEY#id`, with the key percent-encoded, and `book:NAME#id`."""
FONTS, BRANCH, OWN = range(3)
"""The numbers of what is not among the objects of a fragment, the fonts of the book and the element that its tags hang
from, and the first number of its own."""


class Link(Struct, frozen=True, array_like=True):
    """An area of a page that leads somewhere. Values are as a PDF writes them, with references as in `Objects`."""

    number: int
    entries: bytes
    """All that does not change when the page gets its place."""
    area: tuple[float, ...]
    """Left, bottom, right and top, or these two by two, in points."""
    corners: tuple[float, ...]
    """The same as four corners each, where the link is broken over lines."""
    key: int
    """Its key in the parent tree of the fragment; -1 for none."""
    target: str
    """A place of the book (`post:KEY#id`, `book:NAME#id`), or of the fragment (`#id`); empty for any other place."""


class PageObject(Struct, frozen=True, array_like=True):
    """A page that has no place yet."""

    number: int
    entries: bytes
    """All that does not change when it gets one."""
    resources: bytes
    """Entries, but for the drawings."""
    drawings: bytes
    """Entries of `XObject`."""
    contents: bytes
    """References."""
    links: tuple[Link, ...]
    key: int
    """Its key in the parent tree of the fragment; -1 for none."""


class Objects(Struct, frozen=True):
    """The objects that pages consist of, as a PDF writes them, with numbers of their own.

    A reference is a zero byte and the number: what is in a string never looks like one.
    """

    bodies: bytes
    """A line for each number; empty for pages, links, and what is not among the objects."""
    data: dict[int, bytes]
    """That of streams, by their numbers; the dictionary is their line, without the length."""
    page_objects: tuple[PageObject, ...]
    kids: tuple[int, ...]
    """The elements that hang from `BRANCH`."""
    parents: tuple[tuple[int, bytes], ...]
    """The parent tree: keys in ascending order, and whose they are."""
    roles: dict[str, bytes]
    ids: dict[str, int]
    """Elements by their ids, which no other fragment has."""
    fonts: bytes = b""
    """The entries of fonts that the pages brought themselves, where they share the others."""


class Fragment(Struct, frozen=True):
    """Pages that were laid out together."""

    pages: int
    """How many pages of text there are."""
    overlays: dict[str, int]
    """What is laid over pages (running heads), by its name: the page of a PDF, then the number of what draws it.

    That is a form where pages have resources of their own, or where there are no pages, else code like that of pages.
    """
    anchors: dict[str, Point]
    bookmarks: tuple[Bookmark, ...]
    fonts: tuple[FontUse, ...]
    missing: str = ""
    """Characters that no font had."""
    first: int = 0
    """The page that they begin on: several fragments may share their objects."""
    sealed: bool = False
    """Whether each page has its own resources, with fonts that are among the objects. It has no crop marks yet then."""
    untagged: str = ""
    """Why the pages have no tags; empty where they have."""


class Laid(Struct, frozen=True):
    """A fragment that is alone with its objects."""

    objects: Objects
    fragment: Fragment


class Rendered(Struct, frozen=True):
    """The laid-out pages of a part."""

    key: str
    """The key of its post, which several parts share where it was cut; empty for the page that opens a section."""
    fragment: Fragment
    opens_section: bool = False


class RenderedRun(Struct, frozen=True):
    """Parts that were laid out together."""

    objects: Objects
    units: tuple[Rendered, ...]
