"""Themes: found by name or folder, extending each other, with mistakes that name themselves."""

import os
import re
import shutil
from functools import cache
from pathlib import Path

import pytest
from msgspec.structs import replace

from converter import read_post, render
from converter.diagnostics import UsageError, WriterError
from converter.digest import digest_of
from converter.model import Section, Site
from converter.testing.builders import a_post
from converter.themes import (
    BUILT_IN,
    COLOUR,
    FACES,
    LENGTH,
    NUMBER,
    PAGE_RULE,
    SIZE,
    Theme,
    font_files,
    kind_of,
    open_theme,
)
from converter.writers.book import Book
from converter.writers.epub import EpubWriter
from converter.writers.epub.cover import draw_cover
from converter.writers.pdf.options import PdfOptions
from converter.writers.pdf.style import open_style
from tests.conftest import writers_here

THEMES = sorted(path.parent.name for path in BUILT_IN.glob("*/theme.toml"))


def a_theme(folder: Path, toml: str, **files: str) -> str:
    folder.mkdir()
    (folder / "theme.toml").write_text(toml, "utf-8")
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    return str(folder)


def test_a_theme_that_extends_another_wins_over_it(tmp_path: Path) -> None:
    tokens = 'name = "old"\n[tokens]\nink = "#000000"\npaper = "#eeeeee"'
    a_theme(tmp_path / "old", tokens, page="{{ tokens.ink }}", only="x")
    new = a_theme(
        tmp_path / "new", 'name = "new"\nextends = "../old"\n[tokens]\nink = "#0000ff"', page="<{{ tokens.ink }}>"
    )

    theme = open_theme(new)

    assert open_theme("default").tokens | {"ink": "#0000ff", "paper": "#eeeeee"} == theme.tokens
    assert "<#0000ff>" == theme.fill("page", {})
    assert b"x" == theme.read("only")


def test_a_theme_may_extend_one_that_comes_with_the_converter(tmp_path: Path) -> None:
    theme = open_theme(a_theme(tmp_path / "new", 'name = "new"\nextends = "default"\n[tokens]\naccent = "#000000"'))

    assert "#000000" == theme.tokens["accent"]
    assert open_theme("default").tokens["ink"] == theme.tokens["ink"]


@pytest.mark.needs("POSIX")
@pytest.mark.parametrize("kind", ["pipe", "outward", "device", "gone"])
def test_a_font_that_is_no_file_of_the_theme_is_a_usage_error(tmp_path: Path, kind: str) -> None:
    theme = a_theme(tmp_path / "t", 'name = "t"\nextends = "default"')
    font = tmp_path / "t/pdf/fonts/own.ttf"
    font.parent.mkdir(parents=True)
    (tmp_path / "other.ttf").write_bytes(b"secret")
    targets = {"outward": tmp_path / "other.ttf", "device": Path("/dev/zero"), "gone": tmp_path / "t/none.ttf"}
    if kind == "pipe":
        os.mkfifo(font)
    else:
        font.symlink_to(targets[kind])

    with pytest.raises(UsageError, match="this font cannot be used") as raised:
        open_theme(theme)

    assert raised.value.diagnostic.file == str(font)


def test_a_font_may_be_a_link_inside_of_the_theme(tmp_path: Path) -> None:
    theme = a_theme(tmp_path / "t", 'name = "t"\nextends = "default"')
    (tmp_path / "t/pdf/fonts").mkdir(parents=True)
    (tmp_path / "t/own.ttf").write_bytes(b"a font")
    (tmp_path / "t/pdf/fonts/own.ttf").symlink_to("../../own.ttf")

    assert font_files(open_theme(theme).folders) == (str(tmp_path / "t/pdf/fonts/own.ttf"),)


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


@pytest.mark.parametrize(
    ("token", "message", "hint"),
    [
        ('acccent = "#000000"', "unknown token 'acccent'", "did you mean 'accent'?"),
        ('harbour = "#000000"', "unknown token 'harbour'", "no template of the theme uses it"),
        ('paper = "red-ish"', "the token 'paper' cannot be 'red-ish'", "write a colour as in '#8c2f1b'"),
        ('ink = "#12345"', "the token 'ink' cannot be '#12345'", "write a colour"),
        ('leading_han = "1,7"', "the token 'leading_han' cannot be '1,7'", "write a number as in '1.7'"),
        ('leading_latin = "wide"', "the token 'leading_latin' cannot be 'wide'", "write a number"),
        ('page_margin_top = "2"', "the token 'page_margin_top' cannot be '2'", "write a length as in '18mm'"),
        ('text_size = "1em"', "the token 'text_size' cannot be '1em'", "write a length"),
        ('page_size = "A5; x"', "the token 'page_size' cannot be 'A5; x'", "write a size"),
        ('code_face = "a } b"', "the token 'code_face' cannot be 'a } b'", "write a list of font families"),
        ('text_face = ""', "the token 'text_face' cannot be ''", "write a list of font families"),
    ],
)
def test_a_faulty_token_is_a_usage_error_with_its_line(tmp_path: Path, token: str, message: str, hint: str) -> None:
    folder = a_theme(tmp_path / "t", f'name = "t"\nextends = "default"\n\n[tokens]\n{token}\n')

    with pytest.raises(UsageError) as caught:
        open_theme(folder)

    found = caught.value.diagnostic
    assert (message, 5) == (found.message, found.line)
    assert (found.file or "").endswith("theme.toml")
    assert (found.hint or "").startswith(hint)


def test_a_theme_may_have_tokens_of_its_own_that_its_templates_use(tmp_path: Path) -> None:
    folder = a_theme(tmp_path / "t", 'name = "t"\n[tokens]\nacccent = "any; thing"\n')
    (tmp_path / "t/epub").mkdir()
    (tmp_path / "t/epub/style.css").write_text("p { color: {{ tokens.acccent }} }", "utf-8")

    assert "p { color: any; thing }" == open_theme(folder).fill("epub/style.css", {})


@pytest.mark.parametrize("name", writers_here("epub", "html", "pdf"))
def test_a_theme_that_extends_none_lacks_no_token(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "t"
    shutil.copytree(BUILT_IN / "default", folder)
    (folder / "theme.toml").write_text('name = "t"\n', "utf-8")
    post = read_post("---\ntitle: Quay\n---\nThe quay.\n")

    assert render(post, name, theme=str(folder)) == render(post, name)


def effects(theme: Theme) -> dict[str, tuple[object, ...]]:
    """Return what tokens can change, by format."""
    digest = digest_of(read_post("---\ntitle: Quay\ndescription: x\n---\nThe quay.\n"), Site(title="Port"))
    pair = replace(digest, sections=(Section("", (a_post("a"), a_post("b"))),))
    styles = [open_style(PdfOptions(two_sided=True), theme, language, sections=False) for language in ("zh", "en")]
    return {
        "EPUB": (
            theme.fill("epub/style.css", {}),
            draw_cover(Book(digest), theme, lambda _: None).data,
            EpubWriter().split(pair, theme),
        ),
        "HTML": (theme.fill("html/style.css", {"faces": []}),),
        "PDF": tuple((style.css, style.geometry) for style in styles),
    }


@cache
def effects_of_default() -> dict[str, tuple[object, ...]]:
    return effects(open_theme("default"))


@pytest.mark.parametrize("token", sorted(open_theme("default").tokens))
def test_every_token_has_an_effect_in_the_formats_that_it_is_documented_for(token: str) -> None:
    table = (BUILT_IN.parent / "docs/themes.md").read_text("utf-8").partition("| token | meaning |")[2]
    [row] = [row for row in table.partition("\n\n")[0].splitlines() if f"`{token}`" in row]
    documented = set(re.findall(r"\b(EPUB|HTML|PDF)\b", row.rpartition("(")[2])) or {"EPUB", "HTML", "PDF"}
    theme = open_theme("default")
    kind = kind_of(token)
    others = {COLOUR: "#123456", LENGTH: "11.5mm", NUMBER: "1.31", SIZE: "A4", FACES: "'Noto Sans Mono', cursive"}
    other = {**others, PAGE_RULE: "always"}[kind]
    value = "12.5pt" if token == "text_size" else other

    before, after = effects_of_default(), effects(replace(theme, tokens=theme.tokens | {token: value}))

    assert kind.fits(value)
    assert {name for name in before if before[name] != after[name]} == documented


@pytest.mark.parametrize(
    "options",
    [{"text_size": "0pt"}, {"text_size": "500pt"}, {"page_size": "40mm 40mm", "text_size": "30pt"}],
)
def test_measures_that_leave_no_room_are_a_usage_error(options: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        render(read_post("---\ntitle: Quay\n---\nThe quay.\n"), "pdf", **options)


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


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("ink", ["dark_ink", "dark_muted", "dark_accent"])
@pytest.mark.parametrize("paper", ["dark_paper", "dark_shade"])
def test_the_colours_of_text_can_be_read_on_a_dark_screen(name: str, ink: str, paper: str) -> None:
    test_the_colours_of_text_can_be_read(name, ink, paper)
