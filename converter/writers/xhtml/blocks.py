"""Blocks as markup."""

import re
from collections.abc import Callable, Sequence
from typing import assert_never

from converter import model
from converter.languages.labels import label
from converter.languages.letters import SQUARES
from converter.model import Block
from converter.model.grid import columns_of, row_heads
from converter.model.urls import host_of
from converter.model.walk import text_of
from converter.writers.xhtml.code import highlighted
from converter.writers.xhtml.inlines import announced, formula, inlines, not_understood, url_of
from converter.writers.xhtml.markup import (
    Attributes,
    element,
    escape,
    foreign_attributes,
    language_attributes,
    void,
)
from converter.writers.xhtml.page import HeadingEntry, Page

TASK_MARKS = {True: "☑", False: "☐"}

LONGEST_VERSE = 40
"""Characters of the lines of verse on average: longer ones are paragraphs that somebody wrote without their marks."""

WIDE = 5
"""A table of at least so many columns is set smaller."""


_TWO_SQUARES = re.compile(f"[{SQUARES}]{{2}}")

WIDE_FORMULA = 60
"""Characters of TeX that fit on a phone for sure."""


def blocks(nodes: Sequence[Block], page: Page) -> str:
    """Return the markup of blocks, one a line."""
    written = []
    for node in nodes:
        page.line = node.line if node.line is not None else page.line
        if markup := page.rendering.overrides.get(type(node), block)(node, page):
            written.append(markup)
    return "\n".join(written)


def led_blocks(nodes: Sequence[Block], page: Page, lead: str) -> str:
    """Return the markup of blocks with `lead` before the words of the first, or before them all where it has none."""
    match nodes:
        case (model.Paragraph(children=children) as first, *rest):
            page.line = first.line if first.line is not None else page.line
            opening = _paragraph(children, page, lead)
        case rest:
            opening = element("p", lead.strip())
    return "\n".join(part for part in (opening, blocks(rest, page)) if part)


def block(node: Block, page: Page) -> str:
    """Return the markup of a block as it is without overrides."""
    match node:
        case model.Paragraph(children=children):
            return _paragraph(children, page)
        case model.Heading():
            return _heading(node, page)
        case model.List():
            return list_of(node, page)
        case model.Quote(blocks=children):
            return element("blockquote", f"\n{blocks(children, page)}\n")
        case model.CodeBlock():
            return code_block(node)
        case model.MathBlock(tex=tex):
            return _formula(tex, page)
        case model.Table():
            return table(node, page)
        case model.Figure():
            return _figure(node, page)
        case model.Definitions(items=items):
            return _definitions(items, page)
        case model.Media():
            return _media(node, page)
        case model.ThematicBreak():
            return void("hr")
        case _:
            assert_never(node)


def _paragraph(children: Sequence[model.Inline], page: Page, lead: str = "", tail: str = "") -> str:
    match children:
        case (model.Span(inner, lang, direction),):
            attributes = {**language_attributes(lang, direction), **_verse(inner)}
            return element("p", lead + inlines(inner, page) + tail, attributes)
        case _ if not lead and _is_place(children):
            return element("div", inlines(children, page), {"class": "place"}) if children else ""
        case _:
            return element("p", lead + inlines(children, page) + tail, _verse(children))


def _verse(children: Sequence[model.Inline]) -> Attributes:
    return {"class": "verse"} if is_verse(children) else {}


def is_verse(children: Sequence[model.Inline]) -> bool:
    """Return whether a paragraph is verse, an address or the like: three or more lines that their author ended."""
    breaks = sum(isinstance(child, model.LineBreak) for child in children)
    return breaks >= 2 and len(text_of(tuple(children))) <= LONGEST_VERSE * (breaks + 1)


def lines_of(nodes: Sequence[Block], page: Page, lead: str) -> str:
    """Return paragraphs as lines within a line, `lead` before the first; other blocks are as they are."""
    written = []
    for number, node in enumerate(nodes):
        before = "" if number else lead
        match node:
            case model.Paragraph(children=(model.Span(inner, lang, direction),)):
                attributes = {"class": "line", **language_attributes(lang, direction)}
                written.append(element("span", before + inlines(inner, page), attributes))
            case model.Paragraph(children=children):
                written.append(element("span", before + inlines(children, page), {"class": "line"}))
            case _:
                written.append(before + blocks((node,), page))
    return "".join(written) or element("span", lead.strip(), {"class": "line"})


def tailed_blocks(nodes: Sequence[Block], page: Page, tail: str) -> str:
    """Return the markup of blocks with `tail` behind the words of the last, or in a paragraph of its own."""
    match nodes:
        case (*before, model.Paragraph(children=children, line=line)) if not _is_place(children):
            above = blocks(before, page)
            page.line = line if line is not None else page.line
            last = _paragraph(children, page, tail=f" {tail}")
        case _:
            above, last = blocks(nodes, page), element("p", tail)
    return "\n".join(part for part in (above, last) if part)


def _is_place(children: Sequence[model.Inline]) -> bool:
    return all(isinstance(child, model.Anchor) for child in children)


def _heading(node: model.Heading, page: Page) -> str:
    level = page.level_of(node)
    id_ = page.heading_id(node)
    content = announced(node.children, page, inlines)
    if not content:
        return ""
    page.headings.append(HeadingEntry(level, id_, " ".join(text_of(node.children).split())))
    return element(f"h{level}", content, {"id": id_})


def list_of(node: model.List, page: Page, style: str | None = None) -> str:
    """Return the markup of a list, with a style where a format needs one."""
    items = "\n".join(_item(item, page, tight=node.tight) for item in node.items)
    attributes: Attributes = {
        "start": str(node.start) if node.ordered and node.start != 1 else None,
        "style": style,
        "class": "tasks" if any(item.checked is not None for item in node.items) else None,
    }
    return element("ol" if node.ordered else "ul", f"\n{items}\n", attributes)


def _item(item: model.ListItem, page: Page, *, tight: bool) -> str:
    lead = "" if item.checked is None else f"{TASK_MARKS[item.checked]} "
    match item.blocks:
        case (model.Paragraph(children=children), *rest) if tight:
            return element(
                "li", "\n".join(part for part in (lead + inlines(children, page), blocks(rest, page)) if part)
            )
        case children if lead:
            return element("li", led_blocks(children, page, lead))
        case children:
            return element("li", blocks(children, page))


def code_block(node: model.CodeBlock, attributes: Attributes | None = None) -> str:
    """Return the markup of a code block; `attributes` are what a format adds."""
    # Left to right also in a book that is not.
    return element("pre", element("code", highlighted(node.text, node.language)), {"dir": "ltr", **(attributes or {})})


def _formula(tex: str, page: Page) -> str:
    markup = formula(tex, "block", page)
    # One that may be wider than the screen can be scrolled; without a mouse that takes a place for the focus.
    attributes = {"class": "formula wide", "tabindex": "0"} if len(tex) > WIDE_FORMULA else {"class": "formula"}
    return element("div", markup if markup is not None else not_understood(tex, page), attributes)


def table(node: model.Table, page: Page, kind: str = "", cell_kind: Callable[[model.Cell], str] = lambda _: "") -> str:
    """Return the markup of a table; `kind` is a class that a format adds, and `cell_kind` returns that of a cell."""
    if not (node.rows or node.head):
        return element("p", inlines(node.caption, page)) if node.caption else ""
    caption = element("caption", inlines(node.caption, page)) if node.caption else ""
    head = _rows(node.head, node, page, cell_kind, in_head=True)
    body = _rows(node.rows, node, page, cell_kind, in_head=False)
    groups = [
        caption,
        element("thead", f"\n{head}\n") if head else "",
        element("tbody", f"\n{body}\n") if body else "",
    ]
    inside = "\n".join(group for group in groups if group)
    kinds = ("table", "wide" if is_wide(node) else "", kind)
    return element("div", element("table", f"\n{inside}\n"), {"class": " ".join(filter(None, kinds))})


def is_wide(node: model.Table) -> bool:
    """Return whether a table has so many columns that it is set smaller."""
    return len(node.alignments) >= WIDE


def _rows(
    rows: Sequence[model.Row], node: model.Table, page: Page, cell_kind: Callable[[model.Cell], str], *, in_head: bool
) -> str:
    written, alignments = [], node.alignments
    headed = frozenset() if in_head else row_heads(node)
    for number, (row, columns) in enumerate(zip(rows, columns_of(rows), strict=True)):
        cells = "".join(
            _cell(
                cell,
                (alignments[column] if column < len(alignments) else None, cell_kind(cell)),
                page,
                in_head=in_head,
                names=column == 0 and number in headed,
            )
            for cell, column in zip(row.cells, columns, strict=True)
        )
        written.append(element("tr", cells))
    return "\n".join(written)


def _cell(cell: model.Cell, kinds: Sequence[str | None], page: Page, *, in_head: bool, names: bool) -> str:
    titled = cell.header or in_head or names
    match cell.blocks:
        case (model.Paragraph(children=children),):
            content = announced(children, page, inlines) if titled else inlines(children, page)
        case several:
            content = announced(several, page, blocks) if titled else blocks(several, page)
    # An empty header names nothing: a screen reader would announce it before every cell.
    header = titled and content != ""
    along = "col" if in_head else "row"
    span = cell.colspan if in_head else cell.rowspan
    attributes: Attributes = {
        "scope": (f"{along}group" if span > 1 else along) if header else None,
        "colspan": str(cell.colspan) if cell.colspan > 1 else None,
        "rowspan": str(cell.rowspan) if cell.rowspan > 1 else None,
        "class": " ".join(filter(None, (*kinds, "names" if names else "", "whole" if is_whole(cell) else ""))) or None,
    }
    return element("th" if header else "td", content, attributes)


def is_whole(cell: model.Cell) -> bool:
    """Return whether a cell holds two squares and no more, which look broken on two lines."""
    return _TWO_SQUARES.fullmatch(text_of(cell.blocks)) is not None


def _figure(node: model.Figure, page: Page) -> str:
    images = "\n".join(markup for image in node.images if (markup := inlines((image,), page)))
    caption = inlines(node.caption, page)
    if not images:
        return element("p", caption) if caption else ""
    below = f"\n{element('figcaption', caption)}" if caption else ""
    return element("figure", f"\n{images}{below}\n")


def _definitions(items: Sequence[model.Definition], page: Page) -> str:
    """Return a list that begins with a term and ends with a meaning, as HTML wants; what has no term stands before."""
    before: list[str] = []
    parts: list[str] = []
    waits = False
    """Whether the last term has no meaning yet."""
    for item in items:
        parts.extend(element("dt", inlines(term, page)) for term in item.terms)
        waits = waits or bool(item.terms)
        for meaning in item.meanings:
            if parts:
                parts.append(element("dd", _meaning(meaning, page)))
                waits = False
            else:
                before.append(blocks(meaning, page))
    if waits:
        parts.append(element("dd", ""))
    return "\n".join((*before, *((element("dl", "\n{}\n".format("\n".join(parts))),) if parts else ())))


def _meaning(meaning: Sequence[Block], page: Page) -> str:
    match meaning:
        case (model.Paragraph(children=children),):
            return inlines(children, page)
        case _:
            return blocks(meaning, page)


def _media(node: model.Media, page: Page) -> str:
    url = url_of(node.href, page)
    attributes = foreign_attributes(page.rendering.language, page.language)
    kind = element("span", escape(label(page.rendering.language, node.kind)), {"class": "reason", **attributes})
    title = escape(node.title.strip() or host_of(node.href) or node.href)
    return element("p", f"{kind} {element('a', title, {'href': url}) if url else title}", {"class": "media"})
