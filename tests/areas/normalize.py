"""Bodies as they are after normalising, with the source where one was found. Settings as in `reading`."""

from tests.areas.reading import run_normalized
from tests.areas.shown import show, show_diagnostics
from tests.test_cases import Case


def run(case: Case) -> str:
    post, diagnostics = run_normalized(case)
    source = post.metadata.source
    named = (f"source: {source.name} <{source.url}>",) if source else ()
    return "\n".join((*named, *show(post, lines="lines" in case.settings), *show_diagnostics(diagnostics)))
