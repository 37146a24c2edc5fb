"""A folder at a URL -> its files, and a place for finished ones, through fsspec: S3, SFTP, whatever has a driver.

Only files that the server lists as such are read: links of an SFTP server are not followed. One that does not answer,
or says that it is busy, is asked again for a minute; a listing that cannot be had ends the run: posts would be missing.
"""

import hashlib
import re
import secrets
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache, lru_cache
from posixpath import normpath
from typing import Any, TypeVar

from msgspec import Struct

from converter.diagnostics import Code, UsageError
from converter.storage.memory import folders_of, inner_name
from converter.storage.sink import SUFFIX
from converter.storage.tree import ABSENT, Entry, Failed, Fault, Passes, RefusedError, Stamp

WAITS = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 20.0)
"""Seconds after which a server is asked again, and how often."""

_STORES = frozenset({"abfs", "abfss", "adl", "az", "gcs", "gs", "memory", "oss", "r2", "s3", "s3a"})
"""Where an object is there whole, or not at all."""
_RENAMING = frozenset({"sftp", "ssh"})
"""Where a file takes the place of another in one step (`posix-rename@openssh.com`)."""
_DRIVERS = {"s3": "s3", "s3a": "s3"}
"""Extras of ours that bring the driver for a scheme; most others need a package of their own."""
_MODIFIED = ("LastModified", "last_modified", "mtime", "modified", "updated", "created")
_VERSION = ("ETag", "etag", "md5Hash", "ino", "content_md5")

ValueT = TypeVar("ValueT")


class _Place:
    """A URL, and the file system that it is in."""

    def __init__(self, root: str) -> None:
        self.root = root.rstrip("/")
        opened(self.root)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.root == self.root

    def __hash__(self) -> int:
        return hash(self.root)

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.root,)

    def _at(self, name: str) -> tuple[Any, str]:
        """Return the file system, and where it has a file."""
        files, folder = opened(self.root)
        return files, f"{folder}/{name}" if name else folder


class _Listing(Struct, frozen=True):
    """The files below a URL, by their paths."""

    files: dict[str, Stamp]
    folders: frozenset[str]


@lru_cache(maxsize=16)
def _listing_of(root: str, _listing: str) -> _Listing:
    """Return the files below a URL as they were when this was called first. Raises `UsageError`."""
    files, folder = opened(root)
    try:
        files.invalidate_cache()  # what fsspec remembers would hide what others put there
        found = patient(lambda: files.find(folder, detail=True))
    except OSError as error:
        message = f"'{root}' cannot be listed: {error}"
        hint = "nothing was changed; try again, or check the credentials in the environment"
        raise UsageError(Code.SOURCE_UNREADABLE, message, hint=hint) from error
    prefix = f"{folder.strip('/')}/"
    plain = {name: info for name, info in found.items() if info.get("type") == "file" and not name.endswith("/")}
    stamps = {name.lstrip("/").removeprefix(prefix): _stamp(info) for name, info in plain.items()}
    folders = {above for name in stamps for above in folders_of(name)}
    return _Listing(stamps, frozenset((*folders, ".") if stamps else ()))


class RemoteTree(_Place):
    """The files at a URL, as they were when they were first asked for: one listing serves a run."""

    def __init__(self, root: str, listing: str = "") -> None:
        """`listing` tells those of several runs apart. Raises `UsageError` for a URL that nothing opens."""
        super().__init__(root)
        self._listing = listing or secrets.token_hex(8)

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.root, self._listing)

    def list(self, under: str, *, passes: Passes, failed: Failed) -> Iterator[Entry]:  # noqa: ARG002  (it ends the run)
        """Yield all files below a folder. Raises `UsageError` where they cannot be listed."""
        prefix = f"{under.rstrip('/')}/" if under else ""
        for name in sorted(self._listed().files):
            inner = name.removeprefix(prefix)
            if name.startswith(prefix) and not any(passes(prefix + folder) for folder in folders_of(inner)):
                yield Entry(name)

    def read(self, path: str, most: int) -> bytes:
        """Return the bytes of a file. Raises `RefusedError`."""
        name = inner_name(path)
        if _scheme(self.root) not in _STORES and name not in self._listed().files:
            raise RefusedError(Fault.MISSING, "there is no such file", "check its name; links are not followed")
        return _read(*self._at(name), most)

    def stat(self, path: str) -> Stamp:
        """Return what the listing says of a file."""
        name, listed = normpath(path), self._listed()
        return listed.files.get(name, Stamp(0, is_folder=True) if name in listed.folders else ABSENT)

    def _listed(self) -> _Listing:
        return _listing_of(self.root, self._listing)


class RemoteOutput(_Place):
    """Finished files at a URL: a tree of what is there now, and a sink."""

    def __init__(self, root: str) -> None:
        """Raises `UsageError` for a URL that nothing opens, and where files cannot be replaced in one step."""
        super().__init__(root)
        if _scheme(root) not in _STORES | _RENAMING:
            message = f"finished files cannot be put at '{root}': a file there is not replaced in one step"
            raise UsageError(Code.USAGE, message, hint="object stores such as s3:// can, and sftp://")

    def list(self, under: str, *, passes: Passes, failed: Failed) -> Iterator[Entry]:
        """Yield all files below a folder."""
        return RemoteTree(self.root).list(under, passes=passes, failed=failed)

    def read(self, path: str, most: int) -> bytes:
        """Return the bytes of a file. Raises `RefusedError`."""
        return _read(*self._at(inner_name(path)), most)

    def stat(self, path: str) -> Stamp:
        """Return what the server says of a file now."""
        files, place = self._at(inner_name(path))
        try:
            files.invalidate_cache()
            return _stamp(patient(lambda: files.info(place)))
        except OSError:
            return ABSENT

    def put(self, name: str, data: bytes) -> None:
        """Put a file in its place, whole or not at all. Raises `OSError` and `RefusedError`."""
        files, place = self._at(inner_name(name))
        if _scheme(self.root) in _STORES:
            patient(lambda: files.pipe_file(place, data))
            return
        folder, _, last = place.rpartition("/")
        unfinished = f"{folder}/.{last[:40]}-{secrets.token_hex(8)}{SUFFIX}"
        patient(lambda: files.makedirs(folder, exist_ok=True))
        patient(lambda: files.pipe_file(unfinished, data))
        patient(lambda: files.mv(unfinished, place))

    def remove(self, name: str) -> None:
        """Remove a file, if it is there. Raises `OSError` and `RefusedError`."""
        files, place = self._at(inner_name(name))
        try:
            patient(lambda: files.rm_file(place))
        except FileNotFoundError:
            return


def matching(url: str) -> tuple[str, ...]:
    """Return the URLs that a glob matches. Raises `UsageError` where nothing can be asked."""
    base = re.split(r"[^/]*[*?\[]", url, maxsplit=1)[0].rstrip("/")
    files, folder = opened(base)
    try:
        found = patient(lambda: files.glob(f"{folder}/{url[len(base) + 1 :]}"))
    except OSError as error:
        raise UsageError(Code.SOURCE_UNREADABLE, f"'{base}' cannot be listed: {error}") from error
    return tuple(sorted(f"{base}/{name.strip('/').removeprefix(folder.strip('/')).strip('/')}" for name in found))


@cache
def opened(root: str) -> tuple[Any, str]:
    """Return the file system for a URL, and the path in it. Raises `UsageError` where there is no driver."""
    scheme = _scheme(root)
    if scheme in ("file", "local"):
        raise UsageError(Code.USAGE, f"'{root}' is a folder of this machine", hint="name it by its path")
    try:
        import fsspec

        files, folder = fsspec.core.url_to_fs(root)
    except ImportError as error:
        extra = _DRIVERS.get(scheme, "remote")
        hint = f"pip install 'digest-converter[{extra}]'"
        hint = hint if scheme in _DRIVERS or not hasattr(error, "name") or error.name == "fsspec" else str(error)
        raise UsageError(Code.LIBRARY_MISSING, f"'{scheme}://' needs a library: {error}", hint=hint) from error
    except Exception as error:  # a driver may refuse a URL in any way
        raise UsageError(Code.USAGE, f"'{root}' cannot be opened: {error}", hint="check the URL") from error
    return files, folder.rstrip("/")


def answers_at_once(root: str) -> bool:
    """Return whether several threads may ask the file system of a URL: one connection of SFTP would wait for ever."""
    return bool(getattr(opened(root)[0], "async_impl", False))


def patient(ask: Callable[[], ValueT]) -> ValueT:
    """Return what a server answers, which is asked again when it fails.

    Raises `OSError` where it does not answer in time, and at once where it says that there is nothing, or no entry.
    """
    for wait in (*WAITS, 0.0):
        try:
            return ask()
        except (FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError):
            raise
        except Exception as error:  # each driver has exceptions of its own
            if not wait:
                raise error if isinstance(error, OSError) else OSError(str(error) or type(error).__name__) from error
            time.sleep(wait)
    raise AssertionError("unreachable")


def _read(files: Any, place: str, most: int) -> bytes:
    try:
        data: bytes = patient(lambda: _bytes_at(files, place, most + 1))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise RefusedError(Fault.MISSING, "there is no such file", "check its name") from error
    except OSError as error:
        hint = "try again, or check the credentials in the environment"
        raise RefusedError(Fault.UNREADABLE, str(error) or type(error).__name__, hint) from error
    if len(data) > most:
        raise RefusedError(Fault.TOO_LARGE, f"it has more than {most} bytes", "make it smaller, or leave it out")
    return data


def _bytes_at(files: Any, place: str, end: int) -> bytes:
    try:
        found: bytes = files.cat_file(place, start=0, end=end)
    except FileNotFoundError:
        raise
    except Exception:
        if files.info(place)["size"]:
            raise
        return b""  # servers refuse a range of nothing (RFC 9110, 15.5.17)
    return found


def _scheme(url: str) -> str:
    return url.partition("://")[0].lower()


def _stamp(info: dict[str, Any]) -> Stamp:
    """Return what tells whether a file has changed, of what a driver says of it."""
    if info.get("type") == "directory":
        return Stamp(0, is_folder=True)
    when = next((info[name] for name in _MODIFIED if info.get(name) is not None), 0)
    versions = [str(info[name]) for name in _VERSION if info.get(name) is not None]
    number = int.from_bytes(hashlib.sha256("\0".join(versions).encode()).digest()[:7]) if versions else 0
    return Stamp(int(info.get("size") or 0), _nanoseconds(when), number)


def _nanoseconds(when: object) -> int:
    match when:
        case datetime():
            return int(when.timestamp() * 1_000_000) * 1000
        case int() | float():
            return int(when * 1_000_000) * 1000
        case str():
            return int.from_bytes(hashlib.sha256(when.encode()).digest()[:6])
    return 0
