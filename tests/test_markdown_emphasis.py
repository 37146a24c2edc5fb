"""Emphasis beside Chinese punctuation survives in every reader: all neighbours, generated."""

from itertools import product

import pytest

from converter.model import Block, Code, Emphasis, Inline, Link, Paragraph, Strikethrough, Strong, Text
from converter.writers.markdown.blocks import write_blocks
from converter.writers.markdown.context import WriteContext
from converter.writers.markdown.dialects import DIALECTS, DialectName
from converter.writers.markdown.raw import blocks_as_html
from tests.markdown_readers import cmark_gfm, markdown_it, normal, pandoc

PUNCTUATION = "“”《》（）。：！？、"
SYMBOLS = "￥＋～℃"
"""Punctuation for CommonMark 0.31, letters for the readers of today's GitHub."""


def marked(kind: str, text: str) -> Inline:
    inside = (Text(text),)
    match kind:
        case "strong":
            return Strong(inside)
        case "emphasis":
            return Emphasis(inside)
        case "strikethrough":
            return Strikethrough(inside)
        case "code":
            return Code(text)
        case _:
            return Link("https://a.example/", inside)


def neighbours(kind: str, char: str) -> list[Block]:
    """Return a paragraph for each way in which `char` can stand around and in marked-up text."""
    places = product(("", "字", char), ("字", char), ("字", char), ("", "字", char))
    return [
        Paragraph(
            tuple(filter(lambda node: node != Text(""), (Text(before), marked(kind, first + "中" + last), Text(after))))
        )
        for before, first, last, after in places
    ]


@pytest.mark.parametrize("kind", ["strong", "emphasis", "strikethrough", "code", "link"])
@pytest.mark.parametrize(
    ("dialect", "read"),
    [
        ("gfm", markdown_it),
        ("gfm", cmark_gfm),
        ("gfm", pandoc),
        ("commonmark", markdown_it),
        ("pandoc", lambda text: pandoc(text, "markdown")),
    ],
    ids=["markdown-it", "cmark-gfm", "pandoc", "commonmark", "pandoc-markdown"],
)
def test_emphasis_survives_beside_punctuation(kind: str, dialect: DialectName, read: object) -> None:
    assert callable(read)
    blocks = tuple(block for char in PUNCTUATION + SYMBOLS for block in neighbours(kind, char))

    written = write_blocks(blocks, WriteContext(dialect=DIALECTS[dialect]))

    expected = normal(blocks_as_html(blocks)).split("</p>")
    assert expected == normal(str(read(written))).split("</p>")
    assert 15 * 36 == len(blocks) == len(expected) - 1


def test_no_invisible_character_and_no_double_underscore_in_words_is_written() -> None:
    blocks = tuple(block for char in PUNCTUATION for block in neighbours("strong", char))

    written = write_blocks(blocks, WriteContext())

    assert "\u200b" not in written
    assert "__" not in written
