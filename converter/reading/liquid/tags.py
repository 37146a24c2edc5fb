"""Tags of Jekyll and its usual plug-ins that stand for a piece of text of their own."""

import html
import re
from collections.abc import Callable, Mapping

from converter.reading.systems import Call, arguments, figure

_ARGUMENT = re.compile(r"\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[^\s\"']+)")
_POST = re.compile(r"(?:.*/)?_posts/(?P<name>.+)\.\w+")
_DATED = re.compile(r"(?P<folder>(?:[^/]+/)*)(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)-(?P<slug>[^/]+)")


def _arguments(rest: str) -> list[str]:
    return [found["double"] or found["single"] or found["bare"] or "" for found in _ARGUMENT.finditer(rest)]


def argument(rest: str) -> str:
    """Return the first argument of a tag."""
    return next(iter(_arguments(rest)), "")


def guessed_path(name: str) -> str:
    """Return where Jekyll shows a post or page of that name by default, for one that is not at hand."""
    path = name.strip("/")
    post = _POST.fullmatch(path)
    dated = _DATED.fullmatch(post["name"] if post else path)
    if dated:
        return f"/{dated['folder']}{dated['year']}/{dated['month']}/{dated['day']}/{dated['slug']}.html"
    return "/" + re.sub(r"\.(?:md|markdown)\Z", ".html", path)


def _gist(rest: str) -> str:
    name = next(iter(_arguments(rest)), "")
    return f'<a href="https://gist.github.com/{html.escape(name)}">Gist {html.escape(name)}</a>'


def _player(url: str, title: str) -> Callable[[str], str]:
    def embed(rest: str) -> str:
        name = next(iter(_arguments(rest)), "")
        href = name if "://" in name else url + name
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
    "seo": _nothing,
    "toc": _nothing,
    "tweet": _player("https://twitter.com/i/status/", "Tweet"),
    "vimeo": _player("https://vimeo.com/", "Vimeo"),
    "youtube": _player("https://www.youtube.com/watch?v=", "YouTube"),
}
"""By the name of the tag, what makes text of its arguments."""
