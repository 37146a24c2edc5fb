"""Elements of XML, as text."""

from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape, quoteattr

_NONE: Mapping[str, str] = {}


def element(name: str, attributes: Mapping[str, str] = _NONE, content: str | Iterable[str] = ()) -> str:
    """Return an element. `content` is its text, or the elements in it: these are markup already, each gets a line."""
    start = name + "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    inside = escape(content) if isinstance(content, str) else "".join(f"\n{each}" for each in content)
    if not inside:
        return f"<{start}/>"
    return f"<{start}>{inside}</{name}>" if isinstance(content, str) else f"<{start}>{inside}\n</{name}>"


def document(root: str) -> bytes:
    """Return the file with this root element."""
    return f'<?xml version="1.0" encoding="utf-8"?>\n{root}\n'.encode()
