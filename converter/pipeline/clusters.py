"""The URL of a cluster -> its executor, by the entry-point group `converter.executors`; how tasks begin there."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from functools import cache
from importlib.metadata import requires
from typing import Any, TypeVar

from converter.diagnostics import Code, UsageError
from converter.limits.bounds import Bounds
from converter.plugins import Group
from converter.storage.fingerprint import code_fingerprint

ValueT = TypeVar("ValueT")

_SHAPING = re.compile(r"extra == .(?:fonts|typst|zh)\b")
"""Of the requirements of extras, those that shape pages."""

_EXECUTORS = Group("converter.executors", "executor", ("open",))

plugins = _EXECUTORS.plugins


class OtherCodeError(Exception):
    """A worker has another version of the converter: what it makes may be something else."""


def open_cluster(url: str, bounds: Bounds) -> AbstractContextManager[Executor]:
    """Return what opens the executor at `NAME://ADDRESS`, of the package that is installed under that name.

    Raises `UsageError` for a name that is not installed, and for an address where nothing answers.
    """
    name, found, address = url.partition("://")
    if not found or not address:
        hint = "name one as in dask://HOST:PORT"
        raise UsageError(Code.USAGE, f"'{url}' is not the URL of an executor", hint=hint)
    kind = _EXECUTORS.load(name.lower())
    opened: AbstractContextManager[Executor] = kind(address.rstrip("/")).open(bounds)
    return opened


@cache
def installation() -> str:
    """Return a hash of what decides which bytes are made: our code, Python, and the libraries that we need."""
    needed = [name for name in requires("digest-converter") or () if "extra ==" not in name or _SHAPING.search(name)]
    return code_fingerprint(*sorted({re.split(r"[^\w.-]", name, maxsplit=1)[0] for name in needed}))


def run_checked(code: str, fn: Callable[..., ValueT], *args: Any, **kwargs: Any) -> ValueT:
    """Return what a function returns, on a worker. Raises `OtherCodeError` for one that came with another version."""
    if code != installation():
        raise OtherCodeError("this worker has another version of the converter or of Python")
    return fn(*args, **kwargs)
