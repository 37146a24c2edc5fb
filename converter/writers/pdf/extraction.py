"""Takes the pages of a PDF apart into the objects that a book is joined from."""

import re
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

import pikepdf
from msgspec.structs import replace
from pikepdf import Array, Dictionary, Name

from converter.writers.pdf.fragment import (
    BRANCH,
    FONTS,
    OWN,
    OWN_SCHEME,
    POST_SCHEME,
    Fragment,
    Link,
    Objects,
    PageObject,
)

_REFERENCE = re.compile(rb"\((?:[^()\\]|\\.)*\)|\b(\d+) \d+ R\b", re.DOTALL)
"""A reference, or a string, in which there is none."""
_PLACED = frozenset({"/Type", "/Parent", "/Contents", "/Resources", "/Annots", "/StructParents"})
_AIMED = frozenset({"/A", "/Dest", "/Contents"})
_MOVED = frozenset({"/Rect", "/QuadPoints", "/StructParent"})


def extract(pdf: pikepdf.Pdf, fragments: Sequence[Fragment]) -> tuple[Objects, tuple[Fragment, ...]]:
    """Return the objects of a PDF that has only these fragments, and the fragments with the numbers of their drawings.

    The PDF is of no use afterwards.
    """
    found = _Extraction(pdf)
    fonts = b"" if fragments[0].sealed else found.share_fonts()
    pages = sum(fragment.pages for fragment in fragments)
    take = found.contents if pages and not fragments[0].sealed else found.drawing
    overlays = {page: take(page) for each in fragments for page in each.overlays.values()}
    page_objects = tuple(map(found.page_object, range(pages)))
    kids, parents, roles, ids = found.tags()
    objects = Objects(*found.bodies(), page_objects, kids, parents, roles, ids, fonts)
    numbered = (
        replace(each, overlays={name: overlays[page] for name, page in each.overlays.items()}) for each in fragments
    )
    return objects, tuple(numbered)


class _Extraction:
    """Numbers objects in the order in which they are met."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self._pdf = pdf
        self._pages = [page.obj for page in pdf.pages]
        self._numbers: dict[int, int] = {}
        self._lines: list[bytes] = [b""] * OWN
        self._data: dict[int, bytes] = {}
        self._met: list[tuple[int, int]] = []
        """Objects that were referred to, and are not written yet, with their numbers."""
        for page in self._pages:
            del page["/Parent"]  # that leads to all other pages

    def _number(self, old: int) -> int:
        new = self._numbers.get(old)
        if new is None:
            new = self._reserve(old)
            self._met.append((old, new))
        return new

    def _reserve(self, old: int) -> int:
        """Return the number of an object that is written elsewhere."""
        new = self._numbers.setdefault(old, len(self._lines))
        if new == len(self._lines):
            self._lines.append(b"")
        return new

    def _written(self, found: pikepdf.Object) -> bytes:
        return _REFERENCE.sub(self._referred, found.unparse())

    def _referred(self, match: re.Match[bytes]) -> bytes:
        return b"\0%d" % self._number(int(match[1])) if match[1] else match[0]

    def _entries(self, values: Iterable[tuple[str, Any]]) -> bytes:
        return self._written(Dictionary(dict(values)))[2:-2].strip()

    def share_fonts(self) -> bytes:
        """Put the fonts of the book in the place of all fonts; return the entries of those that are here."""
        fonts = self._pages[0].Resources.get("/Font", Dictionary())
        shared = self._pdf.make_indirect(Dictionary())
        self._numbers[shared.objgen[0]] = FONTS
        for resources in _all_resources(self._pages[0].Resources):
            resources["/Font"] = shared
        return self._entries(fonts.items())

    def contents(self, number: int) -> int:
        """Return the number of the code of a page; it needs the resources of all pages."""
        return self._number(self._pages[number].Contents.objgen[0])

    def drawing(self, number: int) -> int:
        """Return the number of a form that draws a page with resources of its own."""
        page = self._pages[number]
        form = Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=page.MediaBox, Resources=page.Resources)
        form.Filter = Name.FlateDecode
        self._lines.append(b"")
        place = len(self._lines) - 1
        self._lines[place] = self._written(form)
        self._data[place] = zlib.compress(page.Contents.read_bytes())
        return place

    def page_object(self, number: int) -> PageObject:
        """Return a page of text."""
        page = self._pages[number]
        resources = page.get("/Resources", Dictionary())
        return PageObject(
            number=self._reserve(page.objgen[0]),
            entries=self._entries((key, value) for key, value in page.items() if key not in _PLACED),
            resources=self._entries((key, value) for key, value in resources.items() if key != "/XObject"),
            drawings=self._entries(resources.get("/XObject", Dictionary()).items()),
            contents=self._written(page.Contents).strip(b"[ ]"),
            links=tuple(map(self._link, page.get("/Annots", ()))),
            key=int(page.get("/StructParents", -1)),
        )

    def _link(self, found: pikepdf.Object) -> Link:
        link = found if found.is_indirect else self._pdf.make_indirect(found)
        target = _target(link)
        known = _MOVED | _AIMED if target else _MOVED
        return Link(
            number=self._reserve(link.objgen[0]),
            entries=self._entries((key, value) for key, value in link.items() if key not in known),
            area=tuple(map(float, link.Rect)),
            corners=tuple(map(float, link.get("/QuadPoints", ()))),
            key=int(link.get("/StructParent", -1)),
            target=target,
        )

    def tags(self) -> tuple[tuple[int, ...], tuple[tuple[int, bytes], ...], dict[str, bytes], dict[str, int]]:
        """Return what the tree of the tags has: elements, parent tree, roles, and elements by their ids."""
        root = self._pdf.Root.get("/StructTreeRoot")
        if root is None:
            return (), (), {}, {}
        document = root.K[0]
        self._numbers[document.objgen[0]] = BRANCH
        kids = tuple(self._number(kid.objgen[0]) for kid in document.K)
        numbers = iter(root.get("/ParentTree", Dictionary()).get("/Nums", Array()))
        parents = sorted((int(number), self._owner(owner)) for number, owner in zip(numbers, numbers, strict=True))
        roles = {str(name): self._written(role) for name, role in root.get("/RoleMap", Dictionary()).items()}
        names = iter(root.get("/IDTree", Dictionary()).get("/Names", Array()))
        ids = {str(name): self._number(element.objgen[0]) for name, element in zip(names, names, strict=True)}
        return kids, tuple(parents), roles, ids

    def _owner(self, owner: pikepdf.Object) -> bytes:
        return b"\0%d" % self._number(owner.objgen[0]) if owner.is_indirect else self._written(owner)

    def bodies(self) -> tuple[bytes, dict[int, bytes]]:
        """Return everything that was referred to: a line for each number, and the data of streams."""
        for old, new in self._met:  # which grows meanwhile
            found = self._pdf.get_object(old, 0)
            if isinstance(found, pikepdf.Stream):
                self._data[new] = found.read_raw_bytes()
                found = found.stream_dict
                del found["/Length"]
            self._lines[new] = _REFERENCE.sub(self._referred, found.unparse(resolved=True))
        return b"\n".join(self._lines), self._data


def _target(link: pikepdf.Object) -> str:
    """Return the place that a link leads to, if that is one of the book."""
    if "/Dest" in link:  # one that is no name is on the same page: a note at its foot, or its mark
        return "" if isinstance(link.Dest, Array) else f"#{link.Dest}"
    url = str(link.A.URI) if "/A" in link and "/URI" in link.A else ""
    return url if url.startswith((POST_SCHEME, OWN_SCHEME)) else ""


def _all_resources(resources: pikepdf.Object) -> Iterable[pikepdf.Object]:
    """Yield resources, and those of the forms and patterns in them."""
    yield resources
    for kind in ("/XObject", "/Pattern"):
        for drawing in resources.get(kind, {}).values():
            if "/Resources" in drawing:
                yield from _all_resources(drawing.Resources)
