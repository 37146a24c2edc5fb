"""Spells emphasis so that it is read as meant: `*`, else `_`, else an HTML tag; and escapes what would be emphasis."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence, Set

from msgspec import Struct

from converter.writers.markdown.delimiters import Match, Piece, Run, can_open_and_close, matches, readings_for, runs_in

MAX_ATTEMPTS = 8
"""After this many spellings that are not read as meant, everything is spelled with tags."""

_SPELLINGS = {
    "*": (("*", "*"), ("_", "_"), ("<em>", "</em>")),
    "**": (("**", "**"), ("__", "__"), ("<strong>", "</strong>")),
    "~~": (("~~", "~~"), ("<del>", "</del>")),
}


class Delimiter(Struct, frozen=True):
    """One end of a piece of marked-up text, or characters of the text that look like it."""

    text: str
    """`*`, `**` or `~~` for markup; for text, what it says."""
    node: int | None = None
    """The number of the piece that it opens or closes; `None` for text."""


Token = str | Delimiter
"""A finished piece of Markdown, or what the spelling is still open for."""


def spell_emphasis(tokens: Sequence[Token], *, lenient: bool) -> str:
    """Return the tokens as Markdown in which exactly the delimiters of markup are read as delimiters.

    The two ends of a piece carry the same number. `lenient` is for readers that let emphasis begin and end beside
    punctuation.
    """
    levels: dict[int, int] = {}
    escaped: set[int] = set()
    for _ in range(MAX_ATTEMPTS):
        spelled = _spell(tokens, levels, escaped)
        nodes, chars = _misread(spelled, lenient=lenient)
        if not nodes and not chars:
            return spelled.text
        dangerous = _dangerous(spelled.runs, chars, lenient=lenient)
        escaped |= dangerous
        if not dangerous:
            levels |= {node: levels.get(node, 0) + 1 for node in _apart(spelled, nodes)}
    everything = {number for number, token in enumerate(tokens) if isinstance(token, Delimiter) and token.node is None}
    tags = {
        token.node: len(_SPELLINGS[token.text]) - 1
        for token in tokens
        if isinstance(token, Delimiter) and token.node is not None
    }
    return _spell(tokens, tags, everything).text


class _Spelled(Struct, frozen=True):
    text: str
    runs: tuple[Run, ...]
    markup: dict[Match, int]
    """Where the delimiters of markup are, with the number of the piece."""


def _spell(tokens: Sequence[Token], levels: Mapping[int, int], escaped: Set[int]) -> _Spelled:
    """Write the tokens; `levels` says how far each piece fell back, `escaped` which tokens get backslashes."""
    written: list[str] = []
    pieces: list[Piece] = []
    opened: dict[int, int] = {}
    markup: dict[Match, int] = {}
    position = 0
    for number, token in enumerate(tokens):
        if isinstance(token, str):
            piece = token
        elif token.node is None:
            piece = "".join(f"\\{char}" for char in token.text) if number in escaped else token.text
            if number not in escaped:
                pieces.append(Piece(position, len(piece), number))
        else:
            spellings = _SPELLINGS[token.text]
            level = levels.get(token.node, 0)
            piece = spellings[level][token.node in opened]
            if level < len(spellings) - 1:
                pieces.append(Piece(position, len(piece), None))
            if token.node in opened and level < len(spellings) - 1:
                markup[opened[token.node], position, len(piece)] = token.node
            opened[token.node] = position
        written.append(piece)
        position += len(piece)
    text = "".join(written)
    return _Spelled(text, tuple(runs_in(text, pieces)), markup)


def _misread(spelled: _Spelled, *, lenient: bool) -> tuple[set[int], set[str]]:
    """Return the pieces that are not read as markup, and the delimiter characters that are misunderstood."""
    nodes: set[int] = set()
    chars: set[str] = set()
    meant = spelled.markup.keys()
    for reading in readings_for(spelled.runs, lenient=lenient):
        found = set(matches(spelled.runs, reading))
        nodes.update(spelled.markup[match] for match in meant - found)
        chars.update(spelled.text[match[0]] for match in meant ^ found)
    # Readers disagree on tildes of different lengths: two runs that could meet are one too many.
    tildes = [run for run in spelled.runs if run.char == "~"]
    if len(tildes) > 1 and _dangerous(tildes, {"~"}, lenient=lenient):
        chars.add("~")
    return nodes, chars


def _apart(spelled: _Spelled, nodes: Set[int]) -> set[int]:
    """Return as many of the pieces as do not touch each other, the last and innermost first.

    Where two stand in each other's way it is enough that one gives way.
    """
    starts = [run.start for run in spelled.runs]
    ends = {node: match[:2] for match, node in spelled.markup.items()}
    chosen: set[int] = set()
    taken: set[int] = set()
    for node in sorted(nodes, reverse=True):
        runs = {bisect_right(starts, end) for end in ends[node]}
        if taken.isdisjoint(runs):
            chosen.add(node)
            taken |= runs
    return chosen


def _dangerous(runs: Sequence[Run], chars: Set[str], *, lenient: bool) -> set[int]:
    """Return the tokens of the text that could act as one of these delimiters."""
    return {
        number
        for run in runs
        if run.char in chars and run.tokens and (run.has_markup or _is_active(run, lenient=lenient))
        for number in run.tokens
    }


def _is_active(run: Run, *, lenient: bool) -> bool:
    return any(any(can_open_and_close(run, reading)) for reading in readings_for((run,), lenient=lenient))
