"""The tasks of docs/ci.md, from start to end, as they stand there."""

from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.sessions import played


@pytest.mark.needs("POSIX")
@pytest.mark.parametrize("name", ["ci"])
def test_the_sessions_print_what_the_page_says(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    page = ROOT / "docs" / f"{name}.md"

    found = played(page.read_text("utf-8"), tmp_path)

    if request.config.getoption("--update-golden"):
        page.write_text(found, "utf-8")
    assert page.read_text("utf-8") == found
    assert "internal-error" not in found
