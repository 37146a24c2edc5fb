"""A post whose front matter names no title -> the title that its readers would give it."""

import re

from converter.languages.unicode import has_words
from converter.model import Block, Heading, Paragraph
from converter.model.walk import query, text_of
from converter.reading.metadata import slug_of

_LETTERS = re.compile(r"[^\W\d_]")
_OPAQUE = re.compile(r"[A-Za-z]{0,4}[-_]?\d{6,}|[0-9a-f]{8,}(?:-[0-9a-f]{4,})*")
_SENTENCE = re.compile(r".+?(?:[。！？!?…]|\.(?=\s)|$)")
_MAX = 60
"""Characters of a title that is cut from a sentence."""


def find_title(blocks: tuple[Block, ...], key: str) -> tuple[str, str]:
    """Return a title and where it comes from: the first heading, else the file name, else the first sentence."""
    heading = next((text for block in blocks if isinstance(block, Heading) and (text := _line(block))), "")
    if heading:
        return heading, "the first heading"
    slug = slug_of(key)
    if _LETTERS.search(slug) and not _OPAQUE.fullmatch(slug):
        words = re.sub(r"[-_\s]+", " ", slug).strip()
        return words[:1].upper() + words[1:], "the file name"
    for node in query(blocks):
        if isinstance(node, Paragraph) and (line := _line(node)):
            return _first_sentence(line), "the first sentence"
    return slug or key, "the file name"


def _line(block: Block) -> str:
    words = " ".join(text_of(block).split())
    return words if has_words(words) else ""


def _first_sentence(line: str) -> str:
    found = _SENTENCE.match(line)
    sentence = found[0] if found else line
    if len(sentence) <= _MAX:
        return sentence.rstrip("。.")
    cut = max(sentence.rfind(mark, 0, _MAX) for mark in "，、,;；： ")
    return sentence[: cut if cut > _MAX // 3 else _MAX].rstrip() + "…"
