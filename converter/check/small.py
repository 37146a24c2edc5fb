"""What e-readers with little memory cannot show: images and chapters of a book that others show well."""

import io

from PIL import Image as Pillow

from converter.check.archive import Archive, Findings
from converter.check.media import sniffed
from converter.diagnostics import Code

CHAPTER = 150_000
"""Bytes of a page: at 190 to 260 kB such readers have been seen to run out of memory."""
SIDE = 800
"""Pixels of the longest side of their screens."""
_PAGES = (".xhtml", ".html", ".htm")


def check_small(archive: Archive, findings: Findings) -> None:
    """Report the pages that are too long, and the images that such readers do not show."""
    for path in archive.heads:
        if (data := archive.read(path)) is None:  # said by the check of the archive
            continue
        if path.lower().endswith(_PAGES) and len(data) > CHAPTER:
            message = f"the page has {len(data) // 1000} kB, and small e-readers take {CHAPTER // 1000}"
            findings.add(Code.BOOK_PROFILE, path, message, hint="cut the post in two")
        elif fault := _fault(data):
            findings.add(Code.BOOK_PROFILE, path, f"the image {fault}", hint='make it with profile = "small"')


def _fault(data: bytes) -> str:
    """Return what is wrong with an image; nothing where it is none, or right."""
    kind = sniffed(data)
    if kind == "image/gif":
        return "is a GIF, which small e-readers do not show"
    if kind not in ("image/jpeg", "image/png"):
        return ""
    try:
        with Pillow.open(io.BytesIO(data)) as image:
            if image.info.get("progressive"):
                return "is a JPEG in several passes, which small e-readers do not show"
            if max(image.size) > SIDE:
                return f"has {image.width} by {image.height} pixels, and small e-readers have the memory for {SIDE}"
    except (OSError, ValueError, SyntaxError, Pillow.DecompressionBombError):  # said by the check of media types
        return ""
    return ""
