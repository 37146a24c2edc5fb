"""Turns parts of a book into values for the Typst side of the theme, with the files that these name."""

from collections.abc import Mapping
from typing import Any, assert_never

import msgspec
from msgspec import Struct

from converter.diagnostics import Warn
from converter.languages.labels import label
from converter.writers.book import BETWEEN
from converter.writers.fonts import FACES, Faces
from converter.writers.pdf.images import MadeImage
from converter.writers.pdf.parts import OpenerPart, PdfPart, PostPart
from converter.writers.pdf.posts import can_stand_in_text, linked, readable, shown
from converter.writers.pdf.style import HEAD_SIZE, Style
from converter.writers.pdf.typst.files import Files
from converter.writers.pdf.typst.nodes import Nodes
from converter.writers.pdf.typst.tongues import tongue
from converter.writers.xhtml import Rendering
from converter.writers.xhtml.page import Page, open_page

_MEASURES = ("width", "height", "top", "bottom", "left", "right", "text_size", "line", "lines", "cover", "bleed")

TITLE, OPENER, MASTHEAD = 1.7, 2.2, 2.9
"""The sizes of titles of posts, of sections, and on the cover, in text sizes; the theme has the same."""


class Prepared(Struct, frozen=True):
    """What Typst gets."""

    data: bytes
    """JSON on one line."""
    files: Mapping[str, bytes]
    """Images and formulas, by the names that `data` has for them."""
    row_heads: tuple[frozenset[int], ...] = ()
    """Of each table, the rows of its body whose first cell names them."""


def prepare(part: PdfPart, style: Style, warn: Warn) -> Prepared:
    """Return a part as values."""
    match part:
        case PostPart():
            return _post(part, style, warn)
        case OpenerPart():
            count = label(part.book_language, "posts", part.posts)
            values = {"kind": "opener", "title": style.headline(part.title, OPENER), "count": count}
            return Prepared(encoded(values, style, None, warn), {})
        case _:
            assert_never(part)


def encoded(values: object, style: Style, file: str | None, warn: Warn) -> bytes:
    """Return values as JSON on one line, with a mark for each character that no font has."""
    return style.substitute(msgspec.json.encode(values).decode(), file, warn).encode()


def _post(part: PostPart, style: Style, warn: Warn) -> Prepared:
    post, entry, drawings = part.post, part.entry, dict[str, MadeImage]()
    rendering = Rendering(
        image=shown(post, style.geometry, drawings),
        link=linked(part),
        math=lambda *_: None,
        language=part.book_language,
        warn=warn,
        heading_offset=style.offset,
    )
    page, files = open_page(post, rendering), Files(post.assets, drawings)
    at_foot = style.options.notes == "footnotes" and can_stand_in_text(post)
    nodes = Nodes(page, files, at_foot=at_foot, measure=style.measure)
    values = {
        "kind": "post",
        "opens": part.opens,
        "closes": part.closes,
        "title": style.headline(entry.title, TITLE),
        "subtitle": entry.subtitle,
        "lang": tongue(entry.language),
        "meta": BETWEEN.join(style.isolated(filter(None, (*entry.names, entry.when, part.section)))),
        "tags": BETWEEN.join(style.isolated(post.metadata.tags)),
        "original": entry.original,
        "original_text": readable(entry.original),
        "line": style.line_of(entry.language),
        **style.heads(part.section or part.book_title, entry.title),
        "blocks": nodes.blocks(post.blocks),
        "notes": _notes(page, nodes, at_foot=at_foot),
    }
    return Prepared(encoded(values, style, post.path, warn), files.found, tuple(nodes.row_heads))


def _notes(page: Page, nodes: Nodes, *, at_foot: bool) -> list[dict[str, Any]]:
    """Return the notes after the post: all, or those that nothing in the text leads to where the others are there."""
    return [
        {
            "number": page.note_numbers[note.id],
            "name": page.note_ids[note.id],
            "back": nodes.place(page.marks[note.id]) if note.id in page.marks else "",
            "c": nodes.blocks(note.blocks),
        }
        for note in page.post.notes
        if not (at_foot and note.id in page.marks)
    ]


def look(style: Style) -> dict[str, Any]:
    """Return how everything looks: measures in points, families by language, colours, and labels."""
    geometry, options = style.geometry, style.options
    families = {name: style.families(faces)._asdict() for name, faces in {**FACES, "": Faces()}.items()}
    return {
        "title": style.labels()["contents"],
        "lang": tongue(style.language),
        "labels": style.labels(),
        "style": {
            **{name: getattr(geometry, name) for name in _MEASURES},
            "head_size": HEAD_SIZE,
            "justify": options.justify,
            "two_sided": options.two_sided,
            "offset": style.offset,
            "small": geometry.is_small,
        },
        "faces": families,
        "tokens": {name: value for name, value in style.theme.tokens.items() if value.startswith("#")},
        "furniture": style.overlays,
    }
