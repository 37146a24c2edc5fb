"""Quotations that begin with `[!type] Title` (GitHub, Obsidian) -> quotations with a title."""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_CALLOUT = re.compile(r"\[!(?P<type>[\w-]{1,40})(?:\|[^\]\n]*)?\][+-]?[ \t]*(?P<title>[^\n]*)(?:\n|\Z)")


def callouts(md: MarkdownIt) -> None:
    """Add the rule. Without a title, the type is the title, as both programs show it."""
    md.core.ruler.after("block", "callouts", _callouts)


def _callouts(state: StateCore) -> None:
    tokens = state.tokens
    if not any(token.type == "blockquote_open" for token in tokens):
        return
    found: list[Token] = []
    for index, token in enumerate(tokens):
        found.append(token)
        if token.type == "inline" and index > 1 and tokens[index - 2].type == "blockquote_open":
            callout = _CALLOUT.match(token.content)
            if callout:
                found[-2:] = _titled(tokens[index - 1], token, callout)
    state.tokens = found


def _titled(opening: Token, inline: Token, callout: re.Match[str]) -> list[Token]:
    """Return the beginning of a quotation with its title in a paragraph of its own; an empty paragraph says nothing."""
    title = Token("inline", "", 0, content=callout["title"].strip(), map=inline.map, level=inline.level, children=[])
    if not title.content:
        title.content = callout["type"].replace("-", " ").capitalize()
    inline.content = inline.content[callout.end() :]
    before, after = (Token("html_block", "", 0, content=mark) for mark in ("<p><strong>", "</strong></p>\n"))
    return [before, title, after, opening, inline]
