"""Turns a post into nothing but paragraphs of its words: what is printed when its layout fails."""

from collections.abc import Iterator

from msgspec.structs import replace

from converter.model import (
    Block,
    CodeBlock,
    Definitions,
    Figure,
    Heading,
    Image,
    Inline,
    MathBlock,
    Media,
    Paragraph,
    Post,
    Table,
    Text,
)
from converter.model.walk import query, text_of


def plain(post: Post) -> Post:
    """Return the post with all its words, and without anything but paragraphs."""
    blocks = (*_paragraphs(post.blocks), *(block for note in post.notes for block in _paragraphs(note.blocks)))
    return replace(post, blocks=blocks, notes=(), assets=())


def _paragraphs(blocks: tuple[Block, ...]) -> Iterator[Paragraph]:
    for node in query(blocks):
        for line in _lines(node):
            if words := line.strip():
                yield Paragraph(children=(Text(words),))


def _lines(node: Inline | Block) -> Iterator[str]:
    """Yield the words that stand directly in a block."""
    match node:
        case Paragraph(children=children) | Heading(children=children):
            yield from text_of(children).split("\n")
        case CodeBlock(text=text):
            yield from text.split("\n")
        case MathBlock(tex=tex):
            yield tex
        case Figure(caption=caption) | Table(caption=caption):
            yield text_of(caption)
        case Definitions(items=items):
            yield from (text_of(term) for item in items for term in item.terms)
        case Image(alt=alt):
            yield alt
        case Media(href=href, title=title):
            yield f"{title} {href}"
        case _:
            return
