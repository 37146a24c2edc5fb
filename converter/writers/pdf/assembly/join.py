"""Joins laid-out fragments into one PDF: pages, tags, links, outline, labels, fonts."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from msgspec import Struct

from converter.writers.pdf.assembly.binding import Binding, Placement, Taken
from converter.writers.pdf.assembly.file import PdfFile
from converter.writers.pdf.assembly.outline import Item, write_outline
from converter.writers.pdf.assembly.pages import PageWriter
from converter.writers.pdf.assembly.syntax import Name, Reference, entries, text, written
from converter.writers.pdf.assembly.tags import Tags
from converter.writers.pdf.assembly.taking import Taker
from converter.writers.pdf.fragment import OWN_SCHEME, POST_SCHEME, Laid, Link, PageObject, Point, RenderedRun


class _Mark(Struct):
    """Where an anchor is in the book."""

    destination: bytes
    folio: str
    """The number of its page."""


class Joiner:
    """The file that grows fragment by fragment.

    A fragment is written, but for its pages, when all before it are, so that the bytes do not depend on which was
    ready first; its pages when its place in the book is known.
    """

    def __init__(self) -> None:
        self.file = PdfFile()
        self._tags = Tags(self.file)
        self._taker = Taker(self.file, self._tags)
        self._branch = self._tags.document
        self._marks: dict[tuple[str, str], _Mark] = {}

    def take(self, run: RenderedRun) -> tuple[Taken, ...]:
        """Write the objects of a run. Where it opens a section, what follows belongs to that."""
        first = run.units[0]
        if first.opens_section and not first.fragment.sealed:
            self._branch = self._tags.open_section()
        return self._taker.take(run.objects, [unit.fragment for unit in run.units], self._branch)

    def take_page(self, laid: Laid) -> Taken:
        """Write the objects of what stands before or after all runs."""
        [taken] = self._taker.take(laid.objects, (laid.fragment,), self._tags.document)
        return taken

    def join(self, book: Binding) -> dict[str, Any]:
        """Write everything else but metadata; return the entries of the catalog."""
        laid = book.folios.laid
        numbering = self._taker.write(laid.objects, (laid.fragment,), self._tags.document)
        folios = {name: numbering.written(folio.form) for name, folio in book.folios.set.items()}
        pages = PageWriter(self.file, book, folios)
        for placement in book.placements:
            self._note_places(placement, book)
        for placement in book.placements:
            while pages.count < placement.first:
                pages.add_blank()
            for page_style, page_object in zip(placement.page_styles, placement.taken.page_objects, strict=True):
                pages.add(page_object, page_style, placement.taken)
                for link in page_object.links:
                    self._write_link(link, page_object, page_style.shift, placement, book)
        while pages.count < book.pages:
            pages.add_blank()
        self._taker.write_fonts(self._embedded())
        items = [item for placement in book.placements for item in _items(placement, book)]
        return {
            "Type": Name("Catalog"),
            "Pages": pages.finish(),
            "StructTreeRoot": self._tags.write(placement.taken for placement in book.placements),
            **({"PageMode": Name("UseOutlines")} if book.shows_outline else {}),
            "MarkInfo": {"Marked": not book.untagged},
            "Outlines": write_outline(self.file, items),
            "PageLabels": {"Nums": [each for page, style, start in book.labels
                                    for each in (page, {"S": Name(style), "St": start})]},
            **self._names(),
        }  # fmt: skip

    def _note_places(self, placement: Placement, book: Binding) -> None:
        fragment, page_objects = placement.taken.fragment, placement.taken.page_objects
        for name, place in fragment.anchors.items():
            page_style = placement.page_styles[place.page]
            mark = _Mark(_destination(page_objects[place.page], place, page_style.shift), page_style.folio)
            self._marks.setdefault((placement.name, name), mark)
            self._marks[_own_name(placement), name] = mark
        top = _destination(page_objects[0], Point(0, 0, book.size[1]), 0)
        self._marks.setdefault((placement.name, ""), _Mark(top, placement.page_styles[0].folio))

    def _write_link(
        self, link: Link, page_object: PageObject, shift: float, placement: Placement, book: Binding
    ) -> None:
        """Write a link. One that leads to a post that was left out leads to its own page instead."""
        values: dict[str, Any] = {"Rect": _moved(link.area, shift)}
        if link.corners:
            values["QuadPoints"] = _moved(link.corners, shift)
        if link.key >= 0:
            values["StructParent"] = link.key
        if link.target:
            mark = self._mark(link.target, placement)
            values["Dest"] = mark.destination if mark else (Reference(page_object.number), Name("Fit"))
            if mark:
                values["Contents"] = f"{book.page_label} {mark.folio}".strip()
        self.file.put(link.number, b"<< %s %s >>" % (link.entries, entries(values)))

    def _mark(self, target: str, placement: Placement) -> _Mark | None:
        name, _, anchor = target.partition("#")
        if not name:
            return self._marks.get((_own_name(placement), anchor)) or self._marks.get((_own_name(placement), ""))
        name, anchor = unquote(name), unquote(anchor)
        return self._marks.get((name, anchor)) or self._marks.get((name, ""))

    def _names(self) -> dict[str, Any]:
        """Write the named destinations: the beginnings of posts."""
        named = {
            text(name): mark
            for (name, place), mark in self._marks.items()
            if name.startswith(POST_SCHEME) and not place
        }
        pairs = [(name, named[name].destination) for name in sorted(named)]
        return {"Names": {"Dests": self.file.add_tree("Names", pairs)}} if pairs else {}

    def _embedded(self) -> dict[str, Reference]:
        """Return the fonts that all fragments share."""
        if not self._taker.faces:
            return {}
        from converter.writers.pdf.assembly.subset import embed  # takes long, and not every engine needs it

        return embed(self.file, self._taker.faces)


def _items(placement: Placement, book: Binding) -> Iterator[Item]:
    """Yield what the outline says of a fragment."""
    for bookmark in placement.taken.fragment.bookmarks:
        place = bookmark.place
        if place.page < placement.taken.fragment.pages:
            destination = _destination(
                placement.taken.page_objects[place.page], place, placement.page_styles[place.page].shift
            )
            yield Item(bookmark.level, bookmark.label, destination, bookmark.level >= book.closed_level)


def _destination(page_object: PageObject, place: Point, shift: float) -> bytes:
    return written((Reference(page_object.number), Name("XYZ"), place.x + shift, place.y, 0))


def _moved(points: tuple[float, ...], shift: float) -> tuple[float, ...]:
    """Return points, two numbers each, so far to the right."""
    return tuple(value + shift * (number % 2 == 0) for number, value in enumerate(points)) if shift else points


def _own_name(placement: Placement) -> str:
    """Return the name that a fragment has for its own links: the slices of a post share the other one."""
    return f"{OWN_SCHEME}{placement.first}"
