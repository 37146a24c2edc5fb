"""The list of editions -> a site for browsers: what there is by day, a page for each edition, and a search."""

from typing import Annotated

from msgspec import Meta, Struct

from converter.catalogues import Publication
from converter.catalogues.site.pages import pages
from converter.catalogues.site.search import search_files
from converter.catalogues.site.texts import texts_of
from converter.diagnostics import Warn
from converter.storage.fingerprint import code_fingerprint
from converter.themes import Theme
from converter.writers import File


class SiteCatalogue(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A page with all editions (`index.html`), and what it leads to (`site/`)."""

    search: Annotated[int, Meta(ge=0)] = 2000
    """Characters of each post that are searched, from its beginning; 0: there is no search."""

    def files(self, publication: Publication, theme: Theme, warn: Warn) -> tuple[File, ...]:  # noqa: ARG002
        """Return the pages, and what the search reads."""
        texts = {edition.key: texts_of(edition, publication.read, self.search) for edition in publication.editions}
        searched = search_files(publication.editions, texts) if self.search and any(texts.values()) else ()
        return (*pages(publication, texts, theme, can_search=bool(searched)), *searched)

    def fingerprint(self, theme: Theme) -> str:  # noqa: ARG002  # the contract
        """Return a hash of this code."""
        return code_fingerprint("babel", "jinja2")
