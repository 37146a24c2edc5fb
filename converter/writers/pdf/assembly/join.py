"""Joins laid-out fragments into one PDF: pages, running heads and folios, tags, links, outline, labels, fonts."""

import io
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

import pikepdf
from msgspec import Struct
from pikepdf import Array, Dictionary, Name, OutlineItem, Stream, String

from converter.model.postlinks import SCHEME
from converter.writers.pdf.assembly.binding import Binding, Leaf, Opened, Setting, Taken, Tree
from converter.writers.pdf.assembly.folios import FolioStyle
from converter.writers.pdf.assembly.sealed import crop_marks, form, lay_over, shift_link, unique_ids
from converter.writers.pdf.assembly.subset import Face, embed, gather
from converter.writers.pdf.fragment import Bookmark, Fragment, Place

POST, OWN = SCHEME, "book:"
"""The schemes of links inside the book: `post:KEY#id`, with the key percent-encoded, and `book:NAME#id`."""


class _Mark(Struct):
    """Where an anchor is in the book."""

    page: int
    place: Place
    shift: float


class Joiner:
    """The file that grows fragment by fragment.

    A fragment is opened as soon as it is there, taken when all before it are, since qpdf numbers objects in the
    order in which they came, and joined when its place in the book is known.
    """

    def __init__(self) -> None:
        self._pdf = pikepdf.new()
        self._document = self._pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, K=Array()))
        self._branches: list[tuple[pikepdf.Object, list[pikepdf.Object]]] = [(self._document, [])]
        """The elements that fragments hang from, with their kids: the document, and each section."""
        self._parents: dict[int, pikepdf.Object] = {}
        self._next_parent = 0
        self._sheets: list[pikepdf.Object] = []
        """The pages, once all are there: to look one up in the file takes as long as to make a destination."""
        self._fonts = self._pdf.make_indirect(Dictionary())
        self._own_fonts: list[pikepdf.Object] = []
        self._faces: dict[tuple[str, int], Face] = {}
        self._marks: dict[tuple[str, str], _Mark] = {}
        self._links: list[tuple[pikepdf.Object, str, str]] = []
        self._outline: list[tuple[Bookmark, int, float]] = []
        self._begin, self._between, self._end = (self._stream(code) for code in (b"q", b"Q\nq", b"Q"))
        self._shifts: dict[float, pikepdf.Object] = {}
        self._marks_form: pikepdf.Object | None = None
        self._roles: dict[str, pikepdf.Object] = {}
        self._ids: dict[str, pikepdf.Object] = {}

    def _stream(self, code: bytes) -> pikepdf.Object:
        return self._pdf.make_indirect(Stream(self._pdf, code))

    def open(self, data: bytes, fragments: tuple[Fragment, ...]) -> Opened:
        """Prepare the fragments of a PDF for being taken; the order does not matter."""
        for fragment in fragments:
            gather(self._faces, fragment.fonts)
        return Opened(fragments, pikepdf.open(io.BytesIO(data)))

    def take(self, opened: Opened) -> tuple[Taken, ...]:
        """Copy the objects of fragments into the file."""
        sealed = opened.fragments[0].sealed
        with opened.source as source:
            originals = [page.obj for page in source.pages]
            fonts = None if sealed else self._take_fonts(originals[0].Resources)
            found = []
            for fragment in opened.fragments:
                drawn = {name: source.pages[number] for name, number in fragment.furniture.items()}
                furniture = {
                    name: self._copy(page.as_form_xobject() if sealed else page.obj.Contents)
                    for name, page in drawn.items()
                }
                pages = originals[fragment.first : fragment.first + fragment.pages]
                found.append((fragment, tuple(self._copy(page) for page in pages), furniture))
            tree = Tree(self._copy(source.Root.StructTreeRoot) if "/StructTreeRoot" in source.Root else None)
        return tuple(Taken(*each, tree, fonts) for each in found)

    def join(self, book: Binding) -> pikepdf.Pdf:
        """Return the file with all fragments; metadata is still missing."""
        self._book = book
        gather(self._faces, book.folios.fonts)
        if book.folios.sealed:
            self._folio_resources = self._take_folios(book.folios)
        for setting in book.settings:
            while len(self._pdf.pages) < setting.first:
                self._pdf.add_blank_page(page_size=book.size)
            self._add(setting)
        while len(self._pdf.pages) < book.pages:
            self._pdf.add_blank_page(page_size=book.size)
        self._sheets = [page.obj for page in self._pdf.pages]
        self._embed_fonts()
        self._resolve_links()
        self._write_tags()
        self._write_outline()
        self._write_labels()
        return self._pdf

    def _copy(self, found: pikepdf.Object) -> pikepdf.Object:
        return self._pdf.copy_foreign(found)

    # ---- one fragment ----

    def _add(self, setting: Setting) -> None:
        taken, tree = setting.taken, setting.taken.tree
        is_new = tree.base < 0
        if is_new:
            tree.base = self._next_parent
        if not taken.fragment.sealed:
            self._give_fonts(taken.sheets[0].Resources, taken.fonts)
        dress = self._cover if taken.fragment.sealed else self._dress
        for leaf, sheet in zip(setting.leaves, taken.sheets, strict=True):
            self._renumber(sheet, tree.base)
            self._pdf.pages.append(pikepdf.Page(sheet))
            dress(sheet, leaf, taken.furniture)
            self._note_links(sheet, leaf.shift, setting)
        if is_new:
            self._graft(tree, opens_section=setting.opens_section and not taken.fragment.sealed)
        self._note_places(setting)

    @staticmethod
    def _renumber(sheet: pikepdf.Object, base: int) -> None:
        """Move the keys of the parent tree of a fragment behind those that are taken."""
        if "/StructParents" in sheet:
            sheet.StructParents = int(sheet.StructParents) + base
        for annotation in sheet.get("/Annots", ()):
            if "/StructParent" in annotation:
                annotation.StructParent = int(annotation.StructParent) + base

    def _take_fonts(self, resources: pikepdf.Object) -> pikepdf.Object | None:
        """Take the fonts out of the resources of a fragment before it is copied; return those it brought itself."""
        fonts = resources.get("/Font")
        own = self._copy(fonts) if fonts is not None and len(fonts) else None
        for each in _all_resources(resources):
            if "/Font" in each:
                del each["/Font"]
        return own

    def _give_fonts(self, resources: pikepdf.Object, own: pikepdf.Object | None) -> None:
        fonts = self._fonts
        if own is not None:
            fonts = self._pdf.make_indirect(Dictionary(dict(own.items())))
            self._own_fonts.append(fonts)
        for each in _all_resources(resources):
            each["/Font"] = fonts
        states = resources.get("/ExtGState", Dictionary())
        for name, state in self._book.folios.states.items():
            if name not in states:
                states[name] = Dictionary(_names(state))

    def _dress(self, page: pikepdf.Object, leaf: Leaf, furniture: Mapping[str, pikepdf.Object]) -> None:
        """Lay furniture and folio over the text of a page; both are marked as artifacts in their own streams."""
        layers = [page.Contents]
        if leaf.furniture in furniture:
            layers += [self._between, furniture[leaf.furniture]]
        if leaf.folio:
            layers += [self._between, self._stream(self._book.folios.draw(leaf.folio, leaf.side))]
        if len(layers) > 1 or leaf.shift:
            page.Contents = Array([self._opening(leaf.shift), *layers, self._end])

    def _cover(self, page: pikepdf.Object, leaf: Leaf, furniture: Mapping[str, pikepdf.Object]) -> None:
        """Lay furniture and folio over a page that has its own resources."""
        book, forms = self._book, {}
        if leaf.furniture in furniture:
            forms["Head"] = furniture[leaf.furniture]
        if leaf.folio:
            resources = self._folio_resources[book.folios.pattern(leaf.folio, leaf.side)]
            code = book.folios.draw(leaf.folio, leaf.side)
            forms[f"Folio{leaf.folio}"] = form(self._pdf, code, resources, self._book.size)
        if book.bleed:
            self._marks_form = self._marks_form or form(
                self._pdf, crop_marks(book.size, book.bleed), Dictionary(), book.size
            )
            forms["Marks"] = self._marks_form
            width, height = book.size
            page.TrimBox = Array([book.bleed, book.bleed, width - book.bleed, height - book.bleed])
            page.BleedBox = Array([0, 0, width, height])
        if forms or leaf.shift:
            lay_over(self._pdf, page, forms, self._opening(leaf.shift))

    def _take_folios(self, folios: FolioStyle) -> dict[str, pikepdf.Object]:
        """Copy the resources of page numbers."""
        with pikepdf.open(io.BytesIO(folios.sealed)) as source:
            found = [self._copy(source.make_indirect(page.obj.Resources)) for page in source.pages]
        return dict(zip(folios.set, found, strict=True))

    def _opening(self, shift: float) -> pikepdf.Object:
        if not shift:
            return self._begin
        if shift not in self._shifts:
            self._shifts[shift] = self._stream(f"q 1 0 0 1 {shift:.3f} 0 cm".encode())
        return self._shifts[shift]

    def _note_links(self, page: pikepdf.Object, shift: float, setting: Setting) -> None:
        """Remember the links that lead to places of the book."""
        for annotation in page.get("/Annots", ()):
            if shift:
                shift_link(annotation, shift)
            if isinstance(annotation.get("/Dest"), Array):  # a note at the foot of this page, or its mark
                continue
            if "/Dest" in annotation:
                self._links.append((annotation, _own_name(setting), str(annotation.Dest)))
                continue
            url = str(annotation.A.URI) if "/A" in annotation and "/URI" in annotation.A else ""
            if url.startswith((POST, OWN)):
                target, _, anchor = url.partition("#")
                self._links.append((annotation, unquote(target), unquote(anchor)))
                del annotation["/A"]

    def _graft(self, tree: Tree, *, opens_section: bool) -> None:
        """Hang the tags of a PDF into the tree of the book."""
        root, base = tree.root, tree.base
        if opens_section:
            section = self._pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Sect, P=self._document))
            self._branches[0][1].append(section)
            self._branches.append((section, []))
        if root is None:
            return
        self._roles.update(root.get("/RoleMap", {}))
        self._ids.update(unique_ids(root, f"{base}-"))
        branch, kids = self._branches[-1]
        for kid in root.K[0].K:
            kid.P = branch
            kids.append(kid)
        numbers = iter(root.ParentTree.Nums)
        for number, owner in zip(numbers, numbers, strict=True):
            self._parents[int(number) + base] = owner
            self._next_parent = max(self._next_parent, int(number) + base + 1)

    def _note_places(self, setting: Setting) -> None:
        leaves = setting.leaves
        fragment = setting.taken.fragment
        for name, place in fragment.anchors.items():
            mark = _Mark(setting.first + place.page, place, leaves[place.page].shift)
            self._marks.setdefault((setting.name, name), mark)
            self._marks[_own_name(setting), name] = mark
        self._marks.setdefault((setting.name, ""), _Mark(setting.first, Place(0, 0, self._book.size[1]), 0))
        self._outline += [
            (bookmark, setting.first, leaves[bookmark.place.page].shift)
            for bookmark in fragment.bookmarks
            if bookmark.place.page < fragment.pages
        ]

    # ---- the whole ----

    def _embed_fonts(self) -> None:
        for key, font in embed(self._pdf, self._faces).items():
            for fonts in (self._fonts, *self._own_fonts):
                if f"/{key}" not in fonts:
                    fonts[f"/{key}"] = font

    def _destination(self, page: int, place: Place, shift: float) -> Array:
        return Array([self._sheets[page], Name.XYZ, place.x + shift, place.y, 0])

    def _resolve_links(self) -> None:
        """Point links at their places. One that leads to a post that was left out leads to its own page instead."""
        folios = {
            setting.first + number: leaf.folio
            for setting in self._book.settings
            for number, leaf in enumerate(setting.leaves)
        }
        for annotation, name, anchor in self._links:
            mark = self._marks.get((name, anchor)) or self._marks.get((name, ""))
            if mark is None:
                annotation.Dest = Array([annotation.P if "/P" in annotation else self._sheets[0], Name.Fit])
                continue
            annotation.Dest = self._destination(mark.page, mark.place, mark.shift)
            annotation.Contents = String(f"{self._book.page_label} {folios.get(mark.page, '')}".strip())
        named = {name: mark for (name, anchor), mark in self._marks.items() if name.startswith(POST) and not anchor}
        names: list[pikepdf.Object] = []
        for name in sorted(named):
            names += [String(name), self._destination(named[name].page, named[name].place, 0)]
        if names:
            tree = self._pdf.make_indirect(Dictionary(Names=Array(names)))
            self._pdf.Root.Names = Dictionary(Dests=tree)

    def _write_tags(self) -> None:
        for branch, kids in self._branches:
            branch.K = Array(kids)
        nums = [each for number in sorted(self._parents) for each in (number, self._parents[number])]
        root = self._pdf.make_indirect(
            Dictionary(
                Type=Name.StructTreeRoot,
                K=Array([self._document]),
                ParentTree=self._pdf.make_indirect(Dictionary(Nums=Array(nums))),
                ParentTreeNextKey=self._next_parent,
            )
        )
        if self._roles:
            root.RoleMap = Dictionary(dict(sorted(self._roles.items())))
        if self._ids:
            names = [each for name in sorted(self._ids) for each in (String(name), self._ids[name])]
            root.IDTree = self._pdf.make_indirect(Dictionary(Names=Array(names)))
        self._document.P = root
        self._pdf.Root.StructTreeRoot = root
        untagged = any(setting.taken.fragment.untagged for setting in self._book.settings)
        self._pdf.Root.MarkInfo = Dictionary(Marked=not untagged)

    def _write_outline(self) -> None:
        with self._pdf.open_outline() as outline:
            stack: list[tuple[int, OutlineItem]] = []
            for bookmark, first, shift in self._outline:
                place = bookmark.place
                item = OutlineItem(bookmark.label, self._destination(first + place.page, place, shift))
                item.is_closed = bookmark.level >= self._book.closed_level
                while stack and stack[-1][0] >= bookmark.level:
                    stack.pop()
                (stack[-1][1].children if stack else outline.root).append(item)
                stack.append((bookmark.level, item))

    def _write_labels(self) -> None:
        nums: list[Any] = []
        for page, style, start in self._book.labels:
            nums += [page, Dictionary(S=Name(f"/{style}"), St=start)]
        self._pdf.Root.PageLabels = Dictionary(Nums=Array(nums))


def _all_resources(resources: pikepdf.Object) -> Iterable[pikepdf.Object]:
    """Yield resources, and those of the forms and patterns in them."""
    yield resources
    for kind in ("/XObject", "/Pattern"):
        for drawing in resources.get(kind, {}).values():
            if "/Resources" in drawing:
                yield from _all_resources(drawing.Resources)


def _own_name(setting: Setting) -> str:
    """Return the name that a fragment has for its own links: the slices of a post share the other one."""
    return f"{OWN}{setting.first}"


def _names(values: Mapping[str, float]) -> dict[str, float]:
    """Return the values with the keys as pikepdf wants them."""
    return {f"/{key}": value for key, value in values.items()}
