"""What lays out pages: the seam between the PDF writer and WeasyPrint, Typst, or another that stands beside them."""

from functools import cache
from importlib.util import find_spec
from typing import Any, Generic, Literal, Protocol, TypeVar

from converter.diagnostics import Warn
from converter.themes import Theme
from converter.writers import Part, Results
from converter.writers.book import Book
from converter.writers.pdf.options import PdfOptions

PartT = TypeVar("PartT", bound=Part)
RenderedT = TypeVar("RenderedT")


class Engine(Protocol, Generic[PartT, RenderedT]):
    """The steps of a writer, for one engine. `render` is pure, and runs in any process."""

    def version(self) -> str:
        """Return what lays out pages, with its version, as people know it."""

    @property
    def is_isolated(self) -> bool:
        """Whether no alarm stops `render`, or whether the process ends where its memory does."""

    def require(self) -> None:
        """Raise `UsageError` where something is not on this machine; without it, nothing can be laid out."""

    def split(self, book: Book) -> tuple[PartT, ...]:
        """Cut the book into parts that do not depend on each other, in reading order."""

    def render(self, part: PartT, options: PdfOptions, theme: Theme, warn: Warn) -> RenderedT:
        """Do the work for one part that needs no other. Raises `WriterError`."""

    def kind(self) -> type[RenderedT]:
        """Return the type of what `render` returns."""

    def fingerprint(self, theme: Theme) -> str:
        """Return a hash of what its pages depend on besides the part, the options and the theme: versions, fonts."""

    def assemble(
        self, book: Book, options: PdfOptions, theme: Theme, rendered: Results[RenderedT], warn: Warn
    ) -> bytes:
        """Return the finished PDF. Raises `WriterError`."""


ENGINES: tuple[Literal["weasyprint", "typst"], ...] = ("weasyprint", "typst")


@cache
def engine_of(name: Literal["auto", "weasyprint", "typst"]) -> Engine[Any, Any]:
    """Return the engine; what it stands on is imported when the first part is laid out."""
    if name == "typst" or (name == "auto" and falls_back()):
        from converter.writers.pdf.typst.engine import TypstEngine

        return TypstEngine()
    from converter.writers.pdf.weasyprint.engine import WeasyPrintEngine

    return WeasyPrintEngine()


def falls_back() -> bool:
    """Return whether WeasyPrint misses libraries of the system, and Typst is there."""
    from converter.writers.pdf.weasyprint.libraries import missing_libraries

    return bool(find_spec("typst") and missing_libraries())
