"""Rules for the lists of kramdown: items, the lines that go on in them, and definitions.

https://kramdown.gettalong.org/syntax.html#lists says how far a line must be indented to belong to an item, and which
items are tight: each for itself, by whether an empty line follows its first paragraph.
"""

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token
from msgspec import Struct

from converter.reading.markdown.kramdown.attributes import set_attributes
from converter.reading.markdown.kramdown.blocks import follows_paragraph
from converter.reading.markdown.kramdown.nesting import LAZY_END, MAX_LEVEL, line_of, read_blocks

_ITEM = re.compile(r" {0,3}(?:[+*-]|[0-9]+\.)[ \t]")
_STARTS = {
    "ul": re.compile(r"(?P<lead>(?P<indent> {0,3})[+*-])(?P<rest>[ \t].*)$"),
    "ol": re.compile(r"(?P<lead>(?P<indent> {0,3})[0-9]+\.)(?P<rest>[ \t].*)$"),
    "dl": re.compile(r"(?P<lead>(?P<indent> {0,3}):)(?P<rest>[ \t].*)$"),
}
_ITEM_ATTRIBUTES = re.compile(r"\s*\{:(?![:/])(?P<list>[^{}\n]+)\}\s*")
_RULE = re.compile(r" {0,3}(?P<mark>[*_-])(?:[ \t]*(?P=mark)){2,}[ \t]*$")


class _Item(Struct):
    """An item as its lines are found."""

    first_line: int
    indent: int
    """How far lines must be indented to belong to it for certain."""
    parts: list[list[str]]
    """Its lines; a list in it that follows its text directly begins a part of its own."""
    attributes: str = ""
    has_list: bool = False
    after_gap: bool = False
    """Whether an empty line stands before it."""


def lists(md: MarkdownIt) -> None:
    """Put the rules in the place of CommonMark's own."""
    md.block.ruler.at("list", _list)
    md.block.ruler.before("html_block", "definitions", _definitions)


def _list(state: StateBlock, start_line: int, end_line: int, _silent: bool) -> bool:  # noqa: FBT001  # markdown-it calls it so
    first = line_of(state, start_line)
    kind = next((name for name in ("ul", "ol") if _STARTS[name].match(first)), None)
    if kind is None or state.level >= MAX_LEVEL:
        return False
    collector = _Collector(state, kind)
    line = collector.run(start_line, end_line)
    opened = state.push("bullet_list_open" if kind == "ul" else "ordered_list_open", kind, 1)
    opened.map = [start_line, line]
    number = int(first.split(".")[0]) if kind == "ol" and len(first.split(".")[0].strip()) < 10 else 1
    if number != 1:
        opened.attrSet("start", str(number))
    _push_items(state, collector.items, ended=collector.ended)
    state.push("bullet_list_close" if kind == "ul" else "ordered_list_close", kind, -1)
    state.line = line
    return True


class _Collector:
    """Takes the lines of a list."""

    def __init__(self, state: StateBlock, kind: str) -> None:
        self.state = state
        self.kind = kind
        self.items: list[_Item] = []
        self.ended = False
        """Whether the mark that ends a block ended the list."""
        self._after_gap = False

    def run(self, line: int, end_line: int) -> int:
        """Take lines from `line` on; return the first that is none of the list."""
        while line < end_line:
            text = line_of(self.state, line)
            if text.startswith("^") and text.strip() == "^":
                self.ended = self.kind != "dl"
                return line + self.ended
            if self._after_gap and self.kind != "dl" and _RULE.match(text):
                return line
            if not (self._starts_item(text, line) or self._goes_on(text)):
                return line
            line += 1
        return line

    def _starts_item(self, text: str, line: int) -> bool:
        found = _STARTS[self.kind].match(text)
        if found is None or (self.items and len(found["indent"]) >= self.items[-1].indent):
            return False
        indent, content = _first_line(len(found["lead"]), found["rest"])
        attributes = _ITEM_ATTRIBUTES.match(content)
        if attributes:
            content = content[attributes.end() :]
        item = _Item(line, indent, [[content]], attributes["list"] if attributes else "", after_gap=self._after_gap)
        item.has_list = bool(_ITEM.match(content))
        self.items.append(item)
        self._after_gap = False
        return True

    def _goes_on(self, text: str) -> bool:
        """Take a line into the last item, if it goes on there."""
        item = self.items[-1]
        if not text.strip(" \t"):
            item.has_list = self._after_gap = True
            item.parts[-1].append(text)
            return True
        spaces, rest = _indent_of(text)
        belongs = spaces >= item.indent
        if not belongs and (self._after_gap or (spaces <= 3 and LAZY_END.match(text))):
            return False
        line = " " * (spaces - item.indent if belongs else spaces) + rest
        if self.kind != "dl" and _ITEM.match(line):
            if belongs and not item.has_list:
                item.parts.append([])
                item.has_list = True
            elif item.has_list and not belongs:
                line = " " * (item.indent + 4) + line
        item.parts[-1].append(line)
        self._after_gap = False
        return True


def _first_line(lead: int, rest: str) -> tuple[int, str]:
    """Return how far the text of an item is indented, and the text."""
    if not rest.strip() or re.fullmatch(rf"{_ITEM_ATTRIBUTES.pattern}", rest):
        return 4, rest.strip()
    column = lead
    for character in rest:
        if character == "\t":
            column += 4 - column % 4
        elif character == " ":
            column += 1
        else:
            break
    return column, rest.lstrip(" \t")


def _indent_of(text: str) -> tuple[int, str]:
    """Return the spaces before a line, with tabs as four, and what follows."""
    rest = text.lstrip(" \t")
    return len(text[: len(text) - len(rest)].expandtabs(4)), rest


def _push_items(state: StateBlock, items: Sequence[_Item], *, ended: bool) -> None:
    some_tight = False
    for number, item in enumerate(items):
        is_last = number == len(items) - 1
        opened = state.push("list_item_open", "li", 1)
        opened.map = [item.first_line, item.first_line + sum(map(len, item.parts))]
        set_attributes(state, opened, item.attributes)
        tokens = _tokens(state, item)
        base = state.level
        if _is_paragraph(tokens):
            follows = _follows(tokens, item, base)
            alone = follows != "gap" or (is_last and not ended and _blocks(tokens, base) == 1)
            if alone and (not is_last or len(items) == 1 or some_tight):
                _hide(tokens)
                some_tight = True
        else:
            some_tight = True
        state.tokens += tokens
        state.push("list_item_close", "li", -1)


def _tokens(state: StateBlock, item: _Item) -> list[Token]:
    tokens: list[Token] = []
    line = item.first_line
    for part in item.parts:
        tokens += read_blocks(state, "\n".join(part), line)
        line += len(part)
    return tokens


def _is_paragraph(tokens: Sequence[Token]) -> bool:
    return bool(tokens) and tokens[0].type == "paragraph_open"


def _follows(tokens: Sequence[Token], item: _Item, level: int) -> str:
    """Return what follows the first paragraph of an item: nothing, an empty line, or a block."""
    ends = (tokens[0].map or [0, 0])[1] - item.first_line
    lines = [line for part in item.parts for line in part]
    if ends < len(lines) and not lines[ends].strip(" \t"):
        return "gap"
    return "block" if _blocks(tokens, level) > 1 else ""


def _blocks(tokens: Sequence[Token], level: int) -> int:
    return sum(token.level == level and token.nesting >= 0 for token in tokens)


def _hide(tokens: Sequence[Token]) -> None:
    tokens[0].hidden = tokens[2].hidden = True


def _definitions(state: StateBlock, start_line: int, end_line: int, _silent: bool) -> bool:  # noqa: FBT001
    if not _STARTS["dl"].match(line_of(state, start_line)) or state.level >= MAX_LEVEL:
        return False
    direct = follows_paragraph(state, start_line)
    if not direct and not (follows_paragraph(state, start_line, gap=1) and state.isEmpty(start_line - 1)):
        return False
    collector = _Collector(state, "dl")
    line = collector.run(start_line, end_line)
    opened, inline, _ = state.tokens[-3:]
    del state.tokens[-3:]
    if state.tokens and state.tokens[-1].type == "dl_close" and state.tokens[-1].level == state.level:
        state.tokens.pop()
        state.level += 1
    else:
        state.push("dl_open", "dl", 1).map = [(opened.map or [start_line])[0], line]
    _push_terms(state, inline)
    collector.items[0].after_gap = not direct
    for item in collector.items:
        _push_meaning(state, item)
    state.push("dl_close", "dl", -1)
    state.line = line
    return True


def _push_terms(state: StateBlock, inline: Token) -> None:
    first = (inline.map or [0, 0])[0]
    for number, text in enumerate(inline.content.split("\n")):
        opened = state.push("dt_open", "dt", 1)
        opened.map = [first + number, first + number + 1]
        if attributes := _ITEM_ATTRIBUTES.match(text):
            set_attributes(state, opened, attributes["list"])
            text = text[attributes.end() :]
        term = state.push("inline", "", 0)
        term.content, term.map, term.children = text.strip(), opened.map, []
        state.push("dt_close", "dt", -1)


def _push_meaning(state: StateBlock, item: _Item) -> None:
    opened = state.push("dd_open", "dd", 1)
    opened.map = [item.first_line, item.first_line + sum(map(len, item.parts))]
    set_attributes(state, opened, item.attributes)
    tokens = _tokens(state, item)
    if _is_paragraph(tokens) and not item.after_gap:
        _hide(tokens)
    state.tokens += tokens
    state.push("dd_close", "dd", -1)
