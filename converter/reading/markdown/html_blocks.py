"""A block rule for HTML as kramdown cuts it: from a block's start tag to its own end tag, blank lines or not.

CommonMark ends such a block at the next blank line and reads what follows on the line of the end tag as HTML. Posts of
Jekyll sites are written for kramdown, which does neither.
"""

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock, paragraph
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from converter.reading.html.prepare import VOID, line_mark

_NAME = r"[A-Za-z][A-Za-z0-9:_-]*+"
_ATTRIBUTES = r"(?:\s++[^\s\"'<>/=`]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'=<>`]++))?+)*+"
_TAG = re.compile(rf"<(?P<end>/?)(?P<name>{_NAME})(?P<attributes>{_ATTRIBUTES})\s*+(?P<closed>/?)>")
_TAG_OR_COMMENT = re.compile(rf"{_TAG.pattern}|<!--")
_SCRIPTS = frozenset({"script", "style"})
_MARKDOWN = re.compile(r"""\smarkdown\s*=\s*(?P<quote>["']?)(?P<value>1|block|span)(?P=quote)(?=[\s/>]|$)""")
_SPANS = frozenset(
    "a abbr acronym b bdo big br button cite code del dfn em i img input ins kbd label mark option q rb rbc rp rt rtc "
    "ruby samp select small span strong sub sup textarea tt u var wbr".split()
)
"""Elements that kramdown takes for a part of a line; every other element at the start of a line is a block."""
_LINES = frozenset("address caption dt figcaption h1 h2 h3 h4 h5 h6 legend p pre summary".split())
"""Blocks whose Markdown is that of one line: `markdown="1"` makes no paragraphs in them."""
_MAX_NESTED = 8
"""How deep `markdown="1"` may nest: each level is read once more."""


def html_blocks(md: MarkdownIt) -> None:
    """Put the rule in the place of CommonMark's own."""
    md.block.ruler.at("html_block", _html_block, {"alt": ["paragraph", "reference", "blockquote"]})
    md.add_render_rule("html_block", _render)


def marked_html_blocks(md: MarkdownIt) -> None:
    """Keep CommonMark's own rule, with source lines."""
    md.add_render_rule("html_block", _render)


def _render(_renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, env: EnvType) -> str:
    token = tokens[index]
    if token.map is None:
        return token.content
    return f"{line_mark(env['first_line'] + token.map[0])}{token.content}{line_mark(None)}\n"


def _html_block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001  # markdown-it calls it so
    position = state.bMarks[start_line] + state.tShift[start_line]
    if state.is_code_block(start_line) or not state.src.startswith("<", position):
        return False
    end = _end_of_block(state, position, end_line)
    if end is None or (silent and state.src.startswith("<!--", position)):
        return False
    if silent:
        return True
    line = start_line
    while end is not None:
        last = _line_at(state, end, line, end_line)
        _push(state, position, end, (line, last))
        line, position = last, state.skipSpaces(end)
        if position >= state.eMarks[last]:
            state.line = last + 1
            return True
        end = _end_of_block(state, position, end_line)
    _read_tail(state, line, position, end_line)
    return True


def _read_tail(state: StateBlock, line: int, position: int, end_line: int) -> None:
    """Read the rest of a line behind an end tag as the start of a paragraph."""
    state.bMarks[line] = position
    state.tShift[line] = 0
    state.sCount[line] = state.blkIndent
    paragraph(state, line, end_line, False)  # noqa: FBT003  # markdown-it's signature


def _end_of_block(state: StateBlock, position: int, end_line: int) -> int | None:
    """Return where the HTML block at `position` ends, `None` where none begins."""
    src, limit = state.src, state.eMarks[end_line - 1]
    if src.startswith("<!--", position):
        return _after("-->", state, position + 4, limit)
    if src.startswith(("<?xml", "<?php"), position):
        return _after("?>", state, position, limit)
    tag = _TAG.match(src, position)
    if tag is None or tag["end"] or tag.end() > limit or tag["name"].lower() in _SPANS:
        return None
    if tag["closed"] or tag["name"].lower() in VOID:
        return tag.end()
    end = _pairs(state).get(position)
    if end is not None:
        return min(end[1], limit)
    blank = re.compile(r"\n[ \t]*\n").search(src, tag.end(), limit)
    return blank.start() if blank else limit


def _after(closing: str, state: StateBlock, position: int, limit: int) -> int | None:
    missing: set[str] = state.env.setdefault("missing", set())
    if closing in missing:
        return None
    end = state.src.find(closing, position)
    if end < 0:
        missing.add(closing)
    return end + len(closing) if 0 <= end <= limit - len(closing) else None


def _pairs(state: StateBlock) -> dict[int, tuple[int, int]]:
    """Return for each start tag that is closed where its end tag begins and ends.

    One pass over the whole text: looking for each end tag from its start tag would take quadratic time.
    """
    cache: dict[str, dict[int, tuple[int, int]]] = state.env.setdefault("html_pairs", {})
    if state.src not in cache:
        cache[state.src] = _pair_tags(state.src)
    return cache[state.src]


def _pair_tags(src: str) -> dict[int, tuple[int, int]]:
    pairs: dict[int, tuple[int, int]] = {}
    open_tags: dict[str, list[int]] = {}
    unclosed: set[str] = set()
    position = 0
    while tag := _TAG_OR_COMMENT.search(src, position):
        position = tag.end()
        name = (tag["name"] or "").lower()
        if not name or (name in _SCRIPTS and not tag["end"]):
            position = _end_of_text(src, position, name, unclosed)
        if not name or name in _SPANS or name in VOID or tag["closed"]:
            continue
        if not tag["end"]:
            open_tags.setdefault(name, []).append(tag.start())
        elif open_tags.get(name):
            pairs[open_tags[name].pop()] = tag.span()
    return pairs


def _end_of_text(src: str, position: int, name: str, unclosed: set[str]) -> int:
    """Return where a comment or a script ends, in which tags are only words; an unclosed one ends at once."""
    if name in unclosed:
        return position
    closing = re.compile(rf"</(?={name})" if name else "-->", re.IGNORECASE).search(src, position)
    if closing is None:
        unclosed.add(name)
        return position
    return closing.start() if name else closing.end()


def _line_at(state: StateBlock, position: int, line: int, end_line: int) -> int:
    while line + 1 < end_line and state.eMarks[line] < position:
        line += 1
    return line


def _push(state: StateBlock, start: int, end: int, lines: tuple[int, int]) -> None:
    tag = _TAG.match(state.src, start)
    markdown = _MARKDOWN.search(tag["attributes"]) if tag else None
    if tag is None or markdown is None or state.env.get("nested", 0) >= _MAX_NESTED:
        _push_html(state, _text(state, start, end, lines), lines)
        return
    inner_end = _pairs(state).get(start, (end, end))[0]
    attributes = _MARKDOWN.sub("", tag["attributes"])
    _push_html(state, f"<{tag['name']}{attributes}>", lines)
    _push_markdown(state, tag, markdown["value"], (tag.end(), min(inner_end, end)), lines[0])
    _push_html(state, f"</{tag['name']}>", lines)


def _push_html(state: StateBlock, content: str, lines: tuple[int, int]) -> None:
    token = state.push("html_block", "", 0)
    token.map = [lines[0], lines[1] + 1]
    token.content = content


def _push_markdown(state: StateBlock, tag: re.Match[str], kind: str, inner: tuple[int, int], line: int) -> None:
    first = line + state.src.count("\n", tag.start(), inner[0])
    text = _text(state, *inner, (first, _line_at(state, inner[1], first, len(state.eMarks) - 1)))
    if kind == "span" or (kind == "1" and tag["name"].lower() in _LINES):
        token = state.push("inline", "", 0)
        token.content, token.map, token.children = text.strip(), [first, first + 1], []
        return
    state.env["nested"] = state.env.get("nested", 0) + 1
    tokens: list[Token] = []
    state.md.block.parse(text, state.md, state.env, tokens)
    state.env["nested"] -= 1
    for inner_token in tokens:
        if inner_token.map:
            inner_token.map = [number + first for number in inner_token.map]
    state.tokens += tokens


def _text(state: StateBlock, start: int, end: int, lines: tuple[int, int]) -> str:
    """Return the source between two positions, without the marks of the lists and quotes around it."""
    first, last = lines
    if first == last or (
        state.blkIndent == 0 and state.src[state.bMarks[first] - 1 : state.bMarks[first]] in {"", "\n"}
    ):
        return state.src[start:end]
    indent = state.blkIndent
    head = state.src[start : state.eMarks[first]]
    middle = state.getLines(first + 1, last, indent, keepLastLF=True)
    tail = state.getLines(last, last + 1, indent, keepLastLF=False)
    return f"{head}\n{middle}{tail[: len(tail) - max(state.eMarks[last] - end, 0)]}"
