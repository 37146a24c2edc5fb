"""What the PDF writer does where it cannot do its best: it says so, by its code, and every word is still there."""

import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import converter
from converter.diagnostics import Code, Diagnostic
from converter.themes import open_theme
from converter.verify import passages
from converter.verify.words import words
from converter.writers.pdf.weasyprint.versions import LOSSES, ORIGINALS, fingerprint

POST = "---\ntitle: The Quay\ndate: 2024-05-31\n---\nThe quay is open.\n\n| Day | Hours |\n|:--|:--|\n| Friday | 8 |\n"
OTHER = """
import importlib.util, sys
found, other = importlib.util.find_spec, sys.argv[2]
importlib.util.find_spec = lambda name: found(other if name == "weasyprint" else name)
sys.path.insert(0, sys.argv[3])
from converter.cli import main
sys.argv = ["converter", "convert", "-", sys.argv[1]]
main()
"""
"""The command line with a WeasyPrint that lies in another folder."""

pytestmark = pytest.mark.needs("Pango")


def test_a_post_that_cannot_be_laid_out_is_set_as_plain_text(tmp_path: Path) -> None:
    template = open_theme("default").read("pdf/post.html").decode()
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


def test_every_patch_fits_the_engine_that_is_installed() -> None:
    unknown = {
        (original.file, original.name): fingerprint(original.file, original.name)
        for originals in ORIGINALS.values()
        for original in originals
        if fingerprint(original.file, original.name) != original.digest
    }

    assert unknown == {}
    assert LOSSES.keys() == ORIGINALS.keys()


@pytest.mark.parametrize("group", ORIGINALS)
def test_a_patch_is_left_out_where_the_engine_differs_and_the_loss_is_named(group: str, tmp_path: Path) -> None:
    original = ORIGINALS[group][0]
    other = tmp_path / "other_weasyprint"
    shutil.copytree(Path(str(find_spec("weasyprint").origin)).parent, other)
    source = (other / original.file).read_text("utf-8")
    name = original.name.rpartition(".")[2]
    changed = re.sub(rf"(def {name}\([^:]*:\n)", r"\1\n", source)  # an empty line more
    (other / original.file).write_text(changed, "utf-8")
    target = tmp_path / "quay.pdf"
    command = [sys.executable, "-c", OTHER, str(target), "other_weasyprint", str(tmp_path)]

    result = subprocess.run(command, input=POST, capture_output=True, encoding="utf-8", check=False)

    assert source != changed
    assert result.returncode == 0, result.stderr
    warnings = [line for line in result.stderr.splitlines() if "[typography-reduced]" in line]
    assert [LOSSES[group] in warning for warning in warnings] == [True]
    assert warnings[0].startswith("warning: ")
    said = {word for passage in passages(target.read_bytes(), name="quay.pdf") for word in words(passage.text)}
    assert {"open", "hours", "friday"} <= said
