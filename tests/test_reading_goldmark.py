"""Our reading of CommonMark and GitHub's additions against cmark-gfm, case by case; both HTMLs are read alike."""

from pathlib import Path

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options

from converter.reading.markdown import to_html
from tests.conftest import ROOT
from tests.test_cases import Case, parse
from tests.test_reading_kramdown import read_as

CASES = parse(Path(__file__).parent / "goldmark" / "cases.md")
DIFFERENCES = {"a colon behind a word", "two formulas"}
"""Where we differ from cmark-gfm; `docs/reading.md` says why."""


def by_cmark(text: str) -> list[str]:
    options = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES
    html = cmarkgfm.markdown_to_html_with_extensions(text, options, ["table", "strikethrough", "tasklist"])
    # cmark writes addresses with their spaces as %20.
    return [line.replace("%20", " ") for line in read_as(html)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_a_body_reads_as_in_cmark(case: Case) -> None:
    ours = to_html(case.input, first_line=1, dialect="commonmark")

    assert (by_cmark(case.input) == read_as(ours)) == (case.title not in DIFFERENCES)


def test_at_least_98_of_100_bodies_read_alike() -> None:
    titles = [case.title for case in CASES]

    assert len(titles) == len(set(titles))
    assert len(titles) >= 120
    assert 1 - len(DIFFERENCES) / len(titles) >= 0.98


def test_every_difference_is_documented() -> None:
    page = (ROOT / "docs" / "reading.md").read_text("utf-8")

    assert [title for title in sorted(DIFFERENCES) if f"| {title} |" not in page] == []
    assert f"{len(CASES)} bodies; {len(CASES) - len(DIFFERENCES)} read alike" in page
