"""What was published -> what need not be made again, and `editions.json` for whoever comes after all editions.

An edition is current when its key is that of an earlier run and its files are as that run left them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import partial

import msgspec

from converter.catalogues import SCHEMA, Manifest, PublishedEdition, PublishedFile
from converter.config.publish import Keep
from converter.diagnostics import Code, Diagnostic, UsageError, Warn, WriterError
from converter.digest import stem_of
from converter.languages.unicode import clean
from converter.model import Digest
from converter.pipeline.cache import PASSING
from converter.pipeline.finished import MOST, Finished
from converter.pipeline.jobs import Made
from converter.pipeline.output import Change, Output, Put, open_output, publish
from converter.pipeline.plan import Edition
from converter.pipeline.report import Written
from converter.pipeline.retention import retained
from converter.storage import ABSENT, Fault, Index, RefusedError, Tree, absolute, is_url
from converter.storage.fingerprint import key_of
from converter.writers import File
from converter.writers.book import headlines_of
from converter.writers.series import name_of

NAME = "editions.json"
_TYPES = {
    "epub": "application/epub+zip",
    "gif": "image/gif",
    "html": "text/html",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "json": "application/json",
    "jsonl": "application/jsonl",
    "md": "text/markdown",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "txt": "text/plain",
    "webp": "image/webp",
}
"""Media types by suffix; what a system knows of them differs from machine to machine."""
_ALL = Keep()
_NAMED = 3
"""Files that the message about an edition names."""


class Editions:
    """The editions of a run, and those of earlier runs into the same folder."""

    def __init__(
        self,
        index: Index,
        output: Output,
        contexts: Mapping[str, str],
        is_emptied: Callable[[PublishedEdition], bool],
        *,
        verify: bool,
        keep: Keep = _ALL,
        put: Put | None = None,
    ) -> None:
        """`contexts` says what each writer depends on; `is_emptied`, whether an edition of an earlier run has no posts.

        `verify` says whether files are compared with posts, `keep` how many editions of a digest stay.
        """
        self._tree, self._verify = output.tree, verify
        self._finished = Finished(index, self._tree)
        self._contexts, self._put = contexts, put or partial(publish, output)
        self._is_emptied, self._keep = is_emptied, keep
        self._made: dict[str, dict[str, tuple[Written, ...]]] = {}
        self._sealed: set[str] = set()
        self.obsolete: list[PublishedFile] = []
        """The files that no edition has any more."""

    def current(self, edition: Edition, format_: str, warn: Warn) -> Made | None:
        """Return what an earlier run made of an edition in a format, if that is what this run would make."""
        name, key, content, verify = _name(edition.digest.key, format_), self.key(edition, format_), "", self._verify
        if edition.is_sealed:  # no other theme or version makes it anew, and its posts may say something else by now
            content, verify = edition.fingerprint, False
        if (record := self._finished.current(name, key, warn, content=content, verify=verify)) is None:
            return None
        self._made.setdefault(edition.digest.key, {})[format_] = record.files
        return Made(edition.digest.key, format_, record.files, record.said)

    def key(self, edition: Edition, format_: str) -> str:
        """Return a hash of all that the files depend on; empty for a writer that does not say what it depends on."""
        context = self._contexts.get(format_)
        return key_of(context, edition.fingerprint) if context else ""

    def add(self, edition: Edition, made: Made) -> None:
        """Take note of an edition that was made: at once, so that a run that is killed later did not do it in vain."""
        if not made.files:
            return
        self._made.setdefault(made.digest, {})[made.format] = made.files
        if any(diagnostic.code in PASSING for diagnostic in made.diagnostics):  # the next run may do better
            return
        key = self.key(edition, made.format)
        name = _name(made.digest, made.format)
        verified = self._verify and all(each.code is not Code.WORDS_ACCEPTED for each in made.diagnostics)
        self._finished.add(name, key, made.files, made.diagnostics, content=edition.fingerprint, verified=verified)

    def seal(self, key: str) -> None:
        """Take note of an edition that is sealed from now on."""
        self._sealed.add(key)

    def entries(self, editions: Iterable[Edition], warn: Warn) -> tuple[PublishedEdition, ...]:
        """Return the editions of this run, and those of earlier ones whose files are still there, by period."""
        earlier = {entry.key: entry for entry in self.earlier(warn).editions}
        rest = {key: entry for key, entry in earlier.items() if not self._is_emptied(entry)}
        for edition in editions:
            if (entry := self._entry(edition, rest.get(edition.digest.key))) is not None:
                rest[entry.key] = entry
        for stem in {entry.stem for entry in rest.values()}:
            group = [entry for entry in rest.values() if entry.stem == stem]
            staying = {entry.key for entry in retained(group, self._keep)}
            rest = {key: entry for key, entry in rest.items() if entry.stem != stem or key in staying}
        names = {file.name for entry in rest.values() for file in entry.files}
        changed = (entry for key, entry in earlier.items() if rest.get(key) is not entry)
        self.obsolete = [file for entry in changed for file in entry.files if file.name not in names]
        found = [entry for entry in rest.values() if all(self.size_of(file.name) is not None for file in entry.files)]
        return tuple(sorted(found, key=lambda entry: (entry.period.first or date.max, entry.key)))

    def publish(self, entries: tuple[PublishedEdition, ...], catalogues: Iterable[PublishedFile], warn: Warn) -> Change:
        """Write `editions.json`."""
        if not entries and self.size_of(NAME) is None:
            return "same"
        manifest = Manifest(schema=SCHEMA, editions=entries, catalogues=tuple(catalogues))
        data = msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"
        try:
            return self._put((File(NAME, data),))[0]
        except WriterError as error:
            warn(error.diagnostic)
            return "same"

    def _entry(self, edition: Edition, earlier: PublishedEdition | None) -> PublishedEdition | None:
        """Return the entry of an edition; nothing where none of its formats could be made."""
        digest = edition.digest
        made = self._made.get(digest.key, {})
        files = tuple(published(file for each in made.values() for file in each))
        others = [file for file in earlier.files if file.format not in made] if earlier else []
        if not files:
            return None
        return PublishedEdition(
            key=digest.key,
            stem=stem_of(digest),
            identifier=digest.identifier(),
            title=digest.title,
            series=name_of(digest),
            headlines=_headlines(digest),
            language=digest.language,
            updated=digest.updated,
            period=digest.period,
            posts=tuple(post.key for post in digest.posts),
            files=tuple(sorted((*files, *others), key=lambda file: file.name)),
            sealed=digest.revision if edition.is_sealed or digest.key in self._sealed else 0,
            issued=earlier.issued if earlier else None,
            version=earlier.version if earlier else 1,
            cover=earlier.cover if earlier else None,
        )

    def earlier(self, warn: Warn) -> Manifest:
        """Return what `editions.json` says; nothing, and a report, where it cannot be read."""
        found, fault = _manifest(self._tree)
        if fault:
            message = f"{NAME} cannot be read, and is made again with the editions of this run: {fault}"
            warn(Diagnostic(code=Code.EDITIONS_UNREADABLE, message=message, file=NAME))
        return found

    def size_of(self, name: str) -> int | None:
        """Return the bytes of a file in the folder; `None` where there is none of that name."""
        stamp = self._tree.stat(name)
        return None if stamp == ABSENT else stamp.size


def output_test(output: str, sources: Iterable[str | Tree]) -> Callable[[str], bool]:
    """Return what says of a file, by its absolute path, whether a run made it, so that it is no source.

    All files are such in an output folder below a source; where they lie together, those that `editions.json` names.
    """
    folder, separator = absolute(output), "/" if is_url(output) else os.sep
    roots = (absolute(source if isinstance(source, str) else source.root) for source in sources)
    if any(folder.startswith(root.rstrip(separator) + separator) for root in roots):
        return lambda file: file.startswith(f"{folder}{separator}")
    manifest, _ = _manifest(open_output(folder).tree)
    files = (*(file for entry in manifest.editions for file in entry.files), *manifest.catalogues)
    return {f"{folder}{separator}{file.name}" for file in files}.__contains__


def read_manifest(output: str) -> Manifest:
    """Return the list of editions of a folder of finished files. Raises `UsageError` where there is none to be read."""
    tree = open_output(output).tree
    found, fault = _manifest(tree)
    if fault or not found.editions:
        what = f"cannot be read: {fault}" if fault else "is not there, or has no editions"
        raise UsageError(Code.USAGE, f"{NAME} {what}", file=f"{output}/{NAME}", hint="run `converter build` first")
    return found


def _manifest(tree: Tree) -> tuple[Manifest, str]:
    """Return what `editions.json` says, or nothing and the reason why it cannot be read; a missing one is no fault."""
    nothing = Manifest(schema=SCHEMA)
    try:
        found = msgspec.json.decode(tree.read(NAME, MOST), type=Manifest)
        if found.schema == SCHEMA:
            return found, ""
        return nothing, f"it is of the form '{found.schema[:80]}', which this version does not know"
    except RefusedError as error:
        return nothing, "" if error.fault is Fault.MISSING else str(error)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        return nothing, str(error)


def _headlines(digest: Digest) -> tuple[str, ...]:
    posts = headlines_of([section.posts for section in digest.sections])
    return tuple(clean(post.metadata.title) for post in posts)


def _name(key: str, format_: str) -> str:
    return f"{key}\0{format_}"


def published(files: Iterable[Written]) -> Iterator[PublishedFile]:
    """Yield what `editions.json` says of files."""
    for file in files:
        yield PublishedFile(
            name=file.path, format=file.format, type=_type_of(file.path), size=file.size, sha256=file.sha256
        )


def _type_of(name: str) -> str:
    return _TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")


def outdated(what: str, files: Iterable[Written]) -> Iterator[Diagnostic]:
    """Yield what to say of an edition or a catalogue whose files are not those that it was made into, if it is so."""
    changed = [file for file in files if file.change != "same"]
    if changed:
        names = [f"'{one.path}' {'is missing' if one.change == 'new' else 'would change'}" for one in changed[:_NAMED]]
        more = [f"{len(changed) - _NAMED} more"] if len(changed) > _NAMED else []
        yield is_outdated(f"{what} is outdated: {', '.join((*names, *more))}", changed[0].path)


def is_outdated(message: str, file: str) -> Diagnostic:
    """Return what to say of a file that a run with `--frozen` would have to change."""
    hint = "run the same command without --frozen"
    return Diagnostic(code=Code.EDITION_OUTDATED, message=message, file=file, hint=hint)
