"""Blocks -> lines of inlines, for places with room for nothing else."""

from collections.abc import Iterator
from typing import assert_never

from converter import model
from converter.model import Block, Code, Emphasis, Inline, LineBreak, Link, Math, Row, Text

Line = tuple[Inline, ...]

BETWEEN_CELLS = " · "


def line_of(block: model.Figure | model.Media) -> Line:
    """Return images with, in the next line, what is written under them; for a film or recording a link to it."""
    if isinstance(block, model.Media):
        return (Link(block.href, (Text(block.title or block.href),)),)
    images = tuple(node for image in block.images for node in (Text(" "), image))[1:]
    return (*images, LineBreak(), Emphasis(block.caption)) if block.caption else images


def lines_of(blocks: tuple[Block, ...]) -> Iterator[Line]:
    """Yield the words of blocks line by line. Only the marks of lists are left of their form."""
    for block in blocks:
        yield from _lines_of(block)


def _lines_of(block: Block) -> Iterator[Line]:
    match block:
        case model.Paragraph(children=children) | model.Heading(children=children):
            yield children
        case model.Quote(blocks=blocks):
            yield from lines_of(blocks)
        case model.List():
            yield from _items(block)
        case model.CodeBlock(text=text):
            yield from ((Code(line),) for line in text.split("\n") if line.strip())
        case model.MathBlock(tex=tex):
            yield (Math(tex),)
        case model.Table(rows=rows, head=head, caption=caption):
            yield caption
            yield from (_cells(row) for row in (*head, *rows))
        case model.Figure() | model.Media():
            yield line_of(block)
        case model.Definitions(items=items):
            for item in items:
                yield from item.terms
                for meaning in item.meanings:
                    yield from lines_of(meaning)
        case model.ThematicBreak():
            return
        case _:
            assert_never(block)


def _items(block: model.List) -> Iterator[Line]:
    for number, item in enumerate(block.items, block.start):
        mark = f"{number}. " if block.ordered else "• "
        for position, line in enumerate(lines_of(item.blocks)):
            yield (Text(mark), *line) if position == 0 else line


def _cells(row: Row) -> Line:
    lines = [line for cell in row.cells for line in lines_of(cell.blocks) if line]
    return tuple(node for index, line in enumerate(lines) for node in ((Text(BETWEEN_CELLS),) if index else ()) + line)
