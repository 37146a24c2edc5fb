"""Labels of drawings that are HTML (`<foreignObject>`) -> lines of text in the middle of their boxes."""

import math
import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from converter.languages.letters import HANGUL, SQUARES, YI
from converter.writers.xhtml import element, escape

SIZE = 14.0
"""The size of letters, in the units of the drawing, where the label does not say."""
LEADING = 1.2

_BLOCKS = frozenset("br dd div dt h1 h2 h3 h4 h5 h6 li p pre section td tr".split())
_WIDE = re.compile(f"[\u1100-\u11ff{SQUARES}{YI}{HANGUL}]")
_NUMBER = re.compile(r"\s*(-?[\d.]+)(?:px)?\s*")
_FONT_SIZE = re.compile(r"font-size\s*:\s*([\d.]+)px")
_COLOUR = re.compile(r"(?<![\w-])color\s*:\s*([#\w]+(?:\([\d\s,.%]*\))?)")


def label(box: Element) -> str:
    """Return the words of a `foreignObject` as text, as large as there is room; empty where it has none."""
    lines = [line for found in "".join(_words(box)).split("\n") if (line := " ".join(found.split()))]
    if not lines:
        return ""
    x, y, width, height = (_number(box.get(name, "")) for name in ("x", "y", "width", "height"))
    styles = " ; ".join(node.get("style", "") for node in box.iter())
    found = _FONT_SIZE.search(styles)
    size = float(found[1]) if found else SIZE
    if width and height:
        lines = [piece for line in lines for piece in _wrapped(line, max(width / size, 1))]
        size = min(size, 1.1 * width / max(map(_ems, lines)), height / len(lines))
    colour = _COLOUR.search(styles)
    middle, top = x + width / 2, y + height / 2 - (len(lines) - 1) * size * LEADING / 2 + size * 0.35
    attributes = {
        "text-anchor": "middle",
        "font-size": f"{size:.4g}",
        "font-family": "sans-serif",
        "fill": colour[1] if colour else "#000",
        "stroke": "none",
    }
    spans = (
        element("tspan", escape(line), {"x": f"{middle:.6g}", "y": f"{top + number * size * LEADING:.6g}"})
        for number, line in enumerate(lines)
    )
    return element("text", "".join(spans), attributes)


def _words(node: Element) -> Iterator[str]:
    """Yield the texts of a label, with a line end around blocks."""
    end = "\n" if node.tag.rpartition("}")[2] in _BLOCKS else ""
    yield end
    yield re.sub(r"\s+", " ", node.text or "")
    for child in node:
        yield from _words(child)
        yield re.sub(r"\s+", " ", child.tail or "")
    yield end


def _number(written: str) -> float:
    found = _NUMBER.fullmatch(written)
    try:
        number = float(found[1]) if found else 0.0
    except ValueError:
        return 0.0
    return number if math.isfinite(number) else 0.0


def _ems(line: str) -> float:
    """Return about how long a line is, in sizes of its letters."""
    return sum(1.0 if _WIDE.match(character) else 0.55 for character in line)


def _wrapped(line: str, room: float) -> Iterator[str]:
    """Yield a line in pieces that are no longer than `room`, where it has spaces or letters that need none."""
    piece = ""
    for word in re.findall(rf"{_WIDE.pattern}|[^\s\u1100-\uff60]+\s*|.", line):
        if piece and _ems(piece + word.rstrip()) > 1.1 * room:
            yield piece.strip()
            piece = ""
        piece += word
    if piece.strip():
        yield piece.strip()
