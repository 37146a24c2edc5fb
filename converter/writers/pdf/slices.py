"""Cuts a very long post into slices, so that the time and memory of its layout stay within bounds.

A slice begins on a new page. All else stays as it is: the heads of a table are repeated, a list goes on counting.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from msgspec.structs import replace

from converter.model import (
    Block,
    Code,
    CodeBlock,
    Definitions,
    Figure,
    Heading,
    Image,
    Inline,
    Link,
    List,
    ListItem,
    Math,
    MathBlock,
    NoteReference,
    Paragraph,
    Post,
    Quote,
    Row,
    Table,
    Text,
)
from converter.model.postlinks import PostLink
from converter.model.walk import Root, query, walk

LIMIT = 60_000
"""The weight of a slice. A character weighs one; a page of Chinese has about 800 of them."""

_IMAGE = 500
_CELL = 20
_BLOCK = 40
_LINE = 30
_MATH = 60

ItemT = TypeVar("ItemT")


def slices_of(post: Post, limit: float = LIMIT) -> tuple[Post, ...]:
    """Return the post, or the slices of one that weighs more than `limit`. Links and notes lead where they led."""
    if weight(post.blocks) <= limit:
        return (post,)
    blocks = [part for block in post.blocks for part in _parts(block, limit)]
    groups = tuple(_grouped(blocks, weight, limit))
    return tuple(_slice(post, group, last=group is groups[-1]) for group in groups)


def weight(part: Root) -> float:
    """Return how much a block, a row or an item weighs in layout."""
    return sum(map(_own_weight, query(part))) + (_CELL * len(part.cells) if isinstance(part, Row) else 0)


def _own_weight(node: Inline | Block) -> float:
    match node:
        case Text(value) | Code(value):
            return len(value)
        case CodeBlock(text=text):
            return _BLOCK + len(text) + _LINE * text.count("\n")
        case Image():
            return _IMAGE
        case Math() | MathBlock():
            return _MATH
        case Table(rows=rows, head=head):
            return _CELL * sum(len(row.cells) for row in (*rows, *head))
        case Paragraph() | Heading() | List() | Quote() | Figure() | Definitions():
            return _BLOCK
        case _:
            return 0


def _parts(block: Block, limit: float) -> Iterator[Block]:
    """Yield a block, or what it is cut into where it alone is too heavy."""
    if weight(block) <= limit:
        yield block
        return
    match block:
        case Paragraph(children=children):
            yield from (replace(block, children=group) for group in _grouped(_short(children, limit), weight, limit))
        case Quote(blocks=blocks):
            parts = [part for child in blocks for part in _parts(child, limit)]
            yield from (replace(block, blocks=group) for group in _grouped(parts, weight, limit))
        case CodeBlock(text=text):
            lines = [piece for line in text.split("\n") for piece in _chopped(line, limit)]
            groups = _grouped(lines, lambda line: len(line) + _LINE, limit)
            yield from (replace(block, text="\n".join(group)) for group in groups)
        case List():
            yield from _list_parts(block, limit)
        case Table(rows=rows) if rows:
            for number, bands in enumerate(_grouped(_bands(rows), _band_weight, limit)):
                group = tuple(row for band in bands for row in band)
                yield replace(block, rows=group, caption=() if number else block.caption)
        case Figure(images=images) if images:
            rows_of_images = tuple(_grouped(images, weight, limit))
            yield from (replace(block, images=group, caption=()) for group in rows_of_images[:-1])
            yield replace(block, images=rows_of_images[-1])
        case Definitions(items=items):
            yield from (replace(block, items=group) for group in _grouped(items, weight, limit))
        case _:
            yield block


def _bands(rows: Iterable[Row]) -> Iterator[tuple[Row, ...]]:
    """Yield runs of rows that no cell spans the end of."""
    band: list[Row] = []
    bound = 0
    for row in rows:
        band.append(row)
        bound = max(bound - 1, *(cell.rowspan - 1 for cell in row.cells), 0)
        if bound == 0:
            yield tuple(band)
            band = []
    if band:
        yield tuple(band)


def _band_weight(band: tuple[Row, ...]) -> float:
    return sum(map(weight, band))


def _list_parts(block: List, limit: float) -> Iterator[Block]:
    """Yield pieces of a list. An item that is cut keeps its number, so that the others keep theirs."""
    items: list[tuple[int, ListItem]] = []
    for number, item in enumerate(block.items, start=block.start):
        parts = [part for child in item.blocks for part in _parts(child, limit)]
        groups = tuple(_grouped(parts, weight, limit)) or (item.blocks,)
        items += [(number, replace(item, blocks=group)) for group in groups]
    for run in _grouped(items, _item_weight, limit):
        yield replace(block, items=tuple(item for _, item in run), start=run[0][0])


def _item_weight(item: tuple[int, ListItem]) -> float:
    return weight(item[1])


def _short(children: Iterable[Inline], limit: float) -> Iterator[Inline]:
    """Yield inlines with long texts cut in pieces."""
    for child in children:
        if isinstance(child, Text):
            yield from (Text(piece) for piece in _chopped(child.value, limit))
        else:
            yield child


def _chopped(text: str, limit: float) -> Iterator[str]:
    """Yield pieces of a text, cut at spaces where there are any."""
    length = max(2, int(limit // 4))
    while len(text) > length:
        end = text.rfind(" ", length // 2, length) + 1 or length
        yield text[:end]
        text = text[end:]
    yield text


def _grouped(items: Iterable[ItemT], weigh: Callable[[ItemT], float], limit: float) -> Iterator[tuple[ItemT, ...]]:
    """Yield runs of items that weigh no more than the limit together, as long as possible."""
    group: list[ItemT] = []
    total = 0.0
    for item in items:
        heavy = weigh(item)
        if group and total + heavy > limit:
            yield tuple(group)
            group, total = [], 0.0
        group.append(item)
        total += heavy
    if group:
        yield tuple(group)


def _slice(post: Post, blocks: tuple[Block, ...], *, last: bool) -> Post:
    """Return the post with some of its blocks, and the notes that these refer to."""
    marks = {node.id for node in query(blocks) if isinstance(node, NoteReference)}
    everywhere = {node.id for node in query(post.blocks) if isinstance(node, NoteReference)}
    notes = tuple(note for note in post.notes if note.id in marks or (last and note.id not in everywhere))
    here = {node.id for node in query(blocks) if isinstance(node, Heading)}

    def lead(node: Inline | Block) -> Inline | Block:
        if isinstance(node, Link) and node.href.startswith("#") and node.href[1:] not in here:
            return replace(node, href=str(PostLink(post.key, node.href[1:])))
        return node

    return walk(replace(post, blocks=blocks, notes=notes), lead)
