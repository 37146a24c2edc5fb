"""The list of editions -> the files of catalogues in place; those that depend on nothing new are not made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256

from converter.catalogues import Catalogue, Publication, PublishedEdition, PublishedFile
from converter.config.publish import Publish
from converter.diagnostics import Code, Warn, WriterError, ignore
from converter.limits.guard import attempt, report_outcome
from converter.model import Site
from converter.pipeline.editions import NAME as EDITIONS
from converter.pipeline.finished import MOST, Finished
from converter.pipeline.keys import context_of
from converter.pipeline.output import Change, Output, compare, publish, remove
from converter.pipeline.report import Written
from converter.storage import Index, RefusedError
from converter.storage.fingerprint import key_of
from converter.themes import Theme
from converter.writers import File


class Catalogues:
    """The catalogues of a run."""

    def __init__(self, settings: Publish, output: Output, theme: Theme, index: Index, *, frozen: bool = False) -> None:
        """With `frozen`, files are compared with those that are there, and nothing is put in place."""
        self._settings, self._theme, self._frozen = settings, theme, frozen
        self._output, self._tree = output, output.tree
        self._finished = Finished(index, self._tree)

    def make(
        self, editions: tuple[PublishedEdition, ...], site: Site, earlier: Sequence[PublishedFile], warn: Warn
    ) -> dict[str, tuple[Written, ...]]:
        """Put the files of all catalogues in place, remove those that they had and have no more; return them by name.

        `earlier` are the files of the run before. A catalogue that fails keeps what it had, and is not among those that
        are returned; where there is no edition, there is no catalogue.
        """
        publication = self._publication(editions, site)
        taken = {file.name.casefold(): "an edition" for edition in editions for file in edition.files}
        taken[EDITIONS] = "the list of editions"
        made: dict[str, tuple[Written, ...]] = {}
        for name, catalogue in self._settings.catalogues.items() if editions else ():
            files = self._current(name, catalogue, publication, warn)
            if files is None:
                files = self._made(name, catalogue, publication, taken, warn)
            if files is None:
                continue
            taken.update((file.path.casefold(), f"the catalogue '{name}'") for file in files)
            made[name] = files
            if not self._frozen:
                now = {file.path for file in files}
                remove([file for file in earlier if file.format == name and file.name not in now], self._output, warn)
        return made

    def are_current(self, editions: tuple[PublishedEdition, ...], site: Site) -> Mapping[str, bool]:
        """Return of each catalogue whether a run would leave it alone, if it found these editions."""
        publication = self._publication(editions, site)
        return {
            name: self._current(name, catalogue, publication, ignore) is not None
            for name, catalogue in self._settings.catalogues.items()
        }

    def _publication(self, editions: tuple[PublishedEdition, ...], site: Site) -> Publication:
        return Publication(editions=editions, site=site, url=self._settings.url, read=self._read)

    def _current(
        self, name: str, catalogue: Catalogue, publication: Publication, warn: Warn
    ) -> tuple[Written, ...] | None:
        """Return the files of a catalogue, if they need not be made again."""
        tell = ignore if self._frozen else warn  # nothing is restored where nothing is put in place
        record = self._finished.current(_record(name), self._key(name, catalogue, publication), tell)
        if record is None:
            return None
        for diagnostic in record.said:
            warn(diagnostic)
        return record.files

    def _made(
        self, name: str, catalogue: Catalogue, publication: Publication, taken: Mapping[str, str], warn: Warn
    ) -> tuple[Written, ...] | None:
        """Return the files of a catalogue, in place; `None` where it fails."""
        put = compare if self._frozen else publish

        def write(_: None, said: Warn, /) -> tuple[Written, ...]:
            files = catalogue.files(publication, self._theme, said)
            _check_names(files, name, taken)
            return tuple(_written(files, put(self._output, files), name))

        outcome = attempt(write, None)
        report_outcome(outcome, f"[publish.{name}]", warn)
        if outcome.value is not None and all(file.change == "same" for file in outcome.value if self._frozen):
            key = self._key(name, catalogue, publication)
            self._finished.add(_record(name), key, outcome.value, outcome.diagnostics)
        return outcome.value

    def _key(self, name: str, catalogue: Catalogue, publication: Publication) -> str:
        """Return a hash of all that a catalogue depends on; empty for one that does not say what it depends on."""
        context = context_of(catalogue, self._theme)
        known = (publication.editions, publication.site.portable(), publication.url)
        return key_of("catalogue", name, context, *known) if context else ""

    def _read(self, file: PublishedFile) -> bytes:
        try:
            data = self._tree.read(file.name, MOST)
        except RefusedError as error:
            raise WriterError(Code.SOURCE_UNREADABLE, f"'{file.name}' cannot be read: {error}") from error
        if sha256(data).hexdigest() != file.sha256:
            hint = "it was changed after it was made; `converter build --force` makes it again"
            raise WriterError(Code.SOURCE_UNREADABLE, f"'{file.name}' is not what {EDITIONS} says", hint=hint)
        return data


def _record(name: str) -> str:
    """Return the name of a catalogue in the index, where editions have theirs; no key of an edition is empty."""
    return f"\0{name}"


def _check_names(files: Iterable[File], name: str, taken: Mapping[str, str]) -> None:
    """Raise `WriterError` where a file would replace one that is no catalogue's, or another's. `A` may be `a`."""
    own: dict[str, str] = {}
    for file in files:
        other = taken.get(file.name.casefold()) or own.get(file.name.casefold())
        if other is not None:
            raise WriterError(
                Code.OUTPUT_UNWRITABLE,
                f"'{file.name}' belongs to {other}, and was not replaced by the catalogue '{name}'",
                hint="give each [[digest]] a `name` of its own, or leave a catalogue out of [publish]",
            )
        own[file.name.casefold()] = "another file of it"


def _written(files: Sequence[File], changes: Sequence[Change], name: str) -> Iterator[Written]:
    for file, change in zip(files, changes, strict=True):
        yield Written(
            path=file.name,
            format=name,
            digest="",
            size=len(file.data),
            sha256=sha256(file.data).hexdigest(),
            posts=0,
            change=change,
        )
