"""What a file is by its first bytes, beside what the book says that it is."""

import re

CORE = frozenset(
    """
    application/xhtml+xml application/x-dtbncx+xml application/javascript application/ecmascript text/javascript
    text/css image/gif image/jpeg image/png image/svg+xml image/webp audio/mpeg audio/mp4 audio/ogg font/ttf
    application/font-sfnt application/x-font-ttf font/otf application/vnd.ms-opentype application/font-woff font/woff
    font/woff2 application/smil+xml application/pls+xml application/ttml+xml text/vtt
    """.split()
)
"""Core media types (EPUB 3.3, section 3.2), with those of their older names that are allowed."""
DOCUMENTS = frozenset({"application/xhtml+xml", "image/svg+xml"})
"""Types that may stand in the spine without a fallback."""
EPUB2_DOCUMENTS = frozenset({*DOCUMENTS, "application/x-dtbook+xml", "text/x-oeb1-document", "text/html"})

# What has matched is not given back: comments could be cut in as many ways as there are subsets of them.
_PROLOGUE = rb"(?:\xef\xbb\xbf)?\s*+(?:<\?xml[^>]*+>\s*+)?+(?>(?><!--.*?-->|<!DOCTYPE[^>\[]*+(?:\[.*?\])?>)\s*+)*+"
_SVG = re.compile(_PROLOGUE + rb"<(?:\w+:)?svg[\s>]", re.DOTALL)
_SIGNATURES = (
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp"),
    (re.compile(rb"....ftypavi[fs]", re.DOTALL), "image/avif"),
    (re.compile(rb"BM.{12}", re.DOTALL), "image/bmp"),
    (re.compile(rb"II\*\x00|MM\x00\*"), "image/tiff"),
    (_SVG, "image/svg+xml"),
    (re.compile(rb"%PDF-"), "application/pdf"),
)


def sniffed(data: bytes) -> str | None:
    """Return the media type that the bytes of an image show, or `None` where they show none that we know."""
    start = data[:4096]
    return next((media_type for pattern, media_type in _SIGNATURES if pattern.match(start)), None)
