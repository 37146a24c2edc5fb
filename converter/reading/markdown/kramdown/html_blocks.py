"""A block rule for HTML as kramdown cuts it: from a block's start tag to its own end tag, blank lines or not.

CommonMark ends such a block at the next blank line and reads what follows on the line of the end tag as HTML. Posts of
Jekyll sites are written for kramdown, which does neither.
"""

import re
from collections.abc import Iterator, Sequence
from functools import partial

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from converter.reading.html.prepare import VOID, line_mark
from converter.reading.markdown.kramdown.blocks import paragraph_ends, read_paragraph
from converter.reading.markdown.kramdown.nesting import read_blocks
from converter.reading.markdown.options import Options

_NAME = r"[A-Za-z][A-Za-z0-9:_-]*+"
_ATTRIBUTES = r"(?:\s++[^\s\"'<>/=`]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'=<>`]++))?+)*+"
_TAG = re.compile(rf"<(?P<end>/?)(?P<name>{_NAME})(?P<attributes>{_ATTRIBUTES})\s*+(?P<closed>/?)>")
_TAG_OR_COMMENT = re.compile(rf"{_TAG.pattern}|<!--")
_SCRIPTS = frozenset({"script", "style"})
_MARKDOWN = re.compile(r"""\smarkdown\s*=\s*(?P<quote>["']?)(?P<value>[01]|block|span)(?P=quote)(?=[\s/>]|$)""")
_SPANS = frozenset(
    "a abbr acronym b bdo big br button cite code del dfn em i img input ins kbd label mark option q rb rbc rp rt rtc "
    "ruby samp select small span strong sub sup textarea tt u var wbr".split()
)
"""Elements that kramdown takes for a part of a line; every other element at the start of a line is a block."""
LINES = frozenset(
    "a abbr acronym b bdo big button cite caption del dfn dt em h1 h2 h3 h4 h5 h6 i ins label legend optgroup p q rb "
    "rbc rp rt rtc ruby select small span strong sub sup th tt".split()
)
"""Elements whose Markdown is that of a line: `markdown="1"` makes no paragraphs in them."""
FLOWS = frozenset(
    "address applet article aside blockquote body dd details div dl fieldset figure figcaption footer form header "
    "hgroup iframe li main map menu nav noscript object section summary td".split()
)
"""Elements whose Markdown is that of blocks. All others are raw, whatever they ask for."""
_MAX_NESTED = 8
"""How deep `markdown="1"` may nest: each level is read once more."""


def html_blocks(md: MarkdownIt, options: Options) -> None:
    """Put the rule in the place of CommonMark's own."""
    md.block.ruler.at("html_block", partial(_html_block, options))
    md.add_render_rule("html_block", _render)


def marked_html_blocks(md: MarkdownIt) -> None:
    """Keep CommonMark's own rule, with source lines."""
    md.add_render_rule("html_block", _render)


def _render(_renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, env: EnvType) -> str:
    token = tokens[index]
    if token.map is None:
        return token.content
    return f"{line_mark(env['first_line'] + token.map[0])}{token.content}{line_mark(None)}\n"


def _html_block(options: Options, state: StateBlock, start_line: int, end_line: int, _silent: bool) -> bool:  # noqa: FBT001  # markdown-it calls it so
    position = state.bMarks[start_line] + state.tShift[start_line]
    if state.is_code_block(start_line) or not state.src.startswith("<", position):
        return False
    end = _end_of_block(state, position, end_line)
    line = start_line
    while end is not None:
        _push(options, state, (position, end), line)
        line, position = _line_at(state, end, line, end_line), state.skipSpaces(end)
        if position >= state.eMarks[line]:
            state.line = line + 1
            return True
        end = _end_of_block(state, position, end_line)
    if line == start_line and position == state.bMarks[start_line] + state.tShift[start_line]:
        return False
    # What stands behind an end tag begins a paragraph.
    state.bMarks[line] = position
    return read_paragraph(state, line, end_line, paragraph_ends(options))


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


def _push(options: Options, state: StateBlock, place: tuple[int, int], line: int) -> None:
    """Push a block of HTML, and the Markdown of those elements in it in which it is read."""
    start, end = place
    position = start
    for tag in _read_elements(options, state, start, end):
        inner_end = min(_pairs(state).get(tag.start(), (end, end))[0], end)
        if tag.start() < position or inner_end < tag.end():
            continue
        html = f"{state.src[position : tag.start()]}{_MARKDOWN.sub('', tag[0])}"
        line = _push_html(state, html, line, state.src.count("\n", position, tag.end()))
        line = _push_markdown(state, tag, state.src[tag.end() : inner_end], line)
        position = inner_end
    _push_html(state, state.src[position:end], line, state.src.count("\n", position, end))


def _read_elements(options: Options, state: StateBlock, start: int, end: int) -> Iterator[re.Match[str]]:
    """Yield the start tags of elements whose text is Markdown."""
    if state.env.get("nested", 0) >= _MAX_NESTED:
        return
    if options.parse_block_html or state.src.find("markdown", start, end) >= 0:
        for tag in _TAG.finditer(state.src, start, end):
            asked = _MARKDOWN.search(tag["attributes"])
            if not tag["end"] and (asked or (options.parse_block_html and tag.start() == start)) and _kind(tag, asked):
                yield tag


def _kind(tag: re.Match[str], asked: re.Match[str] | None) -> str:
    """Return whether the text of an element is `span`, `block`, or none of both."""
    if asked and asked["value"] != "1":
        return "" if asked["value"] == "0" else asked["value"]
    name = tag["name"].lower()
    return "block" if name in FLOWS else "span" if name in LINES else ""


def _push_html(state: StateBlock, content: str, line: int, lines: int) -> int:
    """Push HTML that stands in `lines` line ends more than one line; return the last line."""
    token = state.push("html_block", "", 0)
    token.map = [line, line + lines + 1]
    token.content = content
    return line + lines


def _push_markdown(state: StateBlock, tag: re.Match[str], text: str, line: int) -> int:
    """Push the Markdown of an element; return its last line."""
    if _kind(tag, _MARKDOWN.search(tag["attributes"])) == "span":
        token = state.push("inline", "", 0)
        token.content, token.map, token.children = text.strip(), [line, line + 1], []
    else:
        state.env["nested"] = state.env.get("nested", 0) + 1
        state.tokens += read_blocks(state, text, line)
        state.env["nested"] -= 1
    return line + text.count("\n")
