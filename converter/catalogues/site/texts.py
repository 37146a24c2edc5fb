"""A finished page of an edition -> its posts: titles, how they begin, and the text that is searched."""

from collections.abc import Callable
from urllib.parse import quote
from xml.etree import ElementTree

from msgspec import Struct

from converter.catalogues import PublishedEdition, PublishedFile
from converter.writers.names import post_name

_XHTML = "{http://www.w3.org/1999/xhtml}"
HTML = "text/html"


class PostText(Struct, frozen=True):
    """A post of an edition."""

    title: str
    href: str
    """Relative to the output folder."""
    language: str
    """Empty for that of the edition."""
    direction: str
    text: str
    """On one line."""


def page_of(edition: PublishedEdition) -> PublishedFile | None:
    """Return the main page of an edition that was written as HTML."""
    return next((file for file in edition.files if file.type == HTML and "/" not in file.name), None)


def texts_of(edition: PublishedEdition, read: Callable[[PublishedFile], bytes], most: int) -> tuple[PostText, ...]:
    """Return the posts of an edition in reading order, with at most so many characters of each; none without a page.

    Raises `WriterError` where the page is not as it was made.
    """
    if page_of(edition) is None:
        return ()
    order = {post_name(key): number for number, key in enumerate(edition.posts)}
    pages = [file for file in edition.files if file.type == HTML]
    found = [post for file in pages for post in _posts(file, read(file), most)]
    return tuple(sorted(found, key=lambda post: order.get(post.href.rpartition("#")[2], len(order))))


def _posts(file: PublishedFile, data: bytes, most: int) -> list[PostText]:
    try:
        root = ElementTree.fromstring(data)  # noqa: S314  # a page of ours, which has no entities
    except ElementTree.ParseError:  # a page by a writer, or in a theme, of another package
        return []
    return [_post(article, file, most) for article in root.iter(f"{_XHTML}article")]


def _post(article: ElementTree.Element, file: PublishedFile, most: int) -> PostText:
    header = article.find(f"{_XHTML}header")
    heading = next((one for one in article.iter() if one.get("class") == "title"), None)
    title = " ".join("".join(heading.itertext()).split()) if heading is not None else ""
    pieces: list[str] = []
    left = most
    for child in article:
        if child is header or child.tag == f"{_XHTML}footer":
            continue
        if left <= 0:
            break
        text = " ".join("".join(child.itertext()).split())[:left]
        left -= len(text) + 1
        pieces.append(text)
    return PostText(
        title=title,
        href=f"{quote(file.name)}#{article.get('id', '')}",
        language=article.get("lang", ""),
        direction=article.get("dir", ""),
        text=" ".join(filter(None, pieces)),
    )
