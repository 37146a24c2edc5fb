"""An image of any size -> a small JPEG of it, for lists."""

import io

from converter.images.identify import opened

WIDTH, HEIGHT = 600, 900
"""Pixels that it has at most: twice what a reader's shelf shows."""
_QUALITY = 82


def thumbnail(data: bytes) -> bytes:
    """Return a baseline JPEG: e-readers with little memory show no other. Raises `DamagedError` for no image."""
    with opened(data) as image:
        image.draft("RGB", (WIDTH, HEIGHT))  # a JPEG is not unpacked in full
        small = image.convert("RGB")
        small.thumbnail((WIDTH, HEIGHT))
        stream = io.BytesIO()
        small.save(stream, "JPEG", quality=_QUALITY, optimize=True, progressive=False)
        return stream.getvalue()
