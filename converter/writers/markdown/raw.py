"""Blocks and inlines -> HTML, for what Markdown cannot say; without empty lines, which would end an HTML block."""

from typing import assert_never

from converter import model
from converter.model import Block, Cell, Definitions, Inline, Table
from converter.model.grid import spread
from converter.writers.markdown.elements import element, image_as_html, line
from converter.writers.markdown.flat import line_of

_MARKS = {
    model.Emphasis: "em",
    model.Strong: "strong",
    model.Strikethrough: "del",
    model.Superscript: "sup",
    model.Subscript: "sub",
}


def definitions_as_html(block: Definitions) -> str:
    """Return a list of terms and meanings, an element a line."""
    lines = ["<dl>"]
    for item in block.items:
        lines += (element("dt", _inlines(term)) for term in item.terms)
        lines += (element("dd", _flow(meaning)) for meaning in item.meanings)
    return "\n".join((*lines, "</dl>"))


def table_as_html(block: Table) -> str:
    """Return a table, a row a line."""
    grids = tuple(spread((*block.head, *block.rows)))
    heads = len(block.head)
    parts = [("thead", grids[:heads]), ("tbody", grids[heads:])]
    lines = ["<table>"]
    if block.caption:
        lines.append(element("caption", _inlines(block.caption)))
    for name, rows in parts:
        if rows:
            lines += (f"<{name}>", *(_row(row, block) for row in rows), f"</{name}>")
    return "\n".join((*lines, "</table>"))


def _row(grid: tuple[Cell | None, ...], table: Table) -> str:
    alignments = (*table.alignments, *[None] * len(grid))
    cells = ((cell, alignment) for cell, alignment in zip(grid, alignments, strict=False) if cell is not None)
    return element("tr", "".join(_cell(cell, alignment) for cell, alignment in cells))


def _cell(cell: Cell, alignment: model.Alignment) -> str:
    spans = {"colspan": cell.colspan, "rowspan": cell.rowspan}
    attributes = {name: str(span) for name, span in spans.items() if span != 1} | {"align": alignment or ""}
    return element("th" if cell.header else "td", _flow(cell.blocks), **attributes)


def _flow(blocks: tuple[Block, ...]) -> str:
    """Return what stands in a cell: a lone paragraph without its marks."""
    match blocks:
        case (model.Paragraph(children=children),):
            return _inlines(children)
        case (model.Figure() | model.Media() as block,):
            return _inlines(line_of(block))
        case _:
            return blocks_as_html(blocks)


def blocks_as_html(blocks: tuple[Block, ...]) -> str:
    """Return blocks without line ends."""
    return "".join(map(_block, blocks))


def _block(block: Block) -> str:
    match block:
        case model.Paragraph(children=children):
            return element("p", _inlines(children))
        case model.Heading(level=level, children=children, id=id_):
            return element(f"h{level}", _inlines(children), id=id_)
        case model.List():
            return _list(block)
        case model.Quote(blocks=blocks):
            return element("blockquote", blocks_as_html(blocks))
        case model.CodeBlock(text=text, language=language):
            return _code(text, language)
        case model.MathBlock(tex=tex):
            return element("div", f"$${line(tex)}$$", **{"class": "math display"})
        case model.Table():
            return table_as_html(block).replace("\n", "")
        case model.Figure() | model.Media():
            return element("p", _inlines(line_of(block)))
        case model.Definitions():
            return definitions_as_html(block).replace("\n", "")
        case model.ThematicBreak():
            return "<hr>"
        case _:
            assert_never(block)


def _code(text: str, language: str) -> str:
    # HTML drops the first line end in <pre>.
    lines = line(f"\n{text}" if text.startswith("\n") else text)
    return element("pre", element("code", lines, **{"class": language and f"language-{language}"}))


def _list(block: model.List) -> str:
    content = _tight if block.tight else blocks_as_html
    items = "".join(element("li", _task(item.checked) + content(item.blocks)) for item in block.items)
    start = str(block.start) if block.ordered and block.start != 1 else ""
    return element("ol" if block.ordered else "ul", items, start=start)


def _tight(blocks: tuple[Block, ...]) -> str:
    """Return the content of a tight item: its paragraph without marks, unless there are several."""
    if sum(isinstance(block, model.Paragraph) for block in blocks) > 1:
        return blocks_as_html(blocks)
    return "".join(
        _inlines(block.children) if isinstance(block, model.Paragraph) else _block(block) for block in blocks
    )


def _task(checked: bool | None) -> str:  # noqa: FBT001  # it is what the item says
    match checked:
        case None:
            return ""
        case True:
            return '<input type="checkbox" checked disabled> '
        case False:
            return '<input type="checkbox" disabled> '


def _inlines(nodes: tuple[Inline, ...]) -> str:
    return "".join(map(_inline, nodes))


def _inline(node: Inline) -> str:
    match node:
        case model.Text(value):
            return line(value)
        case (
            model.Emphasis(children)
            | model.Strong(children)
            | model.Strikethrough(children)
            | model.Superscript(children)
            | model.Subscript(children)
        ):
            return element(_MARKS[type(node)], _inlines(children))
        case model.Code(value):
            return element("code", line(value))
        case model.Math(tex):
            # Between dollar signs for GitHub, in a class for pandoc and for us.
            return element("span", f"${line(tex)}$", **{"class": "math inline"})
        case model.Link(href, children, title):
            return element("a", _inlines(children), href=href, title=title)
        case model.Image():
            return image_as_html(node)
        case model.Ruby(base, reading):
            return element("ruby", f"{_inlines(base)}<rp>(</rp><rt>{line(reading)}</rt><rp>)</rp>")
        case model.Span(children, lang, direction):
            return element("span", _inlines(children), lang=lang, dir=direction or "")
        case model.NoteReference(id_):
            return element("sup", f"[{line(id_)}]")
        case model.LineBreak():
            return "<br>"
        case model.Anchor(id_):
            return element("a", "", id=id_)
        case _:
            assert_never(node)
