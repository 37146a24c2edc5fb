"""What layout hands over to the joining of a book: pages as a small PDF without fonts, and what is known about them."""

from msgspec import Struct


class Place(Struct, frozen=True, array_like=True):
    """A point in a piece: its page, counted from 0, and the distances from the left and the bottom edge in points."""

    page: int
    x: float
    y: float


class Bookmark(Struct, frozen=True, array_like=True):
    """An entry of the outline, by the level of its heading."""

    level: int
    label: str
    place: Place


class FontUse(Struct, frozen=True):
    """The glyphs that a piece takes from one face."""

    key: str
    """The name that the content streams call it by; the same for all pieces."""
    name: str
    """PostScript-like, with the tag of a subset."""
    family: str
    path: str
    index: int
    """The face in a collection."""
    flags: int
    ascent: int
    descent: int
    widths: dict[int, int]
    """By glyph, in thousandths of the font size."""
    unicode: dict[int, str]
    """The text that each glyph stands for."""


class Piece(Struct, frozen=True):
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
