"""The rows of a table -> the columns that their cells stand in, as spans from above push them.

What HTML says of rows need not be a grid: `reading.html.grid` makes one of it.
"""

from collections.abc import Iterator, Sequence

from converter.model.nodes import Cell, Paragraph, Row, Table
from converter.model.walk import text_of

LONGEST_HEAD = 40
"""Characters of a cell that may name its row."""


def columns_of(rows: Sequence[Row]) -> tuple[tuple[int, ...], ...]:
    """Return, for each row, the zero-based column of each of its cells."""
    return tuple(tuple(cells) for cells, _ in _laid_out(rows))


def spread(rows: Sequence[Row]) -> Iterator[tuple[Cell | None, ...]]:
    """Yield the grid of a table: each cell where it starts, `None` where one reaches from the left or from above."""
    return (tuple(map(cells.get, range(width))) for cells, width in _laid_out(rows))


def row_heads(table: Table) -> frozenset[int]:
    """Return the rows of a body whose first cell names them, although its author did not say so.

    These are all rows that have one, in a table with a head, if no two of them are called the same.
    """
    if not table.head or len(table.alignments) < 2 or any(cell.header for row in table.rows for cell in row.cells):
        return frozenset()
    firsts = {
        number: row.cells[0]
        for number, (row, columns) in enumerate(zip(table.rows, columns_of(table.rows), strict=True))
        if columns[:1] == (0,)
    }
    names = [text_of(cell.blocks).strip() if _may_name(cell) else "" for cell in firsts.values()]
    return frozenset(firsts) if len(names) > 1 and len(set(names)) == len(names) and all(names) else frozenset()


def _may_name(cell: Cell) -> bool:
    plain = len(cell.blocks) == 1 and isinstance(cell.blocks[0], Paragraph)
    return plain and cell.colspan == 1 and len(text_of(cell.blocks)) <= LONGEST_HEAD


def _laid_out(rows: Sequence[Row]) -> Iterator[tuple[dict[int, Cell], int]]:
    """Yield, for each row, its cells by column, and how many columns it and what reaches into it have."""
    reaching: dict[int, int] = {}
    """For a column that a cell from above reaches into: how many more rows it reaches."""
    for row in rows:
        cells: dict[int, Cell] = {}
        opened: dict[int, int] = {}
        column = 0
        for cell in row.cells:
            while column in reaching:
                column += 1
            cells[column] = cell
            opened |= dict.fromkeys(range(column, column + cell.colspan), cell.rowspan)
            column += cell.colspan
        yield cells, max((*reaching, column - 1)) + 1
        reaching = {place: left - 1 for place, left in (reaching | opened).items() if left > 1}
