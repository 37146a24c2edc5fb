"""The PDF writer: a digest in, one tagged and archival PDF out."""

from typing import Any, ClassVar

from converter.diagnostics import Code, Diagnostic, Warn
from converter.model import Digest
from converter.themes import Theme
from converter.writers import File, Results
from converter.writers.book import Book
from converter.writers.fonts import choose
from converter.writers.pdf.engine import engine_of, falls_back
from converter.writers.pdf.options import PdfOptions

HINT = 'say engine = "typst" in [output.pdf], or install Pango for WeasyPrint'


class PdfWriter(PdfOptions, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Prints digests. What its engine and the assembly stand on is imported when the first part is laid out."""

    suffix: ClassVar[str] = ".pdf"

    def require(self) -> Diagnostic | None:
        """Raise `UsageError` where something that the engine needs is missing; say where another one is used."""
        engine_of(self.engine).require()
        if self.engine == "auto" and falls_back():
            return Diagnostic(
                code=Code.ENGINE_REPLACED, message="PDF is laid out by Typst: Pango is missing", hint=HINT
            )
        return None

    def is_isolated(self) -> bool:
        """Return whether the engine wants a process of its own, with one job too."""
        return engine_of(self.engine).is_isolated

    def split(self, digest: Digest, theme: Theme) -> tuple[Any, ...]:
        """Cut the digest into parts as the engine wants them."""
        choose(theme)  # faces that have to be made are made here, not in each worker, and in no post's time
        return engine_of(self.engine).split(Book(digest))

    def render(self, part: Any, theme: Theme, warn: Warn) -> Any:  # the engine's own
        """Lay out one part. Raises `UsageError` where the engine or every font is missing."""
        return engine_of(self.engine).render(part, self, theme, warn)

    def kind(self) -> type:
        """Return the type of what `render` returns."""
        return engine_of(self.engine).kind()

    def fingerprint(self, theme: Theme) -> str:
        """Return a hash of the libraries and the fonts that pages depend on."""
        return engine_of(self.engine).fingerprint(theme)

    def assemble(self, digest: Digest, theme: Theme, rendered: Results[Any], warn: Warn) -> tuple[File, ...]:
        """Put the whole book together: one file."""
        return (File(f"{digest.key}.pdf", engine_of(self.engine).assemble(Book(digest), self, theme, rendered, warn)),)
