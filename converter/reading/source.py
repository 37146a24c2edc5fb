"""Bytes of a file -> text: byte-order marks, declared and guessed encodings, line ends."""

import codecs
import re

from msgspec import Struct
from msgspec.structs import replace

from converter.diagnostics import Code, Diagnostic, Warn

MAX_SIZE = 32 * 1024 * 1024
"""Bytes. A post is text for people; what is larger is something else under a wrong name."""

LARGE_SIZE = 4 * 1024 * 1024
"""Bytes. A post of this size takes seconds where others take milliseconds, and deserves a word."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"(?im)^(?:# *-\*- *coding: *|encoding: *|[^\n]{0,80}<meta[^>\n]{0,80}charset=)[\"']?([\w.-]+)")
_SAMPLE = 64 * 1024
"""Bytes that the guess looks at: enough to tell encodings apart, and a fixed cost."""
_CONTROLS = {**dict.fromkeys((*range(0x09), 0x0B, *range(0x0E, 0x20), 0x7F)), 0x0C: " "}


class SourceFile(Struct, frozen=True):
    """A file that should become a post."""

    path: str
    """As diagnostics name it, relative to the site."""
    key: str
    """The key of the post: stable, and unique in its site."""
    data: bytes


def decode(data: bytes, *, file: str, warn: Warn) -> str:
    r"""Return the text with `\\n` line ends, and without byte-order mark and control characters."""
    text, encoding, broken = _decode(data)
    if broken:
        warn(_replaced(data, encoding, file))
    elif encoding != "utf-8":
        warn(_repaired(f"the text was read as {encoding}", file))
    elif data.startswith(codecs.BOM_UTF8):
        hint = "save the file without it"
        message = "a byte-order mark stands before the header"
        warn(Diagnostic(code=Code.FRONT_MATTER_REPAIRED, message=message, file=file, line=1, column=1, hint=hint))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    clean = text.translate(_CONTROLS)
    if len(clean) < len(text):
        warn(_repaired(f"{len(text) - len(clean)} control characters were taken out", file))
    return clean


def encoding_of(data: bytes) -> str | None:
    """Return the encoding that gives exactly these bytes again, `None` where none does."""
    text, encoding, broken = _decode(data)
    if encoding.startswith(("utf-16", "utf-32")):
        return None
    return None if broken or text.encode(encoding, "replace") != data.removeprefix(codecs.BOM_UTF8) else encoding


def _decode(data: bytes) -> tuple[str, str, bool]:
    """Return the text, the encoding, and whether characters had to be replaced."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            text = data[len(mark) :].decode(encoding, "replace")
            return text, encoding, "\ufffd" in text
    try:
        return data.decode("utf-8"), "utf-8", False
    except UnicodeDecodeError:
        pass
    found = _DECLARED.search(data[:_SAMPLE])
    for encoding in (found[1].decode("ascii") if found else "", _guess(data)):
        try:
            return data.decode(encoding), codecs.lookup(encoding).name, False
        except (LookupError, UnicodeDecodeError, ValueError):
            continue
    return data.decode("utf-8", "replace"), "utf-8", True


def _guess(data: bytes) -> str:
    """Return the likely encoding, or an empty string.

    Text that is UTF-8 but for a few bytes is damaged UTF-8: no other encoding looks like that by chance.
    """
    sample = data[:_SAMPLE]
    text = sample.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    if sum(character > "\x7f" for character in text) > 4 * damaged:
        return ""
    from charset_normalizer import from_bytes  # almost every file is UTF-8

    best = from_bytes(sample, cp_exclusion=["utf_7"]).best()
    return best.encoding if best is not None else ""


def _repaired(message: str, file: str) -> Diagnostic:
    hint = "save the file as UTF-8"
    return Diagnostic(code=Code.ENCODING_REPAIRED, message=message, file=file, hint=hint)


def _replaced(data: bytes, encoding: str, file: str) -> Diagnostic:
    """Return the diagnostic of bytes that are no text, with the place of the first."""
    try:
        data.decode(encoding)
        start = 0
    except UnicodeDecodeError as error:
        start = error.start
    line_start = data.rfind(b"\n", 0, start) + 1
    return replace(
        _repaired(f"bytes that are no {encoding} were replaced", file),
        line=data.count(b"\n", 0, start) + 1,
        column=len(data[line_start:start].decode("utf-8", "replace")) + 1,
    )
