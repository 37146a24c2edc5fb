"""Repairs the head cells of tables: Typst counts their ids from one in each PDF, and has none for rows."""

from collections.abc import Iterator, Sequence
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String


def make_ids_unique(pdf: pikepdf.Pdf, prefix: str) -> None:
    """Let the id of each element begin with `prefix`, also where cells name their heads by it."""
    tree = pdf.Root.StructTreeRoot.get("/IDTree", Dictionary()).get("/Names", Array())
    tables: dict[tuple[int, int], pikepdf.Object] = {}
    for number in range(0, len(tree), 2):
        element = tree[number + 1]
        element.ID = tree[number] = String(f"{prefix}-{element.ID}")
        if (table := _table_of(element)) is not None:
            tables[table.objgen] = table
    for table in tables.values():
        _rename_heads(table, prefix)


def mark_row_heads(pdf: pikepdf.Pdf, tables: Sequence[frozenset[int]]) -> None:
    """Make heads of the first cells of rows. `tables` has the rows of each body, in the order of the pages."""
    found = list(_elements(pdf.Root.StructTreeRoot, Name.Table)) if any(tables) else []
    if len(found) != len(tables):
        return
    for table, heads in zip(found, tables, strict=True):
        bodies = [kid for kid in _listed(table.get("/K")) if kid.get("/S") == Name.TBody]
        rows = [row for body in bodies for row in _listed(body.get("/K")) if row.get("/S") == Name.TR]
        for number in heads & set(range(len(rows))):
            cell = next((kid for kid in _listed(rows[number].get("/K")) if kid.get("/S") == Name.TD), None)
            if cell is not None:
                cell.S = Name.TH
                cell.A = Array([*_listed(cell.get("/A")), Dictionary(O=Name.Table, Scope=Name.Row)])


def _elements(element: pikepdf.Object, kind: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """Yield the elements of a kind, in reading order."""
    if element.get("/S") == kind:
        yield element
    for kid in _listed(element.get("/K")):
        yield from _elements(kid, kind)


def _table_of(element: pikepdf.Object) -> pikepdf.Object | None:
    """Return the outermost table that an element is in."""
    found = None
    while "/S" in element:
        if Name.Table == element.S:
            found = element
        if "/P" not in element:
            break
        element = element.P
    return found


def _rename_heads(element: pikepdf.Object, prefix: str) -> None:
    for attributes in _listed(element.get("/A")):
        if "/Headers" in attributes:
            attributes.Headers = Array([String(f"{prefix}-{name}") for name in attributes.Headers])
    for kid in _listed(element.get("/K")):
        if "/S" in kid:
            _rename_heads(kid, prefix)


def _listed(found: Any) -> list[Any]:
    """Return the dictionaries in what may be one, an array of them and of numbers, a number, or nothing."""
    each = found if isinstance(found, Array) else [found]
    return [one for one in each if isinstance(one, Dictionary)]
