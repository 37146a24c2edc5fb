"""What layout hands over to the joining of a book: pages as a small PDF without fonts, and what is known about them."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec
from msgspec import Struct


class Place(Struct, frozen=True, array_like=True):
    """A point in a fragment: its page, counted from 0, and the distances from the left and bottom edges in points."""

    page: int
    x: float
    y: float


class Bookmark(Struct, frozen=True, array_like=True):
    """An entry of the outline, by the level of its heading."""

    level: int
    label: str
    place: Place


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


class Fragment(Struct, frozen=True):
    """Pages that were laid out together."""

    data: bytes
    """A PDF: the pages of the text, then those of the furniture. Fonts that can be shared are not in it."""
    pages: int
    """How many pages of text there are."""
    furniture: dict[str, int]
    """The page that holds each kind of furniture (running heads), by its name."""
    anchors: dict[str, Place]
    bookmarks: tuple[Bookmark, ...]
    fonts: tuple[FontUse, ...]
    missing: str = ""
    """Characters that no font had."""
    first: int = 0
    """The page of the PDF that they begin on: several fragments may be in one."""
    sealed: bool = False
    """Whether pages have their own resources, and the PDF its fonts; what is laid over them brings its own, too."""
    untagged: str = ""
    """Why the pages have no tags; empty where they have."""


class Rendered(Struct, frozen=True):
    """The laid-out pages of a part."""

    key: str
    """The key of its post, which several parts share where it was cut; empty for the page that opens a section."""
    fragment: Fragment
    opens_section: bool = False


class RenderedRun(Struct, frozen=True):
    """Parts that were laid out together, in one PDF."""

    data: bytes
    units: tuple[Rendered, ...]
    """Their fragments have no data."""
