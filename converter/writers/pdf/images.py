"""Prepares the images of a post for its pages: those too tall for a page become slices, which fill the width."""

import io
from collections.abc import Iterable

from msgspec import Struct
from PIL import ImageOps

from converter.diagnostics import ConverterError
from converter.images.identify import DamagedError, opened, read
from converter.model import Asset
from converter.writers.colours import plain_colours
from converter.writers.pdf.geometry import Geometry
from converter.writers.tall_images import cut_slices

ASSET = "asset:"
"""The scheme of images in the pages we lay out; the hash of the content or the name of a drawing follows."""
TALL = 1.6
"""An image that would be so many pages high at full width is cut; a lower one is made to fit."""
FILL = 0.94
"""How much of the height of a page a slice takes."""


class MadeImage(Struct, frozen=True):
    """An image that is made here."""

    media_type: str
    data: bytes


def sliced(assets: Iterable[Asset], geometry: Geometry) -> dict[str, tuple[MadeImage, ...]]:
    """Return the slices of the images that are too tall, by their `src`. One that cannot be read is not cut."""
    width, height = geometry.width - geometry.left - geometry.right, geometry.lines * geometry.line
    found: dict[str, tuple[MadeImage, ...]] = {}
    for asset in assets:
        if asset.width and asset.height / asset.width > TALL * height / width:
            try:
                found[asset.src] = _slices(read(asset), FILL * height / width)
            except (ConverterError, DamagedError):
                continue
    return found


def _slices(data: bytes, ratio: float) -> tuple[MadeImage, ...]:
    """Return slices that are `ratio` times as high as wide, as lossless as the image was."""
    found = []
    with opened(data) as whole:
        photograph = whole.format == "JPEG"
        image = plain_colours(ImageOps.exif_transpose(whole)).convert("RGB")
        for piece in cut_slices(image, round(image.width * ratio)):
            target = io.BytesIO()
            piece.save(target, "JPEG" if photograph else "PNG", **({"quality": 88} if photograph else {}))
            found.append(MadeImage("image/jpeg" if photograph else "image/png", target.getvalue()))
    return tuple(found)
