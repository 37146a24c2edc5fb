"""Text that may hold lone surrogates, or what XML forbids -> text that any encoding, and any file, can hold."""

import os
import re
import unicodedata

_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 17))
    + "]"
)
"""What XML 1.0 forbids, and the controls and non-characters that it only discourages but HTML5 calls errors."""


def well_formed(text: str) -> str:
    r"""Return a text in which two halves of a character are one, and a half alone is U+FFFD (`"\\ud83d"` in JSON)."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def clean(text: str) -> str:
    """Return the text without the characters that no XML file may hold."""
    return _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def has_words(text: str) -> bool:
    """Return whether a reader sees anything of a text: controls, spaces and signs of format are nothing."""
    return any(unicodedata.category(character)[0] not in "CZ" for character in text)


def file_name(name: str) -> str:
    r"""Return a file name as people can read it: bytes that are no Unicode stand as `\\xff`, and names stay apart."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return well_formed(os.fsencode(name).decode("utf-8", "backslashreplace"))
    return name
