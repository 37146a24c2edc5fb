"""Our reading of Markdown against kramdown's own, case by case: the HTML of both is read by the same reader.

What kramdown makes of a case is stored with it, so that no Ruby is needed. `make conformance` asks kramdown again, and
`pytest -m conformance tests/test_reading_kramdown.py --update-golden` stores what it answers.
"""

import json
import re
import subprocess
from pathlib import Path

import pytest

from converter.model import Metadata, Post, Site
from converter.normalize import normalize
from converter.reading import read_context
from converter.reading.html import prepare, read_html, rules_for
from converter.reading.markdown import to_html
from tests.areas.shown import show
from tests.conftest import ROOT
from tests.test_cases import Case, parse, write_output

CASES = [case for path in sorted((Path(__file__).parent / "kramdown").glob("*.md")) for case in parse(path)]
DIFFERENCES = {
    "a list that begins at three",
    "a line with a pipe",
    "a pipe in a link text",
    "a fence with more words",
    "four stars",
    "a table with Markdown in its cells",
    "an end tag alone",
    "a block that is never closed",
}
"""Where we differ from kramdown; `docs/reading.md` says why."""
SCRIPT = """
require 'json'
require 'yaml'
require 'kramdown'
require 'kramdown-parser-gfm'
usual = {'input' => 'GFM', 'hard_wrap' => false, 'auto_ids' => false, 'syntax_highlighter' => nil, 'math_engine' => nil}
answers = JSON.parse(STDIN.read).transform_values do |text, config|
  Kramdown::Document.new(text, usual.merge((YAML.load(config) || {})['kramdown'] || {})).to_html
end
puts JSON.dump(answers)
"""


def config_of(case: Case) -> str:
    """Return the `_config.yml` of a case: its settings are the options of kramdown."""
    return "kramdown:\n" + "".join(f"  {name}: {value}\n" for name, value in case.settings.items())


def read_as(html: str) -> list[str]:
    """Return the blocks of HTML after normalising, without the names of notes."""
    body = read_html(prepare(html).html, rules_for("", "", ()))
    post = Post(key="k", path="k", metadata=Metadata(title="T"), blocks=body.blocks, notes=body.notes)
    lines = show(normalize(post, Site(), lambda _diagnostic: None))
    return [re.sub(r"fn:?[\w-]+", "fn", line) for line in lines]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_a_body_reads_as_in_kramdown(case: Case) -> None:
    ours = to_html(case.input, first_line=1, options=read_context(config_of(case)).options)

    assert (read_as(case.output) == read_as(ours)) == (case.title not in DIFFERENCES)


def test_at_least_295_of_300_bodies_read_alike() -> None:
    titles = [case.title for case in CASES]

    assert len(titles) == len(set(titles))
    assert set(titles) >= DIFFERENCES
    assert len(titles) >= 300
    assert 1 - len(DIFFERENCES) / len(titles) >= 295 / 300


def test_every_difference_is_documented() -> None:
    page = (ROOT / "docs" / "reading.md").read_text("utf-8")

    assert [title for title in sorted(DIFFERENCES) if f"| {title} |" not in page] == []
    assert f"{len(CASES)} bodies; {len(CASES) - len(DIFFERENCES)} read alike" in page


@pytest.mark.conformance
@pytest.mark.needs("kramdown")
def test_kramdown_still_says_so(request: pytest.FixtureRequest) -> None:
    command = ["ruby", "-E", "UTF-8:UTF-8", "-e", SCRIPT]
    bodies = json.dumps({case.title: (case.input, config_of(case)) for case in CASES})
    run = subprocess.run(command, input=bodies, capture_output=True, text=True, check=True)
    answers: dict[str, str] = json.loads(run.stdout)

    if request.config.getoption("--update-golden"):
        for case in CASES:
            write_output(case, answers[case.title])
        return
    changed = [case.title for case in CASES if read_as(answers[case.title]) != read_as(case.output)]
    assert changed == []
