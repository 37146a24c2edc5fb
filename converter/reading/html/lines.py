"""Blocks in a place that has room for a line only, such as a caption or a term -> that line."""

from converter.model import (
    Block,
    Code,
    CodeBlock,
    Definitions,
    Figure,
    Heading,
    Inline,
    LineBreak,
    Link,
    Math,
    MathBlock,
    Media,
    Node,
    Paragraph,
    Table,
    Text,
)
from converter.model.walk import query
from converter.reading.html.tex import in_a_line


def lines_of(blocks: list[Block]) -> tuple[Inline, ...]:
    """Return blocks as one run of inlines, with a line break between two of them."""
    found: list[Inline] = []
    for one in (node for block in blocks for node in query(block)):
        if inlines := _line_of(one):
            found += [LineBreak(), *inlines] if found else inlines
    return tuple(found)


def _line_of(node: Node) -> tuple[Inline, ...]:
    """Return what a block says by itself, and not by the blocks in it."""
    match node:
        case Paragraph(children) | Heading(_, children) | Table(caption=children):
            return children
        case Figure(images, caption):
            return (*images, *((LineBreak(), *caption) if caption else ()))
        case Definitions(items):
            return tuple(inline for item in items for term in item.terms for inline in term)
        case CodeBlock(text):
            return (Code(text),)
        case MathBlock(tex):
            return (Math(in_a_line(tex)),)
        case Media(_, href, title):
            return (Link(href, (Text(title or href),)),)
        case _:
            return ()
