"""Text that may hold lone surrogates -> text that any encoding can write: what comes from escapes and file names."""

import os
import unicodedata


def well_formed(text: str) -> str:
    r"""Return a text in which two halves of a character are one, and a half alone is U+FFFD (`"\\ud83d"` in JSON)."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


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
