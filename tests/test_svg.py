"""Drawings are written in the words that every reader of books and WeasyPrint know."""

import re

import pytest

from converter.writers.svg import clean_svg

HTML = 'xmlns="http://www.w3.org/1999/xhtml"'


def cleaned(inside: str) -> str:
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 60">{inside}</svg>'
    return clean_svg(drawing.encode()).data.decode()


def label_of(html: str, size: str = 'x="10" y="10" width="90" height="40"') -> str:
    return cleaned(f"<foreignObject {size}><div {HTML}>{html}</div></foreignObject>")


def test_a_label_in_html_becomes_text_in_the_middle_of_its_box() -> None:
    found = label_of("<span>Pump <b>starts</b></span>")

    assert ">Pump starts</tspan>" in found
    assert 'x="55"' in found
    assert 'text-anchor="middle"' in found
    assert "foreignObject" not in found


def test_a_long_label_becomes_lines_and_one_word_becomes_smaller() -> None:
    assert ">Open the</tspan>" in label_of("Open the lock gate")
    assert ">lock gate</tspan>" in label_of("Open the lock gate")
    assert 'font-size="14"' not in label_of("Donaudampfschifffahrt")
    assert ">打开左</tspan>" in label_of("打开左岸的闸门", 'width="45" height="60"')
    assert ">one</tspan>" in label_of("one<br/>two")


@pytest.mark.parametrize(
    "size", ["", 'width="100%" height="100%"', 'width="nan" height="1e9"', 'width="-3" height="0"']
)
def test_a_label_without_a_box_keeps_its_words(size: str) -> None:
    assert ">Pump starts</tspan>" in label_of("Pump starts", size)


def test_a_label_has_the_colour_and_the_size_that_it_asks_for() -> None:
    found = label_of('<p style="background-color: red; color: #336; font-size: 10px">ok</p>')

    assert 'fill="#336"' in found
    assert 'font-size="10"' in found


def test_of_a_choice_one_is_drawn() -> None:
    html = f"<foreignObject><div {HTML}>html</div></foreignObject>"

    assert "html" not in cleaned(f"<switch>{html}<text>plain</text></switch>")
    assert "plain" in cleaned(f"<switch>{html}<text>plain</text></switch>")
    assert "html" in cleaned(f"<switch>{html}</switch>")
    other = '<switch><text systemLanguage="fr">un</text><text>one</text></switch>'
    assert ("un" in cleaned(other), "one" in cleaned(other)) == (False, True)


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        (".b{fill:var(--c,#ace)}", ".b{fill:#ace}"),
        (".b{fill:var(--c, rgb(1, 2, 3))}", ".b{fill:rgb(1, 2, 3)}"),
        (".b{fill:var(--c, var(--d, red))}", ".b{fill:red}"),
        (":root{--c: navy}.b{fill:var(--c,red)}", ".b{fill:navy}"),
        (".b{fill:var(--c)}", ".b{fill:inherit}"),
        (".b{fill:light-dark(#fff, #121212)}", ".b{fill:#fff}"),
        (".b{fill:light-dark(rgb(1, 2, 3), var(--c, #000))}", ".b{fill:rgb(1, 2, 3)}"),
    ],
)
def test_variables_of_styles_are_settled(style: str, expected: str) -> None:
    assert expected in cleaned(f"<style>{style}</style>")


def test_variables_in_attributes_are_settled() -> None:
    found = cleaned('<g style="--c: teal"><path d="M0 0" fill="var(--c)" style="stroke: var(--d, gold)"/></g>')

    assert 'fill="teal"' in found
    assert 'style="stroke: gold"' in found


def test_variables_that_name_each_other_end() -> None:
    assert cleaned("<style>:root{--a: var(--b) var(--b); --b: var(--a) var(--a)}.x{fill:var(--a)}</style>")


def test_of_shapes_with_one_id_the_first_keeps_it() -> None:
    found = cleaned(
        '<g id="a b"><path id="s" d="M0 0"/><g id="s"><use href="#s"/></g></g><path id="a_20_b"/><g id=""/>'
    )

    assert ["a_20_b", "s", "_"] == re.findall(r' id="([^"]*)"', found)
    assert 'href="#s"' in found


def test_what_refers_to_a_shape_that_is_not_drawn_is_left_out() -> None:
    assert "href" not in cleaned('<a id="s"><path d="M0 0"/></a><use href="#s"/><g id="t"><use href="#u"/></g>')
    found = cleaned(
        '<use id="s" href="a.svg"/><path id="s" d="M0 0"/><use href="#s"/><use id="t" href="#s"/><use href="#t"/>'
    )
    assert ["s", "t"] == re.findall(r' id="([^"]*)"', found)
    assert ["#s", "#s", "#t"] == re.findall(r'href="([^"]*)"', found)
