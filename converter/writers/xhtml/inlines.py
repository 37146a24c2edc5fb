"""Inline nodes as markup."""

import re
import textwrap
from collections.abc import Sequence
from typing import assert_never

from converter import model
from converter.diagnostics import Code
from converter.languages.labels import label
from converter.model import Inline
from converter.writers.xhtml.markup import announced, element, escape, foreign_attributes, language_attributes, void
from converter.writers.xhtml.page import NoteStyle, Page, Picture, Placeholder

MAX_QUOTED = 80
"""Characters of a formula that a message quotes."""

_MARKS = {
    model.Emphasis: "em",
    model.Strong: "strong",
    model.Strikethrough: "s",
    model.Superscript: "sup",
    model.Subscript: "sub",
}
_TAG = re.compile("<[^>]*>")


def inlines(nodes: Sequence[Inline], page: Page, *, linked: bool = False) -> str:
    """Return the markup of inlines; `linked` where a link is around them, since links do not nest."""
    return "".join(_inline(node, page, linked=linked) for node in nodes)


def _inline(node: Inline, page: Page, *, linked: bool) -> str:
    match node:
        case model.Text(value):
            return escape(value)
        case (
            model.Emphasis(children)
            | model.Strong(children)
            | model.Strikethrough(children)
            | model.Superscript(children)
            | model.Subscript(children)
        ):
            return element(_MARKS[type(node)], inlines(children, page, linked=linked))
        case model.Span(children, lang, direction):
            return element("span", inlines(children, page, linked=linked), language_attributes(lang, direction))
        case model.Code(value):
            return element("code", escape(value))
        case model.Math(tex):
            return _formula(tex, page)
        case model.Link():
            return _link(node, page, linked=linked)
        case model.Image():
            return picture(node, page, linked=linked)
        case model.Ruby(base, reading):
            return _ruby(base, reading, page, linked=linked)
        case model.NoteReference(id):
            return _mark(id, page, linked=linked)
        case model.LineBreak():
            return void("br")
        case model.Anchor(id):
            return element("span", "", {"id": page.place(id)})
        case _:
            assert_never(node)


def _formula(tex: str, page: Page) -> str:
    markup = page.rendering.math(tex, "inline")
    return markup if markup is not None else not_understood(tex, page)


def not_understood(tex: str, page: Page) -> str:
    """Return TeX as code, and report it."""
    shortened = textwrap.shorten(tex, MAX_QUOTED, placeholder=" …")
    page.report(Code.MATH_INVALID, f"the formula '{shortened}' is not understood", "it is shown as TeX")
    return element("code", escape(tex), {"class": "tex"})


def _link(node: model.Link, page: Page, *, linked: bool) -> str:
    content = inlines(node.children, page, linked=True)
    address = None if linked else address_of(node.href, page)
    if address is None:
        return content if linked else inlines(node.children, page)
    content = announced(content)
    named = _TAG.sub("", content).strip() or 'alt="' in content or "aria-label=" in content
    attributes = {"href": address, "title": node.title or None, "aria-label": None if named else node.title or address}
    return element("a", content, attributes)


def address_of(href: str, page: Page) -> str | None:
    """Return the address for a link, or `None` where it leads nowhere; report the latter for links in the post."""
    if not href.startswith("#"):
        return page.rendering.link(href)
    if (target := page.targets.get(href[1:])) is not None:
        return f"#{target}"
    if len(href) > 1:
        page.report(Code.LINK_TARGET_MISSING, f"the post has no place '{href}'", "the words stay without a link")
    return None


def _ruby(base: tuple[Inline, ...], reading: str, page: Page, *, linked: bool) -> str:
    marks = (element("rp", "（"), element("rp", "）")) if page.rendering.ruby_brackets else ("", "")
    return element("ruby", inlines(base, page, linked=linked) + marks[0] + element("rt", escape(reading)) + marks[1])


def _mark(note: str, page: Page, *, linked: bool) -> str:
    """Return the raised number of a note, linked to the note unless a link is around it."""
    number = page.note_numbers.get(note)
    if number is None:
        return escape(f"[{note}]")
    if linked:
        return element("sup", str(number))
    id_ = page.ids.claim(f"mark-{number}")
    page.marks.setdefault(note, id_)
    kind = "noteref" if page.rendering.notes is NoteStyle.POPUP else None
    attributes = {"id": id_, "href": f"#{page.note_ids[note]}", "epub:type": kind, "role": "doc-noteref"}
    return element("sup", element("a", str(number), attributes), {"class": "mark"})


def picture(node: model.Image, page: Page, *, linked: bool = False) -> str:
    """Return what the book shows for an image."""
    alt = node.alt.strip()
    shown = page.rendering.image(node)
    match shown:
        case Picture():
            # A picture that nobody described is announced as one: an empty text would say that it does not matter.
            return _drawn(shown, node, alt or label(page.rendering.language, "picture"))
        case Placeholder(key, href):
            return _box(label(page.rendering.language, key), alt or node.title, None if linked else href, page)
        case _:
            assert_never(shown)


def _drawn(shown: Picture, node: model.Image, alt: str) -> str:
    title = node.title
    size = {"width": str(shown.width) if shown.width else None, "height": str(shown.height) if shown.height else None}
    if len(shown.addresses) == 1:
        return void(
            "img", {"src": shown.addresses[0], "alt": alt, "title": title or None, **size, "style": _size(shown, node)}
        )
    slices = "".join(void("img", {"src": address, "alt": ""}) for address in shown.addresses)
    return element("span", slices, {"class": "slices", "role": "img", "aria-label": alt, "title": title or None})


def _size(shown: Picture, node: model.Image) -> str | None:
    """Return a style for the size that the author gave, `None` where it is the picture's own: its shape stays."""
    if node.width:
        return f"width:{node.width}" if node.width != f"{shown.width}px" else None
    if not node.height or node.height == f"{shown.height}px":
        return None
    if not shown.height:
        return f"height:{node.height}"
    number, unit = node.height[:-2], node.height[-2:]
    return f"width:{float(number) * shown.width / shown.height:.4g}{unit}"


def _box(reason: str, alt: str, href: str | None, page: Page) -> str:
    attributes = foreign_attributes(page.rendering.language, page.language)
    why = element("span", escape(reason), {"class": "reason", **attributes})
    words = element("span", escape(alt), {"class": "alt"}) if alt else ""
    inside = f"{why} {words}" if words else why
    return element("span", element("a", inside, {"href": href}) if href else inside, {"class": "no-picture"})
