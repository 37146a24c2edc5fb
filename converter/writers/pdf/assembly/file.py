"""Writes the objects of a PDF one after the other, so that none has to stay in memory (ISO 32000-1, 7.5)."""

import sys
import zlib
from array import array
from collections.abc import Sequence
from hashlib import sha256
from itertools import repeat
from typing import Any

from converter.writers.pdf.assembly.syntax import Name, Reference, binary, entries, written

HEADER = b"%PDF-1.7\n%\xbf\xf7\xa2\xfe\n"
TOGETHER = 200
"""Objects in a stream of objects."""
LEAF = 64
"""Entries in a leaf of a tree."""
_ALONE, _IN_STREAM = 1, 2
_WIDTHS = (1, 5, 2)
"""Bytes of a row of the table of objects: how one is stored, and where."""


class PdfFile:
    """A file that grows. Objects get their numbers before they are there."""

    def __init__(self) -> None:
        self._written = bytearray(HEADER)
        self._rows = array("Q", (0,))
        """The table of objects, a row in eight bytes; 0 for a number that nothing has."""
        self._waiting: list[tuple[int, bytes]] = []
        """Objects that go into the next stream of objects."""

    def reserve(self, count: int = 1) -> int:
        """Return the first of so many numbers that nothing has yet."""
        first = len(self._rows)
        self._rows.extend(repeat(0, count))
        return first

    def put(self, number: int, value: Any) -> Reference:
        """Write an object."""
        self._waiting.append((number, written(value)))
        if len(self._waiting) == TOGETHER:
            self._write_waiting()
        return Reference(number)

    def put_stream(self, number: int, dictionary: bytes, data: bytes) -> Reference:
        """Write a stream; its dictionary, an object like others, has no length yet."""
        self._rows[number] = _row(_ALONE, len(self._written))
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
        self._rows[number] = _row(_ALONE, start)
        if sys.byteorder == "little":
            self._rows.byteswap()
        table = self._rows.tobytes()
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
            self._rows[number] = _row(_IN_STREAM, holder, index)
            heads.append(b"%d %d" % (number, place))
            place += len(body) + 1
        head = b" ".join(heads) + b"\n"
        values = {"Type": Name("ObjStm"), "N": len(waiting), "First": len(head), "Filter": Name("FlateDecode")}
        bodies = b"\n".join(body for _, body in waiting)
        self.put_stream(holder, b"<< %s >>" % entries(values), zlib.compress(head + bodies))


def _row(kind: int, place: int, index: int = 0) -> int:
    return kind << 56 | place << 16 | index
