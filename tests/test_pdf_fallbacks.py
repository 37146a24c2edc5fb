"""What the PDF writer does where it cannot do its best: it says so, by its code, and every word is still there."""

import subprocess
import sys
from pathlib import Path

import pytest

import converter
from converter.diagnostics import Code, Diagnostic
from converter.themes import open_theme
from converter.verify import passages
from converter.verify.words import words

POST = "---\ntitle: The Quay\ndate: 2024-05-31\n---\nThe quay is open.\n\n| Day | Hours |\n|:--|:--|\n| Friday | 8 |\n"
OTHER_VERSION = """
import sys
from importlib import metadata
real = metadata.version
metadata.version = lambda name: "70.1" if name == "weasyprint" else real(name)
from converter.cli import main
sys.argv = ["converter", "convert", "-", sys.argv[1], "--verbose"]
main()
"""

pytestmark = pytest.mark.needs("Pango")


def test_a_post_that_cannot_be_laid_out_is_set_as_plain_text(tmp_path: Path) -> None:
    template = open_theme("default").file("pdf/post.html").read_text("utf-8")
    (tmp_path / "pdf").mkdir()
    (tmp_path / "theme.toml").write_text('name = "harbour"\nextends = "default"\n', "utf-8")
    (tmp_path / "pdf/post.html").write_text(template + '{% set fault = 1 // 0 if "<table" in body %}', "utf-8")
    found: list[Diagnostic] = []

    pdf = converter.render(converter.read_post(POST), "pdf", theme=str(tmp_path), warn=found.append)

    assert [Code.LAYOUT_SIMPLIFIED] == [diagnostic.code for diagnostic in found]
    assert "its layout failed: ZeroDivisionError" in found[0].message
    assert {"open", "hours", "friday"} <= {
        word for passage in passages(pdf, name="quay.pdf") for word in words(passage.text)
    }


def test_another_version_of_the_engine_is_named(tmp_path: Path) -> None:
    target = tmp_path / "quay.pdf"
    command = [sys.executable, "-c", OTHER_VERSION, str(target)]

    result = subprocess.run(command, input=POST, capture_output=True, encoding="utf-8", check=False)

    assert 0 == result.returncode, result.stderr
    assert "WeasyPrint 70.1 is not the version" in result.stderr
    assert "[typography-reduced]" in result.stderr
    assert target.read_bytes().startswith(b"%PDF")
