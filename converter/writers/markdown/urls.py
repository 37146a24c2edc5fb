"""Writes the destinations and titles of links and images."""

import re

_REFERENCE = re.compile(r"&(?=#[0-9]{1,8};|#[xX][0-9A-Fa-f]{1,6};|[A-Za-z][A-Za-z0-9]*;)")
_ESCAPE = re.compile(r"\\(?=[!-/:-@\[-`{-~]|\Z)")
_NEEDS_BRACKETS = re.compile(r"[\s()<>\x00-\x1f\x7f]|\A\Z")
_AUTOLINK = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>\\&%|`\x00-\x1f\x7f]*")
_MAIL = re.compile(r"[A-Za-z0-9.!#$'*+/=?^_{}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,200}[A-Za-z0-9])?")
_MAIL_HOST = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)


def target(url: str, title: str) -> str:
    """Return what stands between the round brackets of a link or image."""
    return f'{_destination(url)} "{_title(title)}"' if title else _destination(url)


def _destination(url: str) -> str:
    written = _protected(url.replace("\n", "%0A"))
    if not _NEEDS_BRACKETS.search(written):
        return written
    return "<" + re.sub("[<>]", r"\\\g<0>", written) + ">"


def _title(title: str) -> str:
    written = _protected(title).replace("\n", "&#10;").replace('"', '\\"')
    # cmark-gfm takes a quotation mark behind a doubled backslash for an escaped one.
    return f"{written[:-2]}&#92;" if title.endswith("\\") else written


def _protected(value: str) -> str:
    """Return a string that a reader does not take escapes or character references out of."""
    # A backtick could pair with one in the text before the link.
    return _REFERENCE.sub("&amp;", _ESCAPE.sub(r"\\\\", value)).replace("`", "\\`")


def autolink(href: str, text: str) -> str | None:
    """Return `<href>` when a link says no more than its URL, and `None` when it has to be written out."""
    if text == href and _AUTOLINK.fullmatch(href):
        return f"<{href}>"
    if href == f"mailto:{text}" and _MAIL.fullmatch(text) and _MAIL_HOST.fullmatch(text.partition("@")[2]):
        return f"<{text}>"
    return None
