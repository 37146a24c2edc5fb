"""A text that is too long -> pieces of it: cut where it hurts least, and never within a character."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from wcwidth import iter_graphemes

from converter.languages.sentences import sentences

Level = Callable[[str], Iterable[str]]
"""Divides a text; put together, what it yields is the text."""

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_WORD = re.compile(r"\S+\s*|\s+")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


def paragraphs(text: str) -> Iterator[str]:
    """Yield the paragraphs of Markdown with the empty lines behind each; code with a fence is one."""
    held: list[str] = []
    fence = ""
    for line in lines(text):
        if not fence and held and line.strip() and not held[-1].strip():
            yield "".join(held)
            held = []
        if match := _FENCE.match(line):
            if not fence:
                fence = match[1]
            elif line.strip().startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
        held.append(line)
    yield "".join(held)


def lines(text: str) -> Iterable[str]:
    """Return the lines of a text with their ends."""
    return _LINE.findall(text)


def _words(text: str) -> Iterable[str]:
    return _WORD.findall(text)


LEVELS: tuple[Level, ...] = (lines, sentences, _words, iter_graphemes)
"""Where a text is cut, best first: rows of a table and lines of code stay whole, then sentences, words, characters."""


def pieces(text: str, size: int, most: int, levels: Sequence[Level] = LEVELS) -> list[str]:
    """Return a text in pieces, which put together are the text; one that has `most` characters at the most is whole.

    Pieces have up to `size` characters; what a level does not divide may have `most`.
    """
    if len(text) <= most:
        return [text]
    if not levels:  # a letter with thousands of marks
        return [text[start : start + most] for start in range(0, len(text), most)]
    return packed(levels[0](text), size, most, levels[1:])


def packed(units: Iterable[str], size: int, most: int, levels: Sequence[Level] = LEVELS) -> list[str]:
    """Return units put together to pieces of up to `size` characters; one of more than `most` is divided."""
    found: list[str] = []
    for unit in units:
        for piece in pieces(unit, size, most, levels):
            if found and len(found[-1]) + len(piece) <= size:
                found[-1] += piece
            else:
                found.append(piece)
    return found
