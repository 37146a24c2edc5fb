"""Who interrupts a run sees one word and no traceback, whenever it comes; nothing unfinished is left."""

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
