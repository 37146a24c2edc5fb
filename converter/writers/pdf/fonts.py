"""Finds the fonts that a book can use, and tells which characters none of them has.

fontconfig is asked directly, before WeasyPrint is touched: without any font WeasyPrint ends the process.
"""

import ctypes
import hashlib
import os
import unicodedata
from collections.abc import Iterable
from ctypes import POINTER, Structure, byref, c_char_p, c_int, c_uint32, c_void_p
from functools import cache, cached_property
from pathlib import Path

from msgspec import Struct

from converter.diagnostics import Code, Diagnostic, Warn
from converter.errors import UsageError

SUFFIXES = frozenset({".otf", ".ttf", ".ttc"})
"""Font files that may be added. WOFF2 is not among them: it is unpacked by slow code for every document."""

INSTALL_HINT = (
    "install fonts: apt-get install fonts-noto-cjk fonts-noto-core, or pip install 'digest-converter[zh]' for Chinese"
)


class Faces(Struct, frozen=True):
    """Font families for one language, best first."""

    text: tuple[str, ...] = ()
    heading: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    sample: str = ""
    """Characters that show whether a font serves the language."""


FACES: dict[str, Faces] = {
    "zh": Faces(
        text=(
            "Noto Serif CJK SC",
            "Noto Serif SC",
            "Source Han Serif SC",
            "Source Han Serif CN",
            "Songti SC",
            "SimSun",
        ),
        heading=(
            "Noto Sans CJK SC",
            "Noto Sans SC",
            "Source Han Sans SC",
            "Source Han Sans CN",
            "PingFang SC",
            "Microsoft YaHei",
        ),
        code=("Noto Sans Mono CJK SC",),
        sample="的国这发",
    ),
    "zh-TW": Faces(
        text=("Noto Serif CJK TC", "Noto Serif TC", "Source Han Serif TC", "Songti TC", "PMingLiU"),
        heading=("Noto Sans CJK TC", "Noto Sans TC", "Source Han Sans TC", "PingFang TC", "Microsoft JhengHei"),
        code=("Noto Sans Mono CJK TC",),
        sample="的國這發",
    ),
    "zh-HK": Faces(
        text=("Noto Serif CJK HK", "Noto Serif HK", "Source Han Serif HC", "Noto Serif CJK TC"),
        heading=("Noto Sans CJK HK", "Noto Sans HK", "Source Han Sans HC", "PingFang HK", "Noto Sans CJK TC"),
        code=("Noto Sans Mono CJK HK",),
        sample="的國這發",
    ),
    "ja": Faces(
        text=("Noto Serif CJK JP", "Noto Serif JP", "Source Han Serif", "Source Han Serif JP", "Hiragino Mincho ProN"),
        heading=("Noto Sans CJK JP", "Noto Sans JP", "Source Han Sans", "Source Han Sans JP", "Hiragino Sans"),
        code=("Noto Sans Mono CJK JP",),
        sample="のすアン本",
    ),
    "ko": Faces(
        text=("Noto Serif CJK KR", "Noto Serif KR", "Source Han Serif K", "Nanum Myeongjo", "AppleMyungjo"),
        heading=("Noto Sans CJK KR", "Noto Sans KR", "Source Han Sans K", "Nanum Gothic", "Apple SD Gothic Neo"),
        code=("Noto Sans Mono CJK KR",),
        sample="의가는글",
    ),
    "ar": Faces(
        text=("Noto Naskh Arabic", "Amiri", "Scheherazade New", "Noto Sans Arabic"),
        heading=("Noto Sans Arabic", "Noto Kufi Arabic", "Noto Naskh Arabic", "Amiri"),
        sample="العربية",
    ),
    "fa": Faces(
        text=("Noto Naskh Arabic", "Vazirmatn", "Amiri", "Noto Sans Arabic"),
        heading=("Noto Sans Arabic", "Vazirmatn", "Noto Naskh Arabic"),
        sample="فارسی",
    ),
    "ur": Faces(text=("Noto Nastaliq Urdu", "Noto Naskh Arabic"), heading=("Noto Naskh Arabic",), sample="اردو"),
    "he": Faces(
        text=("Noto Serif Hebrew", "Frank Ruehl CLM", "Noto Sans Hebrew"),
        heading=("Noto Sans Hebrew", "Noto Serif Hebrew"),
        sample="עברית",
    ),
}
"""By BCP 47 tag; a tag stands for itself and what it begins. Alphabets like Latin need no entry: the theme's faces have
them."""


class _FontSet(Structure):
    _fields_ = (("nfont", c_int), ("sfont", c_int), ("fonts", POINTER(c_void_p)))


_SYSTEM, _APPLICATION = 0, 1  # FcSetName
_MATCH = 0  # FcResultMatch
_DEMIBOLD = 180  # FC_WEIGHT_DEMIBOLD


class FontLibrary:
    """The fonts of the system together with some files: which families there are, and which characters."""

    def __init__(self, files: tuple[str, ...]) -> None:
        """Raise `UsageError` where fontconfig is missing."""
        self.files = files
        self._fontconfig = _load_fontconfig()
        self._config = c_void_p(self._fontconfig.FcInitLoadConfigAndFonts())
        for path in files:
            self._fontconfig.FcConfigAppFontAddFile(self._config, os.fsencode(path))
        patterns = tuple(self._patterns())
        self.families = frozenset(family for pattern in patterns for family in self._strings(pattern, b"family"))
        self.bold_families = frozenset(
            family for pattern in patterns if self._is_bold(pattern) for family in self._strings(pattern, b"family")
        )
        self.paths = tuple(sorted({path for pattern in patterns for path in self._strings(pattern, b"file")}))
        self._charsets = self._collect_charsets(patterns)
        self._known: dict[str, bool] = {}

    @cached_property
    def fingerprint(self) -> str:
        """A hash that changes whenever a font file is added, removed or replaced."""
        found = hashlib.sha256(str(self._fontconfig.FcGetVersion()).encode())
        for path in self.paths:
            try:
                stat = Path(path).stat()
            except OSError:
                continue
            found.update(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode("utf-8", "surrogateescape"))
        return found.hexdigest()

    def covers(self, character: str) -> bool:
        """Return whether a font has a glyph for the character, or it needs none.

        A private character is never covered: no reader of the PDF could know what it means (PDF/A-2, 6.2.11.7.3).
        """
        if character not in self._known:
            self._known[character] = _is_unseen(character) or (
                unicodedata.category(character) != "Co" and self._has(character)
            )
        return self._known[character]

    def missing(self, text: Iterable[str]) -> str:
        """Return the characters of `text` that no font has, each once, in the order of their code points."""
        return "".join(character for character in sorted(set(text)) if not self.covers(character))

    def serves(self, families: tuple[str, ...]) -> bool:
        return any(family in self.families for family in families)

    def _has(self, character: str) -> bool:
        has = self._fontconfig.FcCharSetHasChar
        return any(has(charset, c_uint32(ord(character))) for charset in self._charsets)

    def _patterns(self) -> Iterable[c_void_p]:
        for name in (_SYSTEM, _APPLICATION):
            found = self._fontconfig.FcConfigGetFonts(self._config, name)
            if found:
                yield from (c_void_p(found.contents.fonts[index]) for index in range(found.contents.nfont))

    def _strings(self, pattern: c_void_p, name: bytes) -> tuple[str, ...]:
        found: list[str] = []
        value = c_char_p()
        while self._fontconfig.FcPatternGetString(pattern, name, len(found), byref(value)) == _MATCH and value.value:
            found.append(os.fsdecode(value.value))
        return tuple(found)

    def _is_bold(self, pattern: c_void_p) -> bool:
        weight = c_int()
        found = self._fontconfig.FcPatternGetInteger(pattern, b"weight", 0, byref(weight))
        return bool(found == _MATCH and weight.value >= _DEMIBOLD)

    def _collect_charsets(self, patterns: tuple[c_void_p, ...]) -> tuple[c_void_p, ...]:
        """Return the sets of characters of all fonts, largest first: most characters are found in the first."""
        found: dict[int, int] = {}
        value = c_void_p()
        for pattern in patterns:
            if self._fontconfig.FcPatternGetCharSet(pattern, b"charset", 0, byref(value)) == _MATCH and value.value:
                found[value.value] = self._fontconfig.FcCharSetCount(value)
        return tuple(c_void_p(address) for address in sorted(found, key=lambda each: (-found[each], each)))


@cache
def open_library(files: tuple[str, ...]) -> FontLibrary:
    """Return the system's fonts and `files`; one and the same for the whole process."""
    return FontLibrary(files)


def choose(folders: Iterable[str], languages: Iterable[str]) -> FontLibrary:
    """Return the fonts for a book: the system's, those in `folders`, and the `zh` extra where Chinese has none.

    Raises `UsageError` where there is no font at all.
    """
    files = tuple(
        sorted(str(path) for folder in folders for path in Path(folder).glob("*") if path.suffix.lower() in SUFFIXES)
    )
    library = open_library(files)
    chinese = FACES["zh"]
    if any(entry_for(tag) == "zh" for tag in languages) and not library.serves(chinese.text + chinese.heading):
        library = open_library((*files, *_extra_files()))
    if not library.paths:
        raise UsageError(Code.LIBRARY_MISSING, "there is no font on this machine", hint=INSTALL_HINT)
    return library


def entry_for(language: str) -> str:
    """Return the key of `FACES` for a BCP 47 tag; empty where the theme's own faces serve."""
    tag = language.lower()
    if tag.startswith("zh") and ("hant" in tag or tag.endswith(("-tw", "-mo"))):
        return "zh-TW"
    return next((key for key in sorted(FACES, key=len, reverse=True) if f"{tag}-".startswith(f"{key.lower()}-")), "")


def report_unserved(library: FontLibrary, languages: Iterable[str], warn: Warn) -> None:
    """Warn of each language whose letters no font has."""
    for entry in sorted({entry_for(tag) for tag in languages} - {""}):
        if library.missing(FACES[entry].sample):
            warn(
                Diagnostic(
                    code=Code.FONT_MISSING,
                    message=f"there is no font for the language '{entry}'; its letters are shown as empty boxes",
                    hint=INSTALL_HINT,
                )
            )


def _extra_files() -> tuple[str, ...]:
    """Return the files of the `zh` extra, if it is installed."""
    try:
        import pylopdf_fonts_zh_cn as extra
    except ImportError:
        return ()
    return (str(extra.serif_path()), str(extra.sans_path()))


def _is_unseen(character: str) -> bool:
    """Return whether nothing is drawn for a character: controls, format characters, variation selectors."""
    selects = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    return selects or unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp"}


def _load_fontconfig() -> ctypes.CDLL:
    """Return fontconfig with its functions declared. Raises `UsageError`."""
    for name in (
        "libfontconfig.so.1",
        "libfontconfig.1.dylib",
        "/opt/homebrew/lib/libfontconfig.1.dylib",
        "fontconfig-1",
    ):
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
        library.FcCharSetCount.argtypes = (c_void_p,)
        library.FcCharSetHasChar.argtypes = (c_void_p, c_uint32)
        return library
    raise UsageError(Code.LIBRARY_MISSING, "the library fontconfig is missing", hint=LIBRARY_HINT)


LIBRARY_HINT = "install it: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk"
"""How to get what WeasyPrint needs, on Debian and Ubuntu."""
