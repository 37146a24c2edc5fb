"""The second reader of `verify` misses nothing of what kramdown's bodies become, but where it is known to."""

from pathlib import Path

from converter.api import read_post, render
from converter.diagnostics import Diagnostic
from converter.verify import SourceText, compare, passages, read_source
from tests.test_cases import Case, parse

BODIES = [case for path in sorted((Path(__file__).parent / "kramdown").glob("*.md")) for case in parse(path)]
MISSED = {
    "a fence that is never closed",
    "a link in a link",
    "a link with brackets in its address",
    "a note in a note",
    "an address over two lines",
    "an id without a space",
    "braces that are no id",
    "code with a backslash",
}
"""What kramdown reads otherwise than CommonMark, and too seldom to be told to a reader that has no kramdown in it."""


def findings(case: Case) -> list[str]:
    source = f"---\ntitle: Zzz\ndate: 2024-01-02\n---\n{case.input}"
    said: list[Diagnostic] = []
    book = render(read_post(source, name="a.md", warn=said.append), "markdown")
    shown = read_source(source.encode(), name="a.md", system="Jekyll")
    declared = "\n".join(one.removed or "" for one in said)
    wanted = SourceText("a.md", "Zzz", shown.text, declared, shown.shape)
    return [one.message for one in compare([wanted], passages(book, name="b.md"), file="b.md").diagnostics]


def test_what_bodies_of_kramdown_become_is_not_missed() -> None:
    plain = [case for case in BODIES if not case.settings]

    assert len(plain) > 500
    assert {case.title for case in plain if findings(case)} == MISSED
