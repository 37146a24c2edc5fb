"""The PDF writer: a digest in, one tagged and archival PDF out."""

from typing import ClassVar

from converter.diagnostics import Outcome, Warn
from converter.model import Digest
from converter.themes import Theme
from converter.writers import File, Results
from converter.writers.fonts import choose
from converter.writers.pdf.fragment import Rendered
from converter.writers.pdf.options import PdfOptions
from converter.writers.pdf.parts import PdfPart, cut


class PdfWriter(PdfOptions, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Prints digests. What it needs of WeasyPrint and pikepdf is imported when the first part is laid out."""

    suffix: ClassVar[str] = ".pdf"

    def require(self) -> None:
        """Raise `UsageError` where a library of the system is missing."""
        from converter.writers.pdf.weasyprint.libraries import require_libraries

        require_libraries()

    def split(self, digest: Digest, theme: Theme) -> tuple[PdfPart, ...]:
        """Cut the digest into its posts and the pages that open its sections."""
        choose(theme.folders)  # faces that have to be made are made here, not in each worker, and in no post's time
        return cut(digest)

    def render(self, part: PdfPart, theme: Theme, warn: Warn) -> Rendered:
        """Lay out one part. Raises `UsageError` where Pango or every font is missing."""
        from converter.writers.pdf.render import render_part

        return render_part(part, self, theme, warn)

    def recall(self, part: PdfPart, theme: Theme) -> Outcome[Rendered] | None:
        """Return what `render` returned in an earlier run, with its diagnostics, if `cache` has it."""
        from converter.writers.pdf.render import recall_part

        return recall_part(part, self, theme)

    def assemble(self, digest: Digest, theme: Theme, rendered: Results[Rendered], warn: Warn) -> tuple[File, ...]:
        """Number the pages, set cover, contents and index, and join everything."""
        from converter.writers.pdf.assembly.book import make_book
        from converter.writers.pdf.style import open_style

        style = open_style(self, theme, digest.language, sections=digest.has_sections)
        return (File(f"{digest.key}.pdf", make_book(digest, style, rendered.ready(), warn)),)
