"""What is joined into a book: fragments that were taken, how each page is dressed, and everything in its place."""

import pikepdf
from msgspec import Struct

from converter.writers.pdf.assembly.folios import FolioStyle
from converter.writers.pdf.fragment import Fragment


class Leaf(Struct, frozen=True):
    """How one page of a fragment is dressed."""

    folio: str = ""
    """The number at its foot; empty for none."""
    furniture: str = ""
    """The name of the furniture that is laid over it; empty for none."""
    side: str = "recto"
    shift: float = 0
    """Points by which the text moves to the right: the margins of a left page mirror those of a right one."""


class Opened(Struct, frozen=True):
    """Fragments of one PDF that wait for those before them."""

    fragments: tuple[Fragment, ...]
    """Without their data."""
    source: pikepdf.Pdf


class Tree(Struct):
    """The tags of a PDF, if it has any; its fragments share them."""

    root: pikepdf.Object | None
    base: int = -1
    """What the keys of its parent tree were moved by; -1 before it belongs to the book."""


class Taken(Struct, frozen=True):
    """A fragment whose objects are in the file, but do not belong to it yet."""

    fragment: Fragment
    """Without its data."""
    sheets: tuple[pikepdf.Object, ...]
    furniture: dict[str, pikepdf.Object]
    """By name: what is laid over pages, as their code or, where the fragment is sealed, as a form."""
    tree: Tree
    fonts: pikepdf.Object | None
    """Those that it brought itself."""


class Setting(Struct, frozen=True):
    """A fragment at its place in the book."""

    taken: Taken
    first: int
    """The number of its first page in the file, counted from 0."""
    leaves: tuple[Leaf, ...]
    name: str
    """What links call it, with the scheme: `post:KEY` or `book:NAME`."""
    opens_section: bool = False


class Binding(Struct, frozen=True):
    """Everything that is joined, in its place."""

    settings: tuple[Setting, ...]
    pages: int
    """With the blank ones, which belong to no fragment."""
    size: tuple[float, float]
    """Width and height of a sheet in points."""
    bleed: float
    """What of it is cut off on each side."""
    folios: FolioStyle
    page_label: str
    """The word for "page", for the descriptions of links."""
    labels: tuple[tuple[int, str, int], ...]
    """Page labels: the page each range begins at, its style (`r` or `D`), its first number."""
    closed_level: int
    """Outline entries of this level are folded."""
