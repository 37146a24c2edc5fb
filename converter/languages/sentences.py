"""A text -> its sentences: where one ends, in scripts with spaces behind it and in those without."""

import re
from collections.abc import Iterator

_CLOSING = "\"'”’»」』）)\\]】》"
_END = re.compile(rf"[.!?。！？．｡…؟۔।॥]+[{_CLOSING}]*\s*")
"""A run of marks that may end a sentence: matched once and whole, so that a line of dots costs what it is long."""
_BY_ITSELF = re.compile("[。！？｡…]")
"""Marks that end a sentence whatever follows."""


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a text, with the white space behind each: put together they are the text.

    A point ends one where white space follows and then no small letter: neither in `3.14` nor in `e.g. this`.
    """
    start = 0
    for match in _END.finditer(text):
        if match.end() < len(text) and _is_end(match[0], text[match.end()]):
            yield text[start : match.end()]
            start = match.end()
    if start < len(text):
        yield text[start:]


def _is_end(marks: str, following: str) -> bool:
    return bool(_BY_ITSELF.search(marks)) or (marks[-1].isspace() and not following.islower())
