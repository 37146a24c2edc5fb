"""A template -> its tokens in order: text, outputs (`{{ … }}`) and tags (`{% … %}`)."""

import re
from collections.abc import Iterator
from enum import Enum

from msgspec import Struct

_OPENING = re.compile(r"\{\{|\{%")
_TAG = re.compile(r"-?\s*(?P<name>#|[\w.]+)?(?P<rest>.*?)-?", re.DOTALL)
MAX_MARKUP = 4_000
"""Characters of one output or tag; what is longer is text with braces in it."""


class Kind(Enum):
    TEXT = 1
    OUTPUT = 2
    TAG = 3


class Token(Struct, frozen=True):
    """A stretch of a template."""

    kind: Kind
    text: str
    """As it is written, braces included."""
    start: int
    name: str = ""
    """The name of a tag."""
    rest: str = ""
    """What stands behind the name of a tag, or in an output, without spaces around."""

    @property
    def trims_left(self) -> bool:
        """Whether the white space before it goes."""
        return self.text[2:3] == "-"

    @property
    def trims_right(self) -> bool:
        """Whether the white space behind it goes."""
        return self.text[-3:-2] == "-" and len(self.text) > 5


def tokens(template: str) -> Iterator[Token]:
    """Yield the tokens. What is opened and not closed is text; every character is looked at a fixed number of times."""
    position, closings = 0, dict[str, int]()
    while position < len(template):
        opening = _next_opening(template, position, closings)
        if opening is None:
            yield Token(Kind.TEXT, template[position:], position)
            return
        start, end = opening
        if start > position:
            yield Token(Kind.TEXT, template[position:start], position)
        yield _markup(template[start:end], start)
        position = end


def _next_opening(template: str, position: int, closings: dict[str, int]) -> tuple[int, int] | None:
    """Return where the next output or tag begins and ends. `closings` holds the places of the closings found last."""
    for found in _OPENING.finditer(template, position):
        closing = "}}" if found[0] == "{{" else "%}"
        if closings.get(closing, -1) < found.end():
            end = template.find(closing, found.end())
            closings[closing] = end if end >= 0 else len(template) + MAX_MARKUP
        if closings[closing] <= found.end() + MAX_MARKUP - 2 and closings[closing] < len(template):
            return found.start(), closings[closing] + 2
    return None


def _markup(text: str, start: int) -> Token:
    inner = text[2:-2]
    if text.startswith("{{"):
        return Token(Kind.OUTPUT, text, start, rest=inner.strip().strip("-").strip())
    found = _TAG.fullmatch(inner.rstrip())
    assert found is not None  # noqa: S101  # the pattern matches everything
    return Token(Kind.TAG, text, start, found["name"] or "", found["rest"].strip())
