"""kramdown's attribute lists (`{: .class #id}`), header ids (`{#id}`), abbreviations and extensions (`{::comment}`).

What a book can use goes to the element: its id, its classes (a language of code may be among them), its language and
direction. The lists themselves, and the tables of contents that `{:toc}` asks for, are no text of the post.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from converter.reading.html.prepare import LINE

_LIST = re.compile(r"\{:(?![:/])(?P<list>[^{}\n]*)\}")
_LIST_LINE = re.compile(r"\{:(?![:/])(?P<list>[^{}\n]*)\}[ \t]*(?=\n|\Z)")
_DEFINITION = re.compile(r"(?P<name>\w[\w-]*):(?P<list>.*)")
_EXTENSION = re.compile(r"\{::(?P<name>comment|nomarkdown|options)(?P<options>[^{}\n]*?)(?P<closed>/?)\}")
_SPAN_EXTENSION = re.compile(
    r"\{::(?P<name>comment|nomarkdown|options)[^{}\n]*?(?:/\}|\}(?P<text>[^{}]*)\{:/(?:comment|nomarkdown)?\})"
)
_ATTRIBUTE = re.compile(
    r"#(?P<id>[\w:.-]+)|\.(?P<class>[\w-]+)|(?P<key>[\w-]+)=(?P<value>\"[^\"]*\"|'[^']*'|\S+)|(?P<reference>[\w-]+)"
)
_CONTENTS = re.compile(
    r"\W*(?:目录|目錄|目次|차례|table of contents|contents|toc|in this post|on this page)\W*", re.IGNORECASE
)
_MARKS = frozenset({"attribute_list", "definition", "end_of_block"})
"""Tokens that say something of others and are nothing themselves."""
_WORDS = frozenset({"text", "text_special", "softbreak", "hardbreak"})
_TAG_NAME = re.compile(r"<[A-Za-z][\w:-]*")
_MAX_DEFINED = 1000
"""Characters that the definitions of one name may have, all taken together."""
_MAX_REFERENCES = 8
"""How many definitions of attributes may refer to each other."""


def attributes(md: MarkdownIt) -> None:
    """Add the rules."""
    md.block.ruler.before("list", "attribute_list", _attribute_line)
    md.block.ruler.before("attribute_list", "extension", _extension)
    md.inline.ruler.before("escape", "attribute_list", _attribute_span)
    md.inline.ruler.before("escape", "extension", _extension_span)
    md.core.ruler.after("block", "attribute_lists", _apply_lists)
    md.core.ruler.after("inline", "span_attributes", _apply_span_lists)
    md.add_render_rule("html_inline", _render_html)


def set_attributes(state: StateBlock, token: Token, written: str) -> None:
    """Give a token the attributes of a list, once all definitions are known."""
    if written:
        state.env.setdefault("attribute_lists", []).append((token, written))


def _attribute_line(state: StateBlock, start_line: int, _end_line: int, silent: bool) -> bool:  # noqa: FBT001  # markdown-it calls it so
    found = _match(_LIST_LINE, state, start_line)
    if found is None:
        return False
    if silent:
        return True
    state.line = start_line + 1
    if defined := _DEFINITION.fullmatch(found["list"]):
        attributes = state.env.setdefault("attributes", {})
        known = attributes.get(defined["name"], "")
        attributes[defined["name"]] = f"{known} {defined['list']}" if len(known) < _MAX_DEFINED else known
        state.push("definition", "", 0).hidden = True
        return True
    token = state.push("attribute_list", "", 0)
    follows = start_line > 0 and not state.isEmpty(start_line - 1) and bool(state.tokens)
    token.hidden, token.content, token.meta = True, found["list"], {"follows": follows}
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
    if not silent:
        token = state.push("attribute_list", "", 0)
        token.hidden, token.meta = True, {"list": found["list"]}
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


def _apply_lists(state: StateCore) -> None:
    """Give the attributes of each list to the block before it, or to the block behind it after an empty line."""
    known = state.env.get("attributes", {})
    for token, written in state.env.get("attribute_lists", ()):
        _set(token, written, known)
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
                _set(state.tokens[opening], token.content, known)
        elif token.nesting >= 0 and token.type != "inline":
            openings[token.level] = index
            for attribute_list in waiting:
                _set(token, attribute_list.content, known)
            waiting.clear()
    if any(token.type in _MARKS for token in state.tokens):
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
        if token.type not in _MARKS:
            yield token


def _set(token: Token, written: str, known: Mapping[str, str], depth: int = 0) -> None:
    """Give a token the attributes of a list, and those of the definitions that the list names."""
    for found in _ATTRIBUTE.finditer(written):
        if found["reference"]:
            if found["reference"] in known and depth < _MAX_REFERENCES:
                _set(token, known[found["reference"]], known, depth + 1)
        elif found["class"]:
            token.attrJoin("class", found["class"])
        elif found["id"]:
            token.attrSet("id", found["id"])
        elif found["key"] != LINE:
            token.attrSet(found["key"], _unquoted(found["value"]))
    if token.type == "definition" and "entry" in token.meta:
        token.meta["entry"].update({key: str(value) for key, value in token.attrs.items() if key != "href"})


def _unquoted(value: str) -> str:
    return value[1:-1] if value[:1] in {'"', "'"} and value[-1:] == value[:1] and len(value) > 1 else value


def _apply_span_lists(state: StateCore) -> None:
    """Give the attributes of each list in a line to what stands directly before it; behind text it is text."""
    known = state.env.get("attributes", {})
    for token in state.tokens:
        if token.type == "inline" and token.children and "{:" in token.content:
            token.children = list(_with_attributes(token.children, known))


def _with_attributes(tokens: list[Token], known: Mapping[str, str]) -> Iterator[Token]:
    opened: list[Token] = []
    last: Token | None = None
    """What the next list belongs to."""
    for token in tokens:
        if token.type == "text" and not token.content:
            continue  # what is left of a run of stars
        if token.type == "attribute_list":
            if last is None:
                yield Token("text", "", 0, content=f"{{:{token.meta['list']}}}")
            else:
                _set(last, token.meta["list"], known)
            continue
        kind = _nesting(token)
        if kind > 0:
            opened.append(token)
        last = (opened.pop() if opened else None) if kind < 0 else None if token.type in _WORDS else token
        yield token


def _nesting(token: Token) -> int:
    """Return 1 for the start of an element, -1 for its end, 0 for all else."""
    if token.type != "html_inline":
        return token.nesting
    if token.content.startswith("</"):
        return -1
    return 0 if token.content.startswith("<!") or token.content.endswith("/>") or "</" in token.content else 1


def _render_html(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType
) -> str:
    """Write an element of a line with the attributes that a list gives it."""
    token = tokens[index]
    if not token.attrs:
        return token.content
    return _TAG_NAME.sub(lambda found: f"{found[0]}{renderer.renderAttrs(token)}", token.content, count=1)
