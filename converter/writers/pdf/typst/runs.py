"""Cuts a book into runs of parts that are compiled together: Typst takes longer to begin than to set a post."""

from operator import itemgetter

from msgspec import Struct

from converter.writers.book import Book
from converter.writers.pdf.parts import PdfPart, PostPart, cut
from converter.writers.pdf.slices import weight
from converter.writers.runs import grouped, is_seam

RUNS = 24
"""How many runs a book is cut into about; more only where they would grow too large. One changed post costs a run, and
each has its own subsets of the fonts, some sixty kilobytes of Chinese."""
LIGHTEST, HEAVIEST = 1 << 14, 1 << 17
"""What a run weighs at least and at most, as `slices` weighs: Typst takes a kilobyte of memory for a character."""


class RunPart(Struct, frozen=True):
    """Parts that follow each other."""

    parts: tuple[PdfPart, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(key for part in self.parts for key in part.keys))

    def pieces(self) -> tuple["RunPart", ...]:
        """Return the parts one by one: what the run as a whole dies of costs the part alone then."""
        return tuple(RunPart((part,)) for part in self.parts) if len(self.parts) > 1 else ()


def runs_of(book: Book) -> tuple[RunPart, ...]:
    """Return the runs of a book, in reading order.

    They end where the key of a post says, so that a post that comes or goes leaves the other runs as they were.
    """
    weighed = [(part, _weight(part)) for part in cut(book)]
    size = _size(sum(weight for _, weight in weighed))
    runs = grouped(weighed, size=size, full=size / 2, weigh=itemgetter(1), seam=_is_seam)
    return tuple(RunPart(tuple(part for part, _ in run)) for run in runs)


def _size(total: float) -> float:
    """Return what a run should weigh: a power of two, since a book that grows should not be cut anew each time."""
    return min(max(1 << (int(total) // RUNS).bit_length(), LIGHTEST), HEAVIEST)


def _weight(part: PdfPart) -> float:
    return weight(part.post.blocks) if isinstance(part, PostPart) else 0


def _is_seam(weighed: tuple[PdfPart, float]) -> bool:
    part = weighed[0]
    return isinstance(part, PostPart) and part.opens and is_seam(part.post.key)
