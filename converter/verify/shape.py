"""What stands in a text beside its words: images, headings, listings and links, of sources and of finished files."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from msgspec import Struct

from converter.verify.words import count, words

FENCED = "data-fenced"
"""The attribute of a block of code that is written between fences."""
UNKNOWN = "\u2061"
"""Stands where Liquid puts a value that is not known; it is no part of any word."""


class Shape(Struct, frozen=True):
    """What a text has beside its words, in order."""

    images: tuple[tuple[str, str], ...] = ()
    """What the attributes of each say, one a line, and its text alternative."""
    headings: tuple[str, ...] = ()
    listings: tuple[str, ...] = ()
    """The words of blocks of code."""
    links: tuple[tuple[str, str], ...] = ()
    """Where each leads, and its words: text, or that of the images in it."""
    marks: str = ""
    """What is a mark of Markdown to one reader, and a word to another: numbers of items, languages of code, labels."""


def joined(shapes: Sequence[Shape]) -> Shape:
    """Return what several texts have."""
    return Shape(
        tuple(one for shape in shapes for one in shape.images),
        tuple(one for shape in shapes for one in shape.headings),
        tuple(one for shape in shapes for one in shape.listings),
        tuple(one for shape in shapes for one in shape.links),
    )


def lost(
    wanted: Shape, found: Shape, *, declared: str, absent: Sequence[str], title: str, site: str
) -> Iterator[tuple[str, str]]:
    """Yield the kind and the name of each thing of a source that a finished file lacks and no diagnostic declares.

    `absent` are the URLs of images that are not at hand, `declared` is what was left out: words and URLs.
    `site` is the URL of the site: a book cannot link to one that has none.
    """
    yield from (("image", name) for name in _images(wanted, found, declared, absent))
    gone = count(declared)
    headings = [text for text in wanted.headings if not _has_formula(text)]
    yield from (("heading", name) for name in _texts(headings, (*found.headings, title), gone))
    listings = [text for text in wanted.listings if UNKNOWN not in text and "```" not in text]
    yield from (("code", name) for name in _texts(listings, found.listings, gone))
    yield from (("link", name) for name in _links(wanted.links, found.links, declared, gone, site))


def _images(wanted: Shape, found: Shape, declared: str, absent: Sequence[str]) -> Iterator[str]:
    """Yield text alternatives, or URLs, of images that are missing."""
    shown = [(values, alt) for values, alt in wanted.images if not _is_absent(values, declared, absent)]
    lack = len(shown) - len(found.images)
    alts = Counter(_plain(alt) for _, alt in found.images)
    for values, alt in shown:
        if alts[_plain(alt)]:
            alts[_plain(alt)] -= 1
        elif lack > 0:
            lack -= 1
            yield alt or values.partition("\n")[0]


def _is_absent(values: str, declared: str, absent: Sequence[str]) -> bool:
    """Whether an image may be one that is not at hand, or that was left out: some URLs are not known here."""
    known = [value for value in values.split("\n") if "/" in value or "." in value]
    if any(value in declared for value in known):
        return True
    if not absent or not known:
        return bool(absent)
    # A page may say in `<base>` what its URLs are relative to.
    ends = tuple(f"/{unquote(value).lstrip('./')}" for value in known)
    return any(unquote(one) in unquote(values) or unquote(one).endswith(ends) for one in absent)


def _texts(wanted: Sequence[str], found: Sequence[str], gone: Counter[str]) -> Iterator[str]:
    there = Counter(_plain(text) for text in found)
    for text in wanted:
        if there[_plain(text)]:
            there[_plain(text)] -= 1
        elif _plain(text) and not count(text) <= gone and not _numbered(text, there):
            yield text


def _numbered(text: str, there: Counter[str]) -> bool:
    """Return whether a text is there behind a number, which stood on a line of its own before it."""
    return any(one.removesuffix(_plain(text)).isdecimal() and one.endswith(_plain(text)) for one in +there)


_WEB = re.compile(r"https?://[\w-]+(?:\.[\w-]+)+(?:[:/?#]\S*)?|mailto:[\w.+-]+@[\w.-]+", re.IGNORECASE)
_LOCAL = re.compile(r"(?![\w+.-]+:|//)[\w%./~-]+(?:[?#]\S*)?")
"""URLs on a site. Places of the post itself are not among them: only its readers know which there are."""


def _links(
    wanted: Sequence[tuple[str, str]], found: Sequence[tuple[str, str]], declared: str, gone: Counter[str], site: str
) -> Iterator[str]:
    """Yield words of links that a file has as plain text, or not at all."""
    texts = Counter(_plain(text) for _, text in found)
    urls = {_url(href) for href, _ in found}
    for href, text in wanted:
        leads = _WEB.fullmatch(href) or (site and _LOCAL.fullmatch(href))
        if not leads or UNKNOWN in href + text or _url(href) in urls:
            continue
        if texts[_plain(text)]:
            texts[_plain(text)] -= 1
        elif _plain(text) and href not in declared and not count(text) <= gone:
            yield text


def _url(href: str) -> str:
    """Return a URL without what is written in several ways."""
    return unquote(href).rpartition("://")[2].rstrip("/").casefold()


def _has_formula(text: str) -> bool:
    return "$" in text or "\\" in text


def _plain(text: str) -> str:
    return "".join(words(text))
