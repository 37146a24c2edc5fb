"""Images of any depth and colour space -> eight bits of grey or sRGB, which every reader and printer shows alike."""

import io

from PIL import Image as Pillow
from PIL import ImageCms

PLAIN = frozenset({"1", "L", "LA", "P", "PA", "RGB", "RGBA"})
"""Modes of images that are shown as they are."""


def is_plain(image: Pillow.Image) -> bool:
    """Say whether every reader shows an image alike."""
    return image.mode in PLAIN


def plain_colours(image: Pillow.Image) -> Pillow.Image:
    """Return the image in a plain mode, its colours in sRGB where it says what they are in."""
    image.load()
    if image.mode == "La":
        return image.convert("LA")
    if image.mode.startswith(("I", "F")):
        return _eight_bits(image)
    profile = image.info.get("icc_profile")
    if image.mode in ("CMYK", "LAB", "RGB") and profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            found = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):  # a profile that is damaged, or of another mode
            found = None
        if found is not None:
            found.info.pop("icc_profile", None)
            return found
    if is_plain(image):
        return image
    return image.convert("RGBA" if image.mode.lower().endswith("a") else "RGB")


def _eight_bits(image: Pillow.Image) -> Pillow.Image:
    """Return an image in grey whose samples have 16 or 32 bits, or no bounds, in eight: Pillow would only cut them."""
    wide = image.convert("F")
    low, high = (float(value) for value in wide.getextrema())  # type: ignore[arg-type]  # one band has one pair
    if image.mode.startswith("F") or high > 0xFFFF or low < 0:
        scale = 255 / (high - low) if high > low else 0.0
        return wide.point(lambda value: value * scale - low * scale).convert("L")
    return wide.point(lambda value: value * (255 / 0xFFFF) + 0.5).convert("L") if high > 0xFF else image.convert("L")
