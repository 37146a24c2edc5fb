"""Files that a run put in place -> whether they are as it left them, so that they need not be made again."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from converter.diagnostics import Code, Diagnostic, Warn
from converter.pipeline.report import Written
from converter.pipeline.scan import JUST_NOW
from converter.storage import ABSENT, Index, RefusedError, Stamp, Tree, absolute, is_url

MOST = 1 << 30
"""Bytes of a finished file that is looked at."""


class Record(Struct, frozen=True, kw_only=True):
    """What the index knows of files that were made together."""

    key: str
    """A hash of all that they depend on."""
    content: str = ""
    """A hash of what is in them, whatever theme and version they were made with."""
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

    def current(self, name: str, key: str, warn: Warn, *, content: str = "", verify: bool = False) -> Record | None:
        """Return what is known of the files of that name, if they belong to `key`, or to `content`, and are untouched.

        With `verify`, they must have been compared with their posts, too.
        """
        data = self._index.get("editions", self._path(name))
        try:
            record = _DECODER.decode(data) if data else None
        except msgspec.MsgspecError:
            return None
        if record is None or (verify and not record.verified):
            return None
        if not (record.key and record.key == key) and not (content and record.content == content):
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
        self,
        name: str,
        key: str,
        files: Sequence[Written],
        said: Sequence[Diagnostic],
        *,
        content: str = "",
        verified: bool = False,
    ) -> None:
        """Take note of files that were made: at once, so that a run that is killed later did not do it in vain."""
        record = Record(
            key=key,
            content=content,
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
        folder = absolute(self._tree.root)
        if self._index.must_last and not is_url(folder):  # a state may move together with what was made of it
            folder = os.path.relpath(folder, Path(self._index.path).parent)
        return f"{folder}\0{name}"


def _restored(path: str, *, is_there: bool) -> Diagnostic:
    what = "was changed" if is_there else "was removed"
    return Diagnostic(
        code=Code.EDITION_RESTORED,
        message=f"the file {what} after it was made, and is made again",
        file=path,
        hint="to have it otherwise, change the posts, the theme or the options",
    )
