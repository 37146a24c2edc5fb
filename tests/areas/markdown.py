"""Bodies as they are written in Markdown. Settings: `dialect` and `tables`, as the options of the writer."""

import msgspec

from converter.diagnostics import Diagnostic
from converter.writers.markdown import MarkdownWriter, to_markdown
from tests.areas.reading import run_normalized
from tests.areas.shown import show_diagnostics
from tests.test_cases import Case


def run(case: Case) -> str:
    post, _ = run_normalized(case)
    options = msgspec.convert(case.settings, MarkdownWriter)
    found: list[Diagnostic] = []
    text = to_markdown(post, dialect=options.dialect, tables=options.tables, front_matter=False, warn=found.append)
    return "\n".join((text.removeprefix("# T\n\n").rstrip("\n"), *show_diagnostics(found)))
