"""Blocks -> Markdown."""

import re
from collections.abc import Sequence
from html import escape
from itertools import pairwise
from typing import assert_never

from converter import model
from converter.model import Block, LineBreak, ListItem, Paragraph
from converter.model.walk import query
from converter.writers.markdown.context import WriteContext
from converter.writers.markdown.flat import line_of, lines_of
from converter.writers.markdown.inlines import Position, write_inlines
from converter.writers.markdown.raw import definitions_as_html, table_as_html
from converter.writers.markdown.tables import flattened, is_regular, pipe_table, refuse

SEPARATOR = "<!-- -->"
"""Keeps blocks apart that would be one, or that must not have an empty line between them."""
RULE = "_" * 70
"""A thematic break that is taken neither for the line under a heading nor for the end of front matter."""
MAX_NUMBER = 999_999_999
"""The highest number that a list item can have."""

_INNER_LINE = re.compile(r"\n(?=[^\n])")


def write_blocks(blocks: Sequence[Block], context: WriteContext, place: Position = Position.PARAGRAPH) -> str:
    """Return blocks with an empty line between them; `place` is where the first one stands."""
    return "\n\n".join(_pieces(blocks, context, place))


def indented(text: str, width: int) -> str:
    """Return text with its lines moved right by `width` spaces, but the first."""
    return _INNER_LINE.sub("\n" + " " * width, text)


def _pieces(blocks: Sequence[Block], context: WriteContext, place: Position, *, tight: bool = False) -> list[str]:
    """Return blocks one by one, and the separators that they need between them."""
    pieces: list[str] = []
    turn = 0
    previous: Block | None = None
    for block in blocks:
        repeats = _repeats(previous, block)
        turn = 1 - turn if repeats and not context.dialect.separate_lists else 0
        written = _written(block, context, Position.PARAGRAPH if pieces else place, turn)
        if not written:
            continue
        if (repeats and context.dialect.separate_lists) or (
            tight and previous and _would_join(previous, block, context)
        ):
            pieces.append(SEPARATOR)
        pieces.append(written)
        previous = block
    return pieces


def _repeats(previous: Block | None, block: Block) -> bool:
    match previous, block:
        case model.List(), model.List():
            return previous.ordered == block.ordered
        case model.Definitions(), model.Definitions():
            return True
        case _:
            return False


def _written(block: Block, context: WriteContext, place: Position, turn: int) -> str:
    """Return one block. `turn` tells lists in a row apart: it is 0 and 1 by turns."""
    dialect = context.dialect
    match block:
        case Paragraph(children=children):
            return write_inlines(children, dialect, place)
        case model.Heading():
            return _heading(block, context)
        case model.List():
            return _list(block, context, turn)
        case model.Quote(blocks=blocks):
            return _quote(write_blocks(blocks, context, Position.QUOTE))
        case model.CodeBlock(text=text, language=language):
            return fenced(text, language)
        case model.MathBlock(tex=tex):
            return fenced(tex, "math") if dialect.maths == "code" else f"$$\n{tex}\n$$"
        case model.Table():
            return _table(block, context, place)
        case model.Figure() | model.Media():
            return write_inlines(line_of(block), dialect, place)
        case model.Definitions():
            return (
                _definitions(block, context)
                if dialect.definitions
                else _raw(block, definitions_as_html(block), context)
            )
        case model.ThematicBreak():
            return RULE
        case _:
            assert_never(block)


def _heading(block: model.Heading, context: WriteContext) -> str:
    text = write_inlines(block.children, context.dialect, Position.HEADING)
    marks = "#" * block.level
    if not block.id:
        return f"{marks} {text}".rstrip()
    if context.dialect.anchors == "attribute":
        return f"{marks} {text} {{#{block.id}}}"
    return f'{marks} <a id="{escape(block.id)}"></a>{text}'


def _quote(text: str) -> str:
    return re.sub(r"^(?=(.?))", lambda found: "> " if found[1] else ">", text, flags=re.MULTILINE)


def fenced(text: str, language: str) -> str:
    """Return a block of code, with a fence that is longer than any in it."""
    mark = "~" if "`" in language else "`"
    longest = max(map(len, re.findall(f"{mark}+", text)), default=0)
    fence = mark * max(3, longest + 1)
    info = re.sub(r"([\\&])", r"\\\1", " ".join(language.split()))
    return f"{fence}{info}\n{text}\n{fence}" if text else f"{fence}{info}\n{fence}"


def _raw(block: Block, html: str, context: WriteContext) -> str:
    """Return a block as HTML; the marks of its notes follow, since readers leave out notes without one in Markdown."""
    opening, closing = context.dialect.raw_block
    written = f"{opening}\n{html}\n{closing}" if opening else html
    marks = tuple(node for node in query(block) if isinstance(node, model.NoteReference))
    return f"{written}\n\n{write_inlines(marks, context.dialect)}" if marks and context.dialect.notes else written


# ---- lists ----


def _list(block: model.List, context: WriteContext, turn: int) -> str:
    tight = block.tight and all(_fits_tightly(item, context) for item in block.items)
    start = min(max(block.start, 0), MAX_NUMBER - len(block.items))
    items = []
    for number, item in enumerate(block.items, start):
        marker = f"{number}{'.)'[turn]}" if block.ordered else "-*"[turn]
        text = ("\n" if tight else "\n\n").join(_item(item, context, tight=tight))
        items.append(f"{marker} {indented(text, len(marker) + 1)}" if text else marker)
    return ("\n" if tight else "\n\n").join(items)


def _item(item: ListItem, context: WriteContext, *, tight: bool) -> list[str]:
    if item.checked is None:
        return _pieces(item.blocks, context, Position.ITEM, tight=tight)
    mark = context.dialect.tasks[item.checked]
    match item.blocks:
        case (Paragraph(children=children), *rest):
            first = f"{mark} {write_inlines(children, context.dialect)}"
        case rest:
            first = mark
    pieces = _pieces(rest, context, Position.PARAGRAPH, tight=tight)
    opening = [SEPARATOR] if tight and rest and _would_join(Paragraph(()), rest[0], context) else []
    return [first, *opening, *pieces]


def _fits_tightly(item: ListItem, context: WriteContext) -> bool:
    """Return whether the blocks of an item can do without empty lines between them."""
    return not any(
        _is_html(first, context) or (_is_paragraph(first) and _is_paragraph(second))
        for first, second in pairwise(item.blocks)
    )


def _would_join(first: Block, second: Block, context: WriteContext) -> bool:
    """Return whether `second` would be read as more of `first` if it stood in the next line."""
    if isinstance(first, model.List | model.Quote | model.Table):
        return _is_paragraph(second) or _is_pipe_table(second, context)
    if not _is_paragraph(first):
        return False
    match second:
        case model.List(items=items, ordered=ordered, start=start):
            return (ordered and start != 1) or not items or not items[0].blocks
        case _:
            return _is_pipe_table(second, context)


def _is_paragraph(block: Block) -> bool:
    return isinstance(block, Paragraph | model.Figure | model.Media)


def _is_html(block: Block, context: WriteContext) -> bool:
    match block:
        case model.Table():
            return not _is_pipe_table(block, context)
        case model.Definitions():
            return True
        case _:
            return False


def _is_pipe_table(block: Block, context: WriteContext) -> bool:
    return isinstance(block, model.Table) and context.dialect.tables and (context.tables != "html" or is_regular(block))


# ---- tables and definitions ----


def _table(block: model.Table, context: WriteContext, place: Position) -> str:
    """Return a table in the form that the option asks for. Raises `WriterError` where it forbids all of them."""
    if is_regular(block) and context.dialect.tables:
        return pipe_table(block, context)
    match context.tables:
        case "html":
            return _raw(block, table_as_html(block), context)
        case "error":
            raise refuse(block, context)
        case "flatten":
            return _flat_table(block, context, place)
        case _:
            assert_never(context.tables)


def _flat_table(block: model.Table, context: WriteContext, place: Position) -> str:
    flat = flattened(block, context)
    if not context.dialect.tables:
        lines = [line for line in lines_of((block,)) if line]
        return write_inlines(tuple(node for line in lines for node in (LineBreak(), *line))[1:], context.dialect, place)
    caption = write_inlines(block.caption, context.dialect, place)
    table = pipe_table(flat, context)
    return f"{caption}\n\n{table}" if caption else table


def _definitions(block: model.Definitions, context: WriteContext) -> str:
    """Return terms, each with its meanings behind colons."""
    items = []
    for item in block.items:
        terms = " / ".join(write_inlines(term, context.dialect, Position.HEADING) for term in item.terms)
        meanings = (f":   {indented(write_blocks(meaning, context), 4)}" for meaning in item.meanings)
        items.append("\n".join((terms, *meanings)))
    return "\n\n".join(items)
