"""Every example of docs/diagnostics.md is run, and prints what the page says.

An example is a block of `console`: a session in an empty folder. `$ cat FILE` writes what follows it into the file,
any other command that does not begin with `converter` is one of the shell, and what follows `$ converter …` is all
that the command prints, with `/home/ana` for the folder. `pytest --update-golden` writes into the page what is printed.
"""

import gc
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from converter.cli import main
from converter.diagnostics import Code
from converter.limits import process
from tests.conftest import require_installed

PAGE = Path(__file__).parent.parent / "docs/diagnostics.md"
FOLDER = "/home/ana"
"""Stands in the examples for the folder that they run in."""

NOT_RUN = {
    Code.LIBRARY_MISSING: "the machine that runs the tests has the libraries",
    Code.FORMAT_LEFT_OUT: "the machine that runs the tests has the libraries",
    Code.SUMMARY_UNWRITABLE: "it needs the environment of a CI system",
    Code.TASK_TOO_LARGE: "it depends on the memory that the process has already",
    Code.WORKER_DIED: "the worker must be killed from outside",
    Code.INTERNAL_ERROR: "it needs a writer with a bug in it",
    Code.POST_LEFT_OUT: "it needs a writer with a bug in it",
    Code.EPUBCHECK: "it needs Java",
    Code.EPUBCHECK_WARNING: "it needs Java",
    Code.BOOK_TOO_LARGE: "the bytes of the volume depend on the version of zlib",
    Code.FONT_MISSING: "the machine that runs the tests has the fonts",
    Code.LAYOUT_SIMPLIFIED: "it depends on the speed of the machine",
    Code.NOT_VERIFIED: "it needs a writer from another package",
    Code.ENGINE_REPLACED: "it needs a machine without Pango",
    Code.MAIL_FAILED: "it needs a server",
    Code.MAIL_UNCERTAIN: "the run before must have ended while it sent",
    Code.TYPOGRAPHY_REDUCED: "it needs another version of WeasyPrint",
}
"""What no post, site or configuration provokes, with the reason. Another test asserts each."""


PDF = (Code.TASK_TIMED_OUT, Code.MISSING_GLYPH)
"""Whose examples make a PDF."""


@dataclass(frozen=True)
class Step:
    """A command of an example, and what follows it."""

    command: str
    text: str

    def __str__(self) -> str:
        return f"$ {self.command}\n{self.text}"


def sections() -> dict[str, str]:
    found = re.findall(r"^## ([\w-]+)\n(.*?)(?=^##? |\Z)", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    return dict(found)


def example(section: str) -> list[Step]:
    """Return the steps of the example of a section."""
    [block] = re.findall(r"^```console\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    pieces = re.split(r"^\$ (.*)\n", block, flags=re.MULTILINE)
    return [Step(command, text) for command, text in zip(pieces[1::2], pieces[2::2], strict=True)]


def play(steps: list[Step], folder: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Step]:
    """Run the steps in `folder`, which is the working directory, and yield each with what it really prints."""
    for step in steps:
        program, *arguments = shlex.split(step.command)
        if program == "cat":
            [name] = arguments
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step.text, "utf-8")
            yield step
        elif program == "converter":
            sys.argv = [program, *arguments]
            handler = signal.getsignal(signal.SIGTERM)
            with pytest.raises(SystemExit):
                main()
            signal.signal(signal.SIGTERM, handler)
            printed = capsys.readouterr()
            yield Step(step.command, (printed.out + printed.err).replace(str(folder), FOLDER))
        else:
            subprocess.run(["bash", "-c", step.command], cwd=folder, check=True)
            yield Step(step.command, "")


@pytest.mark.parametrize("name", [code.value for code in Code if code not in NOT_RUN])
def test_the_example_prints_what_the_page_says(
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
) -> None:
    if name in PDF:
        require_installed("Pango")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [])
    monkeypatch.setattr(process, "_own", False)  # the command line claims it
    monkeypatch.setenv("CONVERTER_JOBS", "1")
    # Hypothesis measures the collector in other tests of the process: an alarm that meets its callback is lost there.
    callbacks = gc.callbacks[:]
    request.addfinalizer(lambda: gc.callbacks.extend(callbacks))
    gc.callbacks.clear()
    steps = example(sections()[name])

    played = list(play(steps, tmp_path, capsys))

    assert f"[{name}]" in "".join(map(str, played))
    if request.config.getoption("--update-golden"):
        old, new = ("".join(map(str, each)) for each in (steps, played))
        PAGE.write_text(PAGE.read_text("utf-8").replace(f"```console\n{old}```", f"```console\n{new}```"), "utf-8")
        return
    assert steps == played


@pytest.mark.parametrize("code", NOT_RUN, ids=str)
def test_what_no_example_provokes_is_asserted_elsewhere(code: Code) -> None:
    others = [path for path in PAGE.parent.parent.glob("tests/test_*.py") if path.name != Path(__file__).name]
    pattern = re.compile(rf"Code\.{code.name}\b|[\"'\[]{code.value}[\"'\]]")

    assert f"[{code.value}]" in sections()[code.value]
    assert any(pattern.search(path.read_text("utf-8")) for path in others), f"no test asserts {code}"
