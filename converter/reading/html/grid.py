"""The rows of a table as they are written -> a grid: spans that fit, rows of one width, head rows apart."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate, takewhile

from msgspec import Struct
from msgspec.structs import replace

from converter.model import Alignment, Block, Cell, Inline, Paragraph, Row, Table

MAX_COLUMNS = 100
"""What stands in columns behind these follows the table."""
_EMPTY = Cell(())


class WrittenRow(Struct):
    """A row as it is written: its cells, what alignment each asks for, and its group."""

    cells: list[Cell]
    alignments: list[Alignment]
    group: tuple[int, int] = (1, 0)
    """Head, body or foot (0, 1, 2), and which of them: rows stand in this order, and no span leaves its group."""

    @property
    def head(self) -> bool:
        return self.group[0] == 0


def grid(rows: Sequence[WrittenRow], caption: tuple[Inline, ...], line: int | None) -> tuple[Block, ...]:
    """Return the table and what has no room in it; of a table without cells its caption."""
    overflow: list[Block] = []
    rows = sorted(rows, key=lambda row: row.group)
    placed = _shrunk(_placed(rows, overflow))
    width = max((cell.column + cell.colspan for row in placed for cell in row), default=0)
    if not width:
        return (Paragraph(caption, line=line),) if caption else ()
    filled = _filled(placed, width)
    written = [row for row in rows if row.cells]
    head = sum(1 for _ in takewhile(lambda row: row.head, written))
    if not head and len(written) > 1 and all(cell.header for cell in written[0].cells):
        head = 1
    table = Table(
        rows=tuple(Row(cells) for cells in filled[head:]),
        # GitHub's tables have a head row even where it says nothing.
        head=tuple(Row(cells) for cells in filled[:head] if any(cell.blocks for cell in cells)),
        alignments=_alignments(written, filled, width),
        caption=caption,
        line=line,
    )
    return (table, *overflow)


class _Placed(Struct):
    """A cell with its place in the grid."""

    cell: Cell
    column: int
    colspan: int
    rowspan: int


def _placed(rows: Sequence[WrittenRow], overflow: list[Block]) -> list[list[_Placed]]:
    """Return the cells of each row where HTML puts them, in spans cut to what there is."""
    found: list[list[_Placed]] = []
    last = {row.group: index for index, row in enumerate(rows)}
    taken: list[int] = []
    for index, row in enumerate(rows):
        left = last[row.group] - index + 1
        columns, cells, column = list(taken), list[_Placed](), 0
        for cell in row.cells:
            while column < len(columns) and columns[column]:
                column += 1
            if column >= MAX_COLUMNS:
                overflow += cell.blocks
                continue
            ends = next((i for i in range(column, len(columns)) if columns[i]), MAX_COLUMNS)
            colspan = max(1, min(cell.colspan, ends - column))
            rowspan = max(1, min(cell.rowspan or left, left))
            columns[column : column + colspan] = [rowspan] * colspan
            cells.append(_Placed(cell, column, colspan, rowspan))
        found.append(cells)
        taken = [max(count - 1, 0) for count in columns]
    return found


def _shrunk(placed: list[list[_Placed]]) -> list[list[_Placed]]:
    """Return the cells without rows and columns in which none begins: a page shows nothing of them."""
    starts = sorted({cell.column for row in placed for cell in row})
    first = list(accumulate((bool(row) for row in placed), initial=0))
    for index, row in enumerate(placed):
        for cell in row:
            end = bisect_left(starts, cell.column + cell.colspan)
            cell.column = bisect_left(starts, cell.column)
            cell.colspan = end - cell.column
            cell.rowspan = first[index + cell.rowspan] - first[index]
    return [row for row in placed if row]


def _filled(placed: Sequence[Sequence[_Placed]], width: int) -> list[tuple[Cell, ...]]:
    """Return the rows with empty cells where there is nothing."""
    found: list[tuple[Cell, ...]] = []
    taken = [0] * width
    for row in placed:
        cells: list[Cell] = []
        waiting = {cell.column: cell for cell in row}
        for column in range(width):
            if (one := waiting.get(column)) is not None:
                spans = (one.colspan, one.rowspan)
                fits = spans == (one.cell.colspan, one.cell.rowspan)
                cells.append(one.cell if fits else replace(one.cell, colspan=one.colspan, rowspan=one.rowspan))
                taken[column : column + one.colspan] = [one.rowspan] * one.colspan
            elif not taken[column]:
                cells.append(_EMPTY)
        found.append(tuple(cells))
        taken = [max(count - 1, 0) for count in taken]
    return found


def _alignments(rows: Sequence[WrittenRow], filled: Sequence[tuple[Cell, ...]], width: int) -> tuple[Alignment, ...]:
    """Return for each column what its first cell with a wish asks for, looking at rows without spans only."""
    found: list[Alignment] = [None] * width
    for row, cells in zip(rows[:20], filled, strict=False):
        if len(cells) == width:
            for index, alignment in enumerate(row.alignments[:width]):
                found[index] = found[index] or alignment
    return tuple(found)
