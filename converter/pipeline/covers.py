"""Finished EPUBs -> their covers as files of their own, which catalogues show; those of unchanged books stay."""

from __future__ import annotations

from collections.abc import Callable

from converter.catalogues import PublishedEdition, PublishedFile
from converter.diagnostics import Warn
from converter.limits.guard import attempt, report_outcome
from converter.pipeline.finished import Finished
from converter.pipeline.output import Output, compare, publish
from converter.pipeline.report import Written, written
from converter.storage.archives import Archive, ArchiveError, EntryError
from converter.storage.fingerprint import code_fingerprint, key_of
from converter.writers import File

FOLDER = "covers"
FORMAT = "covers"
"""What the list of editions calls them, as if they were a catalogue."""
_EPUB = "application/epub+zip"


class Covers:
    """The covers of the editions in a folder."""

    def __init__(
        self, finished: Finished, read: Callable[[PublishedFile], bytes], output: Output, *, frozen: bool
    ) -> None:
        self._finished, self._read, self._output, self._frozen = finished, read, output, frozen

    def of(self, edition: PublishedEdition, warn: Warn) -> tuple[Written, ...]:
        """Return the cover of an edition, in place; nothing where none of its files has one."""
        book = next((file for file in edition.files if file.type == _EPUB), None)
        if book is None:
            return ()
        name = f"\0cover\0{edition.key}"
        made_of = key_of(FORMAT, book.sha256, code_fingerprint("pillow"))
        if (known := self._finished.current(name, made_of, warn)) is not None:
            return known.files
        outcome = attempt(self._made, (edition.key, book))
        report_outcome(outcome, book.name, warn)
        if outcome.value is not None and not self._frozen:
            self._finished.add(name, made_of, outcome.value, outcome.diagnostics)
        return outcome.value or ()

    def _made(self, of: tuple[str, PublishedFile], _warn: Warn) -> tuple[Written, ...]:
        """Return the cover of a book, in place; nothing for a book without one."""
        key, book = of
        image = _image(self._read(book))
        if image is None:
            return ()
        file = File(f"{FOLDER}/{key}.jpg", image)
        return (written(file, (compare if self._frozen else publish)(self._output, (file,))[0], FORMAT),)


def _image(book: bytes) -> bytes | None:
    # Nothing of this is needed where no book is new.
    from converter.images.identify import DamagedError
    from converter.images.thumbnail import thumbnail
    from converter.writers.epub.names import COVER_IMAGE

    try:
        archive = Archive(book)
        name = next((entry.filename for entry in archive.entries if entry.filename.endswith(f"/{COVER_IMAGE}")), None)
        return thumbnail(archive.read(name)) if name else None
    except (ArchiveError, EntryError, DamagedError):  # a book by a writer of another package
        return None
