"""Cuts very tall images into slices, between their lines of text where these can be seen."""

from itertools import pairwise

from PIL import Image as Pillow

QUIET = 0.2
"""The last part of a slice in which a quiet row is looked for, so that no line of text is cut in two."""
FURTHER = 0.5
"""The part in which a wider gap is looked for where the last part has none."""
GAP = 0.02
"""How high a gap is, as a share of the slice, that no line of a paragraph stands right above and below of."""
INK = 24
"""By how many of 255 shades neighbours in a row differ where ink begins or ends; less are traces of compression."""
_SAMPLES = 256
"""Columns that are looked at in a row."""


def cut_slices(image: Pillow.Image, height: int) -> tuple[Pillow.Image, ...]:
    """Return the slices of an image from top to bottom, at most `height` pixels high; the last a fifth more."""
    found = []
    top = 0
    while image.height - top > height * (1 + QUIET):
        bottom = _gap(image, top, height) or _quietest_row(image, top + round(height * (1 - QUIET)), top + height)
        found.append(image.crop((0, top, image.width, bottom)))
        top = bottom
    return (*found, image.crop((0, top, image.width, image.height)))


def _gap(image: Pillow.Image, top: int, height: int) -> int:
    """Return the middle of the lowest gap between lines of text in a slice, or 0 where there is none."""
    for part in (QUIET, FURTHER):
        first = top + round(height * (1 - part))
        bottom = None
        edges = _edges(image, first, top + height)
        fewest = min(edges)  # what runs from top to bottom, such as a frame, is in every row
        for number in range(len(edges) - 1, -1, -1):
            bottom = (number if bottom is None else bottom) if edges[number] <= fewest else None
            if bottom is not None and bottom - number >= max(GAP * height, 2):
                return first + (bottom + number) // 2
    return 0


def _quietest_row(image: Pillow.Image, first: int, last: int) -> int:
    """Return the row from `first` up to `last` with the fewest edges; of several, the lowest."""
    _, back = min((edges, -number) for number, edges in enumerate(_edges(image, first, last)))
    return first - back


def _edges(image: Pillow.Image, first: int, last: int) -> list[int]:
    """Return how often ink begins or ends in each row."""
    size = (min(image.width, _SAMPLES), last - first)
    band = image.crop((0, first, image.width, last)).convert("L").resize(size, Pillow.Resampling.BOX)
    pixels = band.tobytes()
    rows = (pixels[start : start + size[0]] for start in range(0, len(pixels), size[0]))
    return [sum(abs(one - other) > INK for one, other in pairwise(row)) for row in rows]
