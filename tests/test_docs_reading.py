"""Every case that `docs/reading.md` names is there."""

import re
from pathlib import Path

from tests.test_cases import ALL

PAGE = (Path(__file__).parent.parent / "docs" / "reading.md").read_text("utf-8")
NAMED = re.compile(r"\| ((?:reading|normalize|sites|front_matter)/\w+: [^|]+) \|$", re.MULTILINE)


def test_the_cases_of_the_tables_are_there() -> None:
    named = set(NAMED.findall(PAGE))

    assert named
    assert set() == named - set(map(str, ALL))
