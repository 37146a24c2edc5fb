"""What a digest is cut into: posts, slices of very long ones, and the bare words of those that cannot be laid out."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings

from converter.model import (
    Cell,
    CodeBlock,
    Figure,
    Heading,
    Image,
    Link,
    List,
    ListItem,
    Note,
    NoteReference,
    Post,
    Row,
    Section,
    Table,
    Text,
)
from converter.model.walk import query, text_of
from converter.testing import strategies
from converter.testing.builders import p
from converter.writers.book import Book
from converter.writers.pdf.parts import OpenerPart, PostPart, cut
from converter.writers.pdf.plain import plain
from converter.writers.pdf.slices import slices_of, weight
from tests.pdf_books import LONG, a_digest, a_post, squeezed


def test_a_digest_is_cut_into_openers_and_posts() -> None:
    first, second, third = (a_post(key, p("短。")) for key in "abc")
    parts = cut(Book(a_digest(sections=(Section("甲", (first, second)), Section("乙", (third,))))))

    assert [part.keys for part in parts] == [(), ("a",), ("b",), (), ("c",)]
    assert [type(part) for part in parts] == [OpenerPart, PostPart, PostPart, OpenerPart, PostPart]


def test_a_part_knows_the_posts_it_links_to_and_no_others() -> None:
    link = a_post("a", p(Link("post:b#x", (Text("乙"),)), Link("post:gone", (Text("无"),))))
    part = cut(Book(a_digest(link, a_post("b"), a_post("c"))))[0]

    assert isinstance(part, PostPart)
    assert part.targets == {"post:b#x": ""}


few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@few
@given(strategies.posts())
def test_slices_have_all_characters(post: Post) -> None:
    slices = slices_of(post, limit=100)

    assert _characters(*slices) == _characters(post)


@few
@given(strategies.posts())
def test_a_slice_of_several_blocks_is_not_too_heavy(post: Post) -> None:
    for piece in slices_of(post, limit=100):
        if len(piece.blocks) > 1:
            assert sum(map(weight, piece.blocks)) <= 100


@few
@given(strategies.posts())
def test_plain_posts_have_all_words(post: Post) -> None:
    shown = squeezed("".join(text_of(block) for block in plain(post).blocks))

    for node in query(post):
        if isinstance(node, Text):
            assert squeezed(node.value) in shown


def _characters(*posts: Post) -> Counter[str]:
    """Count the characters of posts, those of table heads apart: every slice of a table repeats them."""
    heads = [node.head for post in posts for node in query(post.blocks) if isinstance(node, Table)]
    found = Counter(_text(*(post.blocks for post in posts)))
    found.subtract(_text(*heads))
    return +found


def _text(*roots: object) -> str:
    nodes = (node for root in roots for node in query(root))
    return "".join(
        node.value if isinstance(node, Text) else node.text for node in nodes if isinstance(node, Text | CodeBlock)
    ).replace("\n", "")


def _rows(count: int, span: int = 1) -> tuple[Row, ...]:
    return tuple(
        Row((Cell((p(f"{number}"),), rowspan=span if number % span == 0 else 1),) if number % span == 0 else ())
        for number in range(count)
    )


def test_the_slices_of_a_table_repeat_its_head_and_cut_no_cell() -> None:
    head = (Row((Cell((p("头"),), header=True),)),)
    post = a_post("long", Table(rows=_rows(90, span=3), head=head, alignments=(None,), caption=(Text("题"),)))
    tables = [node for piece in slices_of(post, limit=400) for node in query(piece) if isinstance(node, Table)]

    assert len(tables) > 3
    assert all(table.head == head for table in tables)
    assert [bool(table.caption) for table in tables] == [True] + [False] * (len(tables) - 1)
    assert all(len(table.rows) % 3 == 0 for table in tables)


def test_the_slices_of_a_list_go_on_counting() -> None:
    items = tuple(ListItem((p(LONG),)) for _ in range(9))
    pieces = slices_of(a_post("long", List(items, ordered=True, start=5)), limit=900)
    lists = [node for piece in pieces for node in query(piece.blocks) if isinstance(node, List)]

    assert [(found.start, len(found.items)) for found in lists] == [(5, 3), (8, 3), (11, 3)]


def test_links_and_notes_of_slices_lead_where_they_led() -> None:
    far = Heading(2, (Text("远"),), id="far")
    blocks = (p(Link("#far", (Text("去"),)), NoteReference("n1")), p(LONG), p(LONG), far, p(NoteReference("n2")))
    notes = (Note("n1", (p("一"),)), Note("n2", (p("二"),)))
    first, *_, last = slices_of(a_post("long", *blocks, notes=notes), limit=200)

    assert [node.href for node in query(first) if isinstance(node, Link)] == ["post:long#far"]
    assert [note.id for note in first.notes] == ["n1"]
    assert [note.id for note in last.notes] == ["n2"]


@pytest.mark.parametrize(
    "block",
    [
        p("字" * 5000),
        CodeBlock("\n".join("line" for _ in range(500))),
        Figure(tuple(Image(f"{number}.png", "图") for number in range(50)), (Text("题"),)),
        List(tuple(ListItem((p(LONG), p(LONG))) for _ in range(20))),
    ],
)
def test_one_heavy_block_is_cut(block: object) -> None:
    pieces = slices_of(a_post("long", block), limit=1000)  # type: ignore[arg-type]

    assert len(pieces) > 3
    assert all(sum(map(weight, piece.blocks)) <= 1100 for piece in pieces)  # a block has some weight of its own
