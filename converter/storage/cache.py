"""A folder of results, by key: what cannot be read or written there is made again, and nothing else happens.

Results lie in bundles: a file for each would take longer to make than many a result. A bundle begins with an index, and
every result has a checksum over its key and itself: one that was damaged, cut short or put under another key is none. A
result may be lost, so nothing is synced, and who else reads or writes does not matter: a bundle is put in place whole.
What is in it are values of known types, never code: whoever can write to the folder could still put words into a book,
so a folder that others than its user can write to is not used.
"""

import hashlib
import os
import re
import struct
import time
from collections.abc import Iterator
from contextlib import suppress

from msgspec import Struct

from converter.storage.beneath import NoFileError, open_anywhere
from converter.storage.sink import remove_leftover, write_quickly

MEGABYTE = 1_000_000
LIMIT = 1000
"""Megabytes that a cache takes, unless somebody says otherwise."""
LARGEST = 0.25
"""The part of the limit that one result may take: it would drive out all others."""
MOST_WAITING, HEAVIEST_WAITING, LONGEST_WAITING = 64, MEGABYTE, 2.0
"""Results, bytes and seconds that wait to be written together; a run that is killed loses them."""

_MARK = b"digest-converter 1\n"
"""How a bundle begins; the number is that of the form."""
_HEAD = struct.Struct(">I32s")
"""How many results there are, and the checksum of the index."""
_ROW = struct.Struct(">32sQQ")
"""The key of a result, where it begins in the file, and how many bytes it has with its checksum."""
_CHECKSUM = 32
INDEX_SUFFIX = ".index"
"""Of an index of sources and editions that lies in the same folder."""
_NAME = re.compile(r"[0-9a-f]{64}\.bundle")
_INDEX = re.compile(r"[0-9a-f]{64}\.index(-wal)?")


class Cache(Struct, frozen=True):
    """Where results of earlier runs are."""

    folder: str = ""
    """Empty for a cache that has nothing and takes nothing."""
    limit: int = LIMIT
    """Megabytes that it may hold; the bundles that were not used for longest go first."""
    is_named: bool = True
    """Whether somebody asked for this folder, and is told when it cannot be used."""

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

    def size(self) -> int:
        """Return how many bytes it holds."""
        return sum(size for _, size, _ in self._files())

    def prune(self) -> None:
        """Remove what has not been used for longest, until the rest fits."""
        room = self.limit * MEGABYTE
        for _, size, path in sorted(self._files(), reverse=True):
            room -= size
            if room < 0:
                with suppress(OSError):
                    os.unlink(path)

    def bundles(self) -> Iterator[tuple[int, int, str]]:
        """Yield when each bundle was used last, its size and its path; remove what killed runs left."""
        return (found for found in self._files() if found[2].endswith(".bundle"))

    def _files(self) -> Iterator[tuple[int, int, str]]:
        """Yield the same of indexes, too. Whatever else lies in the folder is not ours."""
        with suppress(OSError):
            for entry in list(os.scandir(self.folder)) if self.folder else ():
                remove_leftover(entry.path)
                if _NAME.fullmatch(entry.name) or _INDEX.fullmatch(entry.name):
                    with suppress(OSError):  # another run may prune, too
                        stat = entry.stat(follow_symlinks=False)
                        yield stat.st_mtime_ns, stat.st_size, entry.path


class Bundles:
    """The results in a cache, as bytes, by keys of the form of `key_of`. It never fails."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._waiting: dict[bytes, bytes] = {}
        self._since = time.monotonic()
        self._used: set[str] = set()
        self._open: tuple[str, int] | None = None
        self._places: dict[bytes, tuple[str, int, int]] = {}
        for _, _, path in sorted(cache.bundles()):  # of two results of one key, the newer counts
            self._places.update(self._index(path))

    def get(self, key: str) -> bytes | None:
        """Return what is cached under a key; `None` where that is nothing."""
        name = bytes.fromhex(key)
        if name in self._waiting:
            return self._waiting[name]
        if name not in self._places:
            return None
        path, start, size = self._places[name]
        found = self._read(path, start, size)
        data = found[_CHECKSUM:]
        if found[:_CHECKSUM] != _checksum(name, data):
            return None
        if path not in self._used:
            self._used.add(path)
            with suppress(OSError):  # who may not write may still read
                os.utime(path)
        return data

    def has(self, key: str) -> bool:
        """Say whether there is something under a key; it may be damaged."""
        return bytes.fromhex(key) in self._places

    def put(self, key: str, data: bytes) -> str:
        """Cache a result; return why that cannot be, or nothing."""
        if not self._cache.folder or len(data) > LARGEST * self._cache.limit * MEGABYTE:
            return ""
        self._waiting[bytes.fromhex(key)] = data
        heavy = sum(map(len, self._waiting.values())) > HEAVIEST_WAITING
        if heavy or len(self._waiting) >= MOST_WAITING or time.monotonic() - self._since > LONGEST_WAITING:
            return self.flush()
        return ""

    def flush(self) -> str:
        """Write the results that wait; return why that cannot be, or nothing."""
        waiting, self._waiting = self._waiting, {}
        self._since = time.monotonic()
        if not waiting:
            return ""
        data = _bundle(waiting)
        path = os.path.join(self._cache.folder, f"{hashlib.sha256(data).hexdigest()}.bundle")
        try:
            write_quickly(path, data, mode=0o600)
        except OSError as error:
            return error.strerror or str(error)
        self._places.update(self._index(path))
        return ""

    def close(self) -> None:
        """Let go of the files."""
        if self._open is not None:
            os.close(self._open[1])
            self._open = None

    def _index(self, path: str) -> dict[bytes, tuple[str, int, int]]:
        """Return where the results of a bundle are; nothing for one whose index is damaged."""
        start = len(_MARK) + _HEAD.size
        head = self._read(path, 0, start + MOST_WAITING * _ROW.size)
        if len(head) < start or head[: len(_MARK)] != _MARK:
            return {}
        count, checksum = _HEAD.unpack_from(head, len(_MARK))
        rows = head[start : start + count * _ROW.size]
        if count > MOST_WAITING or hashlib.sha256(rows).digest() != checksum:
            return {}
        return {name: (path, place, size) for name, place, size in _ROW.iter_unpack(rows)}

    def _read(self, path: str, start: int, size: int) -> bytes:
        """Return bytes of a bundle, fewer where there are fewer. The file that was read last stays open."""
        try:
            if self._open is None or self._open[0] != path:
                self.close()
                self._open = path, open_anywhere(path)
            os.lseek(self._open[1], start, os.SEEK_SET)
            with open(self._open[1], "rb", closefd=False, buffering=0) as stream:
                return stream.read(min(size, self._cache.limit * MEGABYTE)) or b""
        except (OSError, NoFileError, OverflowError):
            return b""


def _bundle(results: dict[bytes, bytes]) -> bytes:
    rows, records = [], []
    place = len(_MARK) + _HEAD.size + len(results) * _ROW.size
    for name, data in results.items():
        rows.append(_ROW.pack(name, place, _CHECKSUM + len(data)))
        records += [_checksum(name, data), data]
        place += _CHECKSUM + len(data)
    index = b"".join(rows)
    return b"".join((_MARK, _HEAD.pack(len(results), hashlib.sha256(index).digest()), index, *records))


def _checksum(name: bytes, data: bytes) -> bytes:
    found = hashlib.sha256(name)
    found.update(data)
    return found.digest()


def _danger(stat: os.stat_result) -> str:
    """Return who else could put something into a folder, where the system says."""
    if not hasattr(os, "geteuid"):
        return ""
    if stat.st_uid not in (os.geteuid(), 0):
        return "it belongs to another user, who could put anything into it"
    return "every user can put anything into it" if stat.st_mode & 0o002 else ""
