"""A folder of the user's -> its files: regular ones, inside of it, and no larger than whoever asks can take.

All that is read of posts, includes, data, images, themes and configurations goes through a `Tree`, and
`tests/test_storage.py` sees to it. Posts are untrusted, and so is the folder that they come in. `LocalTree` has all
checks of links; what is in memory or on another machine has none.
"""

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import PurePosixPath
from typing import Protocol

from msgspec import Struct

from converter.storage.beneath import NoFileError, OutsideError, open_anywhere, open_beneath, within

MAX_HASHED = 256 << 20
"""Bytes of a file of which more than its name is hashed."""
MAX_LINKED_FOLDERS = 10_000
"""Folders that are reached through links, where links are followed."""


class Fault(Enum):
    """Why a file was not read."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    OUTSIDE = "outside"
    NO_FILE = "no file"
    TOO_LARGE = "too large"


class RefusedError(Exception):
    """A file was not read; the message is a clause that says why, and `hint` says what to do."""

    def __init__(self, fault: Fault, message: str, hint: str) -> None:
        super().__init__(message)
        self.fault = fault
        self.hint = hint


class Entry(Struct, frozen=True, order=True):
    """What is found in a folder."""

    name: str
    """The path from the root, with `/` between folders, and with one at the end for a folder that is not entered."""
    real: str = ""
    """Where a file that is reached through a link is, relative to the root; empty outside, and for all others."""


class Stamp(Struct, frozen=True, array_like=True, gc=False):
    """What tells without opening it whether a file is the one that it was."""

    size: int = -1
    """Bytes; -1 where there is no such file."""
    modified: int = 0
    """When it was changed: nanoseconds since 1970."""
    number: int = 0
    """Of the file in its file system, or what another store knows a version of it by."""
    is_folder: bool = False


ABSENT = Stamp()
Passes = Callable[[str], bool]
Failed = Callable[[str, OSError], None]


class Tree(Protocol):
    """A folder of files, wherever it is; a value that another process can be sent. Trees of one root are equal."""

    def __hash__(self) -> int:
        """Return the same for trees that are equal."""

    @property
    def root(self) -> str:
        """The absolute path of the folder, or its URL: what it is known by."""

    def list(self, under: str, *, passes: Passes, failed: Failed) -> Iterator[Entry]:
        """Yield all files below the folder `under` that are in no folder that `passes` passes over.

        The order is always the same, and not that of the names. `failed` is told of a folder that cannot be read.
        """

    def read(self, path: str, most: int) -> bytes:
        """Return the bytes of the file at `path`, relative to the root, of which there are `most` at most.

        Raises `RefusedError`.
        """

    def stat(self, path: str) -> Stamp:
        """Return what tells whether the file at `path` has changed; `ABSENT` where there is none."""


class LocalTree(Struct, frozen=True, order=True):
    """A folder of the file system."""

    root: str
    follow_links: bool = False
    """Whether links may lead out of the folder."""

    def read(self, path: str, most: int) -> bytes:
        """Return the bytes of the regular file at `path`, relative to the root, of which there are `most` at most.

        Raises `RefusedError`.
        """
        if self.follow_links:
            return _read(lambda: open_anywhere(os.path.join(self.root, path)), most)
        return _read(lambda: open_beneath(self.root, path.replace("/", os.sep)), most)

    def stat(self, path: str) -> Stamp:
        """Return what tells whether the file at `path` has changed. It is not read, so it may be a link."""
        try:
            found = os.stat(os.path.join(self.root, path))
        except (OSError, ValueError):
            return ABSENT
        return Stamp(found.st_size, found.st_mtime_ns, found.st_ino, stat.S_ISDIR(found.st_mode))

    def is_inside(self, path: str) -> bool:
        """Say whether a path that exists is inside: for looks only, since what is read is checked when it is read."""
        return self.follow_links or within(self.root, os.path.join(self.root, path)) is not None

    def list(self, under: str, *, passes: Passes, failed: Failed) -> Iterator[Entry]:
        """Yield all files below the folder `under` that are in no folder that `passes` passes over.

        A link to a folder is entered like one, where it leads to a folder inside (or links are followed at all), is not
        above itself, and was not entered before; one that leads out is yielded as a folder. `failed` is told of a
        folder that cannot be read. The order is always the same, and not that of the names.
        """
        folders = [(str(PurePosixPath(under)) if under else "", False)]
        entered: set[str] = set()
        while folders:
            folder, linked = folders.pop()
            try:
                found = sorted(os.scandir(os.path.join(self.root, folder)), key=lambda entry: entry.name)
            except OSError as error:
                failed(folder, error)
                continue
            for each in found:
                name = f"{folder}/{each.name}" if folder else each.name
                if not _is_folder(each):
                    yield Entry(name, self._real(name) if linked or each.is_symlink() else "")
                elif passes(name):
                    continue
                elif not each.is_symlink():
                    folders.append((name, linked))
                elif not self.is_inside(name):
                    yield Entry(f"{name}/")
                elif self._is_new(name, entered):
                    folders.append((name, True))

    def _real(self, name: str) -> str:
        inner = within(self.root, os.path.join(self.root, name))
        return inner.replace(os.sep, "/") if inner else ""

    def _is_new(self, name: str, entered: set[str]) -> bool:
        """Note that a linked folder is entered, and say whether it may be: once, and never from within itself."""
        path = os.path.join(self.root, name)
        real, parent = os.path.realpath(path), os.path.realpath(os.path.dirname(path))
        above = f"{parent}{os.sep}".startswith(f"{real.rstrip(os.sep)}{os.sep}")
        if above or real in entered or len(entered) >= MAX_LINKED_FOLDERS:
            return False
        entered.add(real)
        return True


def fingerprint_of(tree: Tree) -> str:
    """Return a hash of the names and the contents of all files, but for what Python keeps beside its own."""
    found = hashlib.sha256()
    entries = tree.list("", passes=lambda name: name.endswith("__pycache__"), failed=lambda *_: None)
    for name in sorted(entry.name for entry in entries):
        try:
            data = tree.read(name, MAX_HASHED)
        except RefusedError as error:
            data = error.fault.value.encode()
        found.update(os.fsencode(name) + b"\0" + hashlib.sha256(data).digest())
    return found.hexdigest()


def read_named(path: str, most: int) -> bytes:
    """Return the bytes of a file that the user names, which may be a link. Raises `RefusedError`."""
    return _read(lambda: open_anywhere(path), most)


def read_start(path: str, most: int) -> tuple[bytes, int]:
    """Return the first bytes of a file that the system names, and how many it has. Raises `RefusedError`."""
    size = 0

    def opened() -> int:
        nonlocal size
        handle = open_anywhere(path)
        size = os.fstat(handle).st_size
        return handle

    return _read(opened, most, whole=False), size


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a loop of links: no folder, and reading it says so
        return False


def _read(opened: Callable[[], int], most: int, *, whole: bool = True) -> bytes:
    try:
        with open(opened(), "rb", buffering=0) as stream:
            if not whole:
                return stream.read(most)
            size = os.fstat(stream.fileno()).st_size
            data = b"" if size > most else _at_most(stream.read, size + 1, most)
    except OutsideError:
        hint = "move what it leads to into the folder"
        raise RefusedError(Fault.OUTSIDE, "a link points outside the folder", hint) from None
    except NoFileError:
        hint = "put a plain file there: pipes, sockets and devices are not read"
        raise RefusedError(Fault.NO_FILE, "it is not a regular file", hint) from None
    except (FileNotFoundError, NotADirectoryError) as error:
        hint = "check its name, and where it points if it is a link"
        raise RefusedError(Fault.MISSING, error.strerror or "there is no such file", hint) from error
    except ValueError as error:  # a null character in the name
        raise RefusedError(Fault.MISSING, "there is no such file", "check its name") from error
    except OSError as error:
        raise RefusedError(Fault.UNREADABLE, error.strerror or str(error), "check its permissions") from error
    if size > most or len(data) > most:
        message = f"it has {max(size, len(data))} bytes, more than {most}"
        raise RefusedError(Fault.TOO_LARGE, message, "make it smaller, or leave it out")
    return data


def _at_most(read: Callable[[int], bytes], size: int, most: int) -> bytes:
    """Return what is there, but no more than `most` and one: the file may grow while it is read."""
    found = [read(size)]
    while found[-1] and sum(map(len, found)) <= most:
        found.append(read(min(1 << 20, most + 1)))
    return b"".join(found)
