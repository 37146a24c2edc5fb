"""A folder of results, by key: what cannot be read or written there is made again, and nothing else happens.

A result may be lost, so nothing is synced. It has its name and a checksum in it: one that was damaged, cut short or put
under the name of another is none. What is in it are values of known types, never code: whoever can write to the folder
could still put words into a book, so a folder that others than its user can write to is not used.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress

from msgspec import Struct

from converter.storage.sink import remove_leftover, write_quickly
from converter.storage.tree import RefusedError, read_named

MEGABYTE = 1_000_000
LIMIT = 1000
"""Megabytes that a cache takes, unless somebody says otherwise."""
LARGEST = 0.25
"""The part of the limit that one result may take: it would drive out all others."""

_MARK = b"digest-converter 1\n"
"""How a result begins; the number is that of the form."""
_CHECKSUM = 32
_NAME = 64
"""Digits of a key: two name a folder, the others a file."""


class Cache(Struct, frozen=True):
    """Results of earlier runs, as bytes. It never fails."""

    folder: str = ""
    """Empty for a cache that has nothing and takes nothing."""
    limit: int = LIMIT
    """Megabytes that it may hold; the results that were not used for longest go first."""
    is_named: bool = True
    """Whether somebody asked for this folder, and is told when it cannot be used."""

    def get(self, key: str) -> bytes | None:
        """Return what is cached under a key, which is of the form of `key_of`; `None` where that is nothing."""
        if not self.folder or not key:
            return None
        path = self._path(key)
        try:
            data = read_named(path, self.limit * MEGABYTE)
        except RefusedError:
            return None
        start = len(_MARK) + _CHECKSUM
        if data[:start] != _MARK + _checksum(key, data[start:]):
            return None
        with suppress(OSError):  # who may not write may still read
            os.utime(path)
        return data[start:]

    def has(self, key: str) -> bool:
        """Say whether there is something under a key; it may be damaged."""
        return bool(self.folder and key) and os.path.exists(self._path(key))

    def put(self, key: str, data: bytes) -> str:
        """Cache a result; return why that cannot be, or nothing. Another run may read or write it meanwhile."""
        if not self.folder or not key or len(data) > LARGEST * self.limit * MEGABYTE:
            return ""
        try:
            write_quickly(self._path(key), _MARK + _checksum(key, data) + data, mode=0o600)
        except OSError as error:
            return error.strerror or str(error)
        return ""

    def prepare(self) -> str:
        """Make the folder, if it is not there; return why it must not be used, or nothing."""
        if not self.folder:
            return ""
        with suppress(OSError):  # whoever puts something into it says so
            os.makedirs(self.folder, mode=0o700, exist_ok=True)
        try:
            return _danger(os.stat(self.folder))
        except OSError:
            return ""

    def remove_leftovers(self) -> None:
        """Remove what killed runs left."""
        for _, entry in self._entries():
            remove_leftover(entry.path)

    def prune(self) -> None:
        """Remove what has not been used for longest, until the rest fits."""
        room = self.limit * MEGABYTE
        for _, size, path in sorted(self._files(), reverse=True):
            room -= size
            if room < 0:
                with suppress(OSError):
                    os.unlink(path)

    def size(self) -> int:
        """Return how many bytes it holds."""
        return sum(size for _, size, _ in self._files())

    def _files(self) -> Iterator[tuple[int, int, str]]:
        """Yield when each result was used last, its size and its path; whatever else lies in the folder is not ours."""
        for folder, entry in self._entries():
            if _is_key(folder + entry.name):
                with suppress(OSError):  # another run may prune, too
                    stat = entry.stat(follow_symlinks=False)
                    yield stat.st_mtime_ns, stat.st_size, entry.path

    def _entries(self) -> "Iterator[tuple[str, os.DirEntry[str]]]":
        """Yield what lies in the folders of results, with the names of these."""
        for folder in _listed(self.folder):
            if len(folder.name) == 2:
                yield from ((folder.name, entry) for entry in _listed(folder.path))

    def _path(self, key: str) -> str:
        return os.path.join(self.folder, key[:2], key[2:])


def _checksum(key: str, data: bytes) -> bytes:
    return hashlib.sha256(key.encode() + data).digest()


def _listed(folder: str) -> "list[os.DirEntry[str]]":
    try:
        return list(os.scandir(folder))
    except OSError:
        return []


def _is_key(name: str) -> bool:
    return len(name) == _NAME and set(name) <= set("0123456789abcdef")


def _danger(stat: os.stat_result) -> str:
    """Return who else could put something into a folder, where the system says."""
    if not hasattr(os, "geteuid"):
        return ""
    if stat.st_uid not in (os.geteuid(), 0):
        return "it belongs to another user, who could put anything into it"
    return "every user can put anything into it" if stat.st_mode & 0o002 else ""
