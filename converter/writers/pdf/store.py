"""Keeps laid-out pieces between runs, by everything that they depend on."""

import hashlib
import os
import tempfile
from functools import cache
from pathlib import Path

import msgspec

MOST = 1 << 30
"""Bytes that a store may hold; the pieces that were not used for longest go first."""


class Store:
    """A folder of pieces. What cannot be read or written there is laid out again: a store never fails."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)

    def get(self, key: str) -> bytes | None:
        path = self._path(key)
        try:
            data = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        return data

    def put(self, key: str, data: bytes) -> None:
        path = self._path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(name).replace(path)
        except OSError:
            return

    def prune(self) -> None:
        """Remove what has not been used for longest, until the rest fits."""
        found = []
        for path in self._folder.glob("??/*"):
            try:
                found.append((path.stat().st_mtime_ns, path.stat().st_size, path))
            except OSError:
                continue
        room = MOST
        for _, size, path in sorted(found, reverse=True):
            room -= size
            if room < 0:
                path.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / key[2:]


def key_of(*values: object) -> str:
    """Return a key for everything that a piece depends on: values that msgspec can encode, in a fixed order."""
    return hashlib.sha256(msgspec.msgpack.encode(values)).hexdigest()


@cache
def sources_fingerprint(*folders: str) -> str:
    """Return a hash of all files below some folders: of templates, and of the code that lays out."""
    found = hashlib.sha256()
    for folder in folders:
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                found.update(path.relative_to(folder).as_posix().encode("utf-8", "surrogateescape") + b"\0")
                found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()
