"""Elements and their styles -> what they mean: which formats they give their text, and whether they show at all."""

import re
from collections.abc import Iterator
from typing import get_args

from converter.model import Direction
from converter.reading.html.elements import Attributes, classes
from converter.reading.html.inlines import Format, Kind
from converter.reading.language import language_tag

_KINDS: dict[str, Kind] = {
    "b": "strong",
    "strong": "strong",
    "mark": "strong",
    "address": "emphasis",
    "cite": "emphasis",
    "dfn": "emphasis",
    "em": "emphasis",
    "i": "emphasis",
    "u": "emphasis",
    "var": "emphasis",
    "del": "strikethrough",
    "s": "strikethrough",
    "strike": "strikethrough",
    "sup": "superscript",
    "sub": "subscript",
    "ruby": "ruby",
    "rt": "reading",
}
_HIDDEN_STYLE = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|content-visibility\s*:\s*hidden"
    r"|mso-hide\s*:\s*all)",
    re.I,
)
_VISIBILITY = re.compile(r"(?:^|;)\s*visibility\s*:\s*(\w+)", re.I)
_SIZE = re.compile(
    r"(?:^|;)\s*font-size\s*:\s*(?:(?P<none>0+(?:\.0*)?(?:[a-z]{2,4}|%)?\s*(?:!|;|$))"
    r"|[\d.]+(?:px|pt|pc|rem|vw|vh|cm|mm|in)|(?:x{0,3}-)?(?:small|large)|medium)",
    re.I,
)
"""A size of letters that does not depend on the size around."""
_HIDDEN_CLASSES = frozenset(
    {"hidden", "hide", "mw-cite-backlink", "screen-reader-text", "sr-only", "visually-hidden", "visuallyhidden"}
)
"""One of them stands around what leads back from a note of MediaWiki, which books have themselves."""
_STYLES: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (re.compile(r"font-weight\s*:\s*(?:bold|bolder|[6-9]00)", re.I), "strong"),
    (re.compile(r"font-style\s*:\s*(?:italic|oblique)", re.I), "emphasis"),
    (re.compile(r"text-decoration(?:-line)?\s*:[^;]*line-through", re.I), "strikethrough"),
    (re.compile(r"text-decoration(?:-line)?\s*:[^;]*underline", re.I), "emphasis"),
    (re.compile(r"vertical-align\s*:\s*super", re.I), "superscript"),
    (re.compile(r"vertical-align\s*:\s*sub(?!\w|-)", re.I), "subscript"),
)
_UNDONE: dict[Kind, re.Pattern[str]] = {
    "strong": re.compile(r"font-weight\s*:\s*(?:normal|lighter|[1-5]00)", re.I),
    "emphasis": re.compile(r"font-style\s*:\s*normal|text-decoration(?:-line)?\s*:\s*none", re.I),
    "strikethrough": re.compile(r"text-decoration(?:-line)?\s*:\s*none", re.I),
    "superscript": re.compile(r"vertical-align\s*:\s*baseline", re.I),
    "subscript": re.compile(r"vertical-align\s*:\s*baseline", re.I),
}
"""Styles that take the look of an element away, as editors write them around what they copy."""
_KEEPS_LINES = re.compile(r"white-space\s*:\s*(?:pre(?:-wrap|-line)?|break-spaces)(?!\w|-)", re.I)
_LOSES_LINES = re.compile(r"white-space\s*:\s*(?:normal|nowrap|initial)", re.I)
_CENTRED = re.compile(r"text-align\s*:\s*center", re.I)


def is_hidden(attributes: Attributes) -> bool:
    """Whether neither the element nor anything in it shows on its page.

    What is hidden until somebody looks for it (`hidden="until-found"`) is there to be found.
    """
    if "hidden" in attributes and (attributes["hidden"] or "").lower() != "until-found":
        return True
    style = attributes.get("style")
    if style and _HIDDEN_STYLE.search(style):
        return True
    return bool(attributes.get("class")) and not classes(attributes).isdisjoint(_HIDDEN_CLASSES)


def visibility_of(attributes: Attributes) -> bool | None:
    """Whether an element asks to be seen or not to be; what is in it may ask for the other. `None` for no wish."""
    style = attributes.get("style")
    found = _VISIBILITY.search(style) if style else None
    if found is None or found[1].lower() == "inherit":
        return None
    return found[1].lower() not in ("hidden", "collapse")


def has_size(attributes: Attributes) -> bool | None:
    """Whether the letters in an element have any size; `None` where that depends on the letters around.

    `font-size: 0` takes the gaps between images away. What is in it may have a size of its own.
    """
    style = attributes.get("style")
    found = _SIZE.search(style) if style and "font-size" in style.lower() else None
    return None if found is None else found["none"] is None


def keeps_lines(attributes: Attributes) -> bool | None:
    """Whether the ends of lines in the markup are shown; `None` where an element does not say."""
    style = attributes.get("style")
    if not style or "white-space" not in style.lower():
        return None
    return True if _KEEPS_LINES.search(style) else False if _LOSES_LINES.search(style) else None


def is_centred(tag: str, attributes: Attributes) -> bool:
    """Whether the lines of the element are centred."""
    align = (attributes.get("align") or "").lower()
    return tag == "center" or align == "center" or bool(_CENTRED.search(attributes.get("style") or ""))


def formats_of(tag: str, attributes: Attributes, open_kinds: frozenset[Kind], number: int) -> Iterator[Format]:
    """Yield the formats that an element adds to those that are open around it."""
    kinds = dict.fromkeys((_KINDS[tag],)) if tag in _KINDS else {}
    if style := attributes.get("style"):
        kinds = {kind: None for kind in kinds if kind not in _UNDONE or not _UNDONE[kind].search(style)}
        kinds |= dict.fromkeys(kind for pattern, kind in _STYLES if pattern.search(style))
    for kind in kinds:
        # Underlined links are links; bold in bold is bold.
        if kind not in open_kinds and not (
            kind == "emphasis" and tag not in _KINDS | {"a": ""} and "link" in open_kinds
        ):
            yield Format(number, kind)
    lang, direction = language_tag(attributes.get("lang") or attributes.get("xml:lang") or ""), _direction(attributes)
    if lang or direction:
        yield Format(number, "span", lang=lang, dir=direction)


def _direction(attributes: Attributes) -> Direction | None:
    written = (attributes.get("dir") or "").lower()
    return next((direction for direction in get_args(Direction) if direction == written), None)
