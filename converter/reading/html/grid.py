"""The rows of a table as they are written -> a grid: spans that fit, rows of one width, head rows apart."""

from collections.abc import Sequence
from itertools import takewhile

from msgspec import Struct
from msgspec.structs import replace

from converter.model import Alignment, Block, Cell, Inline, Row, Table

MAX_COLUMNS = 100
"""What stands in columns behind these follows the table."""
_EMPTY = Cell(())


class WrittenRow(Struct):
    """A row as it is written: its cells, what alignment each asks for, and whether it is of the head."""

    cells: list[Cell]
    alignments: list[Alignment]
    head: bool = False


def grid(rows: Sequence[WrittenRow], caption: tuple[Inline, ...], line: int | None) -> tuple[Block, ...]:
    """Return the table and what has no room in it; nothing for a table without cells."""
    rows = [row for row in rows if row.cells]
    overflow: list[Block] = []
    filled, width = _filled(rows, overflow)
    if not width:
        return ()
    head = sum(1 for _ in takewhile(lambda row: row.head, rows))
    if not head and len(rows) > 1 and all(cell.header for cell in rows[0].cells):
        head = 1
    table = Table(
        rows=tuple(Row(cells) for cells in filled[head:]),
        # GitHub's tables have a head row even where it says nothing.
        head=tuple(Row(cells) for cells in filled[:head] if any(cell.blocks for cell in cells)),
        alignments=_alignments(rows, filled, width),
        caption=caption,
        line=line,
    )
    return (table, *overflow)


def _filled(rows: Sequence[WrittenRow], overflow: list[Block]) -> tuple[list[tuple[Cell, ...]], int]:
    """Return the rows with spans cut to what there is and empty cells where there was nothing, and their width."""
    placed: list[tuple[list[Cell], int]] = []
    taken: list[int] = []
    for index, row in enumerate(rows):
        cells, taken = _placed(row.cells, taken, len(rows) - index, overflow)
        placed.append((cells, len(taken)))
        taken = [count - 1 for count in taken]
        while taken and not taken[-1]:
            taken.pop()
    width = max((length for _, length in placed), default=0)
    return [(*cells, *[_EMPTY] * (width - length)) for cells, length in placed], width


def _placed(
    cells: Sequence[Cell], taken: list[int], rows_left: int, overflow: list[Block]
) -> tuple[list[Cell], list[int]]:
    """Return the cells of a row that fit, and for how many rows each column is taken, this row included.

    `taken` tells it for the cells of earlier rows.
    """
    columns = list(taken)
    fitted: list[Cell] = []
    column = 0
    for cell in cells:
        while column < len(columns) and columns[column]:
            column += 1
        if column >= MAX_COLUMNS:
            overflow += cell.blocks
            continue
        ends = next((i for i in range(column, len(columns)) if columns[i]), MAX_COLUMNS)
        colspan = max(1, min(cell.colspan, ends - column))
        rowspan = max(1, min(cell.rowspan or rows_left, rows_left))
        columns[column : column + colspan] = [rowspan] * colspan
        fits = (colspan, rowspan) == (cell.colspan, cell.rowspan)
        fitted.append(cell if fits else replace(cell, colspan=colspan, rowspan=rowspan))
    fitted += [_EMPTY] * columns.count(0)
    return fitted, [count or 1 for count in columns]


def _alignments(rows: Sequence[WrittenRow], filled: Sequence[tuple[Cell, ...]], width: int) -> tuple[Alignment, ...]:
    """Return for each column what its first cell with a wish asks for, looking at rows without spans only."""
    found: list[Alignment] = [None] * width
    for row, cells in zip(rows[:20], filled, strict=False):
        if len(cells) == width:
            for index, alignment in enumerate(row.alignments[:width]):
                found[index] = found[index] or alignment
    return tuple(found)
