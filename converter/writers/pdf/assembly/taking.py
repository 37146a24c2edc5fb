"""Copies the objects of fragments into a file as they come: nothing but their pages and links has to be kept."""

import re
from collections.abc import Container, Mapping, Sequence
from hashlib import sha256

from msgspec import Struct
from msgspec.structs import replace

from converter.writers.pdf.assembly.binding import Taken
from converter.writers.pdf.assembly.faces import Face, gather
from converter.writers.pdf.assembly.file import PdfFile
from converter.writers.pdf.assembly.syntax import Reference, entries
from converter.writers.pdf.assembly.tags import Tags
from converter.writers.pdf.fragment import OWN, Fragment, Link, Objects, PageObject

_REFERENCE = re.compile(rb"\0(\d+)")


class Numbering(Struct, frozen=True):
    """The numbers that the objects of a fragment have in the file."""

    numbers: Mapping[int, int] | Sequence[int]

    def written(self, body: bytes) -> bytes:
        """Return what was written with references of the fragment, with those of the file."""
        return _REFERENCE.sub(self._reference, body) if b"\0" in body else body

    def _reference(self, match: re.Match[bytes]) -> bytes:
        return b"%d 0 R" % self.numbers[int(match[1])]


class Taker:
    """Gives objects their numbers in the file, in the order in which they come."""

    def __init__(self, file: PdfFile, tags: Tags) -> None:
        self._file = file
        self._tags = tags
        self.faces: dict[tuple[str, int], Face] = {}
        """What the fragments take from the fonts that they share."""
        self._fonts = 0
        """The number of the fonts that all fragments share, once one does."""
        self._own_fonts: list[tuple[int, bytes]] = []
        self._known: dict[bytes, int] = {}
        """Streams and arrays by a hash of what they hold: many fragments have the same colours and images."""

    def take(self, objects: Objects, fragments: Sequence[Fragment], branch: int) -> tuple[Taken, ...]:
        """Write all objects but pages and links, of fragments that share them; their tags hang from `branch`."""
        numbering = self.write(objects, fragments, branch)
        numbers = numbering.numbers
        parents = [(key, numbering.written(owner)) for key, owner in objects.parents]
        ids = [(name, numbers[number]) for name, number in objects.ids.items()]
        base = self._tags.note(parents, objects.roles, ids)
        kids = tuple(numbers[number] for number in objects.kids)
        return tuple(
            Taken(
                fragment=replace(each, overlays={name: numbers[place] for name, place in each.overlays.items()}),
                page_objects=tuple(
                    _page_object(page_object, numbering, base)
                    for page_object in objects.page_objects[each.first :][: each.pages]
                ),
                branch=branch,
                kids=() if number else kids,
            )
            for number, each in enumerate(fragments)
        )

    def write(self, objects: Objects, fragments: Sequence[Fragment], branch: int) -> Numbering:
        """Write the objects of fragments, and gather what they take from shared fonts."""
        for fragment in fragments:
            gather(self.faces, fragment.fonts)
        sealed = fragments[0].sealed
        lines = objects.bodies.split(b"\n")
        fonts = 0 if sealed else self._fonts_of(objects.fonts)
        twins, numbers = self._numbered(objects.data, lines)
        numbering = Numbering((fonts, branch, *numbers))
        bodies = numbering.written(objects.bodies).split(b"\n")
        for place, (number, body) in enumerate(zip(numbering.numbers, bodies, strict=True)):
            if place in objects.data and place not in twins:
                self._file.put_stream(number, body, objects.data[place])
            elif body and place not in twins:
                self._file.put(number, body)
        if objects.fonts:
            self._own_fonts.append((fonts, numbering.written(objects.fonts)))
        return numbering

    def _numbered(self, data: Mapping[int, bytes], lines: Sequence[bytes]) -> tuple[set[int], list[int]]:
        """Return which objects are in the file already, and the numbers of all that are objects of the fragment.

        What an object refers to gets its number before, where that may be in the file, too.
        """
        twins: set[int] = set()
        found: dict[int, int] = {}
        open_places = [place for place, line in enumerate(lines) if place in data or line.startswith(b"[")]
        while ready := {place for place in open_places if _is_known(lines[place], found)}:
            open_places = [place for place in open_places if place not in ready]
            for place in sorted(ready):
                body = Numbering(found).written(lines[place])
                key = sha256(body + data.get(place, b"")).digest()
                if key in self._known:
                    twins.add(place)
                else:
                    self._known[key] = self._file.reserve()
                found[place] = self._known[key]
        return twins, [found.get(place) or self._file.reserve() for place in range(OWN, len(lines))]

    def _fonts_of(self, own: bytes) -> int:
        """Return the number of the fonts of a fragment that brought some itself, or of those of all."""
        if own:
            return self._file.reserve()
        self._fonts = self._fonts or self._file.reserve()
        return self._fonts

    def write_fonts(self, shared: Mapping[str, Reference]) -> None:
        """Write the fonts that all fragments share, and those that some have besides."""
        found = entries({**shared})
        if self._fonts:
            self._file.put(self._fonts, b"<< %s >>" % found)
        for number, own in self._own_fonts:
            self._file.put(number, b"<< %s %s >>" % (own, found))


def _is_known(line: bytes, found: Container[int]) -> bool:
    return all(int(needed) in found for needed in _REFERENCE.findall(line))


def _page_object(page_object: PageObject, numbering: Numbering, base: int) -> PageObject:
    return PageObject(
        number=numbering.numbers[page_object.number],
        entries=numbering.written(page_object.entries),
        resources=numbering.written(page_object.resources),
        drawings=numbering.written(page_object.drawings),
        contents=numbering.written(page_object.contents),
        links=tuple(_link(link, numbering, base) for link in page_object.links),
        key=_key(page_object.key, base),
    )


def _link(link: Link, numbering: Numbering, base: int) -> Link:
    return Link(
        number=numbering.numbers[link.number],
        entries=numbering.written(link.entries),
        area=link.area,
        corners=link.corners,
        key=_key(link.key, base),
        target=link.target,
    )


def _key(key: int, base: int) -> int:
    """Return the key in the parent tree of the book; -1 stays what it is."""
    return key + base if key >= 0 else key
