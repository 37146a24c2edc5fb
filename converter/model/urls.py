"""The URL of a link or an image, as it is written -> its parts: the only place that splits and joins URLs.

`urllib.parse` raises for some of what people write: `http://[x`, a host whose letters change when they are normalized,
a port that is no number. Here, what is broken is `None`, and each caller says what stands in its place.
"""

from urllib.parse import SplitResult, urljoin, urlsplit


def split_url(href: str) -> SplitResult | None:
    """Return the parts of a URL, whose host and port can be asked for; `None` for a broken one."""
    try:
        parts = urlsplit(href)
        _ = parts.hostname, parts.port  # they are looked at late, and raise then
    except ValueError:
        return None
    return parts


def join_url(base: str, href: str) -> str | None:
    """Return the URL that `href` means on the page `base`; `None` where one of them is broken."""
    try:
        return urljoin(base, href)
    except ValueError:
        return None


def host_of(href: str) -> str:
    """Return the host of a URL in small letters; empty where it has none, or is broken."""
    parts = split_url(href)
    return (parts.hostname or "") if parts else ""
