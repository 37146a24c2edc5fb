"""A headline -> the parts that its lines keep together: Chinese and Japanese break anywhere, their editors do not."""

import re
from collections.abc import Sequence
from itertools import pairwise
from math import ceil
from unicodedata import east_asian_width

from converter.languages.letters import SQUARES

NARROW = 0.56
"""The mean width of a letter of an alphabet, in font sizes."""
SHORTEST = 3.5
"""A part that is narrower, in font sizes, stays with its neighbour."""

_SQUARE = re.compile(f"[{SQUARES}]")
_LETTER = r"[A-Za-z0-9\u00c0-\u024f]"
_UNSPACED = re.compile(f"[{SQUARES}]{_LETTER}|{_LETTER}[{SQUARES}]")
_SPACE = re.compile(r"[ \u3000]+")
_STOP = re.compile("[：！？；。｜丨]+[”’」』》〉）】]*")


def ems(text: str) -> float:
    """Return roughly how wide a text is, in font sizes."""
    return sum(1 if east_asian_width(character) in "WF" else NARROW for character in text)


def headline_parts(title: str, room: float | None = None) -> tuple[str, ...]:
    """Return the parts of a headline between which its lines should end; joined, they are the headline.

    Lines end where the editor put a space between squares, or after a colon or a mark that ends a sentence. A title of
    an alphabet has one part. `room` is the length of a line in font sizes: where it is known, parts that would make
    more lines than the title needs are joined.
    """
    parts = _joined(_cut(title)) if _SQUARE.search(title) else (title,)
    if room is None:
        return parts
    if ems(title) <= room:
        return (title,)
    while len(parts) > 1 and _lines(parts, room) > max(1, ceil(ems(title) / room)):
        at = min(range(len(parts) - 1), key=lambda number: ems(parts[number]) + ems(parts[number + 1]))
        parts = (*parts[:at], parts[at] + parts[at + 1], *parts[at + 2 :])
    return parts


def balanced(part: str, room: float) -> float:
    """Return how wide the lines of a part should be that is longer than a line, so that they are equally long."""
    width = ems(part.rstrip())
    return min(room, round(1.05 * width / ceil(width / room) + 1, 2))


def _cut(title: str) -> tuple[str, ...]:
    """Return the title cut at every place that its editor may have meant."""
    # Who puts a space around every word of an alphabet means nothing by it; who leaves some out does.
    means = _UNSPACED.search(title) is not None
    ends = {found.end() for found in _STOP.finditer(title)}
    for found in _SPACE.finditer(title):
        beside = title[found.start() - 1 : found.start()], title[found.end() : found.end() + 1]
        squares = sum(_SQUARE.match(character) is not None for character in beside)
        if squares == 2 or (squares == 1 and means):
            ends.add(found.end())
    bounds = [0, *sorted(end for end in ends if 0 < end < len(title)), len(title)]
    return tuple(title[start:end] for start, end in pairwise(bounds))


def _joined(parts: Sequence[str]) -> tuple[str, ...]:
    """Return parts of which none is very short."""
    found: list[str] = []
    for part in parts:
        if found and min(ems(found[-1].strip()), ems(part.strip())) < SHORTEST:
            found[-1] += part
        else:
            found.append(part)
    return tuple(found)


def _lines(parts: Sequence[str], room: float) -> int:
    """Return how many lines the parts take. One that is longer than a line begins one, and ends one."""
    lines, used = 1, 0.0
    for part in parts:
        width = ems(part.rstrip())
        if used and used + width > room:
            lines, used = lines + 1, 0.0
        if width > room:
            lines, used = lines + ceil(width / room) - 1, room
        else:
            used += ems(part)
    return lines
