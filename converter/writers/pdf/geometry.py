"""Turns a page size, the tokens of a theme and options into the measures of a page, in points."""

import re
from collections.abc import Mapping

from msgspec import Struct

from converter.diagnostics import Code, UsageError

_UNITS = {"pt": 1.0, "mm": 72 / 25.4, "cm": 720 / 25.4, "in": 72.0, "px": 0.75}
_LENGTH = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(pt|mm|cm|in|px)\s*")

SIZES = {
    "a4": ("210mm", "297mm"),
    "a5": ("148mm", "210mm"),
    "a6": ("105mm", "148mm"),
    "b5": ("176mm", "250mm"),
    "b6": ("125mm", "176mm"),
    "letter": ("8.5in", "11in"),
    "half-letter": ("5.5in", "8.5in"),
    "ereader": ("90mm", "120mm"),
}
"""Named page sizes; `ereader` is the screen of six inches."""

WIDEST_MEASURE = 34
"""A line is at most so many squares long: on larger pages the margins grow."""
SHORTEST_MEASURE = 5
"""The fewest squares that a line may have."""
SMALLEST_TEXT, LARGEST_TEXT = 4, 72
"""In points."""
SMALL = 300
"""A page narrower than this many points is a screen: no running heads, and a twelfth of it for each side margin."""
LARGE = 500
"""From this width on the text is set larger, since a page is then read from further away."""
LARGE_TEXT = 12 / 10.5
SMALL_TOP, SMALL_BOTTOM = 5 * _UNITS["mm"], 8 * _UNITS["mm"]
"""The other margins of a screen; a page number stands in the lower one."""
BLEED = 3 * _UNITS["mm"]


class Geometry(Struct, frozen=True):
    """The measures of a page. `left` and `right` are those of a right-hand page (of a left-hand one in a RTL book)."""

    width: float
    height: float
    top: float
    bottom: float
    left: float
    right: float
    text_size: float
    line: float
    """The height of a line of text."""
    lines: int
    """How many of them stand on a page."""
    mirror: float
    """How far the text of a page on the other side lies to the right of this one's."""
    bleed: float
    """How far the sheet goes beyond the page on each side; 0 without print marks."""
    cover: float
    """The side margins of the cover."""

    @property
    def is_small(self) -> bool:
        """Whether the page is a screen."""
        return self.width < SMALL

    @property
    def sheet(self) -> tuple[float, float]:
        """Width and height of the sheet, with the bleed."""
        return self.width + 2 * self.bleed, self.height + 2 * self.bleed


def measure(
    size: str, tokens: Mapping[str, str], *, leading: float, two_sided: bool, marks: bool, right_to_left: bool
) -> Geometry:
    """Return the geometry for a page size by name or as in `120mm 180mm`. Raises `UsageError` for another."""
    width, height = _page_size(size)
    text_size = _points(tokens["text_size"]) * (LARGE_TEXT if width >= LARGE else 1)
    if not (SMALLEST_TEXT <= text_size <= LARGEST_TEXT and 0.8 <= leading <= 4):
        raise UsageError(
            Code.CONFIG_INVALID,
            f"text of {text_size:g} points in lines {leading:g} times as high cannot be set",
            hint=f"text has {SMALLEST_TEXT} to {LARGEST_TEXT} points, and lines are 0.8 to 4 times as high",
        )
    line = round(text_size * leading, 3)
    top, bottom = _points(tokens["page_margin_top"]), _points(tokens["page_margin_bottom"])
    inner, outer = _points(tokens["page_margin_inner"]), _points(tokens["page_margin_outer"])
    if width < SMALL:
        top, bottom = SMALL_TOP, SMALL_BOTTOM
        inner = outer = width / 12
    if width - inner - outer < SHORTEST_MEASURE * text_size or height - top - bottom < 3 * line:
        raise UsageError(
            Code.CONFIG_INVALID,
            f"the margins of a page of '{size}' leave no room for text",
            hint="make them or the text smaller, or the page larger",
        )
    spare = width - inner - outer - WIDEST_MEASURE * text_size
    if spare > 0:
        inner, outer = inner + spare / 2, outer + spare / 2
    if not two_sided:
        inner = outer = (inner + outer) / 2
    lines = max(1, round((height - top - bottom) / line))
    # A hair more than the lines need: a sum of rounded lines must not push the last one to the next page.
    bottom = height - top - lines * line - 0.1
    return Geometry(
        width=width,
        height=height,
        top=top,
        bottom=bottom,
        left=outer if right_to_left else inner,
        right=inner if right_to_left else outer,
        text_size=text_size,
        line=line,
        lines=lines,
        mirror=(inner - outer) if right_to_left else (outer - inner),
        bleed=BLEED if marks else 0,
        cover=(inner + outer) / 2,
    )


def _page_size(size: str) -> tuple[float, float]:
    words = SIZES.get(size.lower()) or tuple(re.split(r"\s*[x×]\s*|\s+", size.strip()))
    if len(words) != 2 or not all(_LENGTH.fullmatch(word) for word in words):
        known = ", ".join(SIZES)
        raise UsageError(
            Code.CONFIG_INVALID,
            f"'{size}' is not a page size",
            hint=f"give one of {known}, or width and height as in '120mm 180mm'",
        )
    width, height = (_points(word) for word in words)
    if min(width, height) < 100 or max(width, height) > 14_400:  # 14,400 is the limit of PDF 1.7, Annex C
        raise UsageError(Code.CONFIG_INVALID, f"a page of '{size}' cannot hold a book", hint="is the unit right?")
    return width, height


def _points(length: str) -> float:
    if (match := _LENGTH.fullmatch(length)) is None:
        raise UsageError(
            Code.CONFIG_INVALID, f"'{length}' is not a length", hint=f"write a number with one of {', '.join(_UNITS)}"
        )
    return float(match[1]) * _UNITS[match[2]]
