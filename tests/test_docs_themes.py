"""`docs/themes.md` names every token, every file and every value that the default theme knows."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment, meta

from converter.themes import BUILT_IN, open_theme

PAGE = (Path(__file__).parent.parent / "docs" / "themes.md").read_text("utf-8")
DEFAULT = BUILT_IN / "default"
TEMPLATES = sorted(path.relative_to(DEFAULT).as_posix() for path in DEFAULT.glob("*/*.*"))
ROWS = {name: row for name, row in re.findall(r"^\| `([\w/.]+)` \| (.*) \|$", PAGE, re.MULTILINE) if "/" in name}
OF_ALL_PAGES = {
    "epub": {"tokens", *re.findall(r"`(\w+)`", ROWS["epub/page.xhtml"])},
    "html": {"tokens", "language", "direction", "labels"},
    "site": {"tokens", "language", "labels", *re.findall(r"`(\w+)`", ROWS["site/page.html"])},
    "pdf": {"tokens", "book_language", "direction", "labels", "words", "measure"},
}


def test_every_token_is_documented_and_no_other() -> None:
    table = PAGE.partition("| token | meaning |")[2].partition("\n\n")[0]
    named = [token for row in table.splitlines() for token in re.findall(r"`(\w+)`", row.split(" | ")[0])]

    assert set(open_theme("default").tokens) == set(named)


def test_every_file_is_documented_and_no_other() -> None:
    assert set(TEMPLATES) == set(ROWS)


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_value_that_a_template_uses_is_documented(name: str) -> None:
    source = (DEFAULT / name).read_text("utf-8")
    environment = Environment(autoescape=True)
    environment.filters["headline"] = str
    used = meta.find_undeclared_variables(environment.parse(source))

    assert used - OF_ALL_PAGES[name.partition("/")[0]] <= set(re.findall(r"`(\w+)`", ROWS[name]))


def test_the_example_is_a_theme(tmp_path: Path) -> None:
    [example] = re.findall(r"^```toml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    (tmp_path / "theme.toml").write_text(example, "utf-8")

    theme = open_theme(str(tmp_path))

    assert "#1f4e79" == theme.tokens["accent"]
    assert open_theme("default").tokens["ink"] == theme.tokens["ink"]
