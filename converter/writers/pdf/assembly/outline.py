"""Writes the outline of a book (12.3.3)."""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from converter.writers.pdf.assembly.file import PdfFile
from converter.writers.pdf.assembly.syntax import Name, Reference


class Item(Struct):
    """An entry with those below it."""

    level: int
    label: str
    destination: bytes
    is_closed: bool
    below: list["Item"] = []

    @property
    def shown(self) -> int:
        """How many lines it takes with those below it when it is open."""
        return sum(1 if each.is_closed else 1 + each.shown for each in self.below)


def write_outline(file: PdfFile, items: Iterable[Item]) -> Reference:
    """Write the entries, which come in the order of their pages and hang from those of lower levels."""
    top = Item(-1, "", b"", is_closed=False)
    stack = [top]
    for item in items:
        while stack[-1].level >= item.level:
            stack.pop()
        stack[-1].below.append(item)
        stack.append(item)
    number = file.reserve()
    return file.put(number, {"Type": Name("Outlines"), **_below(file, top, number)})


def _below(file: PdfFile, parent: Item, number: int) -> dict[str, Any]:
    """Write what is below an entry; return how it says so."""
    if not parent.below:
        return {}
    first = file.reserve(len(parent.below))
    last = first + len(parent.below) - 1
    for own, item in enumerate(parent.below, first):
        values = {"Title": item.label, "Parent": Reference(number), "Dest": item.destination, **_below(file, item, own)}
        if own > first:
            values["Prev"] = Reference(own - 1)
        if own < last:
            values["Next"] = Reference(own + 1)
        file.put(own, values)
    count = -parent.shown if parent.is_closed else parent.shown
    return {"First": Reference(first), "Last": Reference(last), "Count": count}
