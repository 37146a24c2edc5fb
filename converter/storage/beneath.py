"""A path below a folder -> an open regular file, which is below that folder at the moment when it is opened.

Where the system can open a name relative to an open folder (all but Windows), each component is looked at and opened
by itself, and links are followed by hand: nobody can put a link in the place of a folder between the look and the
reading. Elsewhere the real path is compared before and after: that knows every link, but not one that is there for a
moment only.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager

MAX_LINKS = 40
"""Links on the way to one file, as Linux has it (path_resolution(7))."""

_FILE = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOCTTY", 0)
# Opening a pipe must not wait for its writer: what is opened may have changed since it was looked at.
_FILE |= getattr(os, "O_NONBLOCK", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_FOLDER = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
CAN_WALK = {os.open, os.stat, os.readlink} <= os.supports_dir_fd and bool(_NO_LINK)


class OutsideError(Exception):
    """The path leads out of the folder."""


class NoFileError(Exception):
    """There is a device, a pipe or a socket."""


def open_anywhere(path: str) -> int:
    """Return the descriptor of the regular file at `path`, behind links if need be. Raises `OSError`, `NoFileError`."""
    _require_file(os.stat(path).st_mode)  # devices are not even opened: that alone may do something
    return _checked(os.open(path, _FILE))


def open_beneath(root: str, path: str) -> int:
    """Return the descriptor of the regular file at `path`, relative to the folder `root` and really below it.

    Raises `OSError`, `OutsideError` and `NoFileError`.
    """
    if not CAN_WALK:
        return _open_and_compare(root, path)
    with _Walk(root) as walk:
        return walk.opened(path)


def _open_and_compare(root: str, path: str) -> int:
    real = os.path.realpath(os.path.join(root, path))
    if within(root, real) is None:
        raise OutsideError
    _require_file(os.lstat(real).st_mode)
    with _closing_on_error(os.open(real, _FILE)) as handle:
        if not os.path.samestat(os.fstat(handle), os.lstat(real)) or os.path.realpath(real) != real:
            raise OutsideError
    return _checked(handle)


def within(root: str, path: str) -> str | None:
    """Return where a path really is, relative to the real folder `root`; `None` for one that is not below it."""
    base, real = os.path.realpath(root), os.path.realpath(path)
    if real == base:
        return "."
    prefix = base.rstrip(os.sep) + os.sep
    return real[len(prefix) :] if real.startswith(prefix) else None


def _require_file(mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(mode):
        raise NoFileError


def _checked(handle: int) -> int:
    with _closing_on_error(handle):
        _require_file(os.fstat(handle).st_mode)
    return handle


@contextmanager
def _closing_on_error(handle: int) -> Iterator[int]:
    try:
        yield handle
    except BaseException:
        os.close(handle)
        raise


class _Walk:
    """The folders from the root to where a path has come, all open."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._folders: list[int] = []
        self._links = 0

    def __enter__(self) -> "_Walk":
        self._folders.append(os.open(self._root, _FOLDER))
        return self

    def __exit__(self, *_: object) -> None:
        self._up(0)

    def opened(self, path: str) -> int:
        """Return the descriptor of the regular file at a path from the root."""
        rest = _parts(path)
        while rest:
            name = rest.pop()
            if name == os.pardir:
                rest = self._parent(rest)
                continue
            here = self._folders[-1]
            mode = os.stat(name, dir_fd=here, follow_symlinks=False).st_mode
            if stat.S_ISLNK(mode):
                rest = self._through_link(os.readlink(name, dir_fd=here), rest)
            elif rest:
                self._folders.append(os.open(name, _FOLDER | _NO_LINK, dir_fd=here))
            else:
                _require_file(mode)
                return _checked(os.open(name, _FILE | _NO_LINK, dir_fd=here))
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))

    def _up(self, depth: int) -> None:
        while len(self._folders) > depth:
            os.close(self._folders.pop())

    def _parent(self, rest: list[str]) -> list[str]:
        """Go up by one; above the root, only what comes back to it again may go on."""
        if len(self._folders) > 1:
            self._up(len(self._folders) - 1)
            return rest
        return self._again(os.path.join(os.path.realpath(self._root), os.pardir, *reversed(rest)))

    def _through_link(self, target: str, rest: list[str]) -> list[str]:
        self._links += 1
        if self._links > MAX_LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        if os.path.isabs(target):
            return self._again(os.path.join(target, *reversed(rest)))
        return rest + _parts(target)

    def _again(self, path: str) -> list[str]:
        """Begin at the root again, for what an absolute path means there."""
        inner = within(self._root, path)
        self._links += 1
        if inner is None or self._links > MAX_LINKS:
            raise OutsideError
        self._up(1)
        return _parts(inner)


def _parts(path: str) -> list[str]:
    """Return the components of a relative path, the first one last."""
    return [part for part in reversed(path.split(os.sep)) if part not in ("", os.curdir)]
