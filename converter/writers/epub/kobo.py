"""Marks sentences as Kobo's reader wants them: its highlights and reading positions are by these marks."""

import re
from collections.abc import Iterator
from itertools import count

from msgspec.structs import replace

from converter.writers.epub.parts import Chapter

_TAG = re.compile(r"(<[^>]*>)")
_NAME = re.compile(r"</?([A-Za-z0-9]+)")
_SENTENCE = re.compile(
    r".+?(?:[。！？…]+[”’」』）]*\s*|[.!?]+[\"'”’)]*(?:\s+|$)|$)",  # a point in the middle of a number ends nothing
    re.DOTALL,
)
_BODY = re.compile(r"(?<=<body)([^>]*>)(.*)(?=</body>)", re.DOTALL)

_BLOCKS = frozenset("aside blockquote caption dd div dt figcaption figure h1 h2 h3 h4 h5 h6 li p td th".split())
"""Elements that begin a new paragraph in the numbers of the marks."""
_PLAIN = frozenset("math pre rt svg".split())
"""Elements whose text is left as it is."""


def with_sentence_marks(chapter: Chapter) -> Chapter:
    """Return a chapter with a `koboSpan` around each sentence and each image of its body."""
    markup = _BODY.sub(_marked_body, chapter.item.data.decode(), count=1)
    return replace(chapter, item=replace(chapter.item, data=markup.encode()))


def _marked_body(body: re.Match[str]) -> str:
    inside = "".join(_marked_pieces(body[2]))
    return f'{body[1]}<div id="book-columns"><div id="book-inner">{inside}</div></div>\n'


def _marked_pieces(markup: str) -> Iterator[str]:
    """Yield the markup with marks. Every `>` in the text of ours is escaped, so that tags are easy to tell."""
    plain = paragraph = 0
    numbers = count(1)
    for piece in _TAG.split(markup):
        name = _NAME.match(piece)
        if name is None:
            yield piece if plain else _marked(piece, paragraph, numbers)
            continue
        if name[1] in _PLAIN and not piece.endswith("/>"):
            plain += -1 if piece.startswith("</") else 1
        elif name[1] in _BLOCKS and not piece.startswith("</"):
            paragraph += 1
            numbers = count(1)
        yield _span(piece, paragraph, next(numbers)) if name[1] == "img" and not plain else piece


def _marked(text: str, paragraph: int, numbers: Iterator[int]) -> str:
    if not text.strip():
        return text
    return "".join(_span(match[0], paragraph, next(numbers)) for match in _SENTENCE.finditer(text))


def _span(content: str, paragraph: int, number: int) -> str:
    return f'<span class="koboSpan" id="kobo.{paragraph}.{number}">{content}</span>'
