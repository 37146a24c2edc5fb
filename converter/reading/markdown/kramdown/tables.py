"""The rule for the tables of kramdown: with a head or without, with bodies and a foot, as wide as their widest row.

https://kramdown.gettalong.org/syntax.html#tables. One thing is left to text: a line alone that only has a pipe in it.
"""

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from msgspec import Struct

from converter.reading.markdown.kramdown.nesting import is_after_boundary, is_boundary, line_of

_SEPARATOR = re.compile(r"(?=[^-]*-)[+|: \t-]+$")
_FOOT = re.compile(r"(?=[^=]*=)[+|: \t=]+$")
_ALIGNMENT = re.compile(r"(?P<left>:?)-+(?P<right>:?)")
_CODE = re.compile(r"(?P<element><code\b[^<>]*>.*?</code>)|(?P<ticks>`+)|(?P<pipe>(?<!\\)\|)")


class _Written(Struct):
    """A table as its lines are read."""

    head: list[list[str]]
    rows: list[tuple[int, list[str]]]
    """With the line of each."""
    alignments: list[str]
    end: int


def tables(md: MarkdownIt) -> None:
    """Put the rule in the place of GitHub's."""
    md.block.ruler.disable("table")
    md.block.ruler.before("paragraph", "kramdown_table", _table)


def _table(state: StateBlock, start_line: int, end_line: int, _silent: bool) -> bool:  # noqa: FBT001  # markdown-it calls it so
    first = line_of(state, start_line)
    if "|" not in first or state.sCount[start_line] > 3 or not is_after_boundary(state, start_line):
        return False
    table = _read(state, start_line, end_line)
    if not table.rows or not is_boundary(state, table.end):
        return False
    if not table.head and not first.lstrip().startswith("|") and _is_text(table, state.src, state.bMarks, start_line):
        return False
    width = max(len(cells) for cells in (*table.head, *(cells for _, cells in table.rows)))
    table.alignments = (table.alignments + [""] * width)[:width]
    _push(state, table, start_line)
    state.line = table.end
    return True


def _is_text(table: _Written, source: str, marks: Sequence[int], start_line: int) -> bool:
    """Whether lines with pipes between words are no table: one alone, or links whose texts have pipes in them."""
    return len(table.rows) < 2 or "](" in source[marks[start_line] : marks[table.end]]


def _read(state: StateBlock, line: int, end_line: int) -> _Written:
    """Read lines for as long as they have a pipe outside of code."""
    table = _Written([], [], [], line)
    leading = line_of(state, line).lstrip().startswith("|")
    has_foot = parted = False
    while line < end_line and not state.isEmpty(line):
        text = line_of(state, line).strip()
        if "|" in text and _SEPARATOR.match(text):
            if table.rows and not parted and not has_foot:
                table.head, table.rows = [cells for _, cells in table.rows], []
                table.alignments = [_alignment(found) for found in _ALIGNMENT.finditer(text)]
                parted = True
        elif "|" in text and _FOOT.match(text):
            has_foot = True
        else:
            cells = list(_cells(text))
            if len(cells) == 1:
                break
            table.rows.append((line, _trimmed(cells, leading=leading)))
        line += 1
    table.end = line
    return table


def _alignment(found: re.Match[str]) -> str:
    return {(True, True): "center", (True, False): "left", (False, True): "right"}.get(
        (bool(found["left"]), bool(found["right"])), ""
    )


def _cells(text: str) -> Iterator[str]:
    """Yield the cells of a line: code is read first, so a pipe in it parts nothing."""
    start = position = 0
    while found := _CODE.search(text, position):
        position = found.end()
        if found["pipe"]:
            yield text[start : found.start()]
            start = position
        elif found["ticks"]:
            end = text.find(found["ticks"], position)
            position = position if end < 0 else end + len(found["ticks"])
    yield text[start:]


def _trimmed(cells: Sequence[str], *, leading: bool) -> list[str]:
    cells = cells[1:] if leading and not cells[0].strip() else cells
    cells = cells[:-1] if cells and not cells[-1].strip() else cells
    return [_without_escapes(cell.strip()) for cell in cells]


def _without_escapes(cell: str) -> str:
    """Return a cell in which a pipe needs no escape any more, except in code, which has none."""
    if "\\|" not in cell:
        return cell
    pieces = re.split(r"(<code\b[^<>]*>.*?</code>|(?P<ticks>`+).*?(?P=ticks))", cell)
    return "".join(
        piece if number % 3 == 1 else piece.replace("\\|", "|")
        for number, piece in enumerate(pieces)
        if number % 3 != 2
    )


def _push(state: StateBlock, table: _Written, start_line: int) -> None:
    state.push("table_open", "table", 1).map = [start_line, table.end]
    if table.head:
        state.push("thead_open", "thead", 1)
        for cells in table.head:
            _push_row(state, "th", cells, table.alignments, start_line)
        state.push("thead_close", "thead", -1)
    state.push("tbody_open", "tbody", 1)
    for line, cells in table.rows:
        _push_row(state, "td", cells, table.alignments, line)
    state.push("tbody_close", "tbody", -1)
    state.push("table_close", "table", -1)


def _push_row(state: StateBlock, name: str, cells: Sequence[str], alignments: Sequence[str], line: int) -> None:
    state.push("tr_open", "tr", 1).map = [line, line + 1]
    for number, alignment in enumerate(alignments):
        opened = state.push(f"{name}_open", name, 1)
        if alignment:
            opened.attrSet("style", f"text-align:{alignment}")
        inline = state.push("inline", "", 0)
        inline.content = cells[number] if number < len(cells) else ""
        inline.map, inline.children = [line, line + 1], []
        state.push(f"{name}_close", name, -1)
    state.push("tr_close", "tr", -1)
