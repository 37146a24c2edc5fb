"""Files that a run put in place -> whether they are as it left them, so that they need not be made again."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from converter.diagnostics import Code, Diagnostic, Warn
from converter.pipeline.report import Written
from converter.pipeline.scan import JUST_NOW
from converter.storage import ABSENT, Index, RefusedError, Stamp, Tree, absolute

MOST = 1 << 30
"""Bytes of a finished file that is looked at."""


class Record(Struct, frozen=True, kw_only=True):
    """What the index knows of files that were made together."""

    key: str
    """A hash of all that they depend on."""
    verified: bool
    seen: int
    """When they were put in place: nanoseconds since 1970."""
    files: tuple[Written, ...]
    stamps: tuple[Stamp, ...]
    said: tuple[Diagnostic, ...]


_DECODER = msgspec.json.Decoder(Record)


class Finished:
    """The finished files of a folder, as the index knows them."""

    def __init__(self, index: Index, tree: Tree) -> None:
        self._index, self._tree = index, tree

    def current(self, name: str, key: str, warn: Warn, *, verify: bool = False) -> Record | None:
        """Return what is known of the files of that name, if they are those that belong to `key`, and untouched.

        With `verify`, they must have been compared with their posts, too.
        """
        data = self._index.get("editions", self._path(name))
        try:
            record = _DECODER.decode(data) if data else None
        except msgspec.MsgspecError:
            return None
        if record is None or not record.key or record.key != key or (verify and not record.verified):
            return None
        now = time.time_ns()
        stamps = tuple(self._tree.stat(file.path) for file in record.files)
        for file, was, stamp in zip(record.files, record.stamps, stamps, strict=True):
            if not (stamp == was and stamp.modified + JUST_NOW < record.seen) and not self._is_same(file, stamp):
                warn(_restored(file.path, is_there=stamp != ABSENT))
                return None
        if stamps != record.stamps or any(stamp.modified + JUST_NOW > record.seen for stamp in stamps):
            record = replace(record, stamps=stamps, seen=now)
            self._index.put("editions", self._path(name), msgspec.json.encode(record))
        return replace(record, files=tuple(replace(file, change="same") for file in record.files))

    def add(
        self, name: str, key: str, files: Sequence[Written], said: Sequence[Diagnostic], *, verified: bool = False
    ) -> None:
        """Take note of files that were made: at once, so that a run that is killed later did not do it in vain."""
        record = Record(
            key=key,
            verified=verified,
            seen=time.time_ns(),
            files=tuple(files),
            stamps=tuple(self._tree.stat(file.path) for file in files),
            said=tuple(said),
        )
        with suppress(UnicodeEncodeError):  # a name that is not Unicode
            self._index.put("editions", self._path(name), msgspec.json.encode(record))

    def _is_same(self, file: Written, stamp: Stamp) -> bool:
        """Say whether a finished file, whose size and time tell nothing, has the bytes that it had."""
        try:
            return stamp.size == file.size and sha256(self._tree.read(file.path, MOST)).hexdigest() == file.sha256
        except RefusedError:
            return False

    def _path(self, name: str) -> str:
        return f"{absolute(self._tree.root)}\0{name}"


def _restored(path: str, *, is_there: bool) -> Diagnostic:
    what = "was changed" if is_there else "was removed"
    return Diagnostic(
        code=Code.EDITION_RESTORED,
        message=f"the file {what} after it was made, and is made again",
        file=path,
        hint="to have it otherwise, change the posts, the theme or the options",
    )
