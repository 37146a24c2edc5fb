"""Two writers that make a file of one name in one run: the second is refused, and the first stays."""

from pathlib import Path
from typing import Any

import pytest

from converter.config import Config
from converter.diagnostics import Code, Severity
from converter.pipeline.run import build
from converter.writers import File
from converter.writers.markdown import MarkdownWriter


@pytest.mark.parametrize("change", [str, str.upper], ids=["same", "case"])
def test_a_file_of_this_run_is_not_replaced(change: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/2024-05-31-quay.md").write_text("---\ntitle: Quay\n---\nThe quay is open.\n", "utf-8")
    count = iter(range(2))

    def assemble(*_: Any) -> tuple[File, ...]:
        number = next(count)
        return (File(("book.md", change("book.md"))[number], f"text {number}".encode()),)

    monkeypatch.setattr(MarkdownWriter, "assemble", assemble)
    writers = {"one": MarkdownWriter(), "two": MarkdownWriter()}
    config = Config(sources=(str(tmp_path / "site"),), output=str(tmp_path / "out"), writers=writers, jobs=1)

    report = build(config)

    [fault] = [each for each in report.diagnostics if each.severity is Severity.ERROR]
    assert fault.code is Code.OUTPUT_UNWRITABLE
    assert "was made in this run by the writer 'one'" in fault.message
    assert [path.name for path in (tmp_path / "out").glob("*.md")] == ["book.md"]
    assert (tmp_path / "out/book.md").read_text("utf-8") == "text 0"
