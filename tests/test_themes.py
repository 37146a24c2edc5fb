"""Themes: found by name or folder, extending each other, with mistakes that name themselves."""

import re
from pathlib import Path

import pytest

from converter.errors import UsageError, WriterError
from converter.themes import BUILT_IN, open_theme

THEMES = sorted(path.parent.name for path in BUILT_IN.glob("*/theme.toml"))


def a_theme(folder: Path, toml: str, **files: str) -> str:
    folder.mkdir()
    (folder / "theme.toml").write_text(toml, "utf-8")
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    return str(folder)


def test_a_theme_that_extends_another_wins_over_it(tmp_path: Path) -> None:
    a_theme(
        tmp_path / "old", 'name = "old"\n[tokens]\nink = "black"\npaper = "white"', page="{{ tokens.ink }}", only="x"
    )
    new = a_theme(
        tmp_path / "new", 'name = "new"\nextends = "../old"\n[tokens]\nink = "blue"', page="<{{ tokens.ink }}>"
    )

    theme = open_theme(new)

    assert {"ink": "blue", "paper": "white"} == theme.tokens
    assert "<blue>" == theme.fill("page", {})
    assert b"x" == theme.read("only")


def test_a_theme_may_extend_one_that_comes_with_the_converter(tmp_path: Path) -> None:
    theme = open_theme(a_theme(tmp_path / "new", 'name = "new"\nextends = "default"\n[tokens]\naccent = "#000000"'))

    assert "#000000" == theme.tokens["accent"]
    assert open_theme("default").tokens["ink"] == theme.tokens["ink"]


def test_pages_escape_what_they_insert_and_style_sheets_do_not(tmp_path: Path) -> None:
    pages = {"a.xhtml": "{{ x }}", "a.css": "{{ x }}"}
    theme = open_theme(a_theme(tmp_path / "t", 'name = "t"', **pages))

    assert "&lt;&#39;" == theme.fill("a.xhtml", {"x": "<'"})
    assert "<'" == theme.fill("a.css", {"x": "<'"})


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("name = ", "cannot be used"),
        ('nam = "t"', "cannot be used"),
        ('name = "t"\nextends = "nobody"', "no theme 'nobody'"),
        ('name = "t"\nextends = "../t"', "extends itself"),
    ],
)
def test_a_faulty_theme_is_a_usage_error(tmp_path: Path, toml: str, message: str) -> None:
    folder = a_theme(tmp_path / "t", toml)

    with pytest.raises(UsageError, match=message):
        open_theme(folder)


def test_a_faulty_template_is_a_writer_error(tmp_path: Path) -> None:
    theme = open_theme(a_theme(tmp_path / "t", 'name = "t"', page="{{ unknown }}", broken="{% if %}"))

    for name in ("page", "broken", "absent"):
        with pytest.raises(WriterError):
            theme.fill(name, {}) if name != "absent" else theme.read(name)


def luminance(color: str) -> float:
    """Return the relative luminance of `#rrggbb` (WCAG 2.2)."""
    channels = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("ink", ["ink", "muted", "accent"])
@pytest.mark.parametrize("paper", ["paper", "shade"])
def test_the_colours_of_text_can_be_read(name: str, ink: str, paper: str) -> None:
    tokens = open_theme(name).tokens
    assert re.fullmatch("#[0-9a-f]{6}", tokens[ink])
    dark, light = sorted((luminance(tokens[ink]), luminance(tokens[paper])))

    assert (light + 0.05) / (dark + 0.05) >= 4.5, "WCAG 2.2, 1.4.3"
