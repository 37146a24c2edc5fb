"""Shelves -> OPDS catalogues, which programs for reading subscribe to: 1.2 as Atom and 2.0 as JSON.

Programs have habits that no specification asks for. KOReader's synchronisation takes a feed that is nothing but books,
the newest first, and stops at the book that was first the last time. It takes the first link to a file that it can
open, and only relations that are whole URIs; a revised book must have another link, and another title, to be fetched
again. It does not go down from a list of lists. Readest tells books from each other by their ids.
"""

from typing import Annotated

from msgspec import Meta, Struct

from converter.catalogues import Publication, opds1, opds2
from converter.catalogues.shelves import shelves
from converter.diagnostics import Warn
from converter.storage.fingerprint import code_fingerprint
from converter.themes import Theme
from converter.writers import File


class OpdsCatalogue(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A list of digests (`opds.xml`, `opds.json`), and one of books for each (`opds/NAME.xml`, `opds/NAME.json`)."""

    page: Annotated[int, Meta(ge=1)] = 50
    """Books of a page; KOReader asks for 50 at once."""

    def files(self, publication: Publication, theme: Theme, warn: Warn) -> tuple[File, ...]:  # noqa: ARG002
        """Return the lists; none where no edition has a file to hand out."""
        found = shelves(publication)
        if not found:
            return ()
        return (
            opds1.navigation(found, publication.url),
            opds2.navigation(found, publication.url),
            *(file for shelf in found for file in opds1.acquisition(shelf, publication.url, self.page)),
            *(file for shelf in found for file in opds2.acquisition(shelf, publication.url, self.page)),
        )

    def fingerprint(self, theme: Theme) -> str:  # noqa: ARG002  # the contract
        """Return a hash of this code."""
        return code_fingerprint("babel")
