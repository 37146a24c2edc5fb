"""Hostile text is written in linear time, and read back right."""

import gc
import time
from collections.abc import Callable
from functools import reduce

import pytest

from converter.api import read_post
from converter.model import (
    MAX_DEPTH,
    Block,
    Cell,
    Code,
    CodeBlock,
    Emphasis,
    Inline,
    LineBreak,
    Link,
    List,
    ListItem,
    Paragraph,
    Quote,
    Row,
    Strong,
    Table,
    Text,
)
from converter.writers.markdown import to_markdown
from converter.writers.markdown.blocks import write_blocks
from converter.writers.markdown.context import WriteContext
from converter.writers.markdown.raw import blocks_as_html
from tests.markdown_readers import READERS, normal

Blocks = tuple[Block, ...]

FACTOR = 10
SLACK = 4
"""How many times more than linear a run may take: machines are noisy. Quadratic time would be ten times more."""


def line(*inlines: Inline) -> Blocks:
    return (Paragraph(inlines),)


def text(pattern: str) -> Callable[[int], Blocks]:
    return lambda times: line(Text((pattern * times).strip()))


def table(words: str, rows: int) -> Blocks:
    head = Row((Cell(line(Text("h")), header=True),))
    return (Table((Row((Cell(line(Text(words))),)),) * rows, (head,), (None,)),)


def marked(times: int) -> Blocks:
    return line(*(node for _ in range(times) for node in (Strong((Text("重点："),)), Text("这"))))


def touching(times: int) -> Blocks:
    return line(*((Strong if index % 2 else Emphasis)((Text("a"),)) for index in range(times)))


HOSTILE: dict[str, Callable[[int], Blocks]] = {
    "stars": text("*"),
    "stars before letters": text("*a "),
    "stars behind letters": text("a*"),
    "all delimiters": text("a**b_c~d~~ "),
    "stars and tildes": text("*~~~"),
    "backticks": text("`"),
    "backticks of all lengths": lambda times: line(Text(" ".join("`" * (n % 100 + 1) for n in range(times)))),
    "code full of backticks": lambda times: line(Code("`a " * times + "b"), Text("`"), Code("x")),
    "brackets": text("["),
    "half links": text("[a](b "),
    "half tags": text("<a "),
    "references": text("&amp;"),
    "ampersands": text("&a"),
    "backslashes": text("\\"),
    "dollars": text("$a"),
    "everything": text("|*_`<&[~\\$!](>#"),
    "bold beside punctuation": marked,
    "marks that touch": touching,
    "links": lambda times: line(*(Link("https://a.example/(", (Text("[a"),), 't"\\') for _ in range(times))),
    "lines that look like blocks": lambda times: line(
        *(n for _ in range(times) for n in (Text("- a"), LineBreak())), Text("- a")
    ),
    "a cell of everything": lambda times: table("|*_`<&[~\\$!](>#" * times, 1),
    "a long table": lambda times: table("a|`b|`", times),
    "fences in code": lambda times: (CodeBlock("`" * times + "\n" + "~" * times),),
    "lists in a row": lambda times: (List((ListItem(line(Text("a"))),)),) * times,
}


def seconds(blocks: Blocks) -> float:
    """Return how long writing takes, in seconds of this process."""
    start = time.process_time()
    write_blocks(blocks, WriteContext())
    return time.process_time() - start


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_written_in_linear_time(name: str) -> None:
    small, large = HOSTILE[name](300), HOSTILE[name](300 * FACTOR)

    gc.disable()
    try:
        short = min(seconds(small) for _ in range(3))
        assert any(seconds(large) < SLACK * FACTOR * max(short, 0.001) for _ in range(3))
    finally:
        gc.enable()


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_read_back_right(name: str, reader: str) -> None:
    blocks = HOSTILE[name](60)

    assert normal(blocks_as_html(blocks)) == normal(READERS[reader](write_blocks(blocks, WriteContext())))


@pytest.mark.parametrize("reader", READERS)
def test_the_deepest_nesting_is_read_back_right(reader: str) -> None:
    quotes = reduce(lambda inner, _: (Quote(inner),), range(MAX_DEPTH - 1), line(Text("a")))

    assert normal(blocks_as_html(quotes)) == normal(READERS[reader](write_blocks(quotes, WriteContext())))


def test_ten_thousand_quotations_in_each_other_become_a_post_that_is_read_back_right() -> None:
    found: list[object] = []
    post = read_post("---\ntitle: t\n---\n" + "> " * 10_000 + "a\n", name="p.md", warn=found.append)

    again = read_post(to_markdown(post), name="p.md", warn=found.append)

    assert post.blocks == again.blocks
    assert found
