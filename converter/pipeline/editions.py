"""What was published -> what need not be made again, and `editions.json` for whoever comes after all editions.

An edition is current when its key is that of an earlier run and its files are as that run left them.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from converter.diagnostics import Code, Diagnostic, Warn, WriterError
from converter.model import Period
from converter.pipeline.output import Change, Put, publish
from converter.pipeline.plan import Edition
from converter.pipeline.report import Written
from converter.pipeline.scan import JUST_NOW
from converter.pipeline.write import Made
from converter.storage import Fault, Index, LocalTree, RefusedError, Stamp
from converter.storage.fingerprint import key_of
from converter.writers import File

NAME = "editions.json"
SCHEMA = "converter/editions/1"
_TYPES = {
    "epub": "application/epub+zip",
    "gif": "image/gif",
    "html": "text/html",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "json": "application/json",
    "md": "text/markdown",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "txt": "text/plain",
    "webp": "image/webp",
}
"""Media types by suffix; what a system knows of them differs from machine to machine."""
_NAMED = 3
"""Files that the message about an edition names."""
_MOST = 1 << 30
"""Bytes of a finished file, or of `editions.json`, that is looked at."""


class Published(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file of an edition."""

    name: str
    """Relative to the folder of `editions.json`."""
    format: str
    """The name of its writer."""
    type: str
    """Its media type."""
    size: int
    """Bytes."""
    sha256: str


class Entry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An edition in `editions.json`."""

    key: str
    """Its name, of which there is one in the folder; the names of its files begin with it."""
    title: str
    language: str
    updated: datetime
    period: Period
    posts: tuple[str, ...]
    """Their keys, in reading order."""
    files: tuple[Published, ...]


class Manifest(Struct, frozen=True, kw_only=True):
    """`editions.json`."""

    schema: str = SCHEMA
    editions: tuple[Entry, ...] = ()
    """By period, then by key."""


class _Record(Struct, frozen=True, kw_only=True):
    """What the index knows of an edition in one format."""

    key: str
    verified: bool
    seen: int
    """When its files were put in place: nanoseconds since 1970."""
    files: tuple[Written, ...]
    stamps: tuple[Stamp, ...]
    said: tuple[Diagnostic, ...]


_DECODER = msgspec.json.Decoder(_Record)


class Editions:
    """The editions of a run, and those of earlier runs into the same folder."""

    def __init__(
        self, index: Index, output: str, contexts: Mapping[str, str], *, verify: bool, put: Put = publish
    ) -> None:
        """`contexts` says what each writer depends on; `verify`, whether files are compared with posts."""
        self._index, self._tree, self._verify = index, LocalTree(output, follow_links=True), verify
        self._contexts, self._put = contexts, put
        self._made: dict[str, dict[str, tuple[Written, ...]]] = {}

    def current(self, edition: Edition, format_: str, warn: Warn) -> Made | None:
        """Return what an earlier run made of an edition in a format, if that is what this run would make."""
        data = self._index.get("editions", self._name(edition.digest.key, format_))
        try:
            record = _DECODER.decode(data) if data else None
        except msgspec.MsgspecError:
            return None
        if record is None or not record.key or record.key != self.key(edition, format_):
            return None
        if self._verify and not record.verified:
            return None
        now = time.time_ns()
        stamps = tuple(self._tree.stamp(file.path) for file in record.files)
        for file, was, stamp in zip(record.files, record.stamps, stamps, strict=True):
            if not (stamp == was and stamp.modified + JUST_NOW < record.seen) and not self._is_same(file, stamp):
                warn(_restored(file.path, is_there=stamp != Stamp()))
                return None
        if stamps != record.stamps or any(stamp.modified + JUST_NOW > record.seen for stamp in stamps):
            record = replace(record, stamps=stamps, seen=now)
            self._index.put("editions", self._name(edition.digest.key, format_), msgspec.json.encode(record))
        files = tuple(replace(file, change="same") for file in record.files)
        self._made.setdefault(edition.digest.key, {})[format_] = files
        return Made(edition.digest.key, format_, files, record.said)

    def key(self, edition: Edition, format_: str) -> str:
        """Return a hash of all that the files depend on; empty for a writer that does not say what it depends on."""
        context = self._contexts.get(format_)
        return key_of(context, edition.fingerprint) if context else ""

    def add(self, edition: Edition, made: Made) -> None:
        """Take note of an edition that was made: at once, so that a run that is killed later did not do it in vain."""
        if not made.files:
            return
        self._made.setdefault(made.digest, {})[made.format] = made.files
        record = _Record(
            key=self.key(edition, made.format),
            verified=self._verify,
            seen=time.time_ns(),
            files=made.files,
            stamps=tuple(self._tree.stamp(file.path) for file in made.files),
            said=made.diagnostics,
        )
        with suppress(UnicodeEncodeError):  # a name that is not Unicode
            self._index.put("editions", self._name(made.digest, made.format), msgspec.json.encode(record))

    def publish(self, editions: Iterable[Edition], warn: Warn) -> Change:
        """Write `editions.json`: the editions of this run, and those of earlier ones whose files are still there."""
        earlier = {entry.key: entry for entry in self.earlier(warn).editions}
        for edition in editions:
            if (entry := self._entry(edition, earlier.get(edition.digest.key))) is not None:
                earlier[entry.key] = entry
        found = [
            entry for entry in earlier.values() if all(self.size_of(file.name) is not None for file in entry.files)
        ]
        found.sort(key=lambda entry: (entry.period.first or date.max, entry.key))
        if not found:
            return "same"
        data = msgspec.json.format(msgspec.json.encode(Manifest(editions=tuple(found))), indent=1) + b"\n"
        try:
            return self._put((File(NAME, data),), self._tree.root)[0]
        except WriterError as error:
            warn(error.diagnostic)
            return "same"

    def _entry(self, edition: Edition, earlier: Entry | None) -> Entry | None:
        """Return the entry of an edition; nothing where none of its formats could be made."""
        digest = edition.digest
        made = self._made.get(digest.key, {})
        files = [
            Published(name=file.path, format=name, type=_type_of(file.path), size=file.size, sha256=file.sha256)
            for name, each in made.items()
            for file in each
        ]
        others = [file for file in earlier.files if file.format not in made] if earlier else []
        if not files:
            return None
        return Entry(
            key=digest.key,
            title=digest.title,
            language=digest.language,
            updated=digest.updated,
            period=digest.period,
            posts=tuple(post.key for post in digest.posts),
            files=tuple(sorted((*files, *others), key=lambda file: file.name)),
        )

    def earlier(self, warn: Warn) -> Manifest:
        """Return what `editions.json` says; nothing, and a report, where it cannot be read."""
        found, fault = _manifest(self._tree)
        if fault:
            message = f"{NAME} cannot be read, and is made again with the editions of this run: {fault}"
            warn(Diagnostic(code=Code.EDITIONS_UNREADABLE, message=message, file=NAME))
        return found

    def _is_same(self, file: Written, stamp: Stamp) -> bool:
        """Say whether a finished file, whose size and time tell nothing, has the bytes that it had."""
        try:
            return stamp.size == file.size and sha256(self._tree.read(file.path, _MOST)).hexdigest() == file.sha256
        except RefusedError:
            return False

    def size_of(self, name: str) -> int | None:
        """Return the bytes of a file in the folder; `None` where there is none of that name."""
        stamp = self._tree.stamp(name)
        return None if stamp == Stamp() else stamp.size

    def _name(self, key: str, format_: str) -> str:
        return f"{Path(self._tree.root).absolute()}\0{key}\0{format_}"


def output_test(output: str, sources: Iterable[str]) -> Callable[[str], bool]:
    """Return what says of a file, by its absolute path, whether a run made it, so that it is no source.

    All files are such in an output folder below a source; where they lie together, those that `editions.json` names.
    """
    folder = Path(output).absolute()
    if any(Path(source).absolute() in folder.parents for source in sources):
        return lambda file: file.startswith(f"{folder}{os.sep}")
    manifest, _ = _manifest(LocalTree(str(folder), follow_links=True))
    return {str(folder / file.name) for entry in manifest.editions for file in entry.files}.__contains__


def _manifest(tree: LocalTree) -> tuple[Manifest, str]:
    """Return what `editions.json` says, or nothing and the reason why it cannot be read; a missing one is no fault."""
    try:
        found = msgspec.json.decode(tree.read(NAME, _MOST), type=Manifest)
        if found.schema == SCHEMA:
            return found, ""
        return Manifest(), f"it is of the form '{found.schema[:80]}', which this version does not know"
    except RefusedError as error:
        return Manifest(), "" if error.fault is Fault.MISSING else str(error)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        return Manifest(), str(error)


def _type_of(name: str) -> str:
    return _TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")


def outdated(key: str, made: Iterable[Made]) -> Diagnostic | None:
    """Return what to say of an edition whose files are not those that it was made into; nothing where they are."""
    changed = [file for each in made for file in each.files if file.change != "same"]
    if not changed:
        return None
    names = [f"'{file.path}' {'is missing' if file.change == 'new' else 'would change'}" for file in changed[:_NAMED]]
    more = [f"{len(changed) - _NAMED} more"] if len(changed) > _NAMED else []
    return is_outdated(f"the edition '{key}' is outdated: {', '.join((*names, *more))}", changed[0].path)


def is_outdated(message: str, file: str) -> Diagnostic:
    """Return what to say of a file that a run with `--frozen` would have to change."""
    hint = "run the same command without --frozen"
    return Diagnostic(code=Code.EDITION_OUTDATED, message=message, file=file, hint=hint)


def _restored(path: str, *, is_there: bool) -> Diagnostic:
    what = "was changed" if is_there else "was removed"
    return Diagnostic(
        code=Code.EDITION_RESTORED,
        message=f"the file {what} after it was made, and is made again",
        file=path,
        hint="to have it otherwise, change the posts, the theme or the options",
    )
