"""Addresses as they are written in posts -> addresses that a book may carry."""

import re

_CONTROLS = re.compile(r"[\x00-\x20]+")
_REFUSED = re.compile(r"(?:javascript|vbscript|livescript|file|about|blob|data):", re.IGNORECASE)
_IMAGE = re.compile(r"data:(?:image/[\w.+-]+|application/octet-stream|)[;,]", re.IGNORECASE)


def link_address(written: str | None) -> str:
    """Return the address of a link, empty for one that runs, reads a file or leads nowhere.

    An address without a scheme but with a host (`//host/`) gets `https:`.
    """
    address = _cleaned(written)
    return "" if _REFUSED.match(_CONTROLS.sub("", address)) else address


def image_url(written: str | None) -> str:
    """Return the address of an image as it is written; images inside of the address itself are allowed."""
    address = _cleaned(written)
    return address if _IMAGE.match(address) else link_address(address)


def _cleaned(written: str | None) -> str:
    address = re.sub(r"[\t\n\r\f]", "", written or "").strip(" \x00")
    return f"https:{address}" if address.startswith("//") else address
