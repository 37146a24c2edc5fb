"""Inline rules for `*`, `_` and `~~` that know Chinese: `**重点：**这是` is bold, as kramdown and its readers have it.

CommonMark asks for a space or a punctuation mark behind a run of marks that follows a punctuation mark. Scripts that
are written without spaces cannot give it. A single `*` is kept strict where Latin letters follow, because Chinese stock
names such as `*ST海航` begin with one; a double one opens and closes wherever no space forbids it.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter

from converter.languages.letters import HANGUL, SQUARES, YI

_SPACELESS = re.compile(f"[{SQUARES}{YI}{HANGUL}\uff00-\uffef]")


def emphasis(md: MarkdownIt) -> None:
    """Put the rules in the place of markdown-it's own."""
    md.inline.ruler.at("emphasis", _emphasis)
    md.inline.ruler.at("strikethrough", _strikethrough)


def letters_of_kramdown(md: MarkdownIt) -> None:
    """Let `_` count wherever no letter stands before it, and no letter or digit behind it."""
    md.inline.ruler.before("emphasis", "underscores", _underscores)


def one_tilde(md: MarkdownIt) -> None:
    """Let `~a~` strike out, as GitHub does, but for tildes in a word: `3~5` is a range."""
    md.inline.ruler.before("strikethrough", "one_tilde", _one_tilde)


def _one_tilde(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  # markdown-it calls it so
    before = state.src[state.pos - 1] if state.pos else " "
    after = state.src[state.pos + 1] if state.pos + 1 < state.posMax else " "
    if silent or state.src[state.pos] != "~" or "~" in (before, after):
        return False
    opens = not after.isspace() and not before.isalnum()
    _push(state, "~", 0, opens=opens, closes=not before.isspace() and not after.isalnum())
    state.pos += 1
    return True


def _underscores(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  # markdown-it calls it so
    start = end = state.pos
    if silent or state.src[start] != "_":
        return False
    while end < state.posMax and state.src[end] == "_":
        end += 1
    before = state.src[start - 1] if start > 0 else " "
    after = state.src[end] if end < state.posMax else " "
    opens = not before.isalpha() and not after.isspace()
    closes = not before.isspace() and not after.isalnum()
    for _ in range(end - start):
        _push(state, "_", end - start, opens=opens, closes=closes)
    state.pos = end
    return True


def _emphasis(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  # markdown-it calls it so
    mark = state.src[state.pos]
    if silent or mark not in "*_":
        return False
    if mark == "_":
        scanned = state.scanDelims(state.pos, False)  # noqa: FBT003  # markdown-it's signature
        length, opens, closes = scanned.length, scanned.can_open, scanned.can_close
    else:
        length, opens, closes = _scan(state, mark)
    for _ in range(length):
        _push(state, mark, length, opens=opens, closes=closes)
    state.pos += length
    return True


def _strikethrough(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  # markdown-it calls it so
    if silent or state.src[state.pos] != "~":
        return False
    length, opens, closes = _scan(state, "~")
    if length != 2:
        state.push("text", "", 0).content = "~" * length
    else:
        _push(state, "~~", 0, opens=opens, closes=closes)
    state.pos += length
    return True


def _push(state: StateInline, text: str, length: int, *, opens: bool, closes: bool) -> None:
    state.push("text", "", 0).content = text
    state.delimiters.append(
        Delimiter(marker=ord(text[0]), length=length, token=len(state.tokens) - 1, end=-1, open=opens, close=closes)
    )


def _scan(state: StateInline, mark: str) -> tuple[int, bool, bool]:
    """Return how many marks stand here, and whether they may open and close."""
    start = end = state.pos
    while end < state.posMax and state.src[end] == mark:
        end += 1
    before = state.src[start - 1] if start > 0 else " "
    after = state.src[end] if end < state.posMax else " "
    opens, closes = not _is_space(after), not _is_space(before)
    if end - start == 1:
        opens = opens and (not _is_mark(after) or _is_space(before) or _is_mark(before) or _is_spaceless(before))
        closes = closes and (not _is_mark(before) or _is_space(after) or _is_mark(after) or _is_spaceless(after))
    return end - start, opens, closes


def _is_space(character: str) -> bool:
    return isWhiteSpace(ord(character)) and character != "\u3000"


def _is_mark(character: str) -> bool:
    return isMdAsciiPunct(ord(character)) or isPunctChar(character)


def _is_spaceless(character: str) -> bool:
    return _SPACELESS.match(character) is not None
