"""Posts as lines that a person can read and compare: a notation for every node."""

from collections.abc import Iterator, Sequence
from typing import assert_never

from converter.diagnostics import Diagnostic
from converter.model import (
    Anchor,
    Block,
    Cell,
    Code,
    CodeBlock,
    Definitions,
    Emphasis,
    Figure,
    Heading,
    Image,
    Inline,
    LineBreak,
    Link,
    List,
    Math,
    MathBlock,
    Media,
    NoteReference,
    Paragraph,
    Post,
    Quote,
    Row,
    Ruby,
    Span,
    Strikethrough,
    Strong,
    Subscript,
    Superscript,
    Table,
    Text,
    ThematicBreak,
)


def show(post: Post, *, lines: bool = False) -> Iterator[str]:
    """Yield the blocks and notes of a post; with `lines`, each block begins with its source line."""
    for block in post.blocks:
        yield from show_block(block, lines=lines)
    for note in post.notes:
        yield f"note {note.id}:"
        yield from _indented(note.blocks, lines=lines)


def show_diagnostics(diagnostics: Sequence[Diagnostic]) -> Iterator[str]:
    """Yield a line for each diagnostic: place, severity, message, code. Hints are left out."""
    for one in diagnostics:
        place = ":".join(str(part) for part in (one.line, one.column) if part is not None)
        yield f"! {place + ' ' if place else ''}{one.severity.value}: {one.message} [{one.code}]"


def show_block(block: Block, *, lines: bool) -> Iterator[str]:
    mark = f"@{block.line} " if lines else ""
    match block:
        case Paragraph(children):
            yield f"{mark}p: {show_line(children)}"
        case Heading(level, children, identifier):
            yield f"{mark}h{level}{' #' + identifier if identifier else ''}: {show_line(children)}"
        case List(items, ordered, start, tight):
            kind = f"ol {start}" if ordered else "ul"
            yield f"{mark}{kind}{'' if tight else ' loose'}:"
            for item in items:
                box = {None: "-", True: "- [x]", False: "- [ ]"}[item.checked]
                yield from _bullet(box, item.blocks, lines=lines)
        case Quote(blocks):
            yield f"{mark}quote:"
            yield from _indented(blocks, lines=lines)
        case CodeBlock(text, language):
            yield f"{mark}code{' ' + language if language else ''}:"
            yield from (f"  {line}" for line in text.split("\n"))
        case MathBlock(tex):
            yield f"{mark}math: {tex}"
        case Table():
            yield from _table(block, mark, lines=lines)
        case Figure(images, caption):
            yield f"{mark}figure: {show_line(images)}"
            if caption:
                yield f"  caption: {show_line(caption)}"
        case Definitions(items):
            yield f"{mark}definitions:"
            for definition in items:
                yield from (f"  term: {show_line(term)}" for term in definition.terms)
                for meaning in definition.meanings:
                    yield from (f"  {line}" for line in _bullet("-", meaning, lines=lines))
        case Media(kind, href, title):
            yield f"{mark}{kind}: {href}{' “' + title + '”' if title else ''}"
        case ThematicBreak():
            yield f"{mark}rule"
        case _:
            assert_never(block)


def _table(table: Table, mark: str, *, lines: bool) -> Iterator[str]:
    columns = " ".join(alignment or "-" for alignment in table.alignments)
    yield f"{mark}table {columns}:"
    if table.caption:
        yield f"  caption: {show_line(table.caption)}"
    for name, rows in (("head", table.head), ("row", table.rows)):
        for row in rows:
            yield from (f"  {line}" for line in _row(name, row, lines=lines))


def _row(name: str, row: Row, *, lines: bool) -> Iterator[str]:
    if all(len(cell.blocks) < 2 and all(isinstance(block, Paragraph) for block in cell.blocks) for cell in row.cells):
        cells = (_cell_mark(cell) + "".join(show_line(block.children) for block in cell.blocks) for cell in row.cells)
        yield f"{name}: {' | '.join(cells)}".rstrip()
        return
    yield f"{name}:"
    for cell in row.cells:
        yield from (f"  {line}" for line in _bullet(f"- {_cell_mark(cell)}".rstrip(), cell.blocks, lines=lines))


def _cell_mark(cell: Cell) -> str:
    spans = f"{cell.colspan}x{cell.rowspan} " if (cell.colspan, cell.rowspan) != (1, 1) else ""
    return f"{'^' if cell.header else ''}{spans}"


def _bullet(mark: str, blocks: tuple[Block, ...], *, lines: bool) -> Iterator[str]:
    inner = [line for block in blocks for line in show_block(block, lines=lines)]
    yield f"  {mark} {inner[0]}" if inner else f"  {mark}"
    yield from (f"    {line}" for line in inner[1:])


def _indented(blocks: tuple[Block, ...], *, lines: bool) -> Iterator[str]:
    return (f"  {line}" for block in blocks for line in show_block(block, lines=lines))


def show_line(line: tuple[Inline, ...]) -> str:
    """Return inlines on one line; what is no text stands in braces."""
    return "".join(map(_inline, line))


def _inline(node: Inline) -> str:
    match node:
        case Text(value):
            return value
        case Emphasis(children):
            return f"{{em {show_line(children)}}}"
        case Strong(children):
            return f"{{b {show_line(children)}}}"
        case Strikethrough(children):
            return f"{{del {show_line(children)}}}"
        case Superscript(children):
            return f"{{sup {show_line(children)}}}"
        case Subscript(children):
            return f"{{sub {show_line(children)}}}"
        case Code(value):
            return f"{{code {value}}}"
        case Math(tex):
            return f"{{math {tex}}}"
        case Link(href, children, title):
            return f"{{a {href}{' “' + title + '”' if title else ''}: {show_line(children)}}}"
        case Image(src, alt, title, width, height):
            size = f" {width or '-'} x {height or '-'}" if width or height else ""
            return f"{{img {src}{' “' + alt + '”' if alt else ''}{' ‘' + title + '’' if title else ''}{size}}}"
        case Ruby(base, reading):
            return f"{{ruby {show_line(base)}|{reading}}}"
        case Span(children, lang, direction):
            return f"{{span {' '.join(filter(None, (lang, direction)))}: {show_line(children)}}}"
        case NoteReference(identifier):
            return f"{{note {identifier}}}"
        case LineBreak():
            return "{br}"
        case Anchor(identifier):
            return f"{{#{identifier}}}"
        case _:
            assert_never(node)
