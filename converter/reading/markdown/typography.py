"""Straight quotes, hyphens and dots -> typographic ones, as kramdown makes them.

Quotes next to Chinese or Japanese stay as they are: which way they face cannot be seen from their neighbours there.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_MARKS = re.compile(r"---?|\.\.\.|[\"']")
_SIGNS = {"---": "—", "--": "–", "...": "…"}
_SPACELESS = re.compile(r"[\u2e80-\u31ff\u3400-\u4dbf\u4e00-\ua4cf\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")
_BEFORE_OPENING = frozenset(" \t\n\xa0([{<-–—“‘/=")
_SHOWN = frozenset({"code_inline", "image", "math_span", "footnote_ref"})


def typography(md: MarkdownIt) -> None:
    """Add the rule."""
    md.core.ruler.after("inline", "typography", _typography)


def _typography(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "inline" and token.children and _MARKS.search(token.content):
            _set_line(token.children)


def _set_line(tokens: list[Token]) -> None:
    before = " "
    for index, token in enumerate(tokens):
        if token.type == "text" and token.content:
            after = _first_after(tokens, index)
            token.content = _set_text(token.content, before, after)
            before = token.content[-1]
        elif token.type in {"softbreak", "hardbreak"}:
            before = " "
        elif token.type in _SHOWN:
            before = "x"


def _first_after(tokens: list[Token], index: int) -> str:
    for token in tokens[index + 1 : index + 20]:
        if token.type == "text" and token.content:
            return token.content[0]
        if token.type in _SHOWN:
            return "x"
        if token.type in {"softbreak", "hardbreak"}:
            return " "
    return " "


def _set_text(text: str, before: str, after: str) -> str:
    def replacement(found: re.Match[str]) -> str:
        mark = found[0]
        if mark in _SIGNS:
            return _SIGNS[mark]
        left = text[found.start() - 1] if found.start() else before
        right = text[found.end()] if found.end() < len(text) else after
        return _quote(mark, left, right, text[found.end() : found.end() + 3])

    return _MARKS.sub(replacement, text)


def _quote(mark: str, left: str, right: str, rest: str) -> str:
    if _SPACELESS.match(left) or _SPACELESS.match(right):
        return mark
    if mark == "'" and re.match(r"\d\ds", rest):
        return "’"
    if (left in _BEFORE_OPENING or left in "\"'") and not right.isspace():
        return "“" if mark == '"' else "‘"
    return "”" if mark == '"' else "’"
