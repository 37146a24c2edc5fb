"""Random documents: a Hypothesis strategy for every node but anchors, tidy as a reader makes them.

Tidy means: no empty nodes, no two texts side by side, no white space at the edges of a line or of what is marked up,
nothing marked up twice in the same way, no link in a link, and lists that are tight only where they can be.
"""

from datetime import UTC, datetime
from functools import cache
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from msgspec.structs import replace

from converter.model import (
    Alignment,
    Block,
    Cell,
    Code,
    CodeBlock,
    Definition,
    Definitions,
    Emphasis,
    Figure,
    Heading,
    Image,
    Inline,
    LineBreak,
    Link,
    List,
    ListItem,
    Math,
    MathBlock,
    Media,
    Metadata,
    Note,
    NoteReference,
    Paragraph,
    Post,
    Quote,
    Row,
    Ruby,
    Source,
    Span,
    Strikethrough,
    Strong,
    Subscript,
    Superscript,
    Table,
    Text,
    ThematicBreak,
)
from converter.model.walk import query

T = TypeVar("T")
Line = tuple[Inline, ...]

MARKUP = "\\`*_~[]()<>&!#+-=.:|^$@{}\"'%;/,?"
"""Characters that mean something in Markdown, in one of its dialects or in HTML."""
FULL_WIDTH = "“”‘’《》（）。：！？、，；—…「」【】￥＋～中文重点这是年月한국日本の"
"""Characters of Chinese, Japanese and Korean text, punctuation and symbols among them."""
NASTY = (
    *("- a", "1. b", "# c", "> d", "```", "~~~", "***", "---", "===", "<div>", "<!--", "&amp;", "&#35;", "[x]", "[^1]"),
    *("](u)", "![", "<b>", "</b>", "<http://a>", "www.a", "a@b.c", "$x$", "2 * 3", "a_b_c", "5~10", "| - |", "\\*"),
)

_PIECES = (*MARKUP, *FULL_WIDTH, *MARKUP, *FULL_WIDTH, *"abc 019 ", *NASTY)
_exotic = st.characters(exclude_categories=("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"), min_codepoint=0xA1)


@cache
def words(max_size: int = 8) -> SearchStrategy[str]:
    """Return strings without white space at their edges or twice in a row, never empty."""
    common = st.lists(st.sampled_from(_PIECES), min_size=1, max_size=max_size).map("".join)
    rare = st.builds(lambda left, char, right: f"{left}{char}{right}", common, _exotic, common)
    return st.one_of(common, common, common, rare).map(lambda found: " ".join(found.split())).filter(bool)


addresses = st.one_of(
    st.sampled_from(
        ("https://a.example/", "http://a.example/b_(c)?d=1&e=2#f", "mailto:a@b.example", "/x/y z", "中/文.html")
    ),
    st.text(alphabet=st.sampled_from("abc/?#&=%._~-()*'中 "), min_size=1, max_size=10).map(
        lambda path: f"https://a.example/{path.strip()}"
    ),
)
titles = st.one_of(st.just(""), words(6))
languages = st.sampled_from(("zh-CN", "en", "ja", "ar"))


"""Ids that hardly ever stand twice in a document."""


# ---- inlines ----


@cache
def lines(
    depth: int = 2, *, breaks: bool = True, links: bool = True, marks: frozenset[str] = frozenset()
) -> SearchStrategy[tuple[Inline, ...]]:
    """Return lines of inlines. `marks` names the kinds that stand around them already."""
    glue: list[Line] = [(), (), (Text(" "),), *([(LineBreak(),)] if breaks else [])]
    piece = pieces(depth, breaks=breaks, links=links, marks=marks)
    rest = st.lists(st.tuples(st.sampled_from(glue), piece), max_size=4)
    return _known_by_reference(st.tuples(piece, rest).map(_joined))


def _known_by_reference(strategy: SearchStrategy[T]) -> SearchStrategy[T]:
    """Return a strategy that reports name shortly: spelled out, those within each other would fill the memory."""
    return st.none().flatmap(lambda _: strategy)


def _joined(found: tuple[Inline, list[tuple[Line, Inline]]]) -> Line:
    first, rest = found
    line: list[Inline] = [first]
    for glue, piece in rest:
        for node in (*glue, piece):
            match line[-1], node:
                case Text(left), Text(right):
                    line[-1] = Text(left + right)
                case (left, right) if type(left) is type(right) and not isinstance(left, Image | NoteReference):
                    continue
                case _:
                    line.append(node)
    return tuple(line)


@cache
def pieces(depth: int, *, breaks: bool, links: bool, marks: frozenset[str]) -> SearchStrategy[Inline]:
    """Return single inlines."""
    simple: list[SearchStrategy[Inline]] = [
        st.builds(Text, words()),
        st.builds(Text, words()),
        st.builds(Text, words()),
        st.builds(Code, words()),
        st.builds(Math, st.sampled_from(("x^2", "a_1 + b_2", "\\frac{1}{2}"))),
        st.builds(
            Image,
            st.sampled_from(("a.png", "b c.jpg", "https://a.example/p.png")),
            titles,
            titles,
            st.sampled_from(("", "", "18px", "50%")),
            st.sampled_from(("", "", "9px")),
        ),
        st.builds(Ruby, words(2).map(lambda base: (Text(base),)), words(2)),
    ]
    if depth == 0:
        return st.one_of(simple)

    def inside(name: str, *, links: bool = links) -> SearchStrategy[tuple[Inline, ...]]:
        return lines(depth - 1, breaks=breaks, links=links, marks=marks | {name})

    nested: dict[str, SearchStrategy[Inline]] = {
        "emphasis": st.builds(Emphasis, inside("emphasis").filter(_has_words)),
        "strong": st.builds(Strong, inside("strong").filter(_has_words)),
        "strikethrough": st.builds(Strikethrough, inside("strikethrough").filter(_has_words)),
        "superscript": st.builds(Superscript, inside("superscript").filter(_has_words)),
        "subscript": st.builds(Subscript, inside("subscript").filter(_has_words)),
        "span": st.builds(
            Span, inside("span").filter(_has_words), lang=languages, dir=st.sampled_from((None, "ltr", "rtl"))
        ),
    }
    if links:
        nested["link"] = st.builds(Link, addresses, inside("link", links=False).filter(_has_words), titles)
    return _known_by_reference(st.one_of(*simple, *(one for name, one in nested.items() if name not in marks)))


def _has_words(line: Line) -> bool:
    """Return whether a line holds more than images and places, which are neither bold nor slanted."""
    return not all(isinstance(node, Image | LineBreak) for node in line)


def _has_no_images(line: Line) -> bool:
    return not any(isinstance(node, Image) for node in query(line))


inlines = pieces(2, breaks=True, links=True, marks=frozenset())
"""Single inlines of all kinds but texts with a note's mark."""


# ---- blocks ----

code_texts = (
    st.lists(st.one_of(st.just(""), words(), st.sampled_from(("```", "~~~~", "    x", "\tx"))), max_size=4)
    .map(lambda found: "\n".join(found).strip("\n"))
    .filter(str.strip)
)
paragraphs = lines().map(Paragraph)
headings = st.builds(Heading, st.integers(2, 6), lines(1, breaks=False))
code_blocks = st.builds(CodeBlock, code_texts, st.sampled_from(("", "python", "c++", "html")))
math_blocks = st.builds(MathBlock, st.sampled_from(("x^2", "a \\\\\nb", "\\sum_{i=1}^n i")))
media = st.builds(Media, st.sampled_from(("video", "audio", "embed")), st.just("https://a.example/v"), words(4))
rules = st.just(ThematicBreak())


@st.composite
def figures(draw: DrawFn) -> Figure:
    """Return figures of one or two images."""
    one = st.builds(Image, st.sampled_from(("a.png", "b.jpg")), words(4))
    images = draw(
        st.lists(
            st.one_of(one, one.map(lambda image: Link("https://a.example/", (image,)))),
            min_size=1,
            max_size=2,
        )
    )
    return Figure(
        tuple(images),
        draw(st.one_of(st.just(()), lines(1, breaks=False, marks=frozenset({"emphasis"})).filter(_has_no_images))),
    )


@cache
def regular_tables() -> SearchStrategy[Table]:
    """Return tables that a pipe table can say."""
    cells = _lines_in_cells()
    return st.integers(1, 3).flatmap(
        lambda width: st.builds(
            Table,
            rows=st.lists(_row(width, cells), min_size=1, max_size=3).map(tuple),
            head=_row(width, cells, header=True).filter(_is_row_with_words).map(lambda row: (row,)),
            alignments=_alignments(width),
        )
    )


@cache
def irregular_tables() -> SearchStrategy[Table]:
    """Return tables with blocks in their cells, with a head that spans all columns or none, and captions."""
    cells = st.one_of(_lines_in_cells(), blocks(0, 2), lists(0).map(lambda block: (block,)))
    return st.integers(1, 3).flatmap(
        lambda width: st.builds(
            Table,
            rows=st.lists(_row(width, cells), min_size=1, max_size=3).map(tuple),
            head=st.one_of(st.just(()), _wide_row(width).filter(_is_row_with_words).map(lambda row: (row,))),
            alignments=_alignments(width),
            caption=st.one_of(st.just(()), lines(1, breaks=False)),
        )
    )


@cache
def _lines_in_cells() -> SearchStrategy[tuple[Block, ...]]:
    some = lines(1).map(lambda line: (Paragraph(line),))
    return st.one_of(st.just(()), some, some)


def _row(width: int, cells: SearchStrategy[tuple[Block, ...]], *, header: bool = False) -> SearchStrategy[Row]:
    row = st.lists(st.builds(Cell, cells, header=st.just(header)), min_size=width, max_size=width)
    return row.map(lambda found: Row(tuple(found)))


def _is_row_with_words(row: Row) -> bool:
    return any(cell.blocks for cell in row.cells)


def _wide_row(width: int) -> SearchStrategy[Row]:
    return _lines_in_cells().map(lambda blocks: Row((Cell(blocks, header=True, colspan=width),)))


def _alignments(width: int) -> SearchStrategy[tuple[Alignment, ...]]:
    one: SearchStrategy[Alignment] = st.sampled_from((None, "left", "center", "right"))
    return st.lists(one, min_size=width, max_size=width).map(tuple)


_leaves: tuple[SearchStrategy[Block], ...] = (
    paragraphs,
    paragraphs,
    paragraphs,
    headings,
    code_blocks,
    math_blocks,
    media,
    rules,
    figures(),
)


@cache
def blocks(depth: int = 2, max_size: int = 4) -> SearchStrategy[tuple[Block, ...]]:
    """Return runs of blocks of all kinds, with containers nested `depth` deep."""
    if depth == 0:
        one: SearchStrategy[Block] = st.one_of(*_leaves)
    else:
        inner = blocks(depth - 1, 3)
        quotes = st.builds(Quote, inner)
        one = st.one_of(
            *_leaves, lists(depth - 1), quotes, definitions(depth - 1), regular_tables(), irregular_tables()
        )
    return _known_by_reference(st.lists(one, min_size=1, max_size=max_size).map(tuple))


@cache
def lists(depth: int) -> SearchStrategy[List]:
    """Return lists, tight where their items are single lines with nothing but lists under them."""
    tight = st.builds(
        List,
        st.lists(_tight_item(depth), min_size=1, max_size=3).map(tuple),
        ordered=st.booleans(),
        start=st.sampled_from((1, 1, 0, 7, 99)),
    )
    loose = st.builds(
        List,
        st.lists(_loose_item(depth), min_size=1, max_size=3).map(tuple),
        ordered=st.booleans(),
        start=st.sampled_from((1, 1, 9)),
        tight=st.just(False),
    )
    return _known_by_reference(st.one_of(tight, loose.filter(_is_seen_to_be_loose)).map(_numbered))


def _numbered(found: List) -> List:
    return found if found.ordered else replace(found, start=1)


@cache
def _tight_item(depth: int) -> SearchStrategy[ListItem]:
    first = lines(1).map(Paragraph)
    under = st.lists(lists(depth - 1), max_size=1) if depth > 0 else st.just([])
    checked = st.sampled_from((None, None, None, True, False))
    return st.builds(lambda line, rest, state: ListItem((line, *rest), state), first, under, checked)


@cache
def _loose_item(depth: int) -> SearchStrategy[ListItem]:
    first = lines(1).map(Paragraph)
    return st.builds(lambda line, rest: ListItem((line, *rest)), first, st.one_of(st.just(()), blocks(depth, 2)))


def _is_seen_to_be_loose(found: List) -> bool:
    """Return whether there is a place for the empty line that makes a list loose."""
    return len(found.items) > 1 or len(found.items[0].blocks) > 1


@cache
def definitions(depth: int) -> SearchStrategy[Definitions]:
    """Return lists of terms and meanings."""
    terms = st.lists(lines(1, breaks=False), min_size=1, max_size=2).map(tuple)
    meanings = st.lists(blocks(min(depth, 1), 2), min_size=1, max_size=2).map(tuple)
    return st.lists(st.builds(Definition, terms, meanings), min_size=1, max_size=2).map(tuple).map(Definitions)


# ---- posts ----

moments = st.datetimes(
    min_value=datetime(1990, 1, 1),  # noqa: DTZ001  # Hypothesis adds the zone
    max_value=datetime(2040, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
).map(lambda moment: moment.replace(microsecond=0))
metadata = st.builds(
    Metadata,
    title=words().map(lambda found: f"{found} 题"),
    subtitle=titles,
    authors=st.lists(st.sampled_from(("李明", "Maren Oduya")), max_size=2, unique=True).map(tuple),
    published=st.one_of(st.none(), moments),
    updated=st.one_of(st.none(), moments),
    language=languages,
    categories=st.lists(st.sampled_from(("民生", "data")), max_size=2, unique=True).map(tuple),
    tags=st.lists(st.sampled_from(("河", "rain")), max_size=2, unique=True).map(tuple),
    summary=titles,
    source=st.one_of(st.none(), st.builds(Source, words(4), st.just("https://a.example/"))),
    url=st.sampled_from(("", "https://a.example/1")),
    slug=st.just("random"),
)


@st.composite
def posts(draw: DrawFn) -> Post:
    """Return posts with up to two notes, each with its mark in the text."""
    body = draw(blocks())
    count = draw(st.integers(0, 2))
    marks = tuple(
        Paragraph((*line, NoteReference(str(number))))
        for number, line in enumerate(draw(st.lists(lines(1), min_size=count, max_size=count)), 1)
    )
    notes = tuple(
        Note(mark.children[-1].id, draw(st.one_of(lines(1).map(lambda line: (Paragraph(line),)), blocks(1, 2))))
        for mark in marks
        if isinstance(mark.children[-1], NoteReference)
    )
    return Post(key="random", path="random.md", metadata=draw(metadata), blocks=(*body, *marks), notes=notes)
