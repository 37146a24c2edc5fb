"""The tree of the tags of a book: those of its fragments, hung from the document and its sections (14.7)."""

from collections.abc import Iterable
from typing import Any

from converter.writers.pdf.assembly.binding import Taken
from converter.writers.pdf.assembly.file import PdfFile
from converter.writers.pdf.assembly.syntax import Name, Reference, text


class Tags:
    """What is known of it while fragments are taken; their elements themselves are in the file."""

    def __init__(self, file: PdfFile) -> None:
        self._file = file
        self.document = file.reserve()
        self._sections: dict[int, list[Reference]] = {}
        """The elements of sections, with their kids."""
        self._parents: list[Reference] = []
        """The leaves of the parent tree."""
        self._next = 0
        self._roles: dict[str, bytes] = {}
        self._ids: dict[bytes, Reference] = {}
        """By their names as they are written: those of fragments begin with letters and digits, and sort like bytes."""

    def open_section(self) -> int:
        """Return the number of the element of a new section."""
        number = self._file.reserve()
        self._sections[number] = []
        return number

    def note(self, parents: list[tuple[int, bytes]], roles: dict[str, bytes], ids: Iterable[tuple[str, int]]) -> int:
        """Write the parent tree of a fragment, and note the rest; return what is added to its keys."""
        base = self._next
        self._parents += self._file.add_leaves("Nums", [(key + base, owner) for key, owner in parents])
        self._next = max((key + base + 1 for key, _ in parents), default=base)
        self._roles.update(roles)
        self._ids.update((text(name), Reference(number)) for name, number in ids)
        return base

    def write(self, taken: Iterable[Taken]) -> Reference:
        """Write the tree of a book, in which fragments have this order."""
        kids: list[Reference] = []
        opened: set[int] = set()
        for each in taken:
            found = map(Reference, each.kids)
            if each.branch not in self._sections:
                kids += found
                continue
            if each.branch not in opened:
                opened.add(each.branch)
                kids.append(Reference(each.branch))
            self._sections[each.branch] += found
        root = self._file.reserve()
        for number, below in self._sections.items():
            self._file.put(number, _element("Sect", Reference(self.document), below))
        document = self._file.put(self.document, _element("Document", Reference(root), kids))
        values: dict[str, Any] = {
            "Type": Name("StructTreeRoot"),
            "K": (document,),
            "ParentTree": self._file.add({"Kids": self._parents} if self._parents else {"Nums": ()}),
            "ParentTreeNextKey": self._next,
        }
        if self._roles:
            values["RoleMap"] = {name.lstrip("/"): role for name, role in sorted(self._roles.items())}
        if self._ids:
            values["IDTree"] = self._file.add_tree("Names", sorted(self._ids.items()))
        return self._file.put(root, values)


def _element(kind: str, parent: Reference, kids: list[Reference]) -> dict[str, Any]:
    return {"Type": Name("StructElem"), "S": Name(kind), "P": parent, "K": kids}
