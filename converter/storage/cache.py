"""Keeps the results of tasks between runs, by everything that they depend on."""

import hashlib
import os
import re
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from converter.diagnostics import Code, Diagnostic, Outcome, Warn
from converter.storage import LocalTree, RefusedError, read_named, remove_leftover, write_quickly

MOST = 1 << 30
"""Bytes that a store may hold; the results that were not used for longest go first."""

_OWN = re.compile(r"[0-9a-f]{64}(?:\.|$)")
"""The names of results, and of those that were never finished. Whatever else lies in the folder is not ours."""

ValueT = TypeVar("ValueT")


class Store(Struct, frozen=True):
    """A folder of results. What cannot be read or written there is made again: a store never fails."""

    folder: str
    """Empty for a store that keeps nothing."""

    def get(self, key: str, kind: type[ValueT]) -> Outcome[ValueT] | None:
        """Return a value of type `kind` that was kept, with what there was to say when it was made."""
        if not self.folder or not key:
            return None
        path = self._path(key)
        try:
            data = read_named(str(path), MOST)
            found: Outcome[ValueT] = _decoder(kind).decode(data)  # type: ignore[arg-type]  # types are hashable
        except (RefusedError, msgspec.MsgspecError):  # not there; damaged
            return None
        with suppress(OSError):  # who may not write may still read
            os.utime(path)
        return found if found.value is not None else None

    def fault(self) -> str:
        """Return why nothing can be kept in the folder; empty where something can, or nothing should."""
        try:
            if self.folder:
                Path(self.folder).mkdir(parents=True, exist_ok=True)
                tempfile.TemporaryFile(dir=self.folder).close()
        except OSError as error:
            return error.strerror or str(error)
        return ""

    def keep(self, key: str, kind: type[ValueT], make: Callable[[Warn], ValueT], warn: Warn) -> ValueT:
        """Return the value that was kept, else that of `make`, which is kept from now on; report what is to say."""
        if (found := self.get(key, kind)) is not None and found.value is not None:
            for diagnostic in found.diagnostics:
                warn(diagnostic)
            return found.value
        diagnostics: list[Diagnostic] = []

        def tell(diagnostic: Diagnostic) -> None:
            diagnostics.append(diagnostic)
            warn(diagnostic)

        value = make(tell)
        if fault := self._put(key, Outcome(value, tuple(diagnostics))):
            warn(self.unwritable(fault))
        return value

    def unwritable(self, fault: str) -> Diagnostic:
        """Return what to tell of a folder in which nothing can be kept; it is told once, however often it happens."""
        return Diagnostic(
            code=Code.CACHE_UNWRITABLE,
            message=f"nothing can be cached in this folder: {fault}",
            file=self.folder,
            hint="check its permissions and the free space, or name another folder with --cache",
        )

    def prune(self) -> None:
        """Remove what killed runs left, and what has not been used for longest, until the rest fits."""
        found = []
        with suppress(OSError):  # another run may prune, too
            for folder in filter(os.DirEntry.is_dir, os.scandir(self.folder)):
                for entry in os.scandir(folder):
                    remove_leftover(entry.path)
                    if _OWN.match(folder.name + entry.name):
                        stat = entry.stat()
                        found.append((stat.st_mtime_ns, stat.st_size, entry.path))
        room = MOST
        for _, size, path in sorted(found, reverse=True):
            room -= size
            if room < 0:
                Path(path).unlink(missing_ok=True)

    def _put(self, key: str, outcome: Outcome[ValueT]) -> str:
        """Keep a result, and return why that cannot be; empty where it can. Another run may read it meanwhile."""
        if not self.folder or not key:
            return ""
        try:
            write_quickly(self._path(key), msgspec.json.encode(outcome))
        except OSError as error:
            return error.strerror or str(error)
        except UnicodeEncodeError:
            return ""
        return ""

    def _path(self, key: str) -> Path:
        return Path(self.folder, key[:2], key[2:])


def key_of(*values: object) -> str:
    """Return a key for everything that a result depends on: values that msgspec can encode, in a fixed order."""
    try:
        data = msgspec.json.encode(values, enc_hook=_as_text)
    except UnicodeEncodeError:  # the name of a file that is not Unicode
        data = repr(values).encode("utf-8", "surrogatepass")
    return hashlib.sha256(data).hexdigest()


def _as_text(value: object) -> str:
    """Return how a kind of text of our own shows itself. Raises `NotImplementedError` for what is no text."""
    if isinstance(value, str):
        return repr(value)
    raise NotImplementedError


@cache
def code_fingerprint(*packages: str) -> str:
    """Return a hash of the converter itself and the versions of the packages that a task uses."""
    return key_of(
        sys.version, LocalTree(str(Path(__file__).parent)).fingerprint(), [version(name) for name in packages]
    )


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(Outcome[kind])
