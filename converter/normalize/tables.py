"""Tables that only arrange things on a page are unfolded into what they arrange."""

from converter.diagnostics import Warn
from converter.model import Block, Cell, Heading, Paragraph, Post, Row, Site, Table
from converter.model.walk import query, text_of
from converter.normalize.lines import Flow, rewrite_flows

_LONG = 200
"""Characters of a cell that is no datum."""


def unfold_layout_tables(post: Post, _site: Site, _warn: Warn) -> Post:
    """Replace tables without data by the blocks of their cells, in reading order."""
    return rewrite_flows(post, _unfolded)


def _unfolded(blocks: Flow) -> Flow:
    if not any(isinstance(block, Table) and _is_layout(block) for block in blocks):
        return blocks
    found: list[Block] = []
    for block in blocks:
        if isinstance(block, Table) and _is_layout(block):
            found += [Paragraph(block.caption, line=block.line)] if block.caption else []
            found += [inner for row in block.rows for cell in row.cells for inner in cell.blocks]
        else:
            found.append(block)
    return tuple(found)


def _is_layout(table: Table) -> bool:
    """Whether a table has no head and one column, or one row, of things that no table of data has."""
    if table.head or any(cell.header for row in table.rows for cell in row.cells):
        return False
    cells = [cell for row in table.rows for cell in row.cells]
    inner = [node for cell in cells for node in query(cell.blocks) if isinstance(node, Table | Heading)]
    if any(isinstance(node, Heading) for node in inner) or (inner and not _is_data(table, cells)):
        return True
    if len(table.alignments) == 1:
        return True
    return len(table.rows) == 1 and any(_is_arranged(row) for row in table.rows)


def _is_data(table: Table, cells: list[Cell]) -> bool:
    """Whether a table that has tables in its cells is one of data all the same: most of its cells are short words."""
    if len(table.rows) < 2 or len(table.alignments) < 2 or any(len(text_of(cell.blocks)) > _LONG for cell in cells):
        return False
    plain = [cell for cell in cells if len(cell.blocks) == 1 and isinstance(cell.blocks[0], Paragraph)]
    return 2 * len(plain) > len(cells)


def _is_arranged(row: Row) -> bool:
    return any(
        len(cell.blocks) > 1
        or any(not isinstance(block, Paragraph) for block in cell.blocks)
        or len(text_of(cell.blocks)) > _LONG
        for cell in row.cells
    )
