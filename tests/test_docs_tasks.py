"""The tasks of docs/batch.md, docs/library.md and docs/ci.md, from start to end, as they stand there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.sessions import played


@pytest.mark.needs("POSIX")
@pytest.mark.parametrize("name", ["batch", "ci"])
def test_the_sessions_print_what_the_page_says(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    page = ROOT / "docs" / f"{name}.md"

    found = played(page.read_text("utf-8"), tmp_path)

    if request.config.getoption("--update-golden"):
        page.write_text(found, "utf-8")
    assert page.read_text("utf-8") == found
    assert "internal-error" not in found


def test_the_programs_of_the_library_run_one_after_the_other(tmp_path: Path) -> None:
    page = (ROOT / "docs/library.md").read_text("utf-8")
    programs = re.findall(r"^```python\n(.*?)^```", page, re.DOTALL | re.MULTILINE)

    assert len(programs) > 3
    subprocess.run([sys.executable, "-W", "error", "-c", "\n".join(programs)], cwd=tmp_path, check=True, timeout=300)
