"""URLs as they are written in posts -> URLs that a book may carry."""

import re

_CONTROLS = re.compile(r"[\x00-\x20]+")
_REFUSED = re.compile(r"(?:javascript|vbscript|livescript|file|about|blob|data):", re.IGNORECASE)
_IMAGE = re.compile(r"data:(?:image/[\w.+-]+|application/octet-stream|)[;,]", re.IGNORECASE)


def link_url(written: str | None) -> str:
    """Return the URL of a link, empty for one that runs, reads a file or leads nowhere.

    A URL without a scheme but with a host (`//host/`) gets `https:`.
    """
    url = _cleaned(written)
    return "" if _REFUSED.match(_CONTROLS.sub("", url)) else url


def image_url(written: str | None) -> str:
    """Return the URL of an image as it is written; images inside of the URL itself are allowed."""
    url = _cleaned(written)
    return url if _IMAGE.match(url) else link_url(url)


def _cleaned(written: str | None) -> str:
    url = re.sub(r"[\t\n\r\f]", "", written or "").strip(" \x00")
    return f"https:{url}" if url.startswith("//") else url
