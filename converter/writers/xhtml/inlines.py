"""Inline nodes as markup."""

import textwrap
from collections.abc import Callable, Sequence
from typing import TypeVar, assert_never

from converter import model
from converter.diagnostics import Code
from converter.languages.labels import label
from converter.languages.unicode import clean
from converter.model import Block, Inline
from converter.model.alternatives import alternative_of
from converter.model.walk import query
from converter.writers.xhtml.markup import element, escape, foreign_attributes, language_attributes, void
from converter.writers.xhtml.page import Display, ImageFiles, Page, Placeholder

NodeT = TypeVar("NodeT", bound=Inline | Block)

MAX_QUOTED = 80
"""Characters of a formula that a message quotes."""

_MARKS = {
    model.Emphasis: "em",
    model.Strong: "strong",
    model.Strikethrough: "s",
    model.Superscript: "sup",
    model.Subscript: "sub",
}


def inlines(nodes: Sequence[Inline], page: Page) -> str:
    """Return the markup of inlines."""
    overrides = page.rendering.overrides
    return "".join(overrides.get(type(node), inline)(node, page) for node in nodes)


def announced(nodes: Sequence[NodeT], page: Page, write: Callable[[Sequence[NodeT], Page], str]) -> str:
    """Return the markup of what is announced as a whole: a link, a heading, a header.

    Formulas that are all it has get a name: Ace does not count a formula as words, and finds such an element empty.
    """
    around, page.announces = page.announces, page.announces or _is_formulas(nodes, page)
    written = write(nodes, page)
    page.announces = around
    return written


def _is_formulas(nodes: Sequence[Inline | Block], page: Page) -> bool:
    found = False
    for node in query(tuple(nodes)):
        match node:
            case model.Math(tex) | model.MathBlock(tex=tex):
                display: Display = "inline" if isinstance(node, model.Math) else "block"
                if page.rendering.math(tex, display, page.announces) is None:
                    return False
                found = True
            case model.Text(value) | model.Code(value) | model.CodeBlock(text=value):
                if clean(value).strip():
                    return False
            case model.Ruby() | model.NoteReference() | model.Media():
                return False
            case model.Image() if isinstance(page.rendering.image(node), Placeholder):
                return False
            case _:
                continue
    return found


def inline(node: Inline, page: Page) -> str:
    """Return the markup of an inline as it is without overrides."""
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
            return element(_MARKS[type(node)], inlines(children, page))
        case model.Span(children, lang, direction):
            return element("span", inlines(children, page), language_attributes(lang, direction))
        case model.Code(value):
            return element("code", escape(value))
        case model.Math(tex):
            return _formula(tex, page)
        case model.Link():
            return _link(node, page)
        case model.Image():
            return image(node, page)
        case model.Ruby(base, reading):
            return _ruby(base, reading, page)
        case model.NoteReference(id):
            return mark(id, page)
        case model.LineBreak():
            return void("br")
        case model.Anchor(id):
            return element("span", "", {"id": page.place(id)})
        case _:
            assert_never(node)


def _formula(tex: str, page: Page) -> str:
    markup = formula(tex, "inline", page)
    return markup if markup is not None else not_understood(tex, page)


def formula(tex: str, display: Display, page: Page) -> str | None:
    """Return the markup for TeX, or `None` where it is not understood."""
    markup = page.rendering.math(tex, display, page.announces)
    if markup is not None:
        page.features.add("mathml")
    return markup


def not_understood(tex: str, page: Page) -> str:
    """Return TeX as code, and report it."""
    shortened = textwrap.shorten(tex, MAX_QUOTED, placeholder=" …")
    page.report(Code.MATH_INVALID, f"the formula '{shortened}' is not understood", "it is shown as TeX")
    return element("code", escape(tex), {"class": "tex"})


def _link(node: model.Link, page: Page) -> str:
    url = None if page.linked else url_of(node.href, page)
    if url is None:
        return inlines(node.children, page)
    page.linked = True
    content = announced(node.children, page, inlines)
    page.linked = False
    named = any(map(_says_something, query(node.children)))
    attributes = {"href": url, "title": node.title or None, "aria-label": None if named else node.title or url}
    return element("a", content, attributes)


def _says_something(node: Inline | Block) -> bool:
    match node:
        case model.Text(value) | model.Code(value):
            return clean(value).strip() != ""
        case model.Math() | model.Image() | model.Ruby() | model.NoteReference():
            return True
        case _:
            return False


def url_of(href: str, page: Page) -> str | None:
    """Return the URL for a link, or `None` where it leads nowhere; report the latter for links in the post."""
    if not href.startswith("#"):
        return page.rendering.link(href)
    if (target := page.targets.get(href[1:])) is not None:
        return f"#{target}"
    if len(href) > 1:
        page.report(Code.LINK_TARGET_MISSING, f"the post has no place '{href}'", "the words stay without a link")
    return None


def _ruby(base: tuple[Inline, ...], reading: str, page: Page) -> str:
    page.features.add("ruby")
    marks = (element("rp", "（"), element("rp", "）")) if page.rendering.ruby_brackets else ("", "")
    return element("ruby", inlines(base, page) + marks[0] + element("rt", escape(reading)) + marks[1])


def mark(note: str, page: Page) -> str:
    """Return the raised number of a note, linked to the note unless a link is around it."""
    number = page.note_numbers.get(note)
    if number is None:
        return escape(f"[{note}]")
    if page.linked:
        return element("sup", str(number))
    id_ = page.ids.claim(f"mark-{number}")
    page.marks.setdefault(note, id_)
    attributes = {"id": id_, "href": f"#{page.note_ids[note]}", **page.rendering.in_role("doc-noteref")}
    return element("sup", element("a", str(number), attributes), {"class": "mark"})


def image(node: model.Image, page: Page) -> str:
    """Return what the book shows for an image."""
    alt = alternative_of(node.alt)
    shown = page.rendering.image(node)
    match shown:
        case ImageFiles():
            # An image that nobody described is announced as one: an empty text would say that it does not matter.
            return _drawn(shown, node, alt or label(page.rendering.language, "image"))
        case Placeholder(key, href):
            return _box(
                label(page.rendering.language, key), node.alt.strip() or node.title, None if page.linked else href, page
            )
        case _:
            assert_never(shown)


def _drawn(shown: ImageFiles, node: model.Image, alt: str) -> str:
    title = node.title
    size = {"width": str(shown.width) if shown.width else None, "height": str(shown.height) if shown.height else None}
    if len(shown.urls) == 1:
        return void(
            "img", {"src": shown.urls[0], "alt": alt, "title": title or None, **size, "style": _size(shown, node)}
        )
    # Without a group, the first slice says it: it is the words of the whole.
    alts = ("" if shown.groups else alt, *("" for _ in shown.urls[1:]))
    slices = "".join(void("img", {"src": url, "alt": each}) for url, each in zip(shown.urls, alts, strict=True))
    return element("span", slices, {"class": "slices", "role": "img", "aria-label": alt, "title": title or None})


def _size(shown: ImageFiles, node: model.Image) -> str | None:
    """Return a style for the size that the author gave, `None` where it is the image's own: its shape stays."""
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
