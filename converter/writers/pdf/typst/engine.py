"""Lays out a book with Typst: runs of posts in workers, then joined by the assembly."""

from importlib.metadata import version
from importlib.util import find_spec

from converter.diagnostics import Code, UsageError, Warn
from converter.storage.fingerprint import code_fingerprint, key_of
from converter.themes import Theme
from converter.writers import Results
from converter.writers.book import Book
from converter.writers.fonts import choose
from converter.writers.pdf.fragment import RenderedRun
from converter.writers.pdf.options import PdfOptions
from converter.writers.pdf.parts import PostPart
from converter.writers.pdf.style import Style, open_style
from converter.writers.pdf.typst.runs import RunPart, runs_of

PACKAGES = ("babel", "fonttools", "jinja2", "pikepdf", "pillow", "pygments", "typst", "uharfbuzz")
"""The packages that the bytes of a run, and of a finished file, depend on."""

INSTALL_HINT = "install it: pip install 'digest-converter[typst]'"


class TypstEngine:
    """Needs nothing of the system. Typst is imported when the first run is laid out."""

    is_isolated = True

    def version(self) -> str:
        """Return the version of Typst, where it is installed."""
        return f"Typst {version('typst')}" if find_spec("typst") else "Typst"

    def require(self) -> None:
        """Raise `UsageError` where Typst is not installed."""
        if find_spec("typst") is None:
            raise UsageError(Code.LIBRARY_MISSING, "Typst is not installed", hint=INSTALL_HINT)

    def split(self, book: Book) -> tuple[RunPart, ...]:
        """Cut the book into runs of posts and of pages that open its sections."""
        return runs_of(book)

    def render(self, part: RunPart, options: PdfOptions, theme: Theme, warn: Warn) -> RenderedRun:
        """Lay out a run. Raises `UsageError` where Typst or every font is missing."""
        from converter.writers.pdf.typst.layout import lay_out_run

        self.require()
        return lay_out_run(part, _style_of(part, options, theme), warn)

    def kind(self) -> type[RenderedRun]:
        """Return the type of what `render` returns."""
        return RenderedRun

    def fingerprint(self, theme: Theme) -> str:
        """Return a hash of the libraries and the fonts that pages depend on."""
        return key_of("typst", code_fingerprint(*PACKAGES), choose(theme).fingerprint)

    def assemble(
        self, book: Book, options: PdfOptions, theme: Theme, rendered: Results[RenderedRun], warn: Warn
    ) -> bytes:
        """Number the pages, lay out cover, contents and index, and join everything."""
        from converter.writers.pdf.assembly.book import make_book
        from converter.writers.pdf.typst.typesetter import Typesetter

        style = open_style(options, theme, book.language, sections=book.has_sections)
        return make_book(book, style, Typesetter(style, rendered), rendered.ready(), warn)


def _style_of(run: RunPart, options: PdfOptions, theme: Theme) -> Style:
    first = run.parts[0]
    sections = not isinstance(first, PostPart) or bool(first.section)
    return open_style(options, theme, first.book_language, sections=sections)
