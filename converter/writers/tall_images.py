"""Cuts very tall images into slices, between their lines of text where these can be seen."""

from PIL import Image as Pillow

QUIET = 0.2
"""The last part of a slice in which a quiet row is looked for, so that no line of text is cut in two."""
_SAMPLES = 256
"""Columns that are looked at in a row."""


def cut_slices(image: Pillow.Image, height: int) -> tuple[Pillow.Image, ...]:
    """Return the slices of an image from top to bottom, at most `height` pixels high; the last a fifth more."""
    found = []
    top = 0
    while image.height - top > height * (1 + QUIET):
        bottom = _quietest_row(image, top + round(height * (1 - QUIET)), top + height)
        found.append(image.crop((0, top, image.width, bottom)))
        top = bottom
    return (*found, image.crop((0, top, image.width, image.height)))


def _quietest_row(image: Pillow.Image, first: int, last: int) -> int:
    """Return the row from `first` up to `last` whose pixels differ least; of several, the lowest."""
    size = (min(image.width, _SAMPLES), last - first)
    band = image.crop((0, first, image.width, last)).convert("L").resize(size, Pillow.Resampling.BOX)
    pixels = band.tobytes()
    rows = [pixels[start : start + size[0]] for start in range(0, len(pixels), size[0])]
    _, back = min((max(row) - min(row), -number) for number, row in enumerate(rows))
    return first - back
