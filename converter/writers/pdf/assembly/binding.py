"""What is joined into a book: fragments that were taken, how each page is decorated, and everything in its place."""

from msgspec import Struct

from converter.writers.pdf.assembly.folios import FolioStyle
from converter.writers.pdf.fragment import Fragment, PageObject


class PageStyle(Struct, frozen=True):
    """What is added to one page of a fragment."""

    folio: str = ""
    """The number at its foot; empty for none."""
    overlay: str = ""
    """The name of what is laid over it; empty for none."""
    side: str = "recto"
    shift: float = 0
    """Points by which the text moves to the right: the margins of a left page mirror those of a right one."""


class Taken(Struct, frozen=True):
    """A fragment whose objects are in the file, but for its pages and links. Numbers are those of the file."""

    fragment: Fragment
    page_objects: tuple[PageObject, ...]
    branch: int
    """The element that its tags hang from."""
    kids: tuple[int, ...]
    """The tags that hang there; of fragments that share their objects, the first has all."""


class Placement(Struct, frozen=True):
    """A fragment at its place in the book."""

    taken: Taken
    first: int
    """The number of its first page in the file, counted from 0."""
    page_styles: tuple[PageStyle, ...]
    name: str
    """What links call it, with the scheme: `post:KEY` or `book:NAME`."""


class Binding(Struct, frozen=True):
    """Everything that is joined, in its place."""

    placements: tuple[Placement, ...]
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
    shows_outline: bool = False
    """Whether readers open the file with its outline beside the pages."""

    @property
    def untagged(self) -> bool:
        """Whether some pages have no tags."""
        return any(placement.taken.fragment.untagged for placement in self.placements)
