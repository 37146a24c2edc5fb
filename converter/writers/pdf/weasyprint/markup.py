"""Writes the HTML of every kind of page, from the model and the templates of the theme."""

from collections.abc import Callable

from msgspec import Struct

from converter.diagnostics import Warn
from converter.languages.labels import label
from converter.model import List, Node, NoteReference, Table
from converter.writers.pdf import formulas
from converter.writers.pdf.images import ASSET, MadeImage
from converter.writers.pdf.parts import OpenerPart, PostPart
from converter.writers.pdf.posts import can_stand_in_text, linked, readable, shown
from converter.writers.pdf.style import Style
from converter.writers.pdf.tables import narrowest
from converter.writers.xhtml import (
    Display,
    NoteStyle,
    Override,
    Page,
    Rendering,
    foot_mark,
    list_of,
    table,
    void,
    write_post,
)


class Markup(Struct, frozen=True):
    """A page as HTML, and the images that were drawn for it."""

    html: str
    drawings: dict[str, MadeImage]
    """By name, which the page calls `asset:NAME`."""


def post_markup(part: PostPart, style: Style, warn: Warn) -> Markup:
    """Return the page of a post."""
    post = part.post
    drawings: dict[str, MadeImage] = {}
    at_foot = style.options.notes == "footnotes" and can_stand_in_text(post)
    rendering = Rendering(
        image=shown(post, style.geometry, drawings),
        link=linked(part),
        math=_drawn(drawings),
        overrides=_overrides(style, at_foot=at_foot),
        language=part.book_language,
        warn=warn,
        notes=NoteStyle.FOOT if at_foot else NoteStyle.LIST,
        heading_offset=style.offset,
    )
    written = write_post(post, rendering)
    entry = part.entry
    html = style.fill(
        "post.html",
        {
            "entry": entry,
            "opens": part.opens,
            "closes": part.closes,
            "offset": style.offset,
            "line_height": style.line_of(entry.language),
            "meta": style.isolated(filter(None, (*entry.names, entry.when, part.section))),
            "tags": style.isolated(post.metadata.tags),
            "body": written.body,
            "notes": written.notes,
            "original_text": readable(entry.original),
            "furniture": style.overlays,
            **style.heads(part.section or part.book_title, entry.title),
        },
    )
    return Markup(style.substitute(html, post.path, warn), drawings)


def opener_markup(part: OpenerPart, style: Style, warn: Warn) -> Markup:
    """Return the page that opens a section."""
    count = label(part.book_language, "posts", part.posts)
    html = style.fill("opener.html", {"title": part.title, "count": count, "furniture": style.overlays})
    return Markup(style.substitute(html, None, warn), {})


def _overrides(style: Style, *, at_foot: bool) -> dict[type[Node], Override]:
    """Return what WeasyPrint wants to be written in another way than HTML is."""

    def dense(node: Table, page: Page) -> str:
        return table(node, page, "dense" if narrowest(node) > style.measure else "")

    return {List: _counted, Table: dense, **({NoteReference: foot_mark} if at_foot else {})}


def _counted(node: List, page: Page) -> str:
    """Return a list that counts from where it starts: WeasyPrint takes `start` for a matter of looks."""
    starts = node.ordered and node.start != 1
    return list_of(node, page, f"counter-reset:list-item {node.start - 1}" if starts else None)


def _drawn(drawings: dict[str, MadeImage]) -> Callable[[str, Display, bool], str | None]:
    """Return what turns TeX into an image; the drawings are put into `drawings`."""

    def drawn(tex: str, kind: Display, _announces: bool) -> str | None:  # noqa: FBT001  # an image has a name
        formula = formulas.draw(tex, display=kind == "block")
        if formula is None:
            return None
        drawings[formula.name] = MadeImage("image/svg+xml", formula.svg)
        style = f"width:{formula.width}em;height:{formula.height}em;vertical-align:{-formula.depth:.4f}em"
        return void("img", {"class": "math", "src": f"{ASSET}{formula.name}", "alt": tex, "style": style})

    return drawn
