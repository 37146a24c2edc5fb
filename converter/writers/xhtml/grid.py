"""Finds the column that each cell of a table starts in."""

from collections.abc import Sequence

from converter.model import Row


def columns_of(rows: Sequence[Row]) -> tuple[tuple[int, ...], ...]:
    """Return, for each row, the zero-based column of each of its cells, as spans from above push them."""
    taken: dict[int, int] = {}
    """For a column that a cell from above reaches into: how many more rows it reaches."""
    found = []
    for row in rows:
        starts = []
        opened: dict[int, int] = {}
        column = 0
        for cell in row.cells:
            while taken.get(column, 0) > 0:
                column += 1
            starts.append(column)
            for covered in range(column, column + cell.colspan):
                opened[covered] = cell.rowspan - 1
            column += cell.colspan
        taken = {place: left - 1 for place, left in taken.items() if left > 1} | opened
        found.append(tuple(starts))
    return tuple(found)
