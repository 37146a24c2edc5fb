"""What a run that is killed leaves behind is gone after the next one, and nothing else is."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from converter.cli import main
from converter.storage import remove_leftovers, write_file
from converter.storage.sink import SUFFIX

WRITE_AND_WAIT = """
import os, sys, time
from pathlib import Path
def stop(_handle):
    print("written", flush=True)
    time.sleep(60)
os.fsync = stop
from converter.storage import write_file
write_file(Path(sys.argv[1]), b"new")
"""


def writer_at_work(target: Path) -> subprocess.Popen[bytes]:
    """Return a process that has written its file, and has not put it in place yet."""
    process = subprocess.Popen([sys.executable, "-c", WRITE_AND_WAIT, str(target)], stdout=subprocess.PIPE)
    assert process.stdout
    assert b"written\n" == process.stdout.readline()
    return process


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_file_that_is_being_written_stays_and_that_of_a_killed_process_goes(tmp_path: Path) -> None:
    (tmp_path / "a.epub").write_bytes(b"old")
    with writer_at_work(tmp_path / "a.epub") as process:
        remove_leftovers(tmp_path)
        assert 2 == len(names(tmp_path))
        process.kill()
    assert 2 == len(names(tmp_path))

    remove_leftovers(tmp_path)

    assert ["a.epub"] == names(tmp_path)
    assert b"old" == (tmp_path / "a.epub").read_bytes()


@pytest.mark.needs("POSIX")
def test_what_is_not_ours_stays(tmp_path: Path) -> None:
    for name in (".a.tmp", "a.tmp", f"a{SUFFIX}", ".hidden"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / f".link{SUFFIX}").symlink_to(tmp_path / ".hidden")
    (tmp_path / f".folder{SUFFIX}").mkdir()
    os.mkfifo(tmp_path / f".pipe{SUFFIX}")
    before = sorted(path.name for path in tmp_path.iterdir())

    remove_leftovers(tmp_path)

    assert before == sorted(path.name for path in tmp_path.iterdir())


def test_a_file_that_is_taken_for_a_leftover_before_it_is_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from converter.storage import sink

    real, taken = sink._lock, []

    def late(handle: int, *, wait: bool) -> None:
        if wait and not taken:
            taken.extend(path for path in tmp_path.iterdir() if path.name.endswith(SUFFIX))
            taken[0].unlink()
        real(handle, wait=wait)

    monkeypatch.setattr(sink, "_lock", late)
    write_file(tmp_path / "a.md", b"new")

    assert 1 == len(taken)
    assert ["a.md"] == names(tmp_path)
    assert b"new" == (tmp_path / "a.md").read_bytes()


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for day in range(1, 9):
        path = tmp_path / f"site/_posts/2024-05-{day:02}-post.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---\ntitle: Post {day}\n---\n\nText {day}.\n", "utf-8")
    return tmp_path / "site"


def command(site: Path) -> list[str]:
    out, cache = site.parent / "out", site.parent / "cache"
    options = ["-o", str(out), "--cache", str(cache), "-t", "epub", "-t", "markdown", "--period", "day", "-j", "1"]
    return [sys.executable, "-m", "converter", "build", str(site), *options]


@pytest.mark.needs("POSIX")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_a_run_that_is_asked_to_end_cleans_up(site: Path, name: str) -> None:
    number = signal.Signals[name]
    with subprocess.Popen(command(site), stderr=subprocess.PIPE) as process:
        deadline = time.monotonic() + 60
        while not (site.parent / "out").exists() and time.monotonic() < deadline:
            os.sched_yield()
        process.send_signal(number)
        errors = process.stderr.read() if process.stderr else b""
    assert process.returncode in (0, 128 + number), errors
    assert b"Traceback" not in errors
    assert [] == [name for name in names(site.parent) if name.endswith(SUFFIX)]


def test_the_run_after_a_kill_leaves_nothing_of_it(site: Path) -> None:
    generator = random.Random(1)
    for _ in range(3):
        with subprocess.Popen(command(site), stderr=subprocess.DEVNULL) as process:
            while not (site.parent / "out").exists() and process.poll() is None:
                os.sched_yield()
            for _ in range(generator.randrange(2000)):
                os.sched_yield()
            process.kill()
    for folder, name in (("out", "digest-2024-05-01.epub"), ("cache", "cdef.bundle")):
        with writer_at_work(site.parent / folder / name) as process:
            process.kill()

    subprocess.run(command(site), check=True, stderr=subprocess.DEVNULL)

    assert [] == [name for name in names(site.parent) if name.startswith(".")]
    assert 17 == len(names(site.parent / "out"))


@pytest.mark.needs("POSIX")
def test_the_command_line_keeps_a_signal_that_is_ignored_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    monkeypatch.setattr(sys, "argv", ["converter", "--version"])
    try:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
        main()
        assert signal.SIG_IGN == signal.getsignal(signal.SIGHUP)
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
