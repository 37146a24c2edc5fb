"""Lists, definitions and sections of footnotes of HTML -> lists, definitions and notes."""

import re
from collections.abc import Iterator
from itertools import pairwise

from msgspec import field
from msgspec.structs import replace

from converter.model import (
    Block,
    Definition,
    Definitions,
    Figure,
    Heading,
    Inline,
    List,
    ListItem,
    Note,
    NoteReference,
    Paragraph,
    ThematicBreak,
)
from converter.reading.html.builder import Builder, Finish, Holder, images_of
from converter.reading.html.elements import Attributes, Element, classes
from converter.reading.html.handlers import block
from converter.reading.html.lines import lines_of
from converter.reading.html.list_levels import append_list, is_checked, is_item_by_item, is_ordered, level_of, runs_of


class _List(Holder):
    items: list[ListItem] = field(default_factory=list)
    values: dict[int, int] = field(default_factory=dict)
    """The numbers that items ask for, by their places."""
    marks: dict[int, Attributes] = field(default_factory=dict)
    """What items say about their level and kind, by their places."""
    loose: bool = False
    notes: bool = False


class _Definitions(Holder):
    items: list[tuple[list[tuple[Inline, ...]], list[tuple[Block, ...]]]] = field(default_factory=list)


def list_(builder: Builder, element: Element, attributes: Attributes) -> Finish:
    """Open a list, or the list of notes in their section."""
    if builder.is_full:
        return block(builder, element, attributes)
    line = builder.line
    holder = _List(builder.open_flow(), notes=builder.in_notes and not builder.in_note)
    builder.holders.append(holder)

    def finish() -> None:
        builder.close_flow()
        builder.holders.pop()
        _take_stray(holder)
        tight = not holder.loose and not any(map(_has_paragraphs, holder.items))
        marks = _marks(builder, holder, element, attributes)
        if marks is not None and (builder.is_leveled or set(marks) - {(0, element.tag == "ol")}):
            start = _integer(attributes.get("start")) or 1
            for number, (level, ordered, run) in enumerate(runs_of(holder.items, marks)):
                found = List(tuple(run), ordered, start if ordered else 1, tight=tight, line=line)
                append_list(builder, found, level, goes_on=number > 0)
            return
        if element.tag != "ol" and holder.items:
            builder.add(List(tuple(holder.items), tight=tight, line=line))
        for start, items in _in_order(holder, attributes) if element.tag == "ol" else ():
            builder.add(List(items, ordered=True, start=start, tight=tight, line=line))
        if marks:
            builder.flow.leveled = builder.flow.blocks[-1]

    return finish


def _marks(builder: Builder, holder: _List, element: Element, attributes: Attributes) -> list[tuple[int, bool]] | None:
    """Return how many lists deeper than it stands each item belongs, and whether it has a number.

    `None` where neither the list nor an item says it.
    """
    said = level_of(attributes)
    if said is None and not holder.marks and not is_item_by_item(attributes):
        return None
    depth = 1 + sum(isinstance(one, _List) for one in builder.holders)
    outer = said or depth
    if outer == depth and "start" in classes(attributes):
        builder.flow.leveled = None  # where Google Docs begins another list
    marks = []
    for place in range(len(holder.items)):
        item = holder.marks.get(place, {})
        kind = is_ordered(item)
        marks.append((max((level_of(item) or outer) - depth, 0), element.tag == "ol" if kind is None else kind))
    return marks


def _in_order(holder: _List, attributes: Attributes) -> Iterator[tuple[int, tuple[ListItem, ...]]]:
    """Yield the items in runs whose numbers go up by one, each with its first number (HTML, 4.4.5 and 4.4.8)."""
    step = -1 if "reversed" in attributes else 1
    start = _integer(attributes.get("start"))
    number = start if start is not None else len(holder.items) if step < 0 else 1
    first, run = number, list[ListItem]()
    for place, item in enumerate(holder.items):
        number = holder.values.get(place, number)
        if run and number != first + len(run):
            yield first, tuple(run)
            run = []
        first = first if run else number
        run.append(item)
        number += step
    if run:
        yield first, tuple(run)


def _has_paragraphs(item: ListItem) -> bool:
    """Whether two paragraphs follow each other: only a gap between them tells them apart."""
    return any(isinstance(one, Paragraph) and isinstance(other, Paragraph) for one, other in pairwise(item.blocks))


_INTEGER = re.compile(r"\s*([+-]?\d{1,6})(?!\d)")


def _integer(written: str | None) -> int | None:
    """Return the number that an attribute begins with, as HTML reads integers."""
    found = _INTEGER.match(written or "")
    return int(found[1]) if found else None


def _take_stray(holder: _List) -> None:
    """Give what stands between two items to the item before."""
    blocks, holder.flow.blocks = holder.flow.blocks, []
    if not blocks:
        return
    if holder.items:
        holder.items[-1] = replace(holder.items[-1], blocks=holder.items[-1].blocks + tuple(blocks))
    else:
        holder.items.append(ListItem(tuple(blocks)))


def list_item(builder: Builder, element: Element, attributes: Attributes) -> Finish:
    """Open an item; one without a list is a block."""
    holder = builder.holders[-1] if builder.holders else None
    if not isinstance(holder, _List) or builder.flow is not holder.flow:
        return block(builder, element, attributes)
    builder.end_run()
    _take_stray(holder)
    builder.open_flow()
    identifier = attributes.get("id") or ""
    is_note = holder.notes and identifier in builder.places.ids
    if is_note:
        builder.in_note = True

    def finish() -> None:
        flow = builder.close_flow()
        if is_note:
            builder.in_note = False
            builder.notes.append(Note(identifier, tuple(flow.blocks)))
        elif flow.blocks or element.next is not None:
            if (value := _integer(attributes.get("value"))) is not None:
                holder.values[len(holder.items)] = value
            if level_of(attributes) is not None or is_ordered(attributes) is not None:
                holder.marks[len(holder.items)] = attributes
            checked = is_checked(attributes) if flow.checked is None else flow.checked
            holder.items.append(ListItem(tuple(flow.blocks), checked))
            holder.loose = holder.loose or flow.loose

    return finish


def note(builder: Builder, identifier: str) -> Finish:
    """Open a block that is a note."""
    builder.open_flow()

    def finish() -> None:
        builder.notes.append(Note(identifier, tuple(builder.close_flow().blocks)))

    return finish


def aside(builder: Builder) -> Finish:
    """Open a note that stands in the line, and leave its mark there."""
    identifier = f"aside-{len(builder.notes) + 1}"
    builder.leaf(NoteReference(identifier))
    builder.open_aside()

    def finish() -> None:
        builder.notes.append(Note(identifier, tuple(builder.close_flow().blocks)))

    return finish


def notes(builder: Builder, element: Element, attributes: Attributes) -> Finish:
    """Open a section of footnotes: what is none of them and no mere ornament is kept behind it."""
    builder.open_flow()
    builder.in_notes = True
    finish_list = list_(builder, element, attributes) if element.tag in {"ol", "ul"} else None

    def finish() -> None:
        if finish_list is not None:
            finish_list()
        builder.in_notes = False
        blocks = builder.close_flow().blocks
        for one in blocks:
            if not isinstance(one, Heading | ThematicBreak):
                builder.add(one)

    return finish


def definitions(builder: Builder, element: Element, attributes: Attributes) -> Finish:
    """Open a list of definitions."""
    if builder.is_full:
        return block(builder, element, attributes)
    line = builder.line
    holder = _Definitions(builder.open_flow())
    builder.holders.append(holder)

    def finish() -> None:
        stray = builder.close_flow().blocks
        builder.holders.pop()
        if shown := _images(holder):
            stray[:0] = (Figure(images, caption, line=line) for images, caption in shown)
        elif holder.items:
            items = tuple(Definition(tuple(terms), tuple(meanings)) for terms, meanings in holder.items)
            builder.add(Definitions(items, line=line))
        for one in stray:
            builder.add(one)

    return finish


def _images(holder: _Definitions) -> list[tuple[tuple[Inline, ...], tuple[Inline, ...]]]:
    """Return images with captions where all terms are images, as in galleries of WordPress; else nothing."""
    found = []
    for terms, meanings in holder.items:
        images = [images_of(Paragraph(one)) for one in terms]
        if not images or not all(images):
            return []
        blocks = [block for meaning in meanings for block in meaning]
        found.append((tuple(image for one in images for image in one), lines_of(blocks)))
    return found


def term(builder: Builder, element: Element, attributes: Attributes) -> Finish:
    """Open a term."""
    holder = builder.holders[-1] if builder.holders else None
    if not isinstance(holder, _Definitions):
        return block(builder, element, attributes)
    builder.open_flow()

    def finish() -> None:
        inlines = lines_of(builder.close_flow().blocks)
        if not holder.items or holder.items[-1][1]:
            holder.items.append(([], []))
        if inlines:
            holder.items[-1][0].append(inlines)

    return finish


def meaning(builder: Builder, element: Element, attributes: Attributes) -> Finish:
    """Open a meaning."""
    holder = builder.holders[-1] if builder.holders else None
    if not isinstance(holder, _Definitions):
        return block(builder, element, attributes)
    builder.open_flow()

    def finish() -> None:
        blocks = tuple(builder.close_flow().blocks)
        if not holder.items:
            holder.items.append(([], []))
        if blocks:
            holder.items[-1][1].append(blocks)

    return finish
