"""Straight quotes, hyphens and dots -> typographic ones, as kramdown makes them.

Quotes next to Chinese or Japanese stay as they are: which way they face cannot be seen from their neighbours there.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from converter.languages.letters import HANGUL, SQUARES, YI
from converter.reading.markdown.options import Options

_MARKS = re.compile(r"---?|\.\.\.|<< ?| ?>>|[\"']")
_SIGNS = {
    "---": ("mdash", "—"),
    "--": ("ndash", "–"),
    "...": ("hellip", "…"),
    "<< ": ("laquo_space", "«\xa0"),
    " >>": ("raquo_space", "\xa0»"),
    "<<": ("laquo", "«"),
    ">>": ("raquo", "»"),
}
"""Each sign with the name that kramdown has for it, and what stands for it."""
_SPACELESS = re.compile(f"[{SQUARES}{YI}{HANGUL}\uff00-\uffef]")
_BEFORE_OPENING = frozenset(" \t\n\xa0([{<-–—“‘/=")
_CODE_TAG = re.compile(r"<(?P<end>/?)(?:code|kbd|pre|samp|tt)\b[^>]*>\Z", re.IGNORECASE)
_SHOWN = frozenset({"code_inline", "image", "math_span", "footnote_ref"})


def typography(md: MarkdownIt, options: Options) -> None:
    """Add the rule."""
    md.core.ruler.after("inline", "typography", _Typographer(options).set_lines)


class _Typographer:
    """Sets the signs of a site."""

    def __init__(self, options: Options) -> None:
        named = dict(options.symbols)
        self._signs = {sign: named.get(name, usual) for sign, (name, usual) in _SIGNS.items()}
        self._quotes = options.quotes
        self._keeps_signs = options.typographic is False

    def set_lines(self, state: StateCore) -> None:
        """Set the texts of every line."""
        for token in state.tokens:
            if token.type == "inline" and token.children and _MARKS.search(token.content):
                self._set_line(token.children)

    def _set_line(self, tokens: list[Token]) -> None:
        before, code = " ", 0
        for index, token in enumerate(tokens):
            if token.type == "html_inline" and (found := _CODE_TAG.match(token.content)):
                code += -1 if found["end"] else 1
                before = "x"
            elif token.type == "text" and token.content and code <= 0:
                after = _first_after(tokens, index)
                token.content = self._set_text(token.content, before, after)
                before = token.content[-1:] or before
            elif token.type in {"softbreak", "hardbreak"}:
                before = " "
            elif token.type in _SHOWN:
                before = "x"

    def _set_text(self, text: str, before: str, after: str) -> str:
        def replacement(found: re.Match[str]) -> str:
            mark = found[0]
            if mark in self._signs:
                return mark if self._keeps_signs else self._signs[mark]
            left = text[found.start() - 1] if found.start() else before
            right = text[found.end()] if found.end() < len(text) else after
            facing = _facing(mark, left, right, text[found.end() : found.end() + 3])
            return mark if facing is None else self._quotes[facing + (2 if mark == '"' else 0)]

        return _MARKS.sub(replacement, text)


def _first_after(tokens: list[Token], index: int) -> str:
    for token in tokens[index + 1 : index + 20]:
        if token.type == "text" and token.content:
            return token.content[0]
        if token.type in _SHOWN:
            return "x"
        if token.type in {"softbreak", "hardbreak"}:
            return " "
    return " "


def _facing(mark: str, left: str, right: str, rest: str) -> int | None:
    """Return 0 for a quote that opens, 1 for one that closes, `None` for one that stays straight."""
    if _SPACELESS.match(left) or _SPACELESS.match(right):
        return None
    if mark == "'" and re.match(r"\d\ds", rest):
        return 1
    return 0 if (left in _BEFORE_OPENING or left in "\"'") and not right.isspace() else 1
