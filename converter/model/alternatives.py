"""The text alternative of an image -> the same, or nothing where it describes nothing."""

import re

_NAMELESS = re.compile(
    r"(?:(?:an? )?(?:image|img|picture|photo|pic|untitled)|图片?|圖片?|K图|照片|截图|插图|配图|画像|写真|이미지|사진)?"
    r"[\s_\-.#:：]*(?:\d[\d_\-. ]*)?",
    re.IGNORECASE,
)
"""A word for images, a number, or both."""
_FILE = re.compile(r"\S+\.(?:jpe?g|png|gif|webp|svg|bmp|avif|tiff?)", re.IGNORECASE)
_CHART = re.compile(r"K图 ?\S*")
"""What a service for finance writes on its charts: the code of a share."""


def alternative_of(alt: str) -> str:
    """Return a text alternative, stripped; empty where it is a file name, digits, or a word for images."""
    text = alt.strip()
    return "" if any(each.fullmatch(text) for each in (_NAMELESS, _FILE, _CHART)) else text
