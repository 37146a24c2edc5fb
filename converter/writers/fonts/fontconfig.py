"""Asks fontconfig for the faces of the system, before WeasyPrint is touched: it ends the process without any."""

import ctypes
import os
from collections.abc import Iterable, Iterator
from ctypes import POINTER, Structure, byref, c_char_p, c_int, c_uint32, c_void_p
from functools import cache, partial

from converter.writers.fonts.faces import Face

_SYSTEM, _APPLICATION = 0, 1  # FcSetName
_MATCH = 0  # FcResultMatch
_DEMIBOLD = 180  # FC_WEIGHT_DEMIBOLD
_NAMES = ("libfontconfig.so.1", "libfontconfig.1.dylib", "/opt/homebrew/lib/libfontconfig.1.dylib", "fontconfig-1")


class _FontSet(Structure):
    _fields_ = (("nfont", c_int), ("sfont", c_int), ("fonts", POINTER(c_void_p)))


class Fontconfig:
    """A configuration of fontconfig: the fonts of the system, and `files`."""

    def __init__(self, library: ctypes.CDLL, files: Iterable[str]) -> None:
        self._library = library
        self._config = c_void_p(library.FcInitLoadConfigAndFonts())
        for path in files:
            library.FcConfigAppFontAddFile(self._config, os.fsencode(path))

    @property
    def version(self) -> int:
        return int(self._library.FcGetVersion())

    def faces(self) -> Iterator[Face]:
        """Yield every face; it lives as long as this configuration."""
        for name in (_SYSTEM, _APPLICATION):
            found = self._library.FcConfigGetFonts(self._config, name)
            for index in range(found.contents.nfont if found else 0):
                yield self._face(c_void_p(found.contents.fonts[index]))

    def _face(self, pattern: c_void_p) -> Face:
        characters = c_void_p()
        found = self._library.FcPatternGetCharSet(pattern, b"charset", 0, byref(characters)) == _MATCH
        has = partial(self._library.FcCharSetHasChar, characters) if found and characters.value else _has_nothing
        return Face(
            path=next(iter(self._strings(pattern, b"file")), ""),
            index=self._integer(pattern, b"index") & 0xFFFF,  # the upper half numbers the instances of a variable font
            families=self._strings(pattern, b"family"),
            bold=self._integer(pattern, b"weight") >= _DEMIBOLD,
            slanted=self._integer(pattern, b"slant") > 0,
            outlined=self._flag(pattern, b"outline") and not self._flag(pattern, b"color"),
            size=self._library.FcCharSetCount(characters) if found and characters.value else 0,
            has=has,
        )

    def _strings(self, pattern: c_void_p, name: bytes) -> tuple[str, ...]:
        found: list[str] = []
        value = c_char_p()
        while self._library.FcPatternGetString(pattern, name, len(found), byref(value)) == _MATCH and value.value:
            found.append(os.fsdecode(value.value))
        return tuple(found)

    def _integer(self, pattern: c_void_p, name: bytes) -> int:
        value = c_int()
        return value.value if self._library.FcPatternGetInteger(pattern, name, 0, byref(value)) == _MATCH else 0

    def _flag(self, pattern: c_void_p, name: bytes) -> bool:
        value = c_int()
        return self._library.FcPatternGetBool(pattern, name, 0, byref(value)) == _MATCH and bool(value.value)


def _has_nothing(_: int) -> bool:
    return False


@cache
def load() -> ctypes.CDLL | None:
    """Return fontconfig with its functions declared, if this machine has it."""
    for name in _NAMES:
        try:
            library = ctypes.CDLL(name)
        except OSError:
            continue
        library.FcInitLoadConfigAndFonts.restype = c_void_p
        library.FcConfigAppFontAddFile.argtypes = (c_void_p, c_char_p)
        library.FcConfigGetFonts.argtypes = (c_void_p, c_int)
        library.FcConfigGetFonts.restype = POINTER(_FontSet)
        library.FcPatternGetString.argtypes = (c_void_p, c_char_p, c_int, POINTER(c_char_p))
        library.FcPatternGetCharSet.argtypes = (c_void_p, c_char_p, c_int, POINTER(c_void_p))
        library.FcPatternGetInteger.argtypes = (c_void_p, c_char_p, c_int, POINTER(c_int))
        library.FcPatternGetBool.argtypes = (c_void_p, c_char_p, c_int, POINTER(c_int))
        library.FcCharSetCount.argtypes = (c_void_p,)
        library.FcCharSetHasChar.argtypes = (c_void_p, c_uint32)
        return library
    return None
