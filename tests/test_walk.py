"""Walking and querying documents."""

from hypothesis import given

from converter.model import (
    Cell,
    Definition,
    Definitions,
    Emphasis,
    List,
    ListItem,
    Metadata,
    Note,
    Paragraph,
    Post,
    Row,
    Ruby,
    Strong,
    Table,
    Text,
)
from converter.model.walk import query, text_of, walk
from converter.testing.strategies import posts


def paragraph(text: str) -> Paragraph:
    return Paragraph((Text(text),))


POST = Post(
    key="a",
    path="a.md",
    metadata=Metadata(title="A"),
    blocks=(
        Paragraph((Text("one "), Strong((Text("two"), Emphasis((Text(" three"),)))))),
        List((ListItem((paragraph("four"),)),)),
        Table(rows=(Row((Cell((paragraph("five"),)),)),), caption=(Text("six"),)),
        Definitions((Definition(((Text("seven"),),), ((paragraph("eight"),),)),)),
    ),
    notes=(Note("n", (paragraph("nine"),)),),
)


def test_query_finds_every_node_in_reading_order() -> None:
    words = [node.value.strip() for node in query(POST) if isinstance(node, Text)]

    assert "one two three four five six seven eight nine".split() == words


def test_walk_rewrites_children_before_parents() -> None:
    seen: list[str] = []

    def look(node: object) -> object:
        seen.append(type(node).__name__)
        return node

    walk(POST.blocks[0], look)
    assert ["Text", "Text", "Text", "Emphasis", "Strong"] == seen


def test_walk_splices_and_removes() -> None:
    def rewrite(node: object) -> object:
        match node:
            case Strong(children):
                return children
            case Emphasis():
                return ()
            case _:
                return node

    assert Paragraph((Text("one "), Text("two"))) == walk(POST, rewrite).blocks[0]


def test_the_reading_of_ruby_stands_in_brackets() -> None:
    assert "漢(かん)字" == text_of((Ruby((Text("漢"),), "かん"), Text("字")))


@given(posts())
def test_a_walk_that_changes_nothing_returns_the_same_post(post: Post) -> None:
    assert walk(post, lambda node: node) is post


@given(posts())
def test_walk_and_query_meet_the_same_nodes(post: Post) -> None:
    met: list[int] = []

    def meet(node: object) -> object:
        met.append(id(node))
        return node

    walk(post, meet)
    assert sorted(met) == sorted(id(node) for node in query(post))
