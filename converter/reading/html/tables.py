"""Tables and figures of HTML -> tables and figures."""

import re

from msgspec import field
from msgspec.structs import replace

from converter.model import Alignment, Block, Cell, Figure, Inline, Paragraph, Table
from converter.reading.html.builder import Builder, Finish, Holder, images_of
from converter.reading.html.code import listing_of
from converter.reading.html.elements import Attributes, Element
from converter.reading.html.grid import WrittenRow, grid
from converter.reading.html.handlers import block, code_block, coded
from converter.reading.html.lines import lines_of


class _Table(Holder):
    rows: list[WrittenRow] = field(default_factory=list)
    caption: tuple[Inline, ...] = ()
    group: tuple[int, int] = (1, 0)
    groups: int = 0


class _Figure(Holder):
    caption: tuple[Inline, ...] = ()


def table(builder: Builder, element: Element, attributes: Attributes) -> Finish | None:
    """Open a table, or read one that puts line numbers beside code."""
    if (listing := listing_of(element)) is None:
        return _grid(builder, element, attributes)
    code_block(builder, listing, attributes)
    return None


def _grid(builder: Builder, element: Element, attributes: Attributes) -> Finish:
    if builder.is_full:
        return block(builder, element, attributes)
    line = builder.line
    holder = _Table(builder.open_flow())
    builder.holders.append(holder)

    def finish() -> None:
        stray = builder.close_flow().blocks
        builder.holders.pop()
        for one in (*grid(holder.rows, holder.caption, line), *stray):
            builder.add(one)

    return finish


def _table_around(builder: Builder) -> _Table | None:
    """Return the table whose rows stand in this place, `None` for rows of a table that was nested too deeply."""
    holder = builder.holders[-1] if builder.holders else None
    return holder if isinstance(holder, _Table) and builder.flow is holder.flow else None


_GROUPS = {"thead": 0, "tbody": 1, "tfoot": 2}


def row_group(builder: Builder, element: Element, attributes: Attributes) -> Finish:
    """Open the head, a body or the foot of a table: on a page they stand in this order."""
    holder = _table_around(builder)
    if holder is None:
        return block(builder, element, attributes)
    holder.groups += 1
    holder.group = (_GROUPS[element.tag or ""], holder.groups)
    return builder.end_run


def row(builder: Builder, element: Element, attributes: Attributes) -> Finish:
    """Open a row."""
    holder = _table_around(builder)
    if holder is not None:
        holder.rows.append(WrittenRow([], [], holder.group))
    return block(builder, element, attributes)


def cell(builder: Builder, element: Element, attributes: Attributes) -> Finish:
    """Open a cell."""
    holder = _table_around(builder)
    if holder is None or not holder.rows:
        return block(builder, element, attributes)
    builder.open_flow()

    def finish() -> None:
        blocks = tuple(builder.close_flow().blocks)
        spans = (_span(attributes.get("colspan"), 1), _span(attributes.get("rowspan"), 0))
        holder.rows[-1].cells.append(Cell(blocks, element.tag == "th", *spans))
        holder.rows[-1].alignments.append(_alignment(attributes))

    return finish


def _span(written: str | None, least: int) -> int:
    digits = (written or "1").strip()
    return min(max(int(digits), least), _MAX_SPAN) if digits.isdecimal() and len(digits) < 6 else 1


_MAX_SPAN = 65534
"""The largest span that HTML allows a row."""
_ALIGN = re.compile(r"text-align\s*:\s*(left|center|right)", re.IGNORECASE)


def _alignment(attributes: Attributes) -> Alignment:
    found = _ALIGN.search(attributes.get("style") or "")
    written = found[1] if found else attributes.get("align") or ""
    match written.lower():
        case "left" | "center" | "right" as alignment:
            return alignment
        case _:
            return None


def caption(builder: Builder, element: Element, attributes: Attributes) -> Finish:
    """Open the caption of a table or a figure."""
    holder = builder.holders[-1] if builder.holders else None
    if not isinstance(holder, _Table | _Figure):
        return block(builder, element, attributes)
    builder.open_flow()

    def finish() -> None:
        holder.caption = lines_of(builder.close_flow().blocks)

    return finish


def caption_below(builder: Builder, _element: Element, _attributes: Attributes) -> Finish:
    """Open an element whose words stand under the image before it."""
    builder.open_flow()
    line = builder.line

    def finish() -> None:
        words = lines_of(builder.close_flow().blocks)
        builder.caption(words, line)

    return finish


def figure(builder: Builder, element: Element, attributes: Attributes) -> Finish:
    """Open a figure: images with a caption, or else whatever it is that the caption stands under."""
    if builder.is_full:
        return block(builder, element, attributes)
    line = builder.line
    holder = _Figure(builder.open_flow())
    builder.holders.append(holder)

    def finish() -> None:
        blocks = builder.close_flow().blocks
        builder.holders.pop()
        for one in _figure(blocks, holder.caption, line):
            builder.add(one)

    return coded(builder, attributes, finish)


def _figure(blocks: list[Block], caption: tuple[Inline, ...], line: int | None) -> list[Block]:
    images = [image for one in blocks for image in images_of(one)]
    if images and all(images_of(one) for one in blocks):
        return [Figure(tuple(images), caption, line=line)]
    if len(blocks) == 1 and isinstance(blocks[0], Table) and not blocks[0].caption:
        return [replace(blocks[0], caption=caption)]
    return [*blocks, *([Paragraph(caption, line=line)] if caption else [])]
