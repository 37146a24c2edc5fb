"""Repairs the tag tree that WeasyPrint writes, so that a post is PDF/UA-1 and light enough to be joined.

Works on the objects of pydyf, before they are written. The clauses are those of ISO 14289-1 (PDF/UA-1).
"""

from collections.abc import Iterator, Set
from typing import Any

import pydyf

from converter.writers.pdf.weasyprint.patches import is_leader, source_of

Element = Any
"""A structure element: a pydyf dictionary with the key `S`. pydyf ships no types."""

_TRANSPARENT = frozenset({"/NonStruct", "/Span"})
_HOLDS_TEXT = frozenset(
    f"/{name}" for name in "P H1 H2 H3 H4 H5 H6 Span Link LBody Lbl TD TH Caption Code Quote NonStruct".split()
)
"""Elements that may hold marked content directly."""
_BY_SOURCE = {"pre": "/P", "code": "/Code", "q": "/Quote"}
"""Elements of HTML that PDF has a name for, and WeasyPrint none."""
_INLINE = frozenset({"/Link", "/Code", "/Quote", "/Span"})
"""Elements that are joined when a line break cuts them in two."""
_IMAGES = frozenset({"/Figure", "/Formula"})
_CUT = frozenset(
    f"/{name}"
    for name in "Art Sect Part Div BlockQuote P L LI LBody Table TBody TFoot TR TD TH Caption NonStruct".split()
)
"""Elements that are joined when a page break cuts them in two."""

POINTS = 0.75
"""Points in a CSS pixel."""


class TagTree:
    """The structure elements of one laid-out document."""

    def __init__(self, pdf: Any, unique: str, page_heights: tuple[float, ...], pages: int) -> None:
        """`unique` keeps the ids of table headers apart from those of other posts; heights are in CSS pixels.

        Only the first `pages` pages hold text; the others are artifacts as a whole.
        """
        self._pdf = pdf
        self._unique = unique
        self._heights = page_heights
        root = self.resolve(pdf.catalog["StructTreeRoot"])
        self._parent_tree = self.resolve(root["ParentTree"])
        self.document: Element = self.resolve(root["K"][0])
        self._pages: dict[bytes, int] = {reference: number for number, reference in enumerate(pdf.page_references)}
        self._text_pages = pages
        self._joined_tables: dict[str, str] = {}
        """The number of the table that each table was joined to."""

    def resolve(self, reference: Any) -> Any:
        """Return the object behind a reference such as `b"12 0 R"`, or `None` for anything else."""
        if isinstance(reference, bytes) and reference.endswith(b" R"):
            return self._pdf.objects[int(reference.split()[0])]
        return None

    def kids(self, element: Element) -> Iterator[tuple[Any, Element | None]]:
        """Yield each kid of an element as it stands there, with its own element if it is one."""
        for kid in element["K"]:
            found = self.resolve(kid)
            yield kid, found if is_element(found) else None

    def repair(self) -> None:
        """Mend every element, then make the map from marked content to elements anew."""
        self.document["K"] = pydyf.Array(
            kid for kid, found in self.kids(self.document) if found and self._pages[found["Pg"]] < self._text_pages
        )
        self._repair(self.document, link=None)
        self._join_cut(self.document)
        self._rebuild_parent_tree()

    # ---- repairs ----

    def _repair(self, element: Element, link: Element | None) -> None:
        element["K"] = pydyf.Array(kid for kid, found in self.kids(element) if not is_leader(found))
        if element["S"] == "/NonStruct":
            element["S"] = _BY_SOURCE.get(getattr(source_of(element), "tag", ""), "/NonStruct")
        elif element["S"] == "/Link" and link is not None:
            element["S"] = "/NonStruct"  # what CSS puts before or after a link is in it, not another one
        for _, kid in self.kids(element):
            if kid is not None:
                self._repair(kid, element if element["S"] == "/Link" else link)
        match element["S"]:
            case "/Figure":
                self._repair_figure(element)
            case "/TH":
                self._repair_header(element)
            case "/LI":
                self._repair_item(element)
        if link is not None or element["S"] == "/Link":
            self._gather_annotations(element, link)
        if element["S"] in _HOLDS_TEXT:
            self._splice_transparent(element)

    def _repair_figure(self, element: Element) -> None:
        """Turn an image without words into no figure (7.3), and give the box of the others in points, from below.

        A formula is drawn as an image, and is a formula all the same (7.7).
        """
        if "Alt" not in element:
            element["S"] = "/NonStruct"
            element.pop("A", None)
            return
        left, top, right, bottom = element["A"]["BBox"]
        height = self._heights[self._pages[element["Pg"]]]
        box = (left, height - bottom, right, height - top)
        element["A"]["BBox"] = pydyf.Array(round(value * POINTS, 3) for value in box)
        if (source := source_of(element)) is not None and source.get("class") == "math":
            element["S"] = "/Formula"

    def _repair_header(self, element: Element) -> None:
        """Say what a header heads (7.5), and make its id unique in the book."""
        attributes = element.setdefault("A", pydyf.Dictionary({"O": "/Table"}))
        attributes.setdefault("Scope", "/Row" if self._heads_row(element) else "/Column")
        if "ID" in element:
            element["ID"] = self._renamed(element["ID"].string)

    def _heads_row(self, element: Element) -> bool:
        source = source_of(element)
        return source is not None and source.get("scope", "").startswith("row")

    def _renamed(self, name: str) -> pydyf.String:
        """Return the id of a header for the whole book. WeasyPrint begins it with the number of the table."""
        table, _, place = name.partition("-")
        return pydyf.String(f"{self._unique}-{self._joined_tables.get(table, table)}-{place}")

    def _repair_item(self, element: Element) -> None:
        """Put what stands in a list item beside its label into one body (7.6: only labels and bodies are allowed)."""
        kids = tuple(self.kids(element))
        bodies = sum(kid is not None and kid["S"] == "/LBody" for _, kid in kids)
        if bodies <= 1 and all(kid is not None and kid["S"] in {"/Lbl", "/LBody"} for _, kid in kids):
            return
        body = pydyf.Dictionary(
            {"Type": "/StructElem", "S": "/LBody", "K": pydyf.Array(), "P": element.reference, "Pg": element["Pg"]}
        )
        self._pdf.add_object(body)
        labels = pydyf.Array(kid for kid, found in kids if found is not None and found["S"] == "/Lbl")
        for kid, found in kids:
            if found is not None and found["S"] == "/LBody":
                self._adopt(body, found["K"])
            elif found is None or found["S"] != "/Lbl":
                self._adopt(body, (kid,))
        element["K"] = pydyf.Array((*labels, body.reference))

    def _gather_annotations(self, element: Element, link: Element | None) -> None:
        """Leave annotations to the outermost link alone: WeasyPrint makes one for every box in it."""
        if link is None:
            return
        kept = pydyf.Array()
        for kid in element["K"]:
            found = self.resolve(kid)
            if not isinstance(found, dict) or found.get("Type") != "/OBJR":
                kept.append(kid)
            elif element["S"] in _IMAGES:
                link["K"].append(kid)  # the area of a linked image is larger than that of the line it stands in
        element["K"] = kept

    def _splice_transparent(self, element: Element) -> None:
        """Put the content of kids that mean nothing in their place: WeasyPrint makes an element for every line."""
        spliced = pydyf.Array()
        for kid, found in self.kids(element):
            if found is not None and self._is_transparent(found, element):
                self._set_parent(found["K"], element)
                spliced.extend(found["K"])
                found.clear()
            else:
                spliced.append(kid)
        element["K"] = spliced

    @staticmethod
    def _is_transparent(kid: Element, parent: Element) -> bool:
        return kid["S"] in _TRANSPARENT and kid["Pg"] == parent["Pg"] and kid.keys() <= {"Type", "S", "K", "Pg", "P"}

    def _adopt(self, parent: Element, kids: Any) -> None:
        parent["K"].extend(kids)
        self._set_parent(kids, parent)

    def _set_parent(self, kids: Any, parent: Element) -> None:
        for kid in kids:
            found = self.resolve(kid)
            if is_element(found):
                found["P"] = parent.reference

    # ---- what page breaks cut in two ----

    def _join_cut(self, element: Element) -> None:
        """Join neighbours that come from one and the same element of the page."""
        joined = pydyf.Array()
        before: Element | None = None
        for kid, found in self.kids(element):
            if before is not None and found is not None and _are_one(before, found):
                self._absorb(before, found)
                continue
            joined.append(kid)
            before = found
        element["K"] = joined
        for _, found in self.kids(element):
            if found is not None:
                self._join_cut(found)

    def _absorb(self, first: Element, second: Element) -> None:
        """Move the kids of `second` into `first`. The heads of a table, repeated on its pages, are not read again."""
        if first["S"] == "/Table":
            self._joined_tables[str(second.number)] = str(first.number)
        for kid, found in tuple(self.kids(second)):
            if found is not None and found["S"] == "/THead":
                continue
            if found is not None and (twin := self._twin(first, found)) is not None:
                self._absorb(twin, found)
                continue
            elsewhere = isinstance(kid, int) and first["Pg"] != second["Pg"]
            first["K"].append(self._content_reference(kid, second) if elsewhere else kid)
            if found is not None:
                found["P"] = first.reference
        second["K"] = pydyf.Array()

    def _twin(self, parent: Element, other: Element) -> Element | None:
        """Return the kid of `parent` whose rest `other` is. A page break cuts all cells of a row, else the last kid."""
        kids = [found for _, found in self.kids(parent)]
        candidates = kids if parent["S"] == "/TR" else kids[-1:]
        return next((found for found in candidates if found is not None and _are_one(found, other)), None)

    def _content_reference(self, number: int, element: Element) -> bytes:
        """Return a reference to marked content on another page than that of the element it goes to."""
        found = pydyf.Dictionary({"Type": "/MCR", "Pg": element["Pg"], "MCID": number})
        self._pdf.add_object(found)
        reference: bytes = found.reference
        return reference

    # ---- the map from content to elements ----

    def _rebuild_parent_tree(self) -> None:
        """Map every fragment of marked content to its element; what has none is an artifact (7.1)."""
        old = self._parent_tree["Nums"]
        sizes = {number: len(old[2 * number + 1]) for number in range(len(self._pages))}
        owners: dict[int, dict[int, bytes]] = {number: {} for number in sizes}
        annotations: dict[int, bytes] = {}
        self._collect_owners(self.document, owners, annotations)
        nums = pydyf.Array()
        for number, size in sizes.items():
            nums += [number, pydyf.Array(owners[number].get(mcid, "null") for mcid in range(size))]
            lost = frozenset(range(size)) - owners[number].keys()
            if lost:
                self._make_artifacts(number, lost)
        for number, reference in sorted(annotations.items()):
            nums += [number, reference]
        self._parent_tree["Nums"] = nums
        self._drop_annotations(annotations.keys())

    def _collect_owners(
        self, element: Element, owners: dict[int, dict[int, bytes]], annotations: dict[int, bytes]
    ) -> None:
        reference: bytes = element.reference
        if headers := element.get("A", {}).get("Headers"):
            element["A"]["Headers"] = pydyf.Array(self._renamed(name.string) for name in headers)
        for kid in element["K"]:
            found = self.resolve(kid)
            if isinstance(kid, int):
                owners[self._pages[element["Pg"]]][kid] = reference
            elif is_element(found):
                self._collect_owners(found, owners, annotations)
            elif found["Type"] == "/MCR":
                owners[self._pages[found["Pg"]]][found["MCID"]] = reference
            elif found["Type"] == "/OBJR":
                annotations[self.resolve(found["Obj"])["StructParent"]] = reference

    def _drop_annotations(self, owned: Set[int]) -> None:
        """Remove the annotations that no element has (7.18.5): those in margin boxes, and those left out above."""
        for page in map(self.resolve, self._pages):
            if "Annots" in page:
                kept = (each for each in page["Annots"] if self.resolve(each).get("StructParent") in owned)
                page["Annots"] = pydyf.Array(kept)

    def _make_artifacts(self, page: int, lost: frozenset[int]) -> None:
        stream = self.resolve(self.resolve(self._pdf.page_references[page])["Contents"]).stream
        for index, operand in enumerate(stream):
            if isinstance(operand, pydyf.Dictionary) and operand.get("MCID") in lost:
                stream[index - 1] = "/Artifact"
                stream[index] = pydyf.Dictionary({"Type": "/Pagination"})


def is_element(found: Any) -> bool:
    """Return whether an object is a structure element."""
    return isinstance(found, dict) and found.get("Type") == "/StructElem"


def _are_one(first: Element, second: Element) -> bool:
    """Return whether two elements are the parts of one: over pages, or over lines."""
    source = source_of(first)
    return (
        source is not None
        and source is source_of(second)
        and first["S"] == second["S"]
        and (first["S"] in _INLINE or (first["S"] in _CUT and first["Pg"] != second["Pg"]))
    )
