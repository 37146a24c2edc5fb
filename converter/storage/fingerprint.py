"""Values, code and packages -> hashes, by which results are known."""

import hashlib
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec

from converter.storage.tree import LocalTree, fingerprint_of

_CONVERTER = Path(__file__).parent.parent


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
    """Return a hash of the converter's own code, of Python, and of the versions of the packages that a task uses."""
    return key_of(sys.version, _own_code(), [_version(name) for name in packages])


@cache
def _own_code() -> str:
    return fingerprint_of(LocalTree(str(_CONVERTER)))


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # an extra
        return ""
