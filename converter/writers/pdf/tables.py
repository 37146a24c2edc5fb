"""Finds the tables that would be wider than the page, so that their words are broken."""

import re
from collections.abc import Iterator

from converter.languages.headlines import ems
from converter.languages.letters import SQUARES
from converter.model import Cell, Code, CodeBlock, LineBreak, Math, MathBlock, Media, Ruby, Table, Text
from converter.model.grid import columns_of
from converter.model.walk import query
from converter.writers.pdf import formulas
from converter.writers.xhtml.blocks import is_wide

SIZE, WIDE_SIZE = 0.8, 0.66
"""The size of text in tables, and in those of many columns, in text sizes; the style sheet has the same."""
PADDING = 1.2
"""What a cell adds to the width of its words, in font sizes."""
_LETTER = 0.6
"""The width of a digit or of a wide letter, in font sizes."""

_HAN = re.compile(f"[{SQUARES}]")


def narrowest(table: Table) -> float:
    """Return the width below which a word of a table would have to be broken, in text sizes."""
    widths: dict[int, float] = {}
    spans: list[tuple[range, float]] = []
    for rows in (table.head, table.rows):
        for row, columns in zip(rows, columns_of(rows), strict=True):
            for cell, column in zip(row.cells, columns, strict=True):
                spans.append((range(column, column + cell.colspan), _longest_word(cell) + PADDING))
    # What reaches over several columns wants only what these do not have yet.
    for span, width in sorted(spans, key=lambda each: len(each[0])):
        lacking = width - sum(widths.get(column, 0) for column in span)
        widths[span[-1]] = widths.get(span[-1], 0) + max(lacking, 0)
    return sum(widths.values()) * (WIDE_SIZE if is_wide(table) else SIZE)


def characters(table: Table, columns: int, measure: float) -> int:
    """Return how many letters or digits each column has room for, where all share `measure`, in text sizes."""
    room = measure / columns / (WIDE_SIZE if is_wide(table) else SIZE) - PADDING
    return max(int(room / _LETTER), 1)


def _longest_word(cell: Cell) -> float:
    """Return the width of the longest stretch without a place for a line break; Han breaks anywhere."""
    return max(_widths(cell), default=1.0)


def _widths(cell: Cell) -> Iterator[float]:
    text = ""
    for block in cell.blocks:
        text += " "
        for node in query(block):
            match node:
                case Text(value) | Code(value) | CodeBlock(text=value):
                    text += value
                case Media(title=title, href=href):
                    text += f" {title or href} "
                case LineBreak() | Ruby():
                    text += " "
                case Math(tex) | MathBlock(tex=tex):
                    drawn = formulas.draw(tex, display=isinstance(node, MathBlock))
                    yield drawn.width if drawn else ems(tex)
                case _:
                    continue
    yield from (ems(word) for word in _HAN.sub(" ", text).split())
