"""Writes what may be wider than a phone so that it can be scrolled, without a mouse too: it can have the focus."""

from unicodedata import east_asian_width

from converter.languages.labels import label
from converter.model import Cell, CodeBlock, Node, Table
from converter.model.grid import columns_of
from converter.model.walk import text_of
from converter.writers.xhtml import Override, Page, code_block, element, table

NARROW = 36
"""Letters of code that fit on a phone for sure."""
LETTER = 0.55
"""The width of a letter, in font sizes; a Han character is as wide as two."""
COMFORT = 9.0
"""So wide a cell with a long text should be at least, in font sizes."""
SHORT = 8
"""A cell of so many letters is on one line."""
PADDING = 1.4
"""What a cell adds to the width of its words: the style sheet has the same."""


def _table(node: Table, page: Page) -> str:
    markup = table(node, page, cell_kind=lambda cell: "short" if _letters(_text(cell)) <= SHORT else "")
    if not (node.rows or node.head):
        return markup
    name = " ".join(text_of(node.caption).split()) if node.caption else ""
    attributes = {
        "class": "scroll",
        "tabindex": "0",
        "role": "group",
        "aria-label": name or label(page.language, "table"),
    }
    # Text that can break anywhere, as Han can, would be squeezed to a column of single characters.
    return element("div", element("div", markup, {"style": f"min-width:{_comfortable(node):.1f}em"}), attributes)


def _comfortable(node: Table) -> float:
    """Return how wide a table should be at least, in font sizes."""
    widths: dict[int, float] = {}
    for rows in (node.head, node.rows):
        for row, columns in zip(rows, columns_of(rows), strict=True):
            for cell, column in zip(row.cells, columns, strict=True):
                width = min(_letters(_text(cell)) * LETTER, COMFORT) / cell.colspan
                for place in range(column, column + cell.colspan):
                    widths[place] = max(widths.get(place, 0.0), width)
    return sum(widths.values()) + PADDING * len(widths)


def _text(cell: Cell) -> str:
    return " ".join(map(text_of, cell.blocks))


def _code(node: CodeBlock, page: Page) -> str:  # noqa: ARG001  # an override
    is_wide = any(_letters(line) > NARROW for line in node.text.split("\n"))
    return code_block(node, {"tabindex": "0"} if is_wide else {})


def _letters(text: str) -> int:
    """Return how wide a text is, in letters."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


SCROLLING: dict[type[Node], Override] = {CodeBlock: _code, Table: _table}
"""Overrides of what is written otherwise."""
