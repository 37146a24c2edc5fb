"""Says which URLs of a post may stand in a book, and spells them as the validators ask."""

import re
from urllib.parse import quote

from converter.model import Post, Site
from converter.model.urls import join_url, split_url

SCHEMES = frozenset({"http", "https", "mailto", "tel", "ftp", "ftps", "geo", "sms", "xmpp", "irc", "ircs", "magnet"})
"""Schemes of links that do nothing but open another program; `javascript:`, `data:` and `file:` are not among them."""

_WEB = frozenset({"http", "https", "ftp", "ftps"})
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_SAFE = "!#$%&'()*+,/:;=?@[]~"
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def web_url(href: str, site: Site) -> str | None:
    """Return the absolute URL that `href` means on the site, or `None` where a book cannot link to it.

    A path needs the site's own URL; without one there is nowhere to go.
    """
    href = re.sub(r"[\t\n\r]", "", href).strip(" ")
    if href.startswith("//"):
        href = f"https:{href}"
    scheme = _SCHEME.match(href)
    if scheme is None:
        return _on_site(href, site)
    name = scheme[1].lower()
    if name not in SCHEMES:
        return None
    return _spelled(href, needs_host=name in _WEB)


def original_url(post: Post, site: Site) -> str:
    """Return where a post was published first, or else the site's page of it; empty where neither is known."""
    candidates = (post.metadata.source.url if post.metadata.source else "", post.metadata.url)
    return next((found for url in candidates if url and (found := web_url(url, site))), "")


def _on_site(href: str, site: Site) -> str | None:
    if not site.url or not href or href.startswith("#"):
        return None
    absolute = join_url(f"{site.url}{site.baseurl}/", href)
    return _spelled(absolute, needs_host=True) if absolute else None


def _spelled(href: str, *, needs_host: bool) -> str | None:
    """Return the URL in the characters of RFC 3986, or `None` where it is broken beyond that."""
    if (parts := split_url(href)) is None:
        return None
    host = parts.hostname
    try:
        if needs_host:
            if not host or any(mark in host for mark in " <>\"'`{}|\\^%") or ".." in host:
                return None
            # Nobody means a name in a domain to be read as bytes; the rest of a URL may stay as it is written.
            netloc = parts.netloc.replace(host, host.encode("idna").decode("ascii")) if not host.isascii() else None
            if netloc:
                href = parts._replace(netloc=netloc).geturl()
    except ValueError:
        return None
    fragment_safe = _LONE_PERCENT.sub("%25", href.encode("utf-8", "replace").decode("utf-8"))
    before, mark, fragment = fragment_safe.partition("#")
    path = quote(before, safe=_SAFE)
    spelled = split_url(path)
    if spelled and {"[", "]"}.intersection(spelled.path + spelled.query):
        path = path.replace("[", "%5B").replace("]", "%5D")
    return path + (mark and "#") + quote(fragment, safe=_SAFE.replace("#", "").replace("[]", ""))
