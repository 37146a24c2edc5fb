"""Who interrupts a run sees one word and no traceback, whenever it comes; nothing unfinished is left."""

import ast
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_cli import POST

PROGRAM = """
import signal, sys
import converter.__main__ as entry

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has what it runs in the background ignore it
signal.signal(signal.SIGHUP, signal.SIG_DFL)

class Teller:
    def find_spec(self, name, *_):
        if name == "converter.cli":
            print("up", file=sys.stderr, flush=True)

sys.meta_path.insert(0, Teller())
entry.main()
"""


@pytest.mark.needs("POSIX")
@pytest.mark.parametrize("name", ["SIGINT", "SIGHUP"])
@pytest.mark.parametrize("moment", ["up", "read"], ids=["while it loads", "while workers start"])
def test_a_signal_to_all_processes_shows_no_traceback(tmp_path: Path, moment: str, name: str) -> None:
    posts = tmp_path / "site/_posts"
    posts.mkdir(parents=True)
    for day in range(1, 29):
        (posts / f"2024-05-{day:02}-quay.md").write_text(POST, "utf-8")
    command = [sys.executable, "-c", PROGRAM, "build", "site", "--period", "day", "-t", "epub", "-j", "2"]
    run = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True, start_new_session=True)
    assert run.stderr is not None
    while not run.stderr.readline().startswith(moment):
        assert run.poll() is None

    number = getattr(signal, name)
    os.killpg(run.pid, number)
    _, said = run.communicate(timeout=120)

    assert "Traceback" not in said
    assert run.returncode in (128 + number, -number)  # while it loads, nothing answers a terminal that closes
    assert [] == [path for path in (tmp_path / "out").rglob("*") if "tmp" in path.name]


DROPPED = """
import os, signal, sys
import converter.__main__ as entry

class Last:
    def __del__(self):
        os.kill(os.getpid(), signal.{name})

class Teller:
    def find_spec(self, name, *_):
        if name == "converter.pipeline.run":
            Last()

signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Teller())
entry.main()
"""


@pytest.mark.needs("POSIX")
@pytest.mark.parametrize(("name", "said"), [("SIGINT", "\ninterrupted\n"), ("SIGTERM", "")])
def test_a_signal_that_comes_in_a_finalizer_ends_the_run_too(tmp_path: Path, name: str, said: str) -> None:
    posts = tmp_path / "site/_posts"
    posts.mkdir(parents=True)
    (posts / "2024-05-01-quay.md").write_text(POST, "utf-8")
    program = DROPPED.format(name=name)
    command = [sys.executable, "-c", program, "build", "site", "-t", "markdown", "--no-cache"]

    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)

    assert said == run.stderr
    assert 128 + getattr(signal, name) == run.returncode


@pytest.mark.needs("POSIX")
def test_nothing_is_imported_before_interrupts_are_expected() -> None:
    """Python would print a traceback of an interrupt in the imports of a package."""
    program = "import sys; before = set(sys.modules); import converter.__main__; print(set(sys.modules) - before)"

    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert {"converter", "converter.__main__"} == ast.literal_eval(run.stdout)
