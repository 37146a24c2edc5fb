"""The examples of the specifications: HTML -> model -> Markdown -> HTML gives the same HTML, in two readers."""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from msgspec import Struct

from converter.model import Block
from converter.reading.html import prepare, read_html
from converter.writers.markdown.blocks import write_blocks
from converter.writers.markdown.context import WriteContext
from tests.html_models import model_of
from tests.markdown_readers import READERS, normal

HERE = Path(__file__).parent
DOCS = HERE.parent / "docs" / "markdown.md"
COMMONMARK = HERE / "spec" / "commonmark-0.31.2.txt"
GITHUB = HERE / "spec" / "gfm-0.29-extensions.txt"
RAW = frozenset({"HTML blocks", "Raw HTML"})
"""Sections about markup that is no Markdown."""


class Example(Struct, frozen=True):
    number: int
    section: str
    html: str


@cache
def examples(path: Path) -> tuple[Example, ...]:
    """Return the examples of a specification, numbered as it numbers them."""
    found: list[Example] = []
    section = ""
    text = path.read_text("utf-8")
    for match in re.finditer(r"^#+ +(.+)$|^`{32} example.*\n(?:.*\n)*?\.\n((?:.*\n)*?)`{32}$", text, re.MULTILINE):
        if match[1]:
            section = match[1].strip()
        else:
            found.append(Example(len(found) + 1, section, match[2].replace("→", "\t")))
    return tuple(found)


Way = Callable[[str], tuple[Block, ...]]
"""HTML -> model."""


def read_as_posts_are(html: str) -> tuple[Block, ...]:
    return read_html(prepare(html).html).blocks


def failures(path: Path, reader: str, way: Way) -> set[int]:
    """Return the numbers of the examples that do not come back as they were."""
    return {
        example.number
        for example in examples(path)
        if example.section not in RAW
        and normal(example.html) != normal(READERS[reader](write_blocks(way(example.html), WriteContext()) + "\n"))
    }


def documented(heading: str) -> set[int]:
    """Return the numbers of the examples that the documentation lists, with their reasons, under a heading."""
    section = re.search(
        rf"^### {re.escape(heading)}$(.*?)(?=^##|\Z)", DOCS.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    assert section, heading
    return {int(n) for row in re.findall(r"^\| ([\d, ]+) \|", section[1], re.MULTILINE) for n in row.split(",")}


def test_the_specifications_are_whole() -> None:
    assert (652, 24) == (len(examples(COMMONMARK)), len(examples(GITHUB)))


@pytest.mark.parametrize("reader", READERS)
def test_every_example_of_commonmark_comes_back_as_it_was(reader: str) -> None:
    assert not failures(COMMONMARK, reader, model_of)


@pytest.mark.parametrize("reader", READERS)
def test_examples_of_github_come_back_but_for_one(reader: str) -> None:
    assert documented("GitHub's extensions") == failures(GITHUB, reader, model_of)


@pytest.mark.parametrize("reader", READERS)
def test_what_the_reader_of_posts_changes_is_documented(reader: str) -> None:
    found = failures(COMMONMARK, reader, read_as_posts_are)
    count = sum(example.section not in RAW for example in examples(COMMONMARK))

    assert documented("CommonMark, as posts are read") == found
    assert f"| CommonMark, as posts are read | {count - len(found)} of {count} |" in DOCS.read_text("utf-8")
