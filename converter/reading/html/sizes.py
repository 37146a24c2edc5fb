"""The size that a page gives an image -> CSS lengths that a book can keep: `px`, `em` and `%`."""

import re

from converter.reading.html.elements import Attributes

_LENGTH = re.compile(r"\s*(\d{1,6}(?:\.\d*)?|\.\d+)\s*(px|pt|pc|in|cm|mm|q|r?em|ex|ch|%|vw)?", re.IGNORECASE)
_STYLE = re.compile(r"(?:^|;)\s*(width|height)\s*:([^;]*)", re.IGNORECASE)
_UNITS = {
    "px": (1.0, "px"),
    "pt": (96 / 72, "px"),
    "pc": (16.0, "px"),
    "in": (96.0, "px"),
    "cm": (96 / 2.54, "px"),
    "mm": (96 / 25.4, "px"),
    "q": (96 / 101.6, "px"),
    "em": (1.0, "em"),
    "rem": (1.0, "em"),
    "ex": (0.5, "em"),
    "ch": (0.5, "em"),
    "%": (1.0, "%"),
    "vw": (1.0, "%"),
}
"""What a unit is in one of those that are kept (CSS Values 4, section 6)."""
WHOLE = 100
"""Per cent: such an image is as wide as whatever is around it, which a book does not know."""


def size_of(attributes: Attributes) -> tuple[str, str]:
    """Return the width and the height that an image is given; empty where it is not, or where the place decides."""
    style = attributes.get("style")
    styled = {name.lower(): value for name, value in _STYLE.findall(style)} if style else {}
    width, height = (_length(styled, attributes, name) for name in ("width", "height"))
    return width, "" if height.endswith("%") else height


def is_unseen(width: str, height: str) -> bool:
    """Whether an image of that size shows nothing: it counts readers, or holds a place."""
    return "0px" in (width, height) or (width == height == "1px")


def _length(styled: dict[str, str], attributes: Attributes, name: str) -> str:
    written = styled.get(name) or attributes.get(name) or ""
    found = _LENGTH.match(written)
    if found is None:
        return ""
    unit = (found[2] or "px").lower()
    if name in styled and not found[2] and float(found[1]):
        return ""
    factor, kept = _UNITS[unit]
    length = float(found[1]) * factor
    return "" if kept == "%" and length >= WHOLE else f"{length:.4g}{kept}"
