"""Our reading of Markdown against kramdown's own, case by case: the HTML of both is read by the same reader."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from converter.model import Metadata, Post, Site
from converter.normalize import normalize
from converter.reading.html import prepare, read_html, rules_for
from converter.reading.markdown import to_html
from tests.areas.shown import show
from tests.conftest import require_installed
from tests.test_cases import Case, parse

CASES = parse(Path(__file__).parent / "kramdown" / "cases.md")
DIFFERENCES = {
    "a list that begins at three": "kramdown forgets where a list begins; CommonMark and readers do not",
    "a table without a head": "CommonMark and GitHub have no tables without a head",
    "two terms of one meaning": "a term stands on one line",
}
"""Where we differ from kramdown, and why."""
SCRIPT = """
require 'json'
require 'kramdown'
require 'kramdown-parser-gfm'
options = {input: 'GFM', hard_wrap: false, auto_ids: false, syntax_highlighter: nil, math_engine: nil}
puts JSON.dump(JSON.parse(STDIN.read).transform_values { |text| Kramdown::Document.new(text, options).to_html })
"""


def read_as(html: str) -> list[str]:
    """Return the blocks of HTML after normalising, without the names of notes and headings."""
    body = read_html(prepare(html).html, rules_for("", "", ()))
    post = Post(key="k", path="k", metadata=Metadata(title="T"), blocks=body.blocks, notes=body.notes)
    lines = show(normalize(post, Site(), lambda _diagnostic: None))
    return [re.sub(r"fn:?\w+", "fn", line) for line in lines]


@pytest.fixture(scope="module")
def kramdown() -> dict[str, str]:
    """What kramdown makes of every case."""
    require_installed("kramdown")
    command = ["ruby", "-E", "UTF-8:UTF-8", "-e", SCRIPT]
    bodies = json.dumps({case.title: case.input for case in CASES})
    run = subprocess.run(command, input=bodies, capture_output=True, text=True, check=True)
    found: dict[str, str] = json.loads(run.stdout)
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_a_body_reads_as_in_kramdown(case: Case, kramdown: dict[str, str]) -> None:
    theirs, ours = read_as(kramdown[case.title]), read_as(to_html(case.input, first_line=1))

    assert (theirs == ours) == (case.title not in DIFFERENCES)
