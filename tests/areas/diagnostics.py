"""What is reported about posts, with its hints. Settings as in `reading`."""

from tests.areas.reading import run_normalized
from tests.test_cases import Case


def run(case: Case) -> str:
    _, diagnostics = run_normalized(case, header="")
    return "\n".join(map(str, diagnostics))
