"""Kills runs at random moments: `python -m tests.fuzz_kills [--kills 50] [--seed 1] [--formats epub,markdown,pdf]`.

Every second time the runs have a state. After each kill the same run is made again, over what the killed one left.
What it looks for: a traceback, a process that outlives its run, a finished file that is not whole, and, after the
second run, other bytes than those of a run that nobody disturbed, or a file too many in the outputs, the cache, the
state or the folder for temporary files.
"""

import argparse
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

WAYS = ("the parent", "the group", "SIGTERM", "SIGHUP", "SIGINT")
PATIENCE, TIMES = 60.0, 20
"""Seconds that a run may take, and its workers to end after it; or so many times what an undisturbed run takes."""
POST = """---
title: The gauge on day {day}
date: 2024-05-{day:02} 08:00
tags: [river, level]
---
The river stood at {day} hand-widths[^1] below the quay.

| hour | level |
| --- | ---: |
| 6 | {day}.1 |
| 12 | {day}.4 |

![The gauge](/gauge.svg "At noon")

[^1]: Measured at the lower gate.
"""
GAUGE = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="90"><path d="M5 5h30v80H5z"/></svg>\n'


def site(folder: Path) -> Path:
    """Write a site of six posts."""
    (folder / "_posts").mkdir(parents=True)
    (folder / "gauge.svg").write_text(GAUGE, "utf-8")
    for day in range(1, 7):
        (folder / f"_posts/2024-05-{day:02}-gauge.md").write_text(POST.format(day=day), "utf-8")
    return folder


def hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file below a folder, by its path."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def before_ours(said: str) -> bool:
    """Return whether an interrupt came before the first line of ours, which is in `__main__`: Python prints those."""
    return "KeyboardInterrupt" in said and f"{os.sep}converter{os.sep}" not in said


class Runs:
    """One folder with a site, its outputs, a cache and a folder for temporary files, and runs over them."""

    def __init__(self, folder: Path, formats: str) -> None:
        self.folder, self.formats, self.patience = folder, formats, PATIENCE * TIMES
        self.outputs, self.temporary, self.cache = folder / "out", folder / "tmp", folder / "cache"
        self.state, self.has_state = folder / "state", False
        (folder / "state.toml").write_text('[state]\nfolder = "state"\n', "utf-8")
        self.clear()
        site(folder / "site")

    def clear(self) -> None:
        for path in (self.outputs, self.temporary, self.cache, self.state):
            shutil.rmtree(path, ignore_errors=True)
            path.mkdir()

    def start(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "converter", "build", "site", "-o", "out", "--period", "month", "-j", "2"]
        command += ["--cache", "cache", *(f"--to={name}" for name in self.formats.split(","))]
        command += ["-c", "state.toml"] if self.has_state else []
        environment = os.environ | {"TMPDIR": str(self.temporary)}
        return subprocess.Popen(
            command, cwd=self.folder, env=environment, text=True, stderr=subprocess.PIPE, start_new_session=True
        )

    def left(self) -> list[Path]:
        """Return what a run should not leave: anything in its folder for temporary files, and what is unfinished."""
        unfinished = [path for each in ("*-tmp", "*-wal", "*-journal") for path in self.folder.rglob(each)]
        return [*self.temporary.rglob("*"), *unfinished]

    def alive(self, session: int) -> list[int]:
        """Return the processes of a run that are still there (zombies are not)."""
        found = []
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == session and fields[0] != "Z":
                found.append(int(path.parent.name))
        return found

    def wait(self, run: subprocess.Popen[str]) -> Iterator[str]:
        """Wait for a run and its workers; yield what is wrong with its end."""
        try:
            said = run.communicate(timeout=self.patience)[1]
        except subprocess.TimeoutExpired:
            os.killpg(run.pid, signal.SIGKILL)
            said = run.communicate()[1]
            yield "hung"
        if ("Traceback" in said and not before_ours(said)) or "internal-error" in said:
            yield said
        end = time.monotonic() + self.patience
        while self.alive(run.pid) and time.monotonic() < end:
            time.sleep(0.1)
        for process in self.alive(run.pid):
            yield f"process {process} lives on"
            os.kill(process, signal.SIGKILL)


def kill(run: subprocess.Popen[str], way: str) -> None:
    """End a run in one of the ways, if it has not ended."""
    if run.poll() is not None:
        return
    match way:
        case "the parent":
            run.kill()
        case "the group":
            os.killpg(run.pid, signal.SIGKILL)
        case "SIGTERM":
            run.terminate()
        case name:
            os.killpg(run.pid, getattr(signal, name))


def findings(runs: Runs, expected: dict[str, str], way: str, moment: float) -> Iterator[str]:
    """Kill a run after `moment` seconds, and run again; yield what is wrong."""
    run = runs.start()
    time.sleep(moment)
    kill(run, way)
    yield from runs.wait(run)
    for name, found in hashes(runs.outputs).items():
        if expected.get(name, found) != found:
            yield f"{name} is not whole"
    again = runs.start()
    yield from runs.wait(again)
    if again.returncode:
        yield f"the run after it ends with {again.returncode}"
    if (found := hashes(runs.outputs)) != expected:
        yield f"after the next run: {sorted(set(found.items()) ^ set(expected.items()))}"
    yield from (f"left behind: {path}" for path in runs.left())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--formats", default="epub,markdown,pdf")
    options = parser.parse_args()
    chance, wrong = random.Random(options.seed), 0
    with tempfile.TemporaryDirectory() as folder:
        runs = Runs(Path(folder), options.formats)
        start = time.monotonic()
        for found in runs.wait(runs.start()):
            print(found, flush=True)  # noqa: T201
        length, expected = time.monotonic() - start, hashes(runs.outputs)
        runs.patience = max(PATIENCE, TIMES * length)
        for number in range(options.kills):
            runs.clear()
            runs.has_state = number // len(WAYS) % 2 == 1
            way, moment = WAYS[number % len(WAYS)], chance.uniform(0, length)
            for found in findings(runs, expected, way, moment):
                wrong += 1
                print(f"{way} after {moment:.2f} s: {found}", flush=True)  # noqa: T201
    print(f"{options.kills} kills of runs of {length:.1f} s, {len(expected)} files, {wrong} findings", flush=True)  # noqa: T201
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main())
