"""Writes the pages of a book: running heads, page numbers and crop marks are laid over their text."""

import zlib
from collections.abc import Mapping
from typing import Any

from converter.writers.pdf.assembly.binding import Binding, PageStyle, Taken
from converter.writers.pdf.assembly.file import PdfFile
from converter.writers.pdf.assembly.syntax import Name, Reference, entries, written
from converter.writers.pdf.fragment import PageObject

NODE = 64
"""Pages in a node of their tree."""


class PageWriter:
    """Writes page after page."""

    def __init__(self, file: PdfFile, book: Binding, folios: Mapping[str, bytes]) -> None:
        """`folios` are the dictionaries of what draws page numbers, by what the theme set."""
        self._file = file
        self._book = book
        self._folios = folios
        self._root = file.reserve()
        self._nodes: list[tuple[int, list[Reference]]] = []
        self._codes: dict[bytes, Reference] = {}
        self._marks: Reference | None = None

    def add(self, page_object: PageObject, page_style: PageStyle, taken: Taken) -> None:
        """Write the next page."""
        contents, forms = page_object.contents, self._forms(page_style, taken)
        head = taken.fragment.overlays.get(page_style.overlay)
        if head and taken.fragment.sealed:
            forms = {"Head": Reference(head), **forms}
        elif head:
            contents = b" ".join(map(written, (contents, self._code(b"Q\nq"), Reference(head))))
        if forms or contents != page_object.contents or page_style.shift:
            drawn = "".join(f" /{name} Do" for name in forms)
            over = self._code(f"\nQ q{drawn} Q".encode())
            opening = self._code(f"q 1 0 0 1 {page_style.shift:.3f} 0 cm".encode() if page_style.shift else b"q")
            contents = b" ".join(map(written, (opening, contents, over)))
        drawings = b"%s %s" % (page_object.drawings, entries(forms))
        page = [
            page_object.entries,
            b"/Contents [ %s ] /Resources << %s /XObject << %s >> >>" % (contents, page_object.resources, drawings),
        ]
        if page_object.links:
            page.append(entries({"Annots": [Reference(link.number) for link in page_object.links]}))
        if page_object.key >= 0:
            page.append(b"/StructParents %d" % page_object.key)
        if self._book.bleed and taken.fragment.sealed:
            page.append(entries(self._boxes()))
        self._write(page_object.number, b" ".join(page))

    def add_blank(self) -> None:
        """Write a page without anything."""
        self._write(self._file.reserve(), entries({"MediaBox": (0, 0, *self._book.size), "Resources": {}}))

    @property
    def count(self) -> int:
        """How many pages there are."""
        return NODE * (len(self._nodes) - 1) + len(self._nodes[-1][1]) if self._nodes else 0

    def finish(self) -> Reference:
        """Write the tree of the pages."""
        for number, kids in self._nodes:
            values = {"Type": Name("Pages"), "Parent": Reference(self._root), "Count": len(kids), "Kids": kids}
            self._file.put(number, values)
        nodes = [Reference(number) for number, _ in self._nodes]
        return self._file.put(self._root, {"Type": Name("Pages"), "Count": self.count, "Kids": nodes})

    def _write(self, number: int, body: bytes) -> None:
        if not self._nodes or len(self._nodes[-1][1]) == NODE:
            self._nodes.append((self._file.reserve(), []))
        node, kids = self._nodes[-1]
        kids.append(self._file.put(number, b"<< /Type /Page /Parent %d 0 R %s >>" % (node, body)))

    def _forms(self, page_style: PageStyle, taken: Taken) -> dict[str, Reference]:
        """Return page number and crop marks of a page, by the names that its resources get for them."""
        book, found = self._book, dict[str, Reference]()
        if page_style.folio:
            form = self._folios[book.folios.pattern(page_style.folio, page_style.side)]
            code = zlib.compress(book.folios.draw(page_style.folio, page_style.side))
            found["Folio"] = self._file.put_stream(self._file.reserve(), form, code)
        if book.bleed and taken.fragment.sealed:
            self._marks = self._marks or self._file.add_stream(crop_marks(book.size, book.bleed), self._form())
            found["Marks"] = self._marks
        return found

    def _form(self) -> dict[str, Any]:
        return {"Type": Name("XObject"), "Subtype": Name("Form"), "BBox": (0, 0, *self._book.size), "Resources": {}}

    def _code(self, code: bytes) -> Reference:
        """Return what many pages have among their contents."""
        if code not in self._codes:
            self._codes[code] = self._file.add_stream(code)
        return self._codes[code]

    def _boxes(self) -> dict[str, Any]:
        (width, height), bleed = self._book.size, self._book.bleed
        return {"TrimBox": (bleed, bleed, width - bleed, height - bleed), "BleedBox": (0, 0, width, height)}


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
