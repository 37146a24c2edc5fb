"""A drawing in the markup (`<svg>`) -> an image: the drawing as a file of its own, in its URL."""

import re
from base64 import b64encode
from html import escape

from converter.reading.html.elements import TEXT, Element, below, text_below

MAX_DEPTH = 100
"""How deep elements of a drawing may nest: what is deeper is left out."""

_NAME = re.compile(r"(?:xlink:|xml:)?[A-Za-z_][\w.-]*", re.ASCII)
_NAMESPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
_XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'
_DRAWS = frozenset("circle ellipse foreignObject image line path polygon polyline rect text use".split())
_SMALL = 48
"""Pixels of a drawing that is but an icon."""


def url_of(svg: Element) -> str:
    """Return the URL of the drawing as a file of its own; empty for one that draws nothing."""
    shapes = [node for node in below(svg) if node.tag in _DRAWS]
    if not shapes:
        return ""
    parts = [f"<svg {_NAMESPACES}{_attributes(svg)}>", *_symbols(svg, shapes), *_inside(svg, 1), "</svg>"]
    return f"data:image/svg+xml;base64,{b64encode(''.join(parts).encode('utf-8', 'replace')).decode()}"


def description_of(svg: Element) -> str:
    """Return what a drawing says of itself: its label, its title, or the words in it."""
    label = svg.attributes.get("aria-label") or ""
    titles = [text_below(node) for node in below(svg) if node.tag == "title"]
    words = [text_below(node) for node in below(svg) if node.tag in ("text", "foreignObject")]
    found = next((text for text in (label, *titles[:1], " ".join(words)) if text.strip()), "")
    return " ".join(found.split())


def is_ornament(svg: Element) -> bool:
    """Whether a drawing is a small one that the page keeps from those who do not see it, or the sign of a link."""
    attributes = svg.attributes
    is_kept = attributes.get("aria-hidden") == "true" or attributes.get("role") in ("none", "presentation")
    if not is_kept and not _is_sign(svg):
        return False
    box = re.split(r"[\s,]+", (attributes.get("viewBox") or "").strip())
    sizes = [attributes.get("width") or box[-2:][0], attributes.get("height") or box[-1]]
    numbers = [re.match(r"\s*(\d+(?:\.\d*)?)(?:px)?\s*\Z|\s*[\d.]+e[mx]\s*\Z", size) for size in sizes]
    return any(found is not None and float(found[1] or 0) <= _SMALL for found in numbers)


def _is_sign(svg: Element) -> bool:
    """Whether a drawing without a description stands in a link that has words or images, too."""
    link = svg.parent
    while link is not None and link.tag in ("div", "span", "button"):
        link = link.parent
    if link is None or link.tag != "a" or description_of(svg):
        return False
    return bool(text_below(link).strip()) or link.css_first("img") is not None


def _symbols(svg: Element, shapes: list[Element]) -> list[str]:
    """Return the symbols of other drawings in the document that this one uses."""
    names = [(node.attributes.get("href") or node.attributes.get("xlink:href") or "") for node in shapes]
    wanted = dict.fromkeys(name[1:] for name in names if re.fullmatch(r"#[\w.:-]+", name))
    own = {node.attributes.get("id") for node in below(svg)} if wanted else set()
    root = svg
    while wanted and root.parent is not None:
        root = root.parent
    found = [root.css_first(f'symbol[id="{name}"], svg [id="{name}"]') for name in wanted if name not in own]
    parts = [part for node in found if node is not None for part in _element(node, 2)]
    return ["<defs>", *parts, "</defs>"] if parts else []


def _inside(element: Element, depth: int) -> list[str]:
    parts: list[str] = []
    node = element.child if depth < MAX_DEPTH else None
    while node is not None:
        if node.tag == TEXT:
            parts.append(escape(text_below(node), quote=False))
        elif not (node.tag or "-").startswith("-") and node.tag != "script":
            parts += _element(node, depth + 1)
        node = node.next
    return parts


def _element(element: Element, depth: int) -> list[str]:
    name = element.tag or ""
    if not _NAME.fullmatch(name):
        return _inside(element, depth)
    parent = element.parent
    html = f" {_XHTML}" if parent is not None and parent.tag == "foreignObject" else ""
    return [f"<{name}{html}{_attributes(element)}>", *_inside(element, depth), f"</{name}>"]


def _attributes(element: Element) -> str:
    return "".join(
        f' {name}="{escape(value or "")}"'
        for name, value in element.attributes.items()
        if _NAME.fullmatch(name) and not name.startswith(("xmlns", "data-line"))
    )
