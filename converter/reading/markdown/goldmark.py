"""What Goldmark adds to CommonMark, as Hugo uses it: attributes behind headings and blocks, typographic signs, options.

https://gohugo.io/configuration/markup/#goldmark and https://gohugo.io/content-management/markdown-attributes/
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.table import escapedSplit, table
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin

from converter.reading.html.prepare import LINE
from converter.reading.markdown.extras import extras
from converter.reading.markdown.kramdown.spans import guillemets, hard_newline
from converter.reading.markdown.kramdown.typography import typography
from converter.reading.markdown.linkify import linkify
from converter.reading.markdown.maths import passthrough
from converter.reading.markdown.options import Options

_NAME = r"[^\s{}#.\"'=]++"
_PAIR = r"(?P<key>[A-Za-z_:][\w:.-]*+)=(?P<value>\"[^\"\n]*+\"|'[^'\n]*+'|[^\s{}\"']++)"
_ATTRIBUTE = re.compile(rf"#(?P<id>{_NAME})|\.(?P<class>{_NAME})|{_PAIR}")
_ONE = re.sub(r"\?P<\w+>", "?:", _ATTRIBUTE.pattern)
_ATTRIBUTES = re.compile(rf"(?<!\\)\{{(?P<list>[ \t,]*+(?:(?:{_ONE})[ \t,]*+)++)\}}[ \t]*$")
_CLOSING = re.compile(r"(?:^|[ \t]+)#+[ \t]*$")


def goldmark(md: MarkdownIt, options: Options) -> None:
    """Add the rules."""
    rule = _table_before_attributes if options.block_attributes else _table
    md.block.ruler.at("table", rule, {"alt": ["paragraph", "reference"]})
    if options.definitions:
        md.use(deflist_plugin)
    if options.hard_wrap:
        md.inline.ruler.at("newline", hard_newline)
    if options.heading_attributes:
        md.core.ruler.after("block", "heading_attributes", _heading_attributes)
    if options.block_attributes:
        md.core.ruler.after("block", "block_attributes", _block_attributes)
    if options.typographic:
        md.inline.ruler.before("html_inline", "guillemets", guillemets)
        md.use(typography, options)
    md.use(extras, options.extras)
    if options.linkify:
        linkify(md, options.linkify)
    if options.passthrough:
        passthrough(md, options.passthrough)
    rules = {
        "table": options.tables,
        "strikethrough": options.strikethrough,
        "github-tasklists": options.tasks,
        "footnote_def": options.notes,
        "footnote_ref": options.notes,
    }
    md.disable([name for name, is_on in rules.items() if not is_on])


def _table_before_attributes(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001
    """Read a table that ends before a line of attributes."""
    if not table(state, start_line, end_line, True):  # noqa: FBT003  # markdown-it's signature
        return False
    line = start_line + 2
    while line < end_line and not state.isEmpty(line):
        if state.src.startswith("{", state.bMarks[line] + state.tShift[line]) and _ATTRIBUTES.fullmatch(
            state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
        ):
            return _table(state, start_line, line, silent)
        line += 1
    return _table(state, start_line, end_line, silent)


def _table(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001  # markdown-it calls it so
    """Read a table, and report the cells for which its head has no column."""
    if not table(state, start_line, end_line, silent):
        return False
    if not silent:
        width = len(_cells(state, start_line))
        for line in range(start_line + 2, state.line):
            if dropped := " ".join(filter(None, _cells(state, line)[width:])):
                state.env["report"](state.env["first_line"] + line, dropped)
    return True


def _cells(state: StateBlock, line: int) -> list[str]:
    text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].strip()
    return [cell.strip() for cell in escapedSplit(re.sub(r"^\||(?<!\\)\|$", "", text))]


def _heading_attributes(state: StateCore) -> None:
    for opened, inline in zip(state.tokens, state.tokens[1:], strict=False):
        if opened.type == "heading_open" and "{" in inline.content and (found := _ATTRIBUTES.search(inline.content)):
            _set(opened, found["list"])
            inline.content = _CLOSING.sub("", inline.content[: found.start()].rstrip())


def _block_attributes(state: StateCore) -> None:
    """Give the attributes in the last line of a paragraph to it, or to the block before it where it has no other."""
    kept: list[Token] = []
    openings: dict[int, Token] = {}
    for token in state.tokens:
        if token.nesting >= 0 and token.type != "inline":
            before = openings.get(token.level)
            openings[token.level] = token
        kept.append(token)
        if token.type != "paragraph_close" or "{" not in kept[-2].content:
            continue
        text, _, last = kept[-2].content.rpartition("\n")
        found = _ATTRIBUTES.fullmatch(last.strip())
        if found and text:
            _set(kept[-3], found["list"])
            kept[-2].content = text
        elif found and before is not None:
            _set(before, found["list"])
            del kept[-3:]
    state.tokens = kept


def _set(token: Token, written: str) -> None:
    for found in _ATTRIBUTE.finditer(written):
        if found["class"]:
            token.attrJoin("class", found["class"])
        elif found["id"]:
            token.attrSet("id", found["id"])
        elif found["key"] != LINE:
            token.attrSet(found["key"], found["value"].strip("\"'"))
