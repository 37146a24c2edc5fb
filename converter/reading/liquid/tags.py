"""Tags of Jekyll and its usual plug-ins that stand for a piece of text of their own."""

import html
import re
from collections.abc import Callable, Mapping

from converter.reading.systems import Call, arguments, figure

_ARGUMENT = re.compile(r"\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[^\s\"']+)")
_POST = re.compile(r"(?:.*/)?_posts/(?P<name>.+)\.\w+")


def _arguments(rest: str) -> list[str]:
    return [found["double"] or found["single"] or found["bare"] or "" for found in _ARGUMENT.finditer(rest)]


def _post_url(rest: str) -> str:
    """Return the address of a post of the same site, which the digest turns into a link inside of the book."""
    return "post:" + next(iter(_arguments(rest)), "").strip("/")


def _link(rest: str) -> str:
    path = next(iter(_arguments(rest)), "").lstrip("/")
    found = _POST.fullmatch(path)
    return f"post:{found['name']}" if found else f"/{path}"


def _gist(rest: str) -> str:
    name = next(iter(_arguments(rest)), "")
    return f'<a href="https://gist.github.com/{html.escape(name)}">Gist {html.escape(name)}</a>'


def _player(address: str, title: str) -> Callable[[str], str]:
    def embed(rest: str) -> str:
        name = next(iter(_arguments(rest)), "")
        href = name if "://" in name else address + name
        return f'<iframe src="{html.escape(href)}" title="{title}"></iframe>'

    return embed


def _figure(rest: str) -> str:
    words, named = arguments(rest)
    return figure(Call("figure", words, named)) or ""


def _nothing(_rest: str) -> str:
    return ""


REPLACED: Mapping[str, Callable[[str], str]] = {
    "feed_meta": _nothing,
    "figure": _figure,
    "gist": _gist,
    "link": _link,
    "post_url": _post_url,
    "seo": _nothing,
    "toc": _nothing,
    "tweet": _player("https://twitter.com/i/status/", "Tweet"),
    "vimeo": _player("https://vimeo.com/", "Vimeo"),
    "youtube": _player("https://www.youtube.com/watch?v=", "YouTube"),
}
"""By the name of the tag, what makes text of its arguments."""
