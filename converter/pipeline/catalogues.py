"""The list of editions -> the files of catalogues in place; those that depend on nothing new are not made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256

from msgspec.structs import replace

from converter.catalogues import Catalogue, Manifest, Publication, PublishedEdition, PublishedFile
from converter.config.publish import Publish
from converter.diagnostics import Code, Diagnostic, Warn, WriterError, ignore
from converter.limits.guard import attempt, report_outcome
from converter.model import Site
from converter.pipeline.covers import FORMAT as COVERS
from converter.pipeline.covers import Covers
from converter.pipeline.dates import with_dates
from converter.pipeline.editions import NAME as EDITIONS
from converter.pipeline.editions import Editions, is_outdated, outdated, published
from converter.pipeline.finished import MOST, Finished
from converter.pipeline.jobs import Made
from converter.pipeline.keys import context_of
from converter.pipeline.output import Output, compare, publish, remove
from converter.pipeline.plan import Edition
from converter.pipeline.report import Written, written
from converter.storage import Index, RefusedError
from converter.storage.fingerprint import key_of
from converter.themes import Theme
from converter.writers import File


class Catalogues:
    """The catalogues of a run."""

    def __init__(self, settings: Publish, output: Output, theme: Theme, index: Index, *, frozen: bool = False) -> None:
        """With `frozen`, files are compared with those that are there, and nothing is put in place."""
        self._settings, self._theme, self.frozen = settings, theme, frozen
        self._output, self._tree = output, output.tree
        self._finished = Finished(index, self._tree)

    def make(
        self, editions: tuple[PublishedEdition, ...], site: Site, earlier: Manifest, warn: Warn
    ) -> tuple[tuple[PublishedEdition, ...], dict[str, tuple[Written, ...]]]:
        """Put the files of all catalogues in place, and remove those that they had and have no more.

        Return the editions as catalogues list them, and the files of each catalogue by its name. `earlier` is the list
        of the run before. A catalogue that fails keeps what it had, and is not among those that are returned; where
        there is no edition, there is no catalogue.
        """
        if not (editions and self._settings.catalogues):
            return editions, {}
        taken = {file.name.casefold(): "an edition" for edition in editions for file in edition.files}
        taken[EDITIONS] = "the list of editions"
        editions, made = self._listed(editions, earlier, warn)
        publication = self._publication(editions, site)
        for name, catalogue in self._settings.catalogues.items():
            for other, files in made.items():
                taken.update((file.path.casefold(), f"the catalogue '{other}'") for file in files)
            found = self._current(name, catalogue, publication, warn)
            if found is None:
                found = self._made(name, catalogue, publication, taken, warn)
            if found is not None:
                made[name] = found
        if not self.frozen:
            now = {file.path for files in made.values() for file in files}
            remove(
                [file for file in earlier.catalogues if file.format in made and file.name not in now],
                self._output,
                warn,
            )
        return editions, made

    def _listed(
        self, editions: tuple[PublishedEdition, ...], earlier: Manifest, warn: Warn
    ) -> tuple[tuple[PublishedEdition, ...], dict[str, tuple[Written, ...]]]:
        """Return the editions with their dates and covers, and the files of these."""
        covers = Covers(self._finished, self._read, self._output, frozen=self.frozen)
        tell = ignore if self.frozen else warn
        dated = {one.key: one for one in with_dates(editions, {one.key: one for one in earlier.editions})}
        files = {key: covers.of(edition, tell) for key, edition in dated.items()}
        found = tuple(replace(dated[one.key], cover=next(published(files[one.key]), None)) for one in editions)
        return found, {COVERS: tuple(file for each in files.values() for file in each)}

    def are_current(self, editions: tuple[PublishedEdition, ...], site: Site) -> Mapping[str, bool]:
        """Return of each catalogue whether a run would leave it alone, if it found these editions."""
        publication = self._publication(editions, site)
        return {
            name: self._current(name, catalogue, publication, ignore) is not None
            for name, catalogue in self._settings.catalogues.items()
        }

    def _publication(self, editions: tuple[PublishedEdition, ...], site: Site) -> Publication:
        return Publication(
            editions=editions,
            site=site,
            url=self._settings.url,
            catalogues=tuple(sorted(self._settings.catalogues)),
            read=self._read,
        )

    def _current(
        self, name: str, catalogue: Catalogue, publication: Publication, warn: Warn
    ) -> tuple[Written, ...] | None:
        """Return the files of a catalogue, if they need not be made again."""
        tell = ignore if self.frozen else warn  # nothing is restored where nothing is put in place
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
        put = compare if self.frozen else publish

        def write(_: None, said: Warn, /) -> tuple[Written, ...]:
            files = catalogue.files(publication, self._theme, said)
            _check_names(files, name, taken)
            changes = put(self._output, files)
            return tuple(written(file, change, name) for file, change in zip(files, changes, strict=True))

        outcome = attempt(write, None)
        report_outcome(outcome, f"[publish.{name}]", warn)
        if outcome.value is not None and all(file.change == "same" for file in outcome.value if self.frozen):
            key = self._key(name, catalogue, publication)
            self._finished.add(_record(name), key, outcome.value, outcome.diagnostics)
        return outcome.value

    def _key(self, name: str, catalogue: Catalogue, publication: Publication) -> str:
        """Return a hash of all that a catalogue depends on; empty for one that does not say what it depends on."""
        context = context_of(catalogue, self._theme)
        known = (publication.editions, publication.site.portable(), publication.url, publication.catalogues)
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


def publish_lists(
    catalogues: Catalogues,
    editions: Editions,
    planned: Sequence[Edition],
    finished: Sequence[Made],
    site: Site,
    warn: Warn,
) -> tuple[Written, ...]:
    """Put catalogues and the list of editions in place, or compare them, and return the files of catalogues.

    Where editions are compared and are not in place, catalogues of them cannot be compared, and need not be.
    """
    found = [*_outdated(planned, finished)] if catalogues.frozen else []
    files: tuple[Written, ...] = ()
    if not found:
        earlier = editions.earlier(ignore)
        entries, made = catalogues.make(editions.entries(planned, warn), site, earlier, warn)
        files = tuple(file for each in made.values() for file in each)
        others = [file for file in earlier.catalogues if file.format not in made]
        change = editions.publish(entries, (*others, *published(files)), warn)
        if catalogues.frozen:
            found = [one for name, each in made.items() for one in outdated(f"the catalogue '{name}'", each)]
            if not found and change != "same":
                found = [is_outdated(f"{EDITIONS} does not say what there is", EDITIONS)]
    for diagnostic in found:
        warn(diagnostic)
    return files


def _outdated(planned: Sequence[Edition], finished: Sequence[Made]) -> Iterator[Diagnostic]:
    """Yield what to say of the editions that are not in place as they were made."""
    files: dict[str, list[Written]] = {edition.digest.key: [] for edition in planned}
    for each in finished:
        files[each.digest].extend(each.files)
    for key, made in files.items():
        yield from outdated(f"the edition '{key}'", made)


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
