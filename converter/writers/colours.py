"""Pictures of any depth and colour space -> eight bits of grey or sRGB, which every reader and printer shows alike."""

import io

from PIL import Image as Pillow
from PIL import ImageCms

PLAIN = frozenset({"1", "L", "LA", "P", "PA", "RGB", "RGBA"})
"""Modes of pictures that are shown as they are."""


def is_plain(picture: Pillow.Image) -> bool:
    """Say whether every reader shows a picture alike."""
    return picture.mode in PLAIN


def plain_colours(picture: Pillow.Image) -> Pillow.Image:
    """Return the picture in a plain mode, its colours in sRGB where it says what they are in."""
    picture.load()
    if picture.mode == "La":
        return picture.convert("LA")
    if picture.mode.startswith(("I", "F")):
        return _eight_bits(picture)
    profile = picture.info.get("icc_profile")
    if picture.mode in ("CMYK", "LAB", "RGB") and profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            found = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):  # a profile that is damaged, or of another mode
            found = None
        if found is not None:
            found.info.pop("icc_profile", None)
            return found
    if is_plain(picture):
        return picture
    return picture.convert("RGBA" if picture.mode.lower().endswith("a") else "RGB")


def _eight_bits(picture: Pillow.Image) -> Pillow.Image:
    """Return a picture in grey whose samples have 16 or 32 bits, or no bounds, in eight: Pillow would only cut them."""
    wide = picture.convert("F")
    low, high = (float(value) for value in wide.getextrema())  # type: ignore[arg-type]  # one band has one pair
    if picture.mode.startswith("F") or high > 0xFFFF or low < 0:
        scale = 255 / (high - low) if high > low else 0.0
        return wide.point(lambda value: value * scale - low * scale).convert("L")
    return wide.point(lambda value: value * (255 / 0xFFFF) + 0.5).convert("L") if high > 0xFF else picture.convert("L")
