"""Tasks over items: outcomes in order, and a worker that dies or hangs costs its own task."""

import contextlib
import itertools
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any

import pytest
from msgspec import Struct

from converter.diagnostics import Code, Diagnostic, Outcome, SourceError, Warn
from converter.limits import process
from converter.limits.bounds import Bounds, TimeUpError, deadline
from converter.pipeline import executors
from converter.pipeline.cache import Found
from converter.pipeline.executors import AHEAD, ProcessExecutor, SerialExecutor, outcomes


def behave(item: str, warn: Warn) -> str:
    """Do what the item says: die, hang, fail, warn, or return it in capitals."""
    match item:
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "hang":
            threading.Event().wait()
        case "fail":
            raise SourceError(Code.EMPTY_FILE, "nothing in it", file="a.md")
        case "bug":
            raise ZeroDivisionError("by zero")
        case "warn":
            warn(Diagnostic(code=Code.UNDATED, message="no date"))
    return item.upper()


def threads() -> Executor:
    return ThreadPoolExecutor(2)


def processes() -> Executor:
    return ProcessExecutor(2, timeout=120)


@pytest.fixture(params=[SerialExecutor, threads, processes], ids=["serial", "threads", "processes"])
def executor(request: pytest.FixtureRequest) -> Iterator[Executor]:
    make: Callable[[], Executor] = request.param
    with make() as made:
        yield made


def test_outcomes_come_in_the_order_of_the_items(executor: Executor) -> None:
    items = [f"item {number}" for number in range(25)]
    batches = [items[start : start + 4] for start in range(0, 25, 4)]

    found = list(outcomes(executor, behave, batches, window=3))

    assert items == [item for item, _ in found]
    assert [item.upper() for item in items] == [outcome.value for _, outcome in found]


def test_an_error_costs_its_item_and_a_bug_is_called_one(executor: Executor) -> None:
    found = [outcome for _, outcome in outcomes(executor, behave, [["a", "fail", "bug", "warn"]])]

    assert ["A", None, None, "WARN"] == [outcome.value for outcome in found]
    codes = [[diagnostic.code for diagnostic in outcome.diagnostics] for outcome in found]
    assert [[], [Code.EMPTY_FILE], [Code.INTERNAL_ERROR], [Code.UNDATED]] == codes
    assert "ZeroDivisionError: by zero in behave" in found[2].diagnostics[0].message


@pytest.mark.needs("POSIX")
def test_a_worker_that_dies_between_two_tasks_costs_nothing() -> None:
    large = "x" * 300_000  # more than the pipe to the workers holds
    with ProcessExecutor(2, timeout=120) as executor:
        for _ in range(3):
            list(outcomes(executor, behave, [["a"]]))
            for worker in multiprocessing.active_children():
                os.kill(worker.pid or 0, signal.SIGKILL)
            found = [outcome.value for _, outcome in outcomes(executor, behave, [[large]] * 8)]

            assert [large.upper()] * 8 == found


def fail_to_start() -> None:
    os._exit(1)


@pytest.mark.needs("POSIX")
def test_where_no_worker_can_live_each_item_is_lost_and_the_run_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "MOST_POOLS", 1)
    monkeypatch.setattr(process, "claim", fail_to_start)
    with ProcessExecutor(2, timeout=120) as executor:
        found = [outcome for _, outcome in outcomes(executor, behave, [["x" * 300_000]] * 8)]

    assert [[Code.WORKER_DIED]] * 8 == [[fault.code for fault in outcome.diagnostics] for outcome in found]


class Counting(Executor):
    """Notes how many items each task has."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.sizes.append(len(args[1]))
        return SerialExecutor().submit(fn, *args, **kwargs)


class Known:
    """Knows the outcomes that a function returns, and notes of which items it was asked and told."""

    def __init__(self, known: Callable[[str], Outcome[str] | None]) -> None:
        self._known = known
        self.asked: list[str] = []
        self.kept: dict[str, object] = {}

    def look_up(self, task: object, item: object) -> Found:
        self.asked.append(str(item))
        return Found(f"key of {item}", self._known(str(item)))

    def put(self, key: str, outcome: Outcome[Any]) -> None:
        self.kept[key] = outcome.value


def test_what_is_cached_goes_to_no_worker_and_few_items_are_done_here() -> None:
    executor, known = Counting(), Known(lambda item: Outcome(f"<{item}>") if item.isupper() else None)
    batches = [["a", "B", "c", "d"], ["E", "f"], ["G", "H"], [], ["i", "j", "k"]]

    found = list(outcomes(executor, behave, batches, lookup=known, few=2, window=2))

    assert [item for batch in batches for item in batch] == [item for item, _ in found]
    values = ["A", "<B>", "C", "D", "<E>", "F", "<G>", "<H>", "I", "J", "K"]
    assert values == [outcome.value for _, outcome in found]
    assert [3, 3] == executor.sizes
    assert {f"key of {item}": item.upper() for item in "acdfijk"} == known.kept


def test_no_more_is_begun_than_fits_the_window_and_no_more_looked_up_than_may_wait() -> None:
    known = Known(lambda item: None if item == "first" else Outcome(item))

    batches = (["first"] if number == 0 else [str(number)] for number in range(10 * AHEAD))
    work = outcomes(SerialExecutor(), behave, batches, lookup=known)

    assert next(work)[1].value == "FIRST"
    assert len(known.asked) == AHEAD
    assert len(list(work)) == 10 * AHEAD - 1


class Waiting(Struct, frozen=True):
    """Does nothing until it is let go."""

    go: threading.Event

    def __call__(self, item: str, warn: Warn, /) -> str:
        assert self.go.wait(60)
        return item.upper()


def test_batches_that_are_the_same_overtake_each_other_and_no_others() -> None:
    task = Waiting(threading.Event())
    batches = [["slow 1"], ["known 1"], ["slow 1 too"], ["known 1 too"], ["known 2"]]
    with threads() as executor:
        work = outcomes(
            executor,
            task,
            batches,
            lookup=Known(lambda item: Outcome(item) if item.startswith("known") else None),
            same=lambda one, other: ("1" in one) == ("1" in other),
        )
        early = [next(work)[0], next(work)[0]]
        task.go.set()
        late = [item for item, _ in work]

    assert ["known 1", "known 1 too"] == early
    assert {"slow 1", "slow 1 too"} == {*late[:2]}
    assert ["known 2"] == late[2:]


@pytest.mark.needs("POSIX")
def test_a_worker_that_dies_costs_one_item_of_its_batch() -> None:
    with ProcessExecutor(2, timeout=120) as executor:
        found = [outcome for _, outcome in outcomes(executor, behave, [["a", "die", "b"], ["c"]])]

    assert ["A", None, "B", "C"] == [outcome.value for outcome in found]
    assert [Code.WORKER_DIED] == [diagnostic.code for diagnostic in found[1].diagnostics]


def test_a_task_that_hangs_costs_itself() -> None:
    with ProcessExecutor(1, timeout=3) as executor:
        found = [outcome for _, outcome in outcomes(executor, behave, [["hang"], ["a"]])]

    assert [None, "A"] == [outcome.value for outcome in found]
    assert [Code.TASK_TIMED_OUT] == [diagnostic.code for diagnostic in found[0].diagnostics]


def test_a_task_that_hangs_in_this_process_costs_itself() -> None:
    executor = SerialExecutor(Bounds(seconds=0.05))

    found = [outcome for _, outcome in outcomes(executor, runs_away, [["turn", "a"]])]

    assert [None, "A"] == [outcome.value for outcome in found]
    assert [Code.TASK_TIMED_OUT] == [diagnostic.code for diagnostic in found[0].diagnostics]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts the memory of a process")
@pytest.mark.parametrize(
    "executor",
    [SerialExecutor(Bounds(memory=100 * 2**20)), lambda: ProcessExecutor(1, timeout=120, memory=100 * 2**20)],
    ids=["serial", "processes"],
)
def test_a_task_that_takes_all_memory_costs_itself(
    executor: Executor | Callable[[], Executor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_own", True)
    with executor if isinstance(executor, Executor) else executor() as chosen:
        found = [outcome for _, outcome in outcomes(chosen, runs_away, [["grow", "a"]])]

    assert [None, "A"] == [outcome.value for outcome in found]
    assert [Code.TASK_TOO_LARGE] == [diagnostic.code for diagnostic in found[0].diagnostics]


def test_few_items_are_done_here_within_the_bounds_of_the_others() -> None:
    executor = ProcessExecutor(1, timeout=0.05)

    [(_, outcome)] = outcomes(executor, runs_away, [["turn"]], few=4)

    assert [Code.TASK_TIMED_OUT] == [diagnostic.code for diagnostic in outcome.diagnostics]
    executor.shutdown(cancel_futures=True)


@pytest.mark.needs("POSIX")
def test_of_deadlines_in_each_other_the_first_counts() -> None:
    with pytest.raises(TimeUpError), deadline(60), deadline(0.02):
        turn()
    with pytest.raises(TimeUpError), deadline(0.02), deadline(60):
        turn()
    with pytest.raises(TimeUpError), deadline(0.05):
        turn_twice()
    assert (0.0, 0.0) == signal.getitimer(signal.ITIMER_REAL)


def turn() -> None:
    for _ in itertools.count():
        """Without end."""


def turn_twice() -> None:
    with contextlib.suppress(TimeUpError), deadline(0.01):
        turn()
    turn()


def runs_away(item: str, _warn: Warn, /) -> str:
    match item:
        case "turn":
            turn()
        case "grow":
            bytearray(2**30)
    return item.upper()


def test_no_more_batches_are_under_way_than_the_window_allows() -> None:
    taken: list[int] = []

    def batches() -> Iterator[list[str]]:
        for number in range(10):
            taken.append(number)
            yield [str(number)]

    results = outcomes(SerialExecutor(), behave, batches(), window=3)
    next(results)

    assert [0, 1, 2] == taken


@pytest.mark.needs("POSIX")
def test_an_alarm_that_rings_at_once_rings_no_more_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_own", True)
    for _ in range(100):
        with pytest.raises(TimeUpError), deadline(1e-9):
            threading.Event().wait(1)

        assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


@pytest.mark.needs("POSIX")
def test_an_alarm_rings_in_the_body_and_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_own", True)
    for turns in range(3000):
        with contextlib.suppress(TimeUpError), deadline(0.0002):
            sum(range(turns * 10))
        sum(range(1000))  # one that nobody turned off would ring here

    assert (0.0, 0.0) == signal.getitimer(signal.ITIMER_REAL)


PROFILED = """
import sys, threading
from converter.limits.bounds import TimeUpError, deadline

def work(seconds):
    try:
        with deadline(seconds):
            while seconds < 1:
                pass
    except TimeUpError:
        print("stopped")

for seconds in (60, 0.05, 60):
    thread = threading.Thread(target=work, args=(seconds,))
    thread.start()
    thread.join()
    work(seconds)
sys.setprofile(lambda *_: None)
work(60)
"""


def test_a_deadline_in_another_program_leaves_nothing_in_python() -> None:
    run = subprocess.run([sys.executable, "-c", PROFILED], capture_output=True, text=True, check=True, timeout=60)

    assert "stopped\nstopped\n" == run.stdout
