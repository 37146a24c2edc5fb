"""Writes the HTML of every kind of page, from the model and the templates of the theme."""

import re
from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from converter.diagnostics import Warn
from converter.languages.labels import label
from converter.writers.pdf import formulas
from converter.writers.pdf.images import ASSET, Drawing, describe_slices
from converter.writers.pdf.parts import OpenerPart, PostPart
from converter.writers.pdf.posts import linked, readable, shown
from converter.writers.pdf.style import Style
from converter.writers.pdf.weasyprint.footnotes import can_stand_in_text, place
from converter.writers.pdf.weasyprint.tables import mark_dense
from converter.writers.xhtml import Rendering, void, write_post
from converter.writers.xhtml.page import NoteStyle

_STARTED = re.compile(r'<ol start="(\d{1,9})"')
_SECTION_SHARE, _POST_SHARE = 0.32, 0.62
"""What section and post may take of a running head that shows both."""


class Markup(Struct, frozen=True):
    """A page as HTML, and the pictures that were drawn for it."""

    html: str
    drawings: dict[str, Drawing]
    """By name, which the page calls `asset:NAME`."""


def post_markup(part: PostPart, style: Style, warn: Warn) -> Markup:
    """Return the page of a post."""
    post = part.post
    drawings: dict[str, Drawing] = {}
    at_foot = style.options.notes == "footnotes" and can_stand_in_text(post)
    rendering = Rendering(
        image=shown(post, style.geometry, drawings),
        link=linked(part),
        math=_drawn(drawings),
        language=part.book_language,
        warn=warn,
        notes=NoteStyle.ASIDE if at_foot else NoteStyle.LIST,
        heading_offset=style.offset,
    )
    written = write_post(post, rendering)
    body, notes = place(written.body, written.notes) if at_foot else (written.body, written.notes)
    entry = part.entry
    share = 1.0 if style.options.two_sided else 0.0
    html = style.fill(
        "post.html",
        {
            "entry": entry,
            "opens": part.opens,
            "closes": part.closes,
            "offset": style.offset,
            "meta": style.isolated(filter(None, (*entry.names, entry.day, part.section))),
            "tags": style.isolated(post.metadata.tags),
            "body": mark_dense(_numbered(describe_slices(body)), style.measure),
            "notes": _numbered(notes),
            "original_text": readable(entry.original),
            "furniture": style.furniture,
            "head_section": style.shortened(part.section or part.book_title, share or _SECTION_SHARE),
            "head_post": style.shortened(entry.title, share or _POST_SHARE),
        },
    )
    return Markup(style.substitute(html, post.path, warn), drawings)


def opener_markup(part: OpenerPart, style: Style, warn: Warn) -> Markup:
    """Return the page that opens a section."""
    count = label(part.book_language, "posts", part.posts)
    html = style.fill("opener.html", {"title": part.title, "count": count, "furniture": style.furniture})
    return Markup(style.substitute(html, None, warn), {})


def _numbered(markup: str) -> str:
    """Return markup whose lists count from where they start: WeasyPrint takes `start` for a matter of looks."""
    return _STARTED.sub(lambda match: f'{match[0]} style="counter-reset:list-item {int(match[1]) - 1}"', markup)


def _drawn(drawings: dict[str, Drawing]) -> Callable[[str, Literal["inline", "block"]], str | None]:
    """Return what turns TeX into a picture; the drawings are put into `drawings`."""

    def drawn(tex: str, kind: Literal["inline", "block"]) -> str | None:
        formula = formulas.draw(tex, display=kind == "block")
        if formula is None:
            return None
        drawings[formula.name] = Drawing("image/svg+xml", formula.svg)
        style = f"width:{formula.width}em;height:{formula.height}em;vertical-align:{-formula.depth:.4f}em"
        return void("img", {"class": "math", "src": f"{ASSET}{formula.name}", "alt": tex, "style": style})

    return drawn
