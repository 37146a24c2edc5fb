"""Rules for the plain blocks of kramdown: paragraphs, headings, quotes, code and the mark that ends a block.

https://kramdown.gettalong.org/syntax.html and https://kramdown.gettalong.org/parser/gfm.html
"""

import re
from functools import partial

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock

from converter.reading.markdown.kramdown.nesting import (
    HTML_START,
    MAX_LEVEL,
    is_after_boundary,
    is_lazy_end,
    line_of,
    read_blocks,
)
from converter.reading.markdown.options import Options

_LAZY = rf"\^[ \t]*$|[ ]{{0,3}}(?:\{{:(?![:/])[^{{}}\n]*\}}[ \t]*$|{HTML_START}|:[ \t])"
_ENDS = re.compile(_LAZY, re.MULTILINE)
_ENDS_BY_GFM = re.compile(rf"{_LAZY}|#{{1,6}}[ \t]|[ ]{{0,3}}(?:[+*-][ \t]|[0-9]+\.[ \t]|>|[~`]{{3}})", re.MULTILINE)
_HEADING = re.compile(r"(?P<marks>#{1,6})(?P<gap>[ \t]*)(?P<text>[^ \t\n][^\n]*)")
_HEADER_ID = re.compile(r"[ \t]\{#(?P<id>[A-Za-z_:][\w:.-]*)\}$")
_UNDERLINE = re.compile(r"(?P<mark>[-=])(?P=mark)*[ \t]*$", re.MULTILINE)
_QUOTE_MARK = re.compile(r"^ {0,3}> ?", re.MULTILINE)
_RULE = re.compile(r" {0,3}(?P<mark>[*_-])(?:[ \t]*(?P=mark)){2,}[ \t]*$", re.MULTILINE)
_FENCE = re.compile(r" {0,3}(?P<fence>(?P<mark>[~`])(?P=mark){2,})[ \t]*(?P<info>[^\n]*)$", re.MULTILINE)
_EXTENSION_LINE = re.compile(r" {0,3}(?:\{:|\^[ \t]*$)", re.MULTILINE)


def blocks(md: MarkdownIt, options: Options) -> None:
    """Put the rules in the place of CommonMark's own."""
    ruler = md.block.ruler
    ruler.at("paragraph", partial(_paragraph, paragraph_ends(options)))
    ruler.at("heading", _heading_of_gfm if options.gfm else _heading)
    ruler.at("lheading", _underlined_heading)
    ruler.at("blockquote", _quote)
    ruler.at("hr", _rule)
    ruler.at("code", _code)
    ruler.at("fence", _fence if options.gfm else _fence_of_tildes)
    ruler.before("list", "end_of_block", _end_of_block)


def read_paragraph(state: StateBlock, start_line: int, end_line: int, ends: re.Pattern[str]) -> bool:
    """Read a paragraph. It goes on with what stands directly behind it and is no other block after all."""
    line = start_line + 1
    while line < end_line and not state.isEmpty(line) and not ends.match(state.src, state.bMarks[line]):
        line += 1
    text = state.src[state.bMarks[start_line] : state.eMarks[line - 1]].strip(" \t\n")
    state.line = line
    if follows_paragraph(state, start_line):
        before = state.tokens[-2]
        before.content += f"\n{text}"
        for token in state.tokens[-3:-1]:
            token.map = [token.map[0] if token.map else start_line, line]
        return True
    state.push("paragraph_open", "p", 1).map = [start_line, line]
    inline = state.push("inline", "", 0)
    inline.content, inline.map, inline.children = text, [start_line, line], []
    state.push("paragraph_close", "p", -1)
    return True


def follows_paragraph(state: StateBlock, line: int, *, gap: int = 0) -> bool:
    """Whether a paragraph of the same level ends before a line, with `gap` lines between."""
    if not state.tokens or state.tokens[-1].type != "paragraph_close" or state.tokens[-1].level != state.level:
        return False
    opened = state.tokens[-3]
    return not opened.hidden and opened.map is not None and opened.map[1] == line - gap


def paragraph_ends(options: Options) -> re.Pattern[str]:
    """Return the expression for lines that end a paragraph."""
    return _ENDS_BY_GFM if options.gfm and options.is_paragraph_ended else _ENDS


def _paragraph(ends: re.Pattern[str], state: StateBlock, start_line: int, end_line: int, _silent: bool) -> bool:  # noqa: FBT001  # markdown-it calls it so
    return read_paragraph(state, start_line, end_line, ends)


def _heading(state: StateBlock, start_line: int, _end_line: int, _silent: bool) -> bool:  # noqa: FBT001
    found = _HEADING.match(state.src, state.bMarks[start_line])
    if found is None or not is_after_boundary(state, start_line):
        return False
    text, identifier = _without_id(found["text"])
    return _push_heading(state, start_line, 1, (len(found["marks"]), re.sub(r"(?<!\\)#+$", "", text), identifier))


def _heading_of_gfm(state: StateBlock, start_line: int, _end_line: int, _silent: bool) -> bool:  # noqa: FBT001
    found = _HEADING.match(state.src, state.bMarks[start_line])
    if found is None or not found["gap"]:
        return False
    text, identifier = _without_id(found["text"])
    return _push_heading(state, start_line, 1, (len(found["marks"]), re.sub(r"[ \t]#+$", "", text), identifier))


def _underlined_heading(state: StateBlock, start_line: int, end_line: int, _silent: bool) -> bool:  # noqa: FBT001
    if start_line + 1 >= end_line or state.tShift[start_line]:
        return False
    underline = _UNDERLINE.match(state.src, state.bMarks[start_line + 1])
    if underline is None or not is_after_boundary(state, start_line):
        return False
    text, identifier = _without_id(line_of(state, start_line))
    return _push_heading(state, start_line, 2, (2 if underline["mark"] == "-" else 1, text, identifier))


def _without_id(text: str) -> tuple[str, str]:
    text = text.rstrip()
    found = _HEADER_ID.search(text)
    return (text[: found.start()].rstrip(), found["id"]) if found else (text, "")


def _push_heading(state: StateBlock, line: int, lines: int, heading: tuple[int, str, str]) -> bool:
    level, text, identifier = heading
    if not text.strip():
        return False
    opened = state.push("heading_open", f"h{level}", 1)
    opened.map = [line, line + lines]
    if identifier:
        opened.attrSet("id", identifier)
    inline = state.push("inline", "", 0)
    inline.content, inline.map, inline.children = text.strip(), [line, line + lines], []
    state.push("heading_close", f"h{level}", -1)
    state.line = line + lines
    return True


def _quote(state: StateBlock, start_line: int, end_line: int, _silent: bool) -> bool:  # noqa: FBT001
    if not _QUOTE_MARK.match(state.src, state.bMarks[start_line]) or state.level >= MAX_LEVEL:
        return False
    line = start_line + 1
    while line < end_line and not is_lazy_end(state, line):
        line += 1
    text = _QUOTE_MARK.sub("", state.src[state.bMarks[start_line] : state.eMarks[line - 1]])
    state.push("blockquote_open", "blockquote", 1).map = [start_line, line]
    state.tokens += read_blocks(state, text, start_line)
    state.push("blockquote_close", "blockquote", -1)
    state.line = line
    return True


def _rule(state: StateBlock, start_line: int, _end_line: int, _silent: bool) -> bool:  # noqa: FBT001
    if not _RULE.match(state.src, state.bMarks[start_line]):
        return False
    state.push("hr", "hr", 0).map = [start_line, start_line + 1]
    state.line = start_line + 1
    return True


def _code(state: StateBlock, start_line: int, end_line: int, _silent: bool) -> bool:  # noqa: FBT001
    """Read indented code. A line without an indent that follows directly goes on in the line before."""
    if state.sCount[start_line] < 4:
        return False
    lines: list[str] = []
    line = end = start_line
    while line < end_line:
        if state.isEmpty(line):
            lines.append(state.getLines(line, line + 1, 4, keepLastLF=False))
        elif state.sCount[line] >= 4:
            lines.append(state.getLines(line, line + 1, 4, keepLastLF=False))
            end = line + 1
        elif line == end and not is_lazy_end(state, line):
            lines[-1] += f" {line_of(state, line).strip()}"
            end = line + 1
        else:
            break
        line += 1
    token = state.push("code_block", "code", 0)
    while not lines[-1].strip(" \t") and len(lines) > 1:
        lines.pop()
    token.content, token.map = "\n".join(lines) + "\n", [start_line, end]
    state.line = end
    return True


def _fence(state: StateBlock, start_line: int, end_line: int, _silent: bool) -> bool:  # noqa: FBT001
    found = _FENCE.match(state.src, state.bMarks[start_line])
    return found is not None and _push_fence(state, start_line, end_line, found)


def _fence_of_tildes(state: StateBlock, start_line: int, end_line: int, _silent: bool) -> bool:  # noqa: FBT001
    found = _FENCE.match(state.src, state.bMarks[start_line])
    if found is None or found["mark"] != "~" or state.tShift[start_line] or not is_after_boundary(state, start_line):
        return False
    return _push_fence(state, start_line, end_line, found)


def _push_fence(state: StateBlock, start_line: int, end_line: int, found: re.Match[str]) -> bool:
    if found["mark"] in found["info"]:
        return False
    last = _closing_line(state, start_line, end_line, found)
    if last is None:
        return False
    token = state.push("fence", "code", 0)
    token.info, token.markup = found["info"].partition("?")[0].strip(), found["fence"]
    begin, end = state.bMarks[start_line + 1], state.bMarks[last]
    token.content, token.map = state.src[begin:end], [start_line, last + 1]
    state.line = last + 1
    return True


def _closing_line(state: StateBlock, start_line: int, end_line: int, found: re.Match[str]) -> int | None:
    """Return the line that closes a fence; what was not found once is not looked for again."""
    missing: dict[tuple[str, str], int] = state.env.setdefault("unclosed_fences", {})
    key = (state.src, found["mark"])
    if key in missing and missing[key] <= len(found["fence"]):
        return None
    closing = re.compile(rf" {{0,3}}{found['fence']}{found['mark']}*[ \t]*$", re.MULTILINE)
    for line in range(start_line + 1, end_line):
        if closing.match(state.src, state.bMarks[line]):
            return line
    missing[key] = len(found["fence"])
    return None


def _end_of_block(state: StateBlock, start_line: int, _end_line: int, _silent: bool) -> bool:  # noqa: FBT001
    if not state.src.startswith("^", state.bMarks[start_line]) or line_of(state, start_line).strip() != "^":
        return False
    state.push("end_of_block", "", 0).hidden = True
    state.line = start_line + 1
    return True
