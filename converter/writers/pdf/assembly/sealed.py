"""Fits sealed fragments into a book: names in their tags become unique, and what is laid over their pages is a form.

A sealed fragment comes with its fonts and with the resources of each page, so that names in its code mean nothing
outside of it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String


def unique_ids(root: pikepdf.Object, prefix: str) -> Iterator[tuple[str, pikepdf.Object]]:
    """Yield the elements with an id, which begins with `prefix` from now on, also where head cells are named by it."""
    numbers = root.get("/IDTree", Dictionary()).get("/Names", Array())
    tables: dict[tuple[int, int], pikepdf.Object] = {}
    for number in range(1, len(numbers), 2):
        element = numbers[number]
        element.ID = String(prefix + str(element.ID))
        yield str(element.ID), element
        if (table := _table_of(element)) is not None:
            tables[table.objgen] = table
    for table in tables.values():
        _rename_heads(table, prefix)


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
            attributes.Headers = Array([String(prefix + str(name)) for name in attributes.Headers])
    for kid in _listed(element.get("/K")):
        if "/S" in kid:
            _rename_heads(kid, prefix)


def _listed(found: Any) -> list[Any]:
    """Return the dictionaries in what may be one, an array of them and of numbers, a number, or nothing."""
    each = found if isinstance(found, Array) else [found]
    return [one for one in each if isinstance(one, Dictionary)]


def shift_link(annotation: pikepdf.Object, shift: float) -> None:
    """Move a link to the right by so many points."""
    left, bottom, right, top = (float(value) for value in annotation.Rect)
    annotation.Rect = Array([left + shift, bottom, right + shift, top])
    if "/QuadPoints" in annotation:
        points = [float(value) for value in annotation.QuadPoints]
        annotation.QuadPoints = Array([value + shift * (number % 2 == 0) for number, value in enumerate(points)])


def crop_marks(size: tuple[float, float], bleed: float) -> bytes:
    """Return the code that draws where a sheet of `size` is cut, and crosses that show whether colours fit."""
    width, height = size
    length = bleed * 0.8
    lines = [
        *((x, y, x + length, y) for x in (0, width - length) for y in (bleed, height - bleed)),
        *((x, y, x, y + length) for x in (bleed, width - bleed) for y in (0, height - length)),
    ]
    for x, y in (
        (bleed / 2, height / 2),
        (width - bleed / 2, height / 2),
        (width / 2, bleed / 2),
        (width / 2, height - bleed / 2),
    ):
        lines += [(x - length / 2, y, x + length / 2, y), (x, y - length / 2, x, y + length / 2)]
    drawn = "".join(f"{x:.3f} {y:.3f} m {to_x:.3f} {to_y:.3f} l S " for x, y, to_x, to_y in lines)
    return f"/Artifact BMC 0.3 w {drawn}EMC".encode()


def form(pdf: pikepdf.Pdf, code: bytes, resources: pikepdf.Object, size: tuple[float, float]) -> pikepdf.Object:
    """Return what draws `code` with its own resources."""
    box = Array([0, 0, *size])
    return pdf.make_indirect(Stream(pdf, code, Type=Name.XObject, Subtype=Name.Form, BBox=box, Resources=resources))


def lay_over(
    pdf: pikepdf.Pdf, page: pikepdf.Object, forms: Mapping[str, pikepdf.Object], opening: pikepdf.Object
) -> None:
    """Draw forms over a page, by the names that its resources get for them; `opening` saves the state and moves it."""
    if "/XObject" not in page.Resources:
        page.Resources.XObject = Dictionary()
    for name, found in forms.items():
        page.Resources.XObject[f"/{name}"] = found
    drawn = "".join(f" /{name} Do" for name in forms)
    page.Contents = Array([opening, page.Contents, pdf.make_indirect(Stream(pdf, f"\nQ q{drawn} Q".encode()))])
