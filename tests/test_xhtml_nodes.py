"""What is decided at the node, before it is printed: overrides, features, names, notes in the text, wide tables."""

import re

import pytest
from msgspec.structs import replace

from converter.model import (
    Cell,
    Definition,
    Definitions,
    Heading,
    Image,
    Inline,
    Link,
    List,
    ListItem,
    Math,
    Note,
    NoteReference,
    Paragraph,
    Row,
    Ruby,
    Span,
    Table,
    Text,
)
from converter.writers.pdf.tables import PADDING, SIZE, WIDE_SIZE, narrowest
from converter.writers.xhtml import ImageFiles, NoteStyle, Page, foot_mark, list_of
from tests.test_xhtml import one_post, written

NAME = 'aria-label="x^2"'
FORMULA = Math("x^2")


def p(*children: Inline | str) -> Paragraph:
    return Paragraph(tuple(Text(child) if isinstance(child, str) else child for child in children))


def test_an_override_writes_the_nodes_of_its_type_and_may_ask_for_the_usual_markup() -> None:
    def counted(node: List, page: Page) -> str:
        return list_of(node, page, f"counter-reset:list-item {node.start - 1}")

    post = one_post(List((ListItem((p("甲"),)),), ordered=True, start=3), p("乙"))

    assert written(post, overrides={List: counted}).body == (
        '<ol start="3" style="counter-reset:list-item 2">\n<li>甲</li>\n</ol>\n<p>乙</p>'
    )


@pytest.mark.parametrize(
    ("node", "features"),
    [
        (p("甲"), set()),
        (p(FORMULA), {"mathml"}),
        (p(Ruby((Text("甲"),), "ちょう")), {"ruby"}),
        (p(Math("\\x{")), set()),
    ],
)
def test_what_is_written_says_what_it_used(node: Paragraph, features: set[str]) -> None:
    assert features == written(one_post(node), warn=[]).features


def test_features_of_notes_count_and_words_that_look_like_markup_do_not() -> None:
    assert {"mathml"} == written(one_post(p(NoteReference("n")), notes=(Note("n", (p(FORMULA),)),))).features
    assert not written(one_post(p("<math > <ruby> <svg >"))).features


@pytest.mark.parametrize(
    ("children", "named"),
    [((FORMULA,), True), ((Text(" "), FORMULA), True), ((Text("当"), FORMULA), False), ((FORMULA, FORMULA), True)],
)
def test_formulas_that_are_all_of_a_heading_a_link_or_a_header_are_named(
    children: tuple[Inline, ...], named: bool
) -> None:
    heading = written(one_post(Heading(2, children))).body
    link = written(one_post(Paragraph((Link("https://a.example/", children),)))).body
    table = Table(head=(Row((Cell((Paragraph(children),)),)),), rows=())

    assert [named] * 3 == [NAME in body for body in (heading, link, written(one_post(table)).body)]
    assert NAME not in written(one_post(Paragraph(children))).body


def test_a_link_around_a_picture_needs_no_other_name() -> None:
    post = one_post(Paragraph((Link("https://a.example/", (Image("a.png", "码头"),)),)))

    assert "aria-label" not in written(post, image=lambda _: ImageFiles(("a.png",))).body


@pytest.mark.parametrize(
    ("blocks", "end"),
    [
        ((p("注"),), "注 ↩</p></li>"),
        ((Paragraph((Span((Text("note"),), "en"),)),), "note ↩</p></li>"),
        ((p("注"), List((ListItem((p("项"),)),))), "</ul>\n<p>↩</p></li>"),
        ((), "<p>↩</p></li>"),
    ],
)
def test_the_way_back_from_a_note_is_in_its_last_paragraph_or_in_one_of_its_own(
    blocks: tuple[Paragraph, ...], end: str
) -> None:
    notes = written(one_post(p(NoteReference("n")), notes=(Note("n", blocks),)), notes=NoteStyle.LIST).notes

    assert end in re.sub("</?a[^>]*>", "", notes)


def test_a_footnote_stands_behind_its_first_mark_and_keeps_its_words_apart() -> None:
    notes = (Note("n", (p("两\n行"), p("乙"))), Note("m", (p("无人"),)))
    post = one_post(p("一", NoteReference("n"), "二", NoteReference("n")), notes=notes)

    found = written(post, notes=NoteStyle.FOOT, overrides={NoteReference: foot_mark})

    assert 1 == found.body.count('<span class="footnote" id="note-1">')
    assert '两\n行</span><span class="line">乙</span></span>二' in found.body
    assert "无人" in found.notes
    assert "两" not in found.notes


def test_the_first_slice_has_the_words_where_there_are_no_groups() -> None:
    post = one_post(p(Image("a.png", "长图")))
    apart = written(post, image=lambda _: ImageFiles(("1.png", "2.png"), groups=False)).body
    together = written(post, image=lambda _: ImageFiles(("1.png", "2.png"))).body

    assert (1, 0) == (apart.count('alt="长图"'), together.count('alt="长图"'))


def test_a_list_of_terms_ends_with_a_meaning() -> None:
    terms = Definitions((Definition(((Text("<dt"),),), ()),))

    assert written(one_post(terms)).body.endswith("<dd></dd>\n</dl>")


def row(*words: str, spans: tuple[int, ...] = ()) -> Row:
    return Row(
        tuple(replace(Cell((p(word),)), colspan=span) for word, span in zip(words, spans or [1] * 9, strict=False))
    )


def test_a_table_is_as_wide_as_its_longest_words() -> None:
    three = narrowest(Table(rows=(row("abc", "甲乙丙"),), alignments=(None, None)))

    assert three == pytest.approx((3 * 0.56 + PADDING + 1 + PADDING) * SIZE)
    assert narrowest(Table(rows=(row("abc", "甲"), row("x" * 40, spans=(2,))), alignments=(None, None))) == (
        pytest.approx((40 * 0.56 + PADDING) * SIZE)
    )
    assert narrowest(Table(rows=(row(*["甲"] * 5),), alignments=(None,) * 5)) == pytest.approx(5 * 2.2 * WIDE_SIZE)


def test_a_formula_is_a_word_of_its_table() -> None:
    long = Table(rows=(Row((Cell((p(Math("a" + "+b" * 40)),)),)),), alignments=(None,))

    assert narrowest(long) > narrowest(Table(rows=(row("甲"),), alignments=(None,))) * 5
