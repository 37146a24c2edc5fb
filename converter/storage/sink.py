"""Bytes -> a file in its place, whole or not at all; what a run that was killed left behind is removed by the next.

A file is written beside its place under a name of its own, and is locked as long as its writer lives: whoever finds
one that is not locked finds a leftover. Nothing has to be remembered, and no number of a process can be mistaken.
"""

import errno
import os
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Protocol

from msgspec import Struct

from converter.storage.tree import Fault, RefusedError

if sys.platform != "win32":
    import fcntl

SUFFIX = ".converter-tmp"
"""Of files that are not finished."""
MOST_LOOKED_AT = 200_000
"""Names that a search for leftovers looks at: an output folder may be a home folder."""

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_LAST = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_OLD = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)


class Sink(Protocol):
    """A folder for finished files, wherever it is; a value that another process can be sent."""

    @property
    def root(self) -> str:
        """The path of the folder, or its URL: what it is known by."""

    def put(self, name: str, data: bytes) -> None:
        """Have a file in its place, whole or not at all: in the second case the old one stands as it was.

        Raises `OSError`, and `RefusedError` for a name that leads out of the folder.
        """

    def remove(self, name: str) -> None:
        """Have no file in that place. Raises as `put` does."""


class LocalSink(Struct, frozen=True):
    """A folder of the file system, which is made when something is put into it."""

    root: str

    def put(self, name: str, data: bytes) -> None:
        """Write a file beside its place, sync it, and rename it. Raises `OSError` and `RefusedError`."""
        write_file(self._target(name), data)

    def remove(self, name: str) -> None:
        """Remove a file, if it is there, and the folders that are empty then. Raises `OSError` and `RefusedError`."""
        target = self._target(name)
        target.unlink(missing_ok=True)
        with suppress(OSError):  # a folder that has other files
            for folder in list(target.relative_to(self.root).parents)[:-1]:
                Path(self.root, folder).rmdir()

    def _target(self, name: str) -> Path:
        root = Path(self.root)
        target = root / name
        if not target.resolve().is_relative_to(root.resolve()):
            message = f"the name '{name}' points outside the folder"
            raise RefusedError(Fault.OUTSIDE, message, "give the file another name")
        return target


def write_file(target: Path, data: bytes) -> None:
    """Replace `target` by `data` in one step, for good. Raises `OSError`; then the old file stands as it was."""
    with _replacing(target) as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def write_quickly(target: str, data: bytes, mode: int = 0o666) -> None:
    """Do the same for what may be lost when the machine stops; `mode` says who may use it, as far as the umask lets."""
    unfinished = _unfinished(target)
    try:
        handle = _opened_in_folder(unfinished, mode)
        try:
            _write_all(handle, data)
            if sys.platform != "win32":
                os.replace(unfinished, target)  # while it is locked
        finally:
            os.close(handle)
        if sys.platform == "win32":
            os.replace(unfinished, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(unfinished)
        raise


def append_file(target: str, data: bytes) -> None:
    """Write at the end of a file, which is made where there is none. Raises `OSError`, also for what is no file."""
    handle = os.open(target, _LAST, 0o666)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "this is a pipe or a device, not a file")
        _write_all(handle, data)
    finally:
        os.close(handle)


def _write_all(handle: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest) :]


def remove_leftovers(folder: Path, depth: int = 0) -> None:
    """Remove the unfinished files of killed runs in a folder, and in those so deep below it."""
    left = MOST_LOOKED_AT
    folders = [(folder, depth)]
    while folders:
        place, below = folders.pop()
        with suppress(OSError):
            for entry in os.scandir(place):
                left -= 1
                if left < 0:
                    return
                if entry.name.startswith("."):
                    remove_leftover(entry.path)
                elif below and entry.is_dir(follow_symlinks=False):
                    folders.append((Path(entry.path), below - 1))


def remove_leftover(path: str) -> None:
    """Remove a file if it is unfinished and nobody writes it any more."""
    if not path.endswith(SUFFIX):
        return
    with suppress(OSError):  # others may look for leftovers, too; on Windows, what is open cannot be removed
        handle = os.open(path, _OLD)
        try:
            if stat.S_ISREG(os.fstat(handle).st_mode):
                _lock(handle, wait=False)
                if sys.platform != "win32":
                    os.unlink(path)
        finally:
            os.close(handle)
        if sys.platform == "win32":
            os.unlink(path)


@contextmanager
def _replacing(target: Path) -> Iterator[IO[bytes]]:
    """Yield a new file, which takes the place of `target` at the end, or is gone."""
    # The name is known before the file is there: a signal may come at any moment. A file takes the mode that the
    # umask gives: a book is not private.
    unfinished = Path(_unfinished(str(target)))
    try:
        with os.fdopen(_opened_in_folder(str(unfinished), 0o666), "wb") as stream:
            yield stream
            if sys.platform != "win32":
                unfinished.replace(target)  # while it is locked
        if sys.platform == "win32":
            unfinished.replace(target)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _unfinished(target: str) -> str:
    """Return a name beside a file that no other has."""
    folder, name = os.path.split(target)
    return os.path.join(folder, f".{name[:40]}-{secrets.token_hex(8)}{SUFFIX}")


def _opened_in_folder(path: str, mode: int) -> int:
    """Return a new, locked file in a folder that is made where it is missing."""
    try:
        return _opened(path, mode)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return _opened(path, mode)


def _opened(path: str, mode: int) -> int:
    """Return a new, locked file; somebody may have taken it for a leftover before it was locked."""
    while True:
        handle = os.open(path, _NEW, mode)
        try:
            with suppress(OSError):  # a file system without locks: nobody will take this for a leftover there
                _lock(handle, wait=True)
            if os.fstat(handle).st_nlink or sys.platform == "win32":
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def _lock(handle: int, *, wait: bool) -> None:
    """Lock an open file until it is closed. Raises `OSError` where another process has."""
    if sys.platform != "win32":
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
