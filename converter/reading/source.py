"""Bytes of a file -> text: byte-order marks, declared and guessed encodings, line ends."""

import codecs
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from converter.diagnostics import Code, Diagnostic, Warn, counted
from converter.limits.values import DEFAULT
from converter.reading import encodings

MAX_SIZE = DEFAULT.source_bytes
"""Bytes that are read where nobody sets a limit."""

LARGE_SIZE = 4 * 1024 * 1024
"""Bytes. A post of this size takes seconds where others take milliseconds, and deserves a word."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = {**dict.fromkeys((*range(0x09), 0x0B, *range(0x0E, 0x20), 0x7F)), 0x0C: " "}


class Beside(Struct, frozen=True):
    """What the tags of one post ask of other files of its site."""

    urls: Mapping[str, str] = {}
    """The paths of posts on the site, by what `post_url` and `link` call them."""
    includes: Mapping[str, str] = {}
    """The texts of files by their names from the folder of the post, for `include_relative`."""
    data: Mapping[str, str] = {}
    """The texts of the files of `_data`, by their paths in it."""


class SourceFile(Struct, frozen=True):
    """A file that should become a post."""

    path: str
    """As diagnostics name it, relative to the site."""
    key: str
    """The key of the post: stable, and unique in its site."""
    data: bytes
    beside: Beside = Beside()


def decode(data: bytes, *, file: str, warn: Warn, language: str = "", declared: str = "") -> str:
    r"""Return the text with `\\n` line ends, and without byte-order mark and control characters.

    `language` and `declared` are the language and the encoding that the site names: a file that is no UTF-8 and says
    nothing of itself may be in these.
    """
    text, encoding, broken = _decode(data, language, declared)
    if broken:
        warn(_replaced(data, encoding, file))
    elif encoding != "utf-8":
        warn(_repaired(f"the text was read as {encoding}", file))
    elif data.startswith(codecs.BOM_UTF8):
        hint = "save the file without it"
        message = "a byte-order mark stands before the front matter"
        warn(Diagnostic(code=Code.FRONT_MATTER_REPAIRED, message=message, file=file, line=1, column=1, hint=hint))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    clean = text.translate(_CONTROLS)
    if gone := len(text) - len(clean):
        warn(_repaired(f"{counted(gone, 'control character')} taken out", file))
    return clean


def encoding_of(data: bytes) -> str | None:
    """Return the encoding that gives exactly these bytes again, `None` where none does."""
    text, encoding, broken = _decode(data, "", "")
    if broken or encoding.startswith(("utf-16", "utf-32")):
        return None
    try:
        return encoding if text.encode(encoding, "replace") == data.removeprefix(codecs.BOM_UTF8) else None
    except LookupError:  # two encodings in one file
        return None


def _decode(data: bytes, language: str, declared: str) -> tuple[str, str, bool]:
    """Return the text, the encoding, and whether characters had to be replaced."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            text = data[len(mark) :].decode(encoding, "replace")
            return text, encoding, "\ufffd" in text
    unmarked = encodings.without_mark(data)
    if unmarked and (said := encodings.decode(data, unmarked)) is not None:
        return said, unmarked, False
    try:
        return data.decode("utf-8"), "utf-8", False
    except UnicodeDecodeError:
        pass
    found = encodings.decoded(data, language=language, declared=declared)
    if found is not None:
        return *found, "\ufffd" in found[0]
    return data.decode("utf-8", "replace"), "utf-8", True


def _repaired(message: str, file: str) -> Diagnostic:
    hint = "save the file as UTF-8"
    return Diagnostic(code=Code.ENCODING_REPAIRED, message=message, file=file, hint=hint)


def _replaced(data: bytes, encoding: str, file: str) -> Diagnostic:
    """Return the diagnostic of bytes that are no text, with the place of the first."""
    try:
        data.decode("utf-8" if encoding.startswith("utf-8") else encoding)
        start = 0
    except UnicodeDecodeError as error:
        start = error.start
    line_start = data.rfind(b"\n", 0, start) + 1
    return replace(
        _repaired(f"bytes that are not valid {encoding} were replaced", file),
        line=data.count(b"\n", 0, start) + 1,
        column=len(data[line_start:start].decode("utf-8", "replace")) + 1,
    )
