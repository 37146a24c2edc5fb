"""The newest edition of each digest under a name that stays, for links and shelves that always show the last one."""

from datetime import date

from msgspec import Struct

from converter.catalogues import Publication, PublishedEdition
from converter.diagnostics import Warn
from converter.model import PeriodKind
from converter.storage.fingerprint import code_fingerprint
from converter.themes import Theme
from converter.writers import File


class LatestCatalogue(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A copy, and no link: hosts of static files have none."""

    def files(self, publication: Publication, theme: Theme, warn: Warn) -> tuple[File, ...]:  # noqa: ARG002
        """Return a copy of each file of the newest editions that has the name of its edition."""
        newest = {edition.stem: edition for edition in sorted(publication.editions, key=_age)}
        return tuple(
            File(f"{edition.stem}-latest{file.name.removeprefix(edition.key)}", publication.read(file))
            for edition in newest.values()
            if edition.period.kind is not PeriodKind.NONE  # its name stays anyhow
            for file in edition.files
            if "/" not in file.name  # images lie where the copy finds them, too
        )

    def fingerprint(self, theme: Theme) -> str:  # noqa: ARG002  # the contract
        """Return a hash of this code."""
        return code_fingerprint()


def _age(edition: PublishedEdition) -> tuple[date, str]:
    """Return what grows from one edition to the next; one of undated posts is never the newest."""
    return edition.period.first or date.min, edition.key
