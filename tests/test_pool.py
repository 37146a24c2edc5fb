"""Workers start and end so that nobody is shown what Python says of it, and no start is lost."""

import multiprocessing
import re
import select
import sys
import threading
from multiprocessing import util

import pytest

from converter.limits import process
from converter.pipeline.pool import Pool
from converter.pipeline.workers import MOST_TOLD, Worker, WorkerContext


def test_a_pool_that_is_lost_while_it_is_stopped_still_hears_that_it_is_stopped() -> None:
    pool = Pool(1, WorkerContext(), process.claim)
    pool._context.task_queue.put(None)  # as `join` does

    pool.fail_waiting()

    assert pool._context.task_queue.get_nowait() is None


def test_what_workers_share_outlives_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that is still starting would print a traceback: it finds no lock."""
    alive = []
    pool = Pool(2, WorkerContext(), process.claim)
    close = pool._manager.worker_manager.close_channels

    def closed() -> None:
        alive.extend(multiprocessing.active_children())
        close()

    monkeypatch.setattr(pool._manager.worker_manager, "close_channels", closed)
    assert "A" == pool.submit(str.upper, 60, "a").result()
    pool.stop()
    pool.join()

    assert [] == alive


def test_who_asks_for_a_pool_starts_no_worker_that_an_interrupt_could_lose(monkeypatch: pytest.MonkeyPatch) -> None:
    starters = []
    start = Worker.start

    def told(worker: Worker) -> None:
        starters.append(threading.current_thread())
        start(worker)

    monkeypatch.setattr(Worker, "start", told)
    with Pool(1, WorkerContext(), process.claim) as pool:
        assert "A" == pool.submit(str.upper, 60, "a").result()

    assert starters
    assert threading.main_thread() not in starters


@pytest.mark.needs("POSIX")
@pytest.mark.parametrize(("size", "expected"), [(0, [True]), (2 * MOST_TOLD, [False])])
def test_a_worker_is_told_what_to_do_before_it_starts(
    size: int, expected: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One whose parent was killed in between would print a traceback."""
    told = []
    start = util.spawnv_passfds

    def asked(program: bytes, command: list[str], handles: list[int]) -> int:
        if name := re.search(r"pipe_handle=(\d+)", command[-2]):
            told.append(select.select([int(name[1])], [], [], 0)[0] == [int(name[1])])
        return start(program, command, handles)

    monkeypatch.setattr(util, "spawnv_passfds", asked)
    monkeypatch.setattr(sys, "argv", [*sys.argv, "x" * size])
    with Pool(1, WorkerContext(), process.claim) as pool:
        assert "A" == pool.submit(str.upper, 60, "a").result(60)

    assert expected == told
