"""Reads runs of `*`, `_` and `~` as CommonMark does, to prove that they will mean what they are written for."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from functools import cache
from typing import NamedTuple

from msgspec import Struct

Match = tuple[int, int, int]
"""A pair of delimiters that a reader finds: where the opening and the closing one start, and how long both are."""


class Kind(Enum):
    """What a character is to the delimiter run beside it."""

    SPACE = "space"
    PUNCTUATION = "punctuation"
    UNSURE = "unsure"
    """Punctuation to some readers and a letter to others: symbols, and what Unicode got late."""
    LETTER = "letter"


class Reading(Enum):
    """A way to read what stands beside a run."""

    COMMONMARK = "what is unsure is punctuation"
    CMARK_GFM = "what is unsure is a letter, and tildes are looked past"
    LENIENT = "punctuation does not matter"


class Piece(NamedTuple):
    """Delimiter characters that one token put into a text."""

    start: int
    length: int
    token: int | None
    """The token that they are the text of; `None` for markup."""


class Run(Struct):
    """A longest sequence of one delimiter character in a text, and what its neighbours let it do."""

    char: str
    start: int
    length: int
    before: Kind
    after: Kind
    before_tildes: Kind
    """What stands before the run and any tildes between: cmark-gfm looks there."""
    after_tildes: Kind
    has_markup: bool
    tokens: list[int]
    """The tokens of the text that it holds characters of."""


def runs_in(text: str, pieces: Iterable[Piece]) -> Iterator[Run]:
    """Yield the runs that the pieces, in their order, make in `text`: those that touch and are alike are one."""
    current: Run | None = None
    for start, length, token in pieces:
        if current is None or current.char != text[start] or current.start + current.length != start:
            if current is not None:
                yield current
            before, before_tildes = _kind_at(text, start - 1), _kind_at(text, _past_tildes(text, start - 1, -1))
            current = Run(text[start], start, 0, before, before, before_tildes, before, has_markup=False, tokens=[])
        end = start + length
        current.length += length
        current.after, current.after_tildes = _kind_at(text, end), _kind_at(text, _past_tildes(text, end, 1))
        if token is None:
            current.has_markup = True
        else:
            current.tokens.append(token)
    if current is not None:
        yield current


def _kind_at(text: str, position: int) -> Kind:
    return kind_of(text[position]) if 0 <= position < len(text) else Kind.SPACE


def _past_tildes(text: str, position: int, step: int) -> int:
    while 0 <= position < len(text) and text[position] == "~":
        position += step
    return position


@cache
def kind_of(char: str) -> Kind:
    """Return the kind of a character; the edge of a text, given as an empty string, is white space."""
    if char.isascii():
        return Kind.SPACE if char.isspace() or not char else Kind.LETTER if char.isalnum() else Kind.PUNCTUATION
    category = unicodedata.category(char)
    if category == "Zs":
        return Kind.SPACE
    # The tables of some readers are ten years old; what was punctuation in Unicode 3.2 is so for all of them.
    if category.startswith("P") and unicodedata.ucd_3_2_0.category(char).startswith("P"):
        return Kind.PUNCTUATION
    return Kind.UNSURE if category[0] in "PS" or category == "Cn" else Kind.LETTER


def can_open_and_close(run: Run, reading: Reading) -> tuple[bool, bool]:
    """Return what a run may do: CommonMark's rules for left- and right-flanking runs."""
    if reading is Reading.CMARK_GFM and run.char != "~":
        before, after = _read_as(run.before_tildes, reading), _read_as(run.after_tildes, reading)
    else:
        before, after = _read_as(run.before, reading), _read_as(run.after, reading)
    left = after is not Kind.SPACE and (after is Kind.LETTER or before is not Kind.LETTER)
    right = before is not Kind.SPACE and (before is Kind.LETTER or after is not Kind.LETTER)
    if run.char != "_":
        return left, right
    # `_` does nothing inside words.
    if reading is Reading.LENIENT:
        return left and not _is_word(run.before), right and not _is_word(run.after)
    return left and (not right or before is Kind.PUNCTUATION), right and (not left or after is Kind.PUNCTUATION)


def _is_word(kind: Kind) -> bool:
    return kind in (Kind.LETTER, Kind.UNSURE)


def _read_as(kind: Kind, reading: Reading) -> Kind:
    if kind is Kind.PUNCTUATION and reading is Reading.LENIENT:
        return Kind.LETTER
    if kind is Kind.UNSURE:
        return Kind.PUNCTUATION if reading is Reading.COMMONMARK else Kind.LETTER
    return kind


def readings_for(runs: Sequence[Run], *, lenient: bool) -> tuple[Reading, ...]:
    """Return the readings that may differ for `runs`."""
    if lenient:
        return (Reading.LENIENT,)
    # kramdown, and readers that know Chinese, find delimiters in text where CommonMark finds none.
    text = (Reading.LENIENT,) if any(run.tokens for run in runs) else ()
    if any(Kind.UNSURE in (run.before_tildes, run.after_tildes) or _touches_tildes(run) for run in runs):
        return (Reading.COMMONMARK, Reading.CMARK_GFM, *text)
    return (Reading.COMMONMARK, *text)


def _touches_tildes(run: Run) -> bool:
    return run.before is not run.before_tildes or run.after is not run.after_tildes


class _Open(Struct):
    """A run that still may open something, with how much of it is left."""

    run: Run
    left: int
    can_close: bool


def matches(runs: Sequence[Run], reading: Reading) -> Iterator[Match]:
    """Yield the pairs that a reader makes of the runs: the process that the appendix of CommonMark gives.

    Time is linear in the runs: a search that found nothing is not made again further down.
    """
    stack: list[_Open] = []
    bottoms: dict[tuple[str, int, bool], int] = {}
    for run in runs:
        opens, closes = can_open_and_close(run, reading)
        taken = 0
        while closes and taken < run.length:
            found = _find_opener(stack, bottoms, run, run.length - taken, both=opens)
            if found is None:
                break
            opener = stack[found]
            width = _width(opener.left, run.length - taken, run.char)
            yield opener.run.start + opener.left - width, run.start + taken, width
            opener.left -= width
            taken += width
            del stack[found + (1 if opener.left else 0) :]
            bottoms = {key: min(bottom, len(stack)) for key, bottom in bottoms.items()} if bottoms else bottoms
        if opens and taken < run.length:
            stack.append(_Open(run, run.length - taken, closes))


def _width(left: int, right: int, char: str) -> int:
    return left if char == "~" else 2 if left > 1 and right > 1 else 1


def _find_opener(
    stack: list[_Open], bottoms: dict[tuple[str, int, bool], int], run: Run, left: int, *, both: bool
) -> int | None:
    key = (run.char, left if run.char == "~" else run.length % 3, both)
    for index in range(len(stack) - 1, bottoms.get(key, 0) - 1, -1):
        if stack[index].run.char == run.char and _fits(stack[index], run, left, both=both):
            return index
    bottoms[key] = len(stack)
    return None


def _fits(opener: _Open, run: Run, left: int, *, both: bool) -> bool:
    if run.char == "~":
        return opener.left == left
    if not both and not opener.can_close:
        return True
    # The rule of three: a run that can do both does not close one when their lengths add up to a multiple of three.
    lengths = (opener.run.length, run.length)
    return sum(lengths) % 3 != 0 or all(length % 3 == 0 for length in lengths)
