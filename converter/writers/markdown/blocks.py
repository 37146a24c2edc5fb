"""Blocks -> Markdown."""

import re
from collections.abc import Sequence
from html import escape
from itertools import pairwise
from typing import assert_never

from converter import model
from converter.model import Block, LineBreak, ListItem, Paragraph
from converter.model.walk import query
from converter.writers.markdown.flat import line_of, lines_of
from converter.writers.markdown.form import Form
from converter.writers.markdown.inlines import Place, write_inlines
from converter.writers.markdown.raw import definitions_as_html, table_as_html
from converter.writers.markdown.tables import flattened, is_regular, pipe_table, refuse

SEPARATOR = "<!-- -->"
"""Keeps blocks apart that would be one, or that must not have an empty line between them."""
RULE = "_" * 70
"""A thematic break that is taken neither for the line under a heading nor for the end of front matter."""
MAX_NUMBER = 999_999_999
"""The highest number that a list item can have."""

_INNER_LINE = re.compile(r"\n(?=[^\n])")


def write_blocks(blocks: Sequence[Block], form: Form, place: Place = Place.PARAGRAPH) -> str:
    """Return blocks with an empty line between them; `place` is where the first one stands."""
    return "\n\n".join(_pieces(blocks, form, place))


def indented(text: str, width: int) -> str:
    """Return text with its lines moved right by `width` spaces, but the first."""
    return _INNER_LINE.sub("\n" + " " * width, text)


def _pieces(blocks: Sequence[Block], form: Form, place: Place, *, tight: bool = False) -> list[str]:
    """Return blocks one by one, and the separators that they need between them."""
    pieces: list[str] = []
    turn = 0
    previous: Block | None = None
    for block in blocks:
        repeats = _repeats(previous, block)
        turn = 1 - turn if repeats and not form.dialect.separate_lists else 0
        written = _written(block, form, Place.PARAGRAPH if pieces else place, turn)
        if not written:
            continue
        if (repeats and form.dialect.separate_lists) or (tight and previous and _would_join(previous, block, form)):
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


def _written(block: Block, form: Form, place: Place, turn: int) -> str:
    """Return one block. `turn` tells lists in a row apart: it is 0 and 1 by turns."""
    dialect = form.dialect
    match block:
        case Paragraph(children=children):
            return write_inlines(children, dialect, place)
        case model.Heading():
            return _heading(block, form)
        case model.List():
            return _list(block, form, turn)
        case model.Quote(blocks=blocks):
            return _quote(write_blocks(blocks, form, Place.QUOTE))
        case model.CodeBlock(text=text, language=language):
            return fenced(text, language)
        case model.MathBlock(tex=tex):
            return fenced(tex, "math") if dialect.maths == "code" else f"$$\n{tex}\n$$"
        case model.Table():
            return _table(block, form, place)
        case model.Figure() | model.Media():
            return write_inlines(line_of(block), dialect, place)
        case model.Definitions():
            return _definitions(block, form) if dialect.definitions else _raw(block, definitions_as_html(block), form)
        case model.ThematicBreak():
            return RULE
        case _:
            assert_never(block)


def _heading(block: model.Heading, form: Form) -> str:
    text = write_inlines(block.children, form.dialect, Place.HEADING)
    marks = "#" * block.level
    if not block.id:
        return f"{marks} {text}".rstrip()
    if form.dialect.anchors == "attribute":
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


def _raw(block: Block, html: str, form: Form) -> str:
    """Return a block as HTML; the marks of its notes follow, since readers leave out notes without one in Markdown."""
    opening, closing = form.dialect.raw_block
    written = f"{opening}\n{html}\n{closing}" if opening else html
    marks = tuple(node for node in query(block) if isinstance(node, model.NoteReference))
    return f"{written}\n\n{write_inlines(marks, form.dialect)}" if marks and form.dialect.notes else written


# ---- lists ----


def _list(block: model.List, form: Form, turn: int) -> str:
    tight = block.tight and all(_fits_tightly(item, form) for item in block.items)
    start = min(max(block.start, 0), MAX_NUMBER - len(block.items))
    items = []
    for number, item in enumerate(block.items, start):
        marker = f"{number}{'.)'[turn]}" if block.ordered else "-*"[turn]
        text = ("\n" if tight else "\n\n").join(_item(item, form, tight=tight))
        items.append(f"{marker} {indented(text, len(marker) + 1)}" if text else marker)
    return ("\n" if tight else "\n\n").join(items)


def _item(item: ListItem, form: Form, *, tight: bool) -> list[str]:
    if item.checked is None:
        return _pieces(item.blocks, form, Place.ITEM, tight=tight)
    mark = form.dialect.tasks[item.checked]
    match item.blocks:
        case (Paragraph(children=children), *rest):
            first = f"{mark} {write_inlines(children, form.dialect)}"
        case rest:
            first = mark
    pieces = _pieces(rest, form, Place.PARAGRAPH, tight=tight)
    opening = [SEPARATOR] if tight and rest and _would_join(Paragraph(()), rest[0], form) else []
    return [first, *opening, *pieces]


def _fits_tightly(item: ListItem, form: Form) -> bool:
    """Return whether the blocks of an item can do without empty lines between them."""
    return not any(
        _is_html(first, form) or (_is_paragraph(first) and _is_paragraph(second))
        for first, second in pairwise(item.blocks)
    )


def _would_join(first: Block, second: Block, form: Form) -> bool:
    """Return whether `second` would be read as more of `first` if it stood in the next line."""
    if isinstance(first, model.List | model.Quote | model.Table):
        return _is_paragraph(second) or _is_pipe_table(second, form)
    if not _is_paragraph(first):
        return False
    match second:
        case model.List(items=items, ordered=ordered, start=start):
            return (ordered and start != 1) or not items or not items[0].blocks
        case _:
            return _is_pipe_table(second, form)


def _is_paragraph(block: Block) -> bool:
    return isinstance(block, Paragraph | model.Figure | model.Media)


def _is_html(block: Block, form: Form) -> bool:
    match block:
        case model.Table():
            return not _is_pipe_table(block, form)
        case model.Definitions():
            return True
        case _:
            return False


def _is_pipe_table(block: Block, form: Form) -> bool:
    return isinstance(block, model.Table) and form.dialect.tables and (form.tables != "html" or is_regular(block))


# ---- tables and definitions ----


def _table(block: model.Table, form: Form, place: Place) -> str:
    """Return a table in the form that the option asks for. Raises `WriterError` where it forbids all of them."""
    if is_regular(block) and form.dialect.tables:
        return pipe_table(block, form)
    match form.tables:
        case "html":
            return _raw(block, table_as_html(block), form)
        case "error":
            raise refuse(block, form)
        case "flatten":
            return _flat_table(block, form, place)
        case _:
            assert_never(form.tables)


def _flat_table(block: model.Table, form: Form, place: Place) -> str:
    flat = flattened(block, form)
    if not form.dialect.tables:
        lines = [line for line in lines_of((block,)) if line]
        return write_inlines(tuple(node for line in lines for node in (LineBreak(), *line))[1:], form.dialect, place)
    caption = write_inlines(block.caption, form.dialect, place)
    table = pipe_table(flat, form)
    return f"{caption}\n\n{table}" if caption else table


def _definitions(block: model.Definitions, form: Form) -> str:
    """Return terms, each with its meanings behind colons."""
    items = []
    for item in block.items:
        terms = " / ".join(write_inlines(term, form.dialect, Place.HEADING) for term in item.terms)
        meanings = (f":   {indented(write_blocks(meaning, form), 4)}" for meaning in item.meanings)
        items.append("\n".join((terms, *meanings)))
    return "\n\n".join(items)
