"""The list of editions -> a file that `sha256sum --check` reads: a whole catalogue, to copy and begin with."""

from msgspec import Struct

from converter import File
from converter.catalogues import Publication, newest_first
from converter.diagnostics import Warn
from converter.themes import Theme


class SumsCatalogue(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The options of [publish.sums]."""

    name: str = "SHA256SUMS"
    """The name of the file."""

    def files(self, publication: Publication, theme: Theme, warn: Warn) -> tuple[File, ...]:
        """Return the file: a line for each file of an edition, the newest edition first."""
        lines = [
            f"{file.sha256}  {file.name}\n" for edition in newest_first(publication.editions) for file in edition.files
        ]
        return (File(self.name, "".join(lines).encode()),)
