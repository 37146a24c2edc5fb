"""Tables -> pipe tables where these can say it; else the grid that HTML needs, or what is left without spans."""

from collections.abc import Sequence

from msgspec.structs import replace

from converter.diagnostics import Code, Diagnostic, WriterError
from converter.model import Alignment, Block, Cell, Figure, Inline, LineBreak, Media, Paragraph, Row, Table
from converter.model.grid import spread
from converter.writers.markdown.context import WriteContext
from converter.writers.markdown.flat import lines_of
from converter.writers.markdown.inlines import Position, write_inlines

_RULES: dict[Alignment, str] = {None: "--", "left": ":-", "center": ":-:", "right": "-:"}


def is_regular(table: Table) -> bool:
    """Return whether a pipe table says all of `table`: one row of heads at most, no spans, no blocks in cells."""
    width = len(table.alignments)
    rows = (*table.head, *table.rows)
    return (
        width > 0
        and len(table.head) < 2  # a pipe table has one line above its rule
        and not table.caption
        and all(len(row.cells) == width for row in rows)
        and all(cell.colspan == cell.rowspan == 1 and _is_line(cell.blocks) for row in rows for cell in row.cells)
        and all(cell.header for row in table.head for cell in row.cells)
        and not any(cell.header for row in table.rows for cell in row.cells)
    )


def _is_line(blocks: tuple[Block, ...]) -> bool:
    return not blocks or (len(blocks) == 1 and isinstance(blocks[0], Paragraph | Figure | Media))


def pipe_table(table: Table, context: WriteContext) -> str:
    """Return a regular table. One without heads gets empty ones, since there is none without."""
    head, rows = (table.head[0], table.rows) if table.head else (Row(()), table.rows)
    rules = [_RULES[alignment] for alignment in table.alignments]
    return "\n".join(
        (
            _line(_cells(head, context), rules),
            _line(rules, rules),
            *(_line(_cells(row, context), rules) for row in rows),
        )
    )


def _line(cells: Sequence[str], rules: Sequence[str]) -> str:
    padded = (*cells, *[""] * (len(rules) - len(cells)))
    return "|" + "".join(f" {cell} |" if cell else "  |" for cell in padded)


def _cells(row: Row, context: WriteContext) -> tuple[str, ...]:
    lines = (tuple(lines_of(cell.blocks)) for cell in row.cells)
    return tuple(write_inlines(cell[0], context.dialect, Position.CELL) if cell else "" for cell in lines)


def flattened(table: Table, context: WriteContext) -> Table:
    """Return a regular table with the same words: a spanned place is empty, further heads are rows, blocks are lines.

    The caption is left to the caller. Reports that the table is not what it was.
    """
    context.warn(
        Diagnostic(
            code=Code.TABLE_FLATTENED,
            message="a table lost its spans, its blocks or its row heads",
            file=context.file,
            line=table.line,
            hint='set tables = "html" to keep them',
        )
    )
    rows = tuple(Row(tuple(_line_cell(cell) for cell in row)) for row in spread((*table.head, *table.rows)))
    width = max((len(row.cells) for row in rows), default=0)
    rows = tuple(Row((*row.cells, *[Cell(())] * (width - len(row.cells)))) for row in rows)
    head = tuple(Row(tuple(replace(cell, header=True) for cell in row.cells)) for row in rows[:1] if table.head)
    alignments = (*table.alignments, *[None] * width)[:width]
    return Table(rows=rows[len(head) :], head=head, alignments=alignments, line=table.line)


def _line_cell(cell: Cell | None) -> Cell:
    lines = tuple(lines_of(cell.blocks)) if cell else ()
    parts: tuple[Inline, ...] = ()
    for line in filter(None, lines):
        parts = (*parts, LineBreak(), *line) if parts else line
    return Cell((Paragraph(parts),)) if parts else Cell(())


def refuse(table: Table, context: WriteContext) -> WriterError:
    """Return the error for a table that cannot be written and must not be changed."""
    return WriterError(
        Code.TABLE_IRREGULAR,
        "a table has spans, blocks in its cells, a caption or row heads, which Markdown has no form for",
        file=context.file,
        line=table.line,
        hint='set tables = "html" or "flatten"',
    )
