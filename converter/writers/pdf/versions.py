"""Tells the versions of what pages are made with, without importing it: a book whose pieces are all kept needs none."""

import ctypes
from functools import cache
from importlib.metadata import version

from converter.store import code_fingerprint, key_of

PATCHED = ("70.0",)
"""The versions of WeasyPrint that `patches` is made and tested for."""

ENGINE = f"WeasyPrint {version('weasyprint')}"


@cache
def is_patched() -> bool:
    """Return whether this is a WeasyPrint that `patches` is made for."""
    return version("weasyprint") in PATCHED


@cache
def libraries() -> str:
    """Return a hash of the converter and of everything outside of it that the bytes of a piece depend on."""
    packages = ("weasyprint", "pydyf", "tinyhtml5", "tinycss2", "cssselect2", "pyphen", "pillow", "ziamath", "Pygments")
    return key_of(code_fingerprint(*packages), _pango())


def _pango() -> str:
    for name in ("libpango-1.0.so.0", "libpango-1.0.0.dylib", "libpango-1.0-0.dll"):
        try:
            return f"Pango {ctypes.CDLL(name).pango_version()}"
        except OSError:
            continue
    return "Pango"
