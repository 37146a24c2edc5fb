"""Turns the nodes of a post into values for the Typst side of the theme: text stays data, and is never markup.

A text is a string; all else is a table whose `t` says what it is.
"""

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any, assert_never
from urllib.parse import quote

from converter import model
from converter.diagnostics import Code
from converter.languages.labels import label
from converter.languages.unicode import clean
from converter.model import Block, Inline
from converter.model.alternatives import alternative_of
from converter.model.grid import columns_of, row_heads
from converter.model.postlinks import SCHEME, PostLink
from converter.model.urls import host_of
from converter.model.walk import query, text_of
from converter.writers.pdf import formulas
from converter.writers.pdf.tables import characters, narrowest
from converter.writers.pdf.typst.files import Files
from converter.writers.pdf.typst.tongues import tongue
from converter.writers.xhtml.blocks import is_verse, is_whole
from converter.writers.xhtml.code import classified
from converter.writers.xhtml.page import ImageFiles, Page, Placeholder

Value = Any
"""What JSON can say."""

UNBROKEN, UNBROKEN_IN_TABLES = 30, 12
"""Characters of one word from which on it may be broken anywhere."""
CHUNK = 4
TAB = 4
QUOTED = 60
_MARKS = {
    model.Emphasis: "em",
    model.Strong: "strong",
    model.Strikethrough: "strike",
    model.Superscript: "sup",
    model.Subscript: "sub",
}
_TASKS = {True: "☑ ", False: "☐ "}


class Nodes:
    """The nodes of one post as values; its images and formulas are put into `files`."""

    def __init__(self, page: Page, files: Files, *, at_foot: bool, measure: float) -> None:
        """`measure` is the length of a line in text sizes."""
        self._page = page
        self._own = quote(page.post.key, safe="")
        self._files = files
        self._at_foot = at_foot
        self._measure = measure
        self._longest, self._chunk = UNBROKEN, CHUNK
        self._linked = False
        self._listed = False
        self.row_heads: list[frozenset[int]] = []
        """Of each table, in the order of the pages, the rows of its body whose first cell names them."""

    def place(self, name: str) -> str:
        """Return how a link says a place of this post."""
        return str(PostLink(self._own, quote(name)))

    # ---- blocks ----

    def blocks(self, nodes: Sequence[Block]) -> list[Value]:
        return [value for node in nodes for value in self._block(node)]

    def _block(self, node: Block) -> Iterator[Value]:
        self._page.line = node.line if node.line is not None else self._page.line
        match node:
            case model.Paragraph(children=children):
                yield from self._paragraph(children)
            case model.Heading():
                yield from self._heading(node)
            case model.List():
                yield self._list(node)
            case model.Quote(blocks=blocks):
                yield {"t": "quote", "c": self.blocks(blocks)}
            case model.CodeBlock(text=text, language=language):
                yield {"t": "pre", "text": clean(text).expandtabs(TAB), "lines": self._code(text, language)}
            case model.MathBlock(tex=tex):
                yield {"t": "formula", "c": [self._formula(tex, display=True)]}
            case model.Table():
                yield from self._table(node)
            case model.Figure():
                yield from self._figure(node)
            case model.Definitions(items=items):
                yield from self._definitions(items)
            case model.Media():
                yield self._media(node)
            case model.ThematicBreak():
                yield {"t": "rule"}
            case _:
                assert_never(node)

    def _paragraph(self, children: Sequence[Inline]) -> Iterator[Value]:
        match children:
            case (model.Span(inner, lang, direction),):  # the direction of a paragraph is that of what it holds
                found: dict[str, Value] = {
                    "t": "p",
                    "lang": tongue(lang or self._page.language, direction),
                    "c": self.inlines(inner),
                }
            case _:
                kind = "place" if all(isinstance(child, model.Anchor) for child in children) else "p"
                found = {"t": kind, "c": self.inlines(children)}
        if is_verse(children[0].children if "lang" in found and isinstance(children[0], model.Span) else children):
            found["verse"] = True
        if found["c"]:
            yield found

    def _heading(self, node: model.Heading) -> Iterator[Value]:
        level, name = self._page.level_of(node), self._page.heading_id(node)
        content = self.inlines(node.children)
        if content and not _has_words(node.children):  # PDF/UA-1 wants words in the title of a heading
            yield {"t": "p", "c": [{"t": "anchor", "name": name}, {"t": "strong", "c": content}]}
        elif content:
            yield {"t": "h", "level": level, "name": name, "c": content}

    def _list(self, node: model.List) -> Value:
        items = []
        nested, self._listed = self._listed, True
        for item in node.items:
            blocks = self.blocks(item.blocks)
            if item.checked is not None:
                mark = _TASKS[item.checked]
                if blocks and blocks[0]["t"] == "p":
                    blocks[0] = {**blocks[0], "c": [mark, *blocks[0]["c"]]}
                else:
                    blocks.insert(0, {"t": "p", "c": [mark]})
            if node.tight and blocks and blocks[0]["t"] == "p":
                blocks[0] = {**blocks[0], "t": "line"}
            items.append(blocks)
        self._listed = nested
        tasks = any(item.checked is not None for item in node.items)
        start = max(node.start, 0)
        return {"t": "list", "ordered": node.ordered, "start": start, "tasks": tasks, "nested": nested, "items": items}

    def _code(self, text: str, language: str) -> list[list[list[str]]]:
        """Return the lines of code, each in pieces with the class of their kind."""
        lines: list[list[list[str]]] = [[]]
        column = 0
        for name, piece in classified(text, language):
            for number, part in enumerate(piece.split("\n")):
                if number:
                    lines.append([])
                    column = 0
                spaced = (" " * column + part).expandtabs(TAB)[column:] if "\t" in part else part
                column += len(spaced)
                if spaced:
                    lines[-1].append([name, spaced])
        return lines

    def _table(self, node: model.Table) -> Iterator[Value]:
        caption = self.inlines(node.caption)
        if not (node.rows or node.head):
            if caption:
                yield {"t": "p", "c": caption}
            return
        self.row_heads.append(row_heads(node))
        columns = max(len(node.alignments), _width(node), 1)
        outer = self._longest, self._chunk
        self._longest, self._chunk = UNBROKEN_IN_TABLES, CHUNK
        if narrowest(node) > self._measure:
            self._longest, self._chunk = min(characters(node, columns, self._measure), UNBROKEN_IN_TABLES), 1
        head = self._rows(node.head, node.alignments, 0, in_head=True)
        body = self._rows(node.rows, node.alignments, len(node.head), in_head=False)
        self._longest, self._chunk = outer
        rows = len(node.head) + len(node.rows)
        # A head that is repeated is an artifact of the page, and these may hold no links (Typst's rule for PDF/UA).
        repeats = not any(isinstance(each, model.Link | model.NoteReference) for each in query(node.head))
        yield {"t": "table", "columns": columns, "rows": rows, "repeat": repeats,
               "head": head, "body": body, "caption": caption}  # fmt: skip

    def _rows(
        self, rows: Sequence[model.Row], alignments: Sequence[model.Alignment], first: int, *, in_head: bool
    ) -> list[Value]:
        cells = []
        for number, (row, columns) in enumerate(zip(rows, columns_of(rows), strict=True)):
            for cell, column in zip(row.cells, columns, strict=True):
                cells.append({
                    "x": column, "y": first + number, "colspan": cell.colspan,
                    "rowspan": min(cell.rowspan, len(rows) - number),
                    "header": cell.header or in_head,
                    "whole": is_whole(cell),
                    "align": (alignments[column] if column < len(alignments) else None) or "start",
                    "c": self.lines(cell.blocks),
                })  # fmt: skip
        return cells

    def lines(self, nodes: Sequence[Block]) -> list[Value]:
        """Return blocks, with a paragraph that is alone as a line."""
        blocks = self.blocks(nodes)
        return [{**blocks[0], "t": "line"}] if len(blocks) == 1 and blocks[0]["t"] == "p" else blocks

    def _figure(self, node: model.Figure) -> Iterator[Value]:
        images = self.inlines(node.images)
        caption = self.inlines(node.caption)
        if images:
            yield {"t": "figure", "images": images, "caption": caption}
        elif caption:
            yield {"t": "p", "c": caption}

    def _definitions(self, items: Sequence[model.Definition]) -> Iterator[Value]:
        for item in items:
            terms = [self.inlines(term) for term in item.terms]
            meanings = [block for meaning in item.meanings for block in self.lines(meaning)]
            if terms:
                yield {"t": "definition", "terms": terms, "c": meanings}
            else:
                yield from meanings

    def _media(self, node: model.Media) -> Value:
        language = self._page.rendering.language
        title = node.title.strip() or host_of(node.href) or node.href
        words: Value = self._linked_to(self._target(node.href), [*self._words(title)])
        return {"t": "media", "reason": label(language, node.kind), "lang": tongue(language), "c": [words]}

    # ---- inlines ----

    def inlines(self, nodes: Sequence[Inline]) -> list[Value]:
        return [value for node in nodes for value in self._inline(node)]

    def _inline(self, node: Inline) -> Iterator[Value]:
        match node:
            case model.Text(value):
                yield from self._words(value)
            case (
                model.Emphasis(children)
                | model.Strong(children)
                | model.Strikethrough(children)
                | model.Superscript(children)
                | model.Subscript(children)
            ):
                yield {"t": _MARKS[type(node)], "c": self.inlines(children)}
            case model.Span(children, lang, direction):
                yield {"t": "span", "lang": tongue(lang or self._page.language, direction), "c": self.inlines(children)}
            case model.Code(value):
                yield {"t": "code", "c": list(self._words(value))}
            case model.Math(tex):
                yield self._formula(tex, display=False)
            case model.Link():
                yield self._link(node)
            case model.Image():
                yield self._image(node)
            case model.Ruby(base, reading):
                yield {"t": "ruby", "c": self.inlines(base), "reading": clean(reading)}
            case model.NoteReference(id):
                yield self._mark(id)
            case model.LineBreak():
                yield {"t": "br"}
            case model.Anchor(id):
                if (place := self._page.place(id)) is not None:
                    yield {"t": "anchor", "name": place}
            case _:
                assert_never(node)

    def _words(self, text: str) -> Iterator[Value]:
        """Yield a text, with places in very long words where a line may end."""
        start = run = 0
        text = clean(text)
        for place, character in enumerate(text):
            run = run + 1 if "\x20" < character < "\u0300" else 0
            if run >= self._longest and run % self._chunk == 0:
                yield text[start:place]
                yield {"t": "break"}
                start = place
        if start < len(text):
            yield text[start:]

    def _formula(self, tex: str, *, display: bool) -> Value:
        formula = formulas.draw(tex, display=display)
        if formula is None:
            shortened = textwrap.shorten(tex, QUOTED, placeholder=" …")
            message = f"the formula '{shortened}' is not understood"
            self._page.report(Code.MATH_INVALID, message, "it is shown as TeX")
            return {"t": "code", "c": list(self._words(tex))}
        name = f"{formula.name}.svg"
        self._files.add(name, formula.svg)
        return {"t": "math", "src": name, "alt": clean(tex), "width": formula.width, "height": formula.height,
                "depth": formula.depth, "display": display}  # fmt: skip

    def _target(self, href: str) -> str | None:
        """Return where a link leads: to the web, or to a place of the book, as `post:KEY#id`."""
        if href.startswith("#"):
            if (target := self._page.targets.get(href[1:])) is not None:
                return self.place(target)
            if len(href) > 1:
                hint = "the words stay without a link"
                self._page.report(Code.LINK_TARGET_MISSING, f"the post has no place '{href}'", hint)
            return None
        return self._page.rendering.link(href)

    def _linked_to(self, target: str | None, content: list[Value]) -> Value:
        return {"t": "link", "url": target, "c": content} if target else {"t": "group", "c": content}

    def _link(self, node: model.Link) -> Value:
        outer, self._linked = self._linked, True
        content = self.inlines(node.children)
        self._linked = outer
        target = None if outer else self._target(node.href)
        named = text_of(node.children).strip() or any(isinstance(each, dict) for each in content)
        if target and not named:
            content = [*self._words(node.title or (node.href if target.startswith(SCHEME) else target))]
        return self._linked_to(target, content)

    def _mark(self, note: str) -> Value:
        number = self._page.note_numbers.get(note)
        if number is None:
            return f"[{note}]"
        if self._linked:
            return {"t": "sup", "c": [str(number)]}
        if note in self._page.marks:
            return {"t": "mark", "number": str(number), "name": "", "note": self.place(self._page.note_ids[note])}
        self._page.marks[note] = mark = self._page.ids.claim(f"mark-{number}")
        value: dict[str, Value] = {"t": "mark", "number": str(number), "name": mark,
                 "note": self.place(self._page.note_ids[note]), "id": self._page.note_ids[note]}  # fmt: skip
        if self._at_foot:
            found = next(each for each in self._page.post.notes if each.id == note)
            value |= {"t": "footnote", "c": self.blocks(found.blocks)}
        return value

    def _image(self, node: model.Image) -> Value:
        alt = alternative_of(clean(node.alt))
        match shown := self._page.rendering.image(node):
            case ImageFiles():
                names = [url.partition(":")[2] for url in shown.urls]
                if faults := [fault for name in names if (fault := self._files.fault(name))]:
                    message = f"the image '{node.src}' cannot be shown: {faults[0]}"
                    self._page.report(Code.IMAGE_INVALID, message, "its words stand in its place")
                    return self._box(node, "missing_image", None)
                return {
                    "t": "image",
                    "src": names,
                    "alt": alt or label(self._page.rendering.language, "image"),
                    "width": node.width or (f"{shown.width}px" if shown.width and not node.height else ""),
                    "height": "" if node.width else node.height,
                }
            case Placeholder(key, href):
                return self._box(node, key, href)
            case _:
                assert_never(shown)

    def _box(self, node: model.Image, key: str, href: str | None) -> Value:
        """Return what stands for an image that is not here."""
        language = self._page.rendering.language
        reason = label(language, key)
        words: list[Value] = [*self._words(node.alt.strip() or node.title)]
        target = None if self._linked else href
        inside = [self._linked_to(target, words or [reason])] if words or target else []
        return {"t": "box", "reason": reason, "lang": tongue(language), "c": inside}


def _has_words(nodes: Sequence[Inline]) -> bool:
    """Return whether inlines say anything that Typst can read back: it cannot from formulas, images and ruby."""
    return any(
        bool(clean(node.value).strip()) if isinstance(node, model.Text | model.Code)
        else not isinstance(node, model.Ruby) and _has_words(getattr(node, "children", ()))
        for node in nodes
    )  # fmt: skip


def _width(node: model.Table) -> int:
    """Return how many columns the cells of a table reach over."""
    return max(
        (column + cell.colspan for rows in (node.head, node.rows)
         for row, columns in zip(rows, columns_of(rows), strict=True)
         for cell, column in zip(row.cells, columns, strict=True)),
        default=0,
    )  # fmt: skip
