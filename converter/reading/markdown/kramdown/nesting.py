"""Text that stands in a block (an item, a quote, an element) -> the tokens of its own blocks, with their lines."""

import re

from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

MAX_LEVEL = 60
"""Quotes and lists that nest deeper than this many tokens are read as paragraphs."""

_SPAN_NAMES = (
    "a|abbr|acronym|b|bdo|big|br|button|cite|code|del|dfn|em|i|img|input|ins|kbd|label|mark|option|q|rb|rbc|rp|rt|rtc|"
    "ruby|samp|script|select|small|span|strong|sub|sup|textarea|tt|u|var"
)
HTML_START = rf"</?(?!(?:{_SPAN_NAMES})\b)[A-Za-z_]"
"""The start of an element that is a block, as kramdown sees it from a line alone."""
ATTRIBUTE_LINE = r"\{:(?![:/])[^{}\n]*\}[ \t]*$"
END_OF_BLOCK = r"\^[ \t]*$"
LAZY_END = re.compile(rf"{END_OF_BLOCK}|[ ]{{0,3}}(?:{ATTRIBUTE_LINE}|{HTML_START})", re.MULTILINE)
"""What ends even a line that goes on without the signs of its block; so does an empty line."""
_BOUNDARY = re.compile(rf"{END_OF_BLOCK}|[ ]{{0,3}}{ATTRIBUTE_LINE}", re.MULTILINE)


def line_of(state: StateBlock, line: int) -> str:
    """Return a line without its end."""
    return state.src[state.bMarks[line] : state.eMarks[line]]


def is_after_boundary(state: StateBlock, line: int) -> bool:
    """Whether nothing that could go on stands directly before a line."""
    return line == 0 or is_boundary(state, line - 1)


def is_boundary(state: StateBlock, line: int) -> bool:
    """Whether a line parts blocks: it is empty, ends a block, or holds attributes; or the text has ended."""
    return line >= state.lineMax or state.isEmpty(line) or bool(_BOUNDARY.match(state.src, state.bMarks[line]))


def is_lazy_end(state: StateBlock, line: int) -> bool:
    """Whether a line ends what goes on without its signs."""
    return state.isEmpty(line) or bool(LAZY_END.match(state.src, state.bMarks[line]))


def read_blocks(state: StateBlock, text: str, first_line: int) -> list[Token]:
    """Return the tokens of a text whose lines are those of the state from `first_line` on."""
    tokens: list[Token] = []
    if text.strip():
        inner = StateBlock(text, state.md, state.env, tokens)
        inner.level = state.level
        state.md.block.tokenize(inner, 0, inner.lineMax)
    for token in tokens:
        if token.map:
            token.map = [token.map[0] + first_line, token.map[1] + first_line]
    return tokens
