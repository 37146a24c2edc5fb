"""Lays out a book with WeasyPrint: each post and each opening page apart, then joined by the assembly."""

from converter.diagnostics import Warn
from converter.storage.fingerprint import key_of
from converter.themes import Theme
from converter.writers import Results
from converter.writers.book import Book
from converter.writers.fonts import choose
from converter.writers.pdf.fragment import RenderedRun
from converter.writers.pdf.options import PdfOptions
from converter.writers.pdf.parts import PdfPart, cut
from converter.writers.pdf.weasyprint.libraries import require_libraries
from converter.writers.pdf.weasyprint.versions import ENGINE, libraries, pango_version


class WeasyPrintEngine:
    """Needs libraries of the system; what it needs of WeasyPrint is imported when the first part is laid out."""

    def version(self) -> str:
        """Return the versions of WeasyPrint and of Pango, whose is missing where it cannot be loaded."""
        return ", ".join(filter(None, (ENGINE, pango_version())))

    is_isolated = False

    def require(self) -> None:
        """Raise `UsageError` where a library of the system is missing."""
        require_libraries()

    def split(self, book: Book) -> tuple[PdfPart, ...]:
        """Cut the book into its posts and the pages that open its sections."""
        return cut(book)

    def render(self, part: PdfPart, options: PdfOptions, theme: Theme, warn: Warn) -> RenderedRun:
        """Lay out one part. Raises `UsageError` where Pango or every font is missing."""
        from converter.writers.pdf.weasyprint.render import render_part

        return render_part(part, options, theme, warn)

    def kind(self) -> type[RenderedRun]:
        """Return the type of what `render` returns."""
        return RenderedRun

    def fingerprint(self, theme: Theme) -> str:
        """Return a hash of the libraries and the fonts that pages depend on."""
        return key_of(libraries(), choose(theme).fingerprint)

    def assemble(
        self, book: Book, options: PdfOptions, theme: Theme, rendered: Results[RenderedRun], warn: Warn
    ) -> bytes:
        """Number the pages, typeset cover, contents and index, and join everything."""
        from converter.writers.pdf.assembly.book import make_book
        from converter.writers.pdf.style import open_style
        from converter.writers.pdf.weasyprint.render import Typesetter, report_patches

        style = open_style(options, theme, book.language, sections=book.has_sections)
        report_patches(warn)
        return make_book(book, style, Typesetter(style, rendered), rendered.ready(), warn)
