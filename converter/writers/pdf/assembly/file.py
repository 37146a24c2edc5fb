"""Writes the objects of a PDF one after the other, so that none has to stay in memory (ISO 32000-1, 7.5)."""

import zlib
from array import array
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from converter.writers.pdf.assembly.syntax import Name, Reference, binary, entries, written

HEADER = b"%PDF-1.7\n%\xbf\xf7\xa2\xfe\n"
TOGETHER = 200
"""Objects in a stream of objects."""
LEAF = 64
"""Entries in a leaf of a tree."""
_FREE, _ALONE, _IN_STREAM = 0, 1, 2
_WIDTHS = (1, 5, 2)


class PdfFile:
    """A file that grows. Objects get their numbers before they are there."""

    def __init__(self) -> None:
        self._written = bytearray(HEADER)
        self._kinds, self._places, self._indices = array("B", (_FREE,)), array("Q", (0,)), array("L", (0,))
        self._waiting: list[tuple[int, bytes]] = []
        """Objects that go into the next stream of objects."""

    def reserve(self, count: int = 1) -> int:
        """Return the first of so many numbers that nothing has yet."""
        first = len(self._kinds)
        self._kinds.extend([_FREE] * count)
        self._places.extend([0] * count)
        self._indices.extend([0] * count)
        return first

    def put(self, number: int, value: Any) -> Reference:
        """Write an object."""
        self._waiting.append((number, written(value)))
        if len(self._waiting) == TOGETHER:
            self._write_waiting()
        return Reference(number)

    def put_stream(self, number: int, dictionary: bytes, data: bytes) -> Reference:
        """Write a stream; its dictionary, an object like others, has no length yet."""
        self._kinds[number], self._places[number] = _ALONE, len(self._written)
        head = dictionary.removesuffix(b">>").rstrip()
        self._written += b"%d 0 obj\n%s /Length %d >>\nstream\n" % (number, head, len(data))
        self._written += data
        self._written += b"\nendstream\nendobj\n"
        return Reference(number)

    def add(self, value: Any) -> Reference:
        """Write an object with a new number."""
        return self.put(self.reserve(), value)

    def add_stream(self, data: bytes, values: dict[str, Any] | None = None, *, packed: bool = True) -> Reference:
        """Write a stream with a new number; `values` stand in its dictionary."""
        filters = {"Filter": Name("FlateDecode")} if packed else {}
        found = zlib.compress(data) if packed else data
        return self.put_stream(self.reserve(), written({**(values or {}), **filters}), found)

    def add_tree(self, kind: str, pairs: Sequence[tuple[Any, Any]]) -> Reference:
        """Write a tree of `Names` or `Nums` that has these pairs, which are sorted."""
        if len(pairs) <= LEAF:
            return self.add({kind: [each for pair in pairs for each in pair]})
        return self.add({"Kids": self.add_leaves(kind, pairs)})

    def add_leaves(self, kind: str, pairs: Sequence[tuple[Any, Any]]) -> list[Reference]:
        """Write the leaves of such a tree (7.9.6, 7.9.7)."""
        leaves = [pairs[start : start + LEAF] for start in range(0, len(pairs), LEAF)]
        return [
            self.add({"Limits": (leaf[0][0], leaf[-1][0]), kind: [each for pair in leaf for each in pair]})
            for leaf in leaves
        ]

    def finish(self, root: Reference, information: Reference) -> bytes:
        """Return the whole file, whose name is a hash of what is in it."""
        self._write_waiting()
        number, start = self.reserve(), len(self._written)
        self._kinds[number], self._places[number] = _ALONE, start
        rows = zip(self._kinds, self._places, self._indices, strict=True)
        table = b"".join(b"%c%b%b" % (kind, place.to_bytes(5), index.to_bytes(2)) for kind, place, index in rows)
        name = binary(sha256(self._written).digest()[:16])
        values = {"Type": Name("XRef"), "Size": number + 1, "W": _WIDTHS, "Root": root, "Info": information,
                  "ID": (name, name), "Filter": Name("FlateDecode")}  # fmt: skip
        self.put_stream(number, written(values), zlib.compress(table))
        self._written += b"startxref\n%d\n%%%%EOF\n" % start
        return bytes(self._written)

    def _write_waiting(self) -> None:
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        holder = self.reserve()
        heads, place = [], 0
        for index, (number, body) in enumerate(waiting):
            self._kinds[number], self._places[number], self._indices[number] = _IN_STREAM, holder, index
            heads.append(b"%d %d" % (number, place))
            place += len(body) + 1
        head = b" ".join(heads) + b"\n"
        values = {"Type": Name("ObjStm"), "N": len(waiting), "First": len(head), "Filter": Name("FlateDecode")}
        bodies = b"\n".join(body for _, body in waiting)
        self.put_stream(holder, b"<< %s >>" % entries(values), zlib.compress(head + bodies))
