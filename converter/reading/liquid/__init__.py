"""Liquid in the body of a post -> Markdown and HTML."""

from bisect import bisect_left
from collections import defaultdict

from msgspec import Struct

from converter.diagnostics import Warn
from converter.reading.context import Context
from converter.reading.liquid.template import Page, Template
from converter.reading.liquid.values import values_of_page, values_of_site

__all__ = ["Page", "Rendered", "has_liquid", "line_origins", "render", "values_of_page", "values_of_site"]


class Rendered(Struct, frozen=True):
    """A body without Liquid."""

    text: str
    lines: tuple[int, ...]
    """For each line the number of the line of the body that it comes from, both from zero."""


def has_liquid(body: str) -> bool:
    """Whether there may be anything to do."""
    return "{%" in body or "{{" in body


def render(body: str, page: Page, context: Context, warn: Warn) -> Rendered:
    """Return the body with its Liquid done. What cannot be done is reported and costs no more than itself."""
    template = Template(body, page, context, warn)
    template.read(body)
    text = template.text()
    return Rendered(text, line_origins(body.split("\n"), text.split("\n")))


def line_origins(before: list[str], after: list[str]) -> tuple[int, ...]:
    """Return where each line comes from: the next line with the same words, else the line behind the one before."""
    places: dict[str, list[int]] = defaultdict(list)
    for number, line in enumerate(before):
        places[line].append(number)
    found: list[int] = []
    last = -1
    for line in after:
        same = places.get(line, ())
        index = bisect_left(same, last + 1)
        # A line that stands far below is another one with the same words.
        near = index < len(same) and (same[index] - last < _FAR or line.strip())
        last = same[index] if near else min(last + 1, len(before) - 1)
        found.append(last)
    return tuple(found)


_FAR = 20
