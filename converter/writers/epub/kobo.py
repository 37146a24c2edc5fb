"""Marks sentences as Kobo's reader wants them: its highlights and reading positions are by these marks.

All words of a page are marked, those of the theme's template too, which is no node of ours: so the finished page is
read, by a parser of XML, which tells where in its bytes each element and each text stands.
"""

from collections.abc import Iterator
from itertools import count, pairwise
from typing import Literal, NamedTuple
from xml.parsers import expat

from converter.languages.sentences import sentences

_BLOCKS = frozenset("aside blockquote caption dd div dt figcaption figure h1 h2 h3 h4 h5 h6 li p td th".split())
"""Elements that begin a new paragraph in the numbers of the marks."""
_PLAIN = frozenset("math pre rt svg".split())
"""Elements whose text is left as it is."""
_OPENING, _CLOSING = '<div id="book-columns"><div id="book-inner">', "</div></div>\n"
"""What the body of a page of Kobo's own is wrapped in."""


class _Event(NamedTuple):
    """Something in a page, which reaches to where the next one begins."""

    start: int
    """Byte of the page."""
    kind: Literal["open", "close", "text", "other"]
    name: str = ""


def with_sentence_marks(page: bytes) -> bytes:
    """Return a page with a `koboSpan` around each sentence and each image of its body."""
    try:
        return "".join(_marked(page)).encode()
    except expat.ExpatError:  # `check` finds what is wrong with the theme's template
        return page


def _marked(page: bytes) -> Iterator[str]:
    """Yield the page with marks."""
    plain = paragraph = 0
    numbers = count(1)
    in_body = False
    for event, following in pairwise((*_events(page), _Event(len(page), "other"))):
        written = page[event.start : following.start].decode()
        match event.kind:
            case "open" if event.name == "body":
                in_body, written = True, written + _OPENING
            case "close" if event.name == "body":
                in_body, written = False, _CLOSING + written
            case "open" | "close" if event.name in _PLAIN:
                plain += 1 if event.kind == "open" else -1
            case "open" if event.name in _BLOCKS and in_body:
                paragraph, numbers = paragraph + 1, count(1)
            case "open" if event.name == "img" and not plain:
                written = _span(written, paragraph, next(numbers))
            case "text" if in_body and not plain and written.strip():
                written = "".join(_span(sentence, paragraph, next(numbers)) for sentence in sentences(written))
        yield written


def _events(page: bytes) -> list[_Event]:
    """Return what is in a page, in order. Raises `ExpatError` where it is not well-formed."""
    parser = expat.ParserCreate("utf-8")
    found = [_Event(0, "other")]

    def text(_data: str) -> None:
        if found[-1].kind != "text":  # it comes in pieces, each line and each entity by itself
            found.append(_Event(parser.CurrentByteIndex, "text"))

    parser.StartElementHandler = lambda name, _: found.append(_Event(parser.CurrentByteIndex, "open", name))
    parser.EndElementHandler = lambda name: found.append(_Event(parser.CurrentByteIndex, "close", name))
    parser.CharacterDataHandler = text
    parser.DefaultHandler = lambda _: found.append(_Event(parser.CurrentByteIndex, "other"))
    parser.Parse(page, True)  # noqa: FBT003  (the name of the parameter is no keyword)
    return found


def _span(content: str, paragraph: int, number: int) -> str:
    return f'<span class="koboSpan" id="kobo.{paragraph}.{number}">{content}</span>'
