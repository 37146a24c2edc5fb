"""The proof that no word is lost finds what is lost, and only that."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from converter.diagnostics import Code
from converter.verify import Passage, SourceText, compare
from converter.verify.outputs import _text_of
from converter.verify.shape import Shape
from converter.verify.sources import read_source
from converter.verify.words import cut_word


def compared(source: str, *found: str, declared: str = "") -> list[str]:
    text = SourceText(path="a.md", title="港口", text=source, declared=declared)
    result = compare([text], [Passage("港口", passage) for passage in found], file="book.md")
    return [diagnostic.message for diagnostic in result.diagnostics]


def test_all_words_in_any_order_are_no_loss() -> None:
    assert [] == compared("one two three two", "two three and two, one")


def test_a_lost_word_is_shown_where_it_stood() -> None:
    assert ["1 word missing from book.md: 一二三[四]五六"] == compared("一二三四五六", "一二三五六")


def test_of_several_places_the_one_whose_neighbours_are_gone_is_shown() -> None:
    [message] = compared("新闻一则，另有新消息，结束", "新闻一则，结束")

    assert "则另有[新]消息结束" in message or "另有新" in message
    assert "[新]闻一" not in message


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("the com", "mon sense", "common"),
        ("in 20", "24, so", "2024"),
        ("a common.", "Sense", ""),
        ("一二", "三四", ""),
        ("nine2", "five", ""),
    ],
)
def test_a_word_may_be_cut_where_a_line_ends(before: str, after: str, expected: str) -> None:
    assert expected == cut_word(before, after)


def test_words_from_right_to_left_may_come_out_of_a_pdf_turned_around_or_in_pieces() -> None:
    assert [] == compared("على وفر", "عىل وف ر")
    assert ["1 word missing from book.md: على[وفر]"] == compared("على وفر", "على وف")


def test_a_word_that_stood_twice_must_stand_twice() -> None:
    assert ["1 word missing from book.md: a b[a]"] == compared("a b a", "a b")


def test_what_is_declared_is_not_missed() -> None:
    assert [] == compared("one two 返回首页", "one two", declared="返回首页")


def test_a_post_that_is_not_there_is_named() -> None:
    assert ["the post '港口' is not in book.md"] == compared("one")


def test_of_two_posts_with_one_title_each_finds_its_own() -> None:
    sources = [SourceText("a.md", "T", "alpha"), SourceText("b.md", "T", "beta")]

    result = compare(sources, [Passage("T", "beta"), Passage("T", "alpha")], file="book.md")

    assert ((), 2, 1.0) == (result.diagnostics, result.words, result.kept)


@given(st.text(), st.text())
def test_a_text_keeps_itself_and_loses_nothing_to_what_is_added(text: str, more: str) -> None:
    source = SourceText("a.md", "T", text)

    assert () == compare([source], [Passage("T", f"{text} {more} {text}")], file="b").diagnostics


def test_words_that_stand_twice_are_found() -> None:
    text = " ".join(f"word{chr(97 + number)}" for number in range(26))
    twice = Passage("T", f"{text} {text}", Shape())

    assert () == compare([SourceText("a.md", text, text)], [Passage(text, twice.text, Shape())], file="b").diagnostics
    [found] = compare([SourceText("a.md", "T", text)], [twice], file="b.md").diagnostics
    assert Code.WORDS_REPEATED == found.code


def test_what_stands_for_another_post_has_the_words_of_both() -> None:
    kept, other = SourceText("a.md", "Pier", "the new pier"), SourceText("b.md", "Quay", "the pier of 1900", "of 1900")
    found = [Passage("Pier", "the new pier")]

    assert () == compare([kept, replace(other, within="Pier")], found, file="c.md").diagnostics
    [absent] = compare([kept, other], found, file="c.md").diagnostics
    [lost] = compare([kept, replace(other, within="Pier", declared="")], found, file="c.md").diagnostics
    assert ("b.md", "b.md") == (absent.file, lost.file)
    assert "2 words missing" in lost.message


def test_a_word_that_goes_on_behind_the_running_head_of_the_next_page_is_found() -> None:
    pages = ["Special thanks to the 78 con\ufffe3", "release Jekyll 4.1.0 Released\ntributors who made it\n4"]

    assert "contributors" in _text_of(pages).split()


def test_a_word_is_found_that_goes_on_in_a_cell_on_the_next_page_and_one_before_what_is_drawn_last() -> None:
    pages = [
        "solu\ufffe756\nX\nRefinement\nwith in\ufffedexing la\ufffe\n12",
        "Refinement\ntion and\nrich data\ntency, 100+",
    ]

    assert {"solution", "latency"} <= set(_text_of(pages).split())


def test_the_number_of_a_note_may_stand_behind_a_number() -> None:
    assert [] == compared("p99 targets", "p993 targets")
    assert ["1 word missing from book.md: p[99]targets"] == compared("p99 targets", "p targets 98")


def test_tags_in_what_kramdown_does_not_take_for_code_are_not_missed() -> None:
    body = "<div>\none\n\n    two<br>three\n</div>\n"
    found = read_source(body.encode(), name="a.md")
    source = SourceText(path="a.md", title="港口", text=found.text, shape=found.shape)

    assert not compare([source], [Passage("港口", "one two three")], file="b.md").diagnostics
    assert compare([source], [Passage("港口", "one two")], file="b.md").diagnostics
