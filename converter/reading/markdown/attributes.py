"""kramdown's attribute lists (`{: .class #id}`), header ids (`{#id}`), abbreviations and extensions (`{::comment}`).

What a book can use goes to the element: its id, its classes (a language of code may be among them), its language and
direction. The lists themselves, and the tables of contents that `{:toc}` asks for, are no text of the post.
"""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

_LIST = re.compile(r"\{:(?![:/])(?P<list>[^{}\n]*)\}")
_LIST_LINE = re.compile(r"\{:(?![:/])(?P<list>[^{}\n]*)\}[ \t]*(?=\n|\Z)")
_ABBREVIATION = re.compile(r"\*\[[^\]\n]+\]:[^\n]*(?=\n|\Z)")
_EXTENSION = re.compile(r"\{::(?P<name>comment|nomarkdown|options)(?P<options>[^{}\n]*?)(?P<closed>/?)\}")
_SPAN_EXTENSION = re.compile(
    r"\{::(?P<name>comment|nomarkdown|options)[^{}\n]*?(?:/\}|\}(?P<text>[^{}]*)\{:/(?:comment|nomarkdown)?\})"
)
_HEADER_ID = re.compile(r"[ \t]+\{#(?P<id>[A-Za-z][\w:.-]*)\}[ \t]*$")
_ATTRIBUTE = re.compile(r"#(?P<id>[\w:.-]+)|\.(?P<class>[\w-]+)|(?P<key>[\w-]+)=(?P<value>\"[^\"]*\"|'[^']*'|\S+)")
_CONTENTS = re.compile(
    r"\W*(?:目录|目錄|目次|차례|table of contents|contents|toc|in this post|on this page)\W*", re.IGNORECASE
)
_KEPT = frozenset({"dir", "id", "lang"})
_ENDS_PARAGRAPH: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}


def attributes(md: MarkdownIt) -> None:
    """Add the rules."""
    md.block.ruler.before("list", "attribute_list", _attribute_line, _ENDS_PARAGRAPH)
    md.block.ruler.before("attribute_list", "extension", _extension, _ENDS_PARAGRAPH)
    md.block.ruler.before("attribute_list", "abbreviation", _abbreviation)
    md.inline.ruler.before("escape", "attribute_list", _attribute_span)
    md.inline.ruler.before("escape", "extension", _extension_span)
    md.core.ruler.after("block", "header_ids", _header_ids)
    md.core.ruler.after("header_ids", "attribute_lists", _apply_lists)


def _attribute_line(state: StateBlock, start_line: int, _end_line: int, silent: bool) -> bool:  # noqa: FBT001  # markdown-it calls it so
    found = _match(_LIST_LINE, state, start_line)
    if found is None:
        return False
    if silent:
        return True
    token = state.push("attribute_list", "", 0)
    follows = start_line > 0 and not state.isEmpty(start_line - 1) and len(state.tokens) > 1
    token.hidden, token.content, token.meta = True, found["list"], {"follows": follows}
    state.line = start_line + 1
    return True


def _abbreviation(state: StateBlock, start_line: int, _end_line: int, silent: bool) -> bool:  # noqa: FBT001
    if _match(_ABBREVIATION, state, start_line) is None:
        return False
    if not silent:
        state.line = start_line + 1
    return True


def _extension(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001
    found = _match(_EXTENSION, state, start_line)
    if found is None:
        return False
    if silent:
        return True
    position = state.bMarks[start_line] + state.tShift[start_line] + len(found[0])
    end, last = position, start_line
    if not found["closed"]:
        closing = re.compile(rf"\{{:/(?:{found['name']})?\}}").search(state.src, position, state.eMarks[end_line - 1])
        if closing is None:
            return False
        end, last = closing.start(), start_line + state.src.count("\n", position, closing.end())
    if found["name"] == "nomarkdown":
        token = state.push("html_block", "", 0)
        token.map, token.content = [start_line, last + 1], state.src[position:end]
    state.line = last + 1
    return True


def _match(pattern: re.Pattern[str], state: StateBlock, line: int) -> re.Match[str] | None:
    if state.is_code_block(line):
        return None
    return pattern.match(state.src, state.bMarks[line] + state.tShift[line], state.eMarks[line])


def _attribute_span(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    if state.src[state.pos] != "{" or state.pending or not state.tokens:
        return False
    found = _LIST.match(state.src, state.pos, state.posMax)
    last = state.tokens[-1]
    if found is None or (last.type == "text" and last.content.strip("*_~")):
        return False
    if not silent and last.type in {"code_inline", "image"}:
        _set(last, found["list"])
    state.pos = found.end()
    return True


def _extension_span(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    found = _SPAN_EXTENSION.match(state.src, state.pos, state.posMax) if state.src[state.pos] == "{" else None
    if found is None:
        return False
    if found["name"] == "nomarkdown" and not silent:
        state.push("html_inline", "", 0).content = found["text"] or ""
    state.pos = found.end()
    return True


def _header_ids(state: StateCore) -> None:
    for token, inline in zip(state.tokens, state.tokens[1:], strict=False):
        if token.type == "heading_open" and (found := _HEADER_ID.search(inline.content)):
            token.attrSet("id", found["id"])
            inline.content = inline.content[: found.start()]


def _apply_lists(state: StateCore) -> None:
    """Give the attributes of each list to the block before it, or to the block behind it after an empty line."""
    waiting: list[Token] = []
    openings: dict[int, int] = {}
    tables: list[tuple[int, int]] = []
    for index, token in enumerate(state.tokens):
        if token.type == "attribute_list":
            opening = openings.get(token.level)
            if not token.meta["follows"] or opening is None:
                waiting.append(token)
            elif re.search(r"(?:^|\s)toc(?:\s|$)", token.content):
                tables.append((_with_title(state.tokens, opening), index))
            else:
                _set(state.tokens[opening], token.content)
        elif token.nesting >= 0 and token.type != "inline":
            openings[token.level] = index
            for attribute_list in waiting:
                _set(token, attribute_list.content)
            waiting.clear()
    if tables or any(token.type == "attribute_list" for token in state.tokens):
        state.tokens = list(_marked(state.tokens, tables))


def _with_title(tokens: list[Token], opening: int) -> int:
    """Return where a table of contents begins, its title included."""
    first = opening - 3
    if (
        first >= 0
        and tokens[first].type in {"paragraph_open", "heading_open"}
        and _CONTENTS.fullmatch(tokens[first + 1].content)
    ):
        return first
    return opening


def _marked(tokens: list[Token], tables: list[tuple[int, int]]) -> Iterator[Token]:
    """Yield the tokens without attribute lists, with tables of contents in a `<nav>`: rules name it as no text."""
    starts, ends = {first for first, _ in tables}, {end for _, end in tables}
    for index, token in enumerate(tokens):
        if index in starts:
            yield Token("html_block", "", 0, content="<nav>")
        if index in ends:
            yield Token("html_block", "", 0, content="</nav>")
        if token.type != "attribute_list":
            yield token


def _set(token: Token, written: str) -> None:
    for found in _ATTRIBUTE.finditer(written):
        if found["class"]:
            token.attrJoin("class", found["class"])
        elif found["id"]:
            token.attrSet("id", found["id"])
        elif found["key"] in _KEPT:
            token.attrSet(found["key"], found["value"].strip("\"'"))
