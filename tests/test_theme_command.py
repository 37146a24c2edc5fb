"""`converter theme new`: what it writes is a theme, and what one changes in it is changed in the books."""

import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from converter.api import read_post, render
from converter.cli import cli
from converter.diagnostics import ConverterError
from converter.themes import open_theme


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def new(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["theme", "new", *arguments], catch_exceptions=False)


def test_a_new_theme_is_the_one_that_it_extends() -> None:
    result = new("looks/harbour")

    assert (result.exit_code, "converter build --theme looks/harbour" in result.output) == (0, True)
    theme, default = open_theme("looks/harbour"), open_theme("default")
    assert theme.name == "harbour"
    assert theme.tokens == default.tokens
    text = Path("looks/harbour/theme.toml").read_text("utf-8")
    named = tomllib.loads(re.sub(r"^#(\w+ = )", r"\1", text, flags=re.MULTILINE))["tokens"]
    assert named == dict(default.tokens)


def test_a_token_that_is_taken_out_of_its_comment_counts() -> None:
    new("harbour")
    file = Path("harbour/theme.toml")
    file.write_text(file.read_text("utf-8").replace('#accent = "#8c2f1b"', 'accent = "#0b3d91"'), "utf-8")

    page = render(read_post("---\ntitle: A\n---\nText.\n"), "html", theme="harbour").decode()
    assert "--accent: #0b3d91" in page


def test_files_are_copied_and_themes_of_ones_own_extended() -> None:
    new("harbour", "--file", "html/style.css")
    Path("harbour/html/style.css").write_text("body { color: {{ tokens.ink }} }\n", "utf-8")
    result = new("winter/harbour", "--extends", "harbour")

    assert result.exit_code == 0
    theme = open_theme("winter/harbour")
    assert theme.read("html/style.css").startswith(b"body { color")
    assert tomllib.loads(Path("winter/harbour/theme.toml").read_text("utf-8"))["extends"] == "../../harbour"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("harbour",), "'harbour/theme.toml' is there already"),
        (("other", "--file", "pdf/bok.css"), "has no file 'pdf/bok.css'"),
        (("other", "--extends", "nowhere"), "no theme 'nowhere'"),
    ],
)
def test_nothing_is_overwritten_and_nothing_half_made(arguments: tuple[str, ...], message: str) -> None:
    new("harbour")
    with pytest.raises(ConverterError, match=message):
        new(*arguments)
    assert not Path("other").exists()
