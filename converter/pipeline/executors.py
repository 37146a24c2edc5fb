"""Runs one function over many values, here or in other processes, and returns the outcomes in the order of the values.

Anything with the interface of `concurrent.futures.Executor` will do. The process executor gives each task a time limit
and survives the death of a worker.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from converter.diagnostics import Code, Diagnostic, Outcome
from converter.limits import process
from converter.limits.bounds import UNBOUNDED, Bounds, headroom
from converter.limits.guard import TIMED_OUT, Task, attempt
from converter.pipeline.cache import NOTHING, Found

if TYPE_CHECKING:
    from converter.pipeline.pool import Pool

PAUSE = 0.02
"""Seconds between two looks of the pool after its workers: it takes that long to end."""

MOST_BEGINNINGS = 3
"""How often a batch is begun again because the pool was lost: it may be the batch that no worker survives."""

MOST_POOLS = 8
"""Pools that may take the place of a lost one: where so many are, no worker can live."""

AHEAD = 64
"""Batches that may wait for one before them."""

ItemT = TypeVar("ItemT")
ValueT = TypeVar("ValueT")
ItemT_contra = TypeVar("ItemT_contra", contravariant=True)
ValueT_co = TypeVar("ValueT_co", covariant=True)


class SerialExecutor(Executor):
    """Runs every task at once, in this process; one that takes too much is stopped where the platform can."""

    def __init__(self, bounds: Bounds = UNBOUNDED) -> None:
        self.bounds = bounds

    def submit(self, fn: Callable[..., ValueT], /, *args: Any, **kwargs: Any) -> Future[ValueT]:
        future: Future[ValueT] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # handed to whoever asks the future, as every executor does
            future.set_exception(error)
        return future


class ProcessExecutor(Executor):
    """Runs tasks in `workers` fresh processes; a task that takes more than `timeout` seconds is ended.

    One that takes more than `memory` bytes fails, where the platform can; 0 is any number.
    """

    def __init__(self, workers: int, *, timeout: float, memory: int = 0) -> None:
        from pebble import CONSTS

        from converter.pipeline.workers import start_tracker

        if process.is_own():  # pebble has it in common for all pools of a process
            CONSTS.sleep_unit = PAUSE
        start_tracker()
        self._workers = workers
        self._left = MOST_POOLS
        self._pool = self._new_pool()
        self._timeout = timeout
        self.bounds = Bounds(timeout, memory)

    def submit(self, fn: Callable[..., ValueT], /, *args: Any, **kwargs: Any) -> Future[ValueT]:
        if not self._pool.active and self._left:  # lost: another one takes its place
            self._left -= 1
            self.shutdown(cancel_futures=True)
            self._pool = self._new_pool()
        future: Future[ValueT] = self._pool.submit(fn, self._timeout, *args, **kwargs)
        if not self._pool.active:  # in this very moment
            self._pool.fail_waiting()
        return future

    def _new_pool(self) -> Pool:
        from converter.pipeline.pool import Pool
        from converter.pipeline.workers import WorkerContext

        return Pool(self._workers, WorkerContext(), process.claim)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002  (the interface's own)
        end: Callable[[], None] = self._pool.stop if cancel_futures else self._pool.close
        end()
        if wait:
            self._pool.join()


@dataclass(frozen=True, eq=False)
class _Batch(Generic[ItemT, ValueT]):
    """Items that are under way together."""

    items: Sequence[ItemT]
    known: Sequence[Found]
    """What is cached of them."""
    rest: Sequence[ItemT]
    """Those of which nothing is."""
    future: Future[tuple[Outcome[ValueT], ...]]


class Lookup(Protocol):
    """What knows outcomes before the work is done."""

    def look_up(self, task: object, item: object) -> Found:
        """Return the key of a task for an item, and its outcome where that is known."""

    def put(self, key: str, outcome: Outcome[Any]) -> None:
        """Take note of an outcome."""


def _is_room(under_way: Collection[_Batch[Any, Any]], window: int) -> bool:
    """Return whether another batch may be begun: what is cached takes memory only."""
    return len(under_way) < AHEAD and sum(bool(batch.rest) for batch in under_way) < window


def _never(_one: object, _other: object) -> bool:
    """Let no batch overtake another."""
    return False


def _next(under_way: Sequence[_Batch[ItemT, ValueT]], same: Callable[[ItemT, ItemT], bool]) -> _Batch[ItemT, ValueT]:
    """Return the first batch, or one that is ready and may overtake it."""
    first = under_way[0]
    ready = (each for each in under_way if each.items and each.future.done() and same(first.items[0], each.items[0]))
    return first if first.future.done() else next(ready, first)


def cores() -> int:
    """Return how many processes may run at once here."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def outcomes(
    executor: Executor,
    task: Task[ItemT, ValueT],
    batches: Iterable[Sequence[ItemT]],
    *,
    lookup: Lookup | None = None,
    same: Callable[[ItemT, ItemT], bool] = _never,
    few: int = 0,
    window: int = 8,
) -> Iterator[tuple[ItemT, Outcome[ValueT]]]:
    """Yield each item with the outcome of `task` for it, in the order of the items.

    Batches whose first items are the `same` may overtake each other: they come as they are ready.

    What `lookup` knows goes to no worker, and it is told what becomes of the rest. Those of a batch go together, to
    save messages, unless they are so `few` that a message takes longer: then they are done here. At most `window`
    batches are with workers, to save memory. When a worker dies or runs out of time, the items of its batch are tried
    one by one, so that it costs one.
    """
    source = iter(batches)
    under_way: deque[_Batch[ItemT, ValueT]] = deque()
    while True:
        while _is_room(under_way, window) and (items := next(source, None)) is not None:
            known = [lookup.look_up(task, item) if lookup else NOTHING for item in items]
            rest = [item for item, found in zip(items, known, strict=True) if found.outcome is None]
            chosen = executor if len(rest) > few else here(executor)
            under_way.append(_Batch(items, known, rest, _submitted(chosen, task, rest)))
        if not under_way:
            return
        batch = _next(under_way, same)
        under_way.remove(batch)
        yield from _in_order(executor, task, batch, lookup)


def _in_order(
    executor: Executor, task: Task[ItemT, ValueT], batch: _Batch[ItemT, ValueT], lookup: Lookup | None
) -> Iterator[tuple[ItemT, Outcome[ValueT]]]:
    made = _settled(executor, task, batch.rest, batch.future)
    for item, known in zip(batch.items, batch.known, strict=True):
        if known.outcome is not None:
            yield item, known.outcome
            continue
        outcome = next(made)
        if lookup:
            lookup.put(known.key, outcome)
        yield item, outcome


def _settled(
    executor: Executor, task: Task[ItemT, ValueT], batch: Sequence[ItemT], future: Future[tuple[Outcome[ValueT], ...]]
) -> Iterator[Outcome[ValueT]]:
    """Yield the outcomes of a batch, or of its items alone when the batch as a whole was lost."""
    try:
        yield from _begun_again(executor, task, batch, future).result()
        return
    except Exception as error:  # whatever ends a worker: its death, a time limit, a value that cannot be pickled
        if len(batch) == 1:
            yield Outcome(None, (_loss(error),))
            return
    for item in batch:
        yield from _settled(executor, task, (item,), _submitted(executor, task, (item,)))


def _begun_again(
    executor: Executor, task: Task[ItemT, ValueT], batch: Sequence[ItemT], future: Future[tuple[Outcome[ValueT], ...]]
) -> Future[tuple[Outcome[ValueT], ...]]:
    """Return the future of a batch, once it is done; a batch that was waiting in a pool that is lost is begun again."""
    for _ in range(MOST_BEGINNINGS):
        if not getattr(future.exception(), "is_innocent", False):
            break
        future = _submitted(executor, task, batch)
    return future


def _submitted(
    executor: Executor, task: Task[ItemT, ValueT], items: Sequence[ItemT]
) -> Future[tuple[Outcome[ValueT], ...]]:
    """Return the future of a batch; a failed one where the executor takes no more, as a pool that lost a worker."""
    try:
        return executor.submit(_attempt_all, task, items, _bounds_of(executor))
    except Exception as error:
        future: Future[tuple[Outcome[ValueT], ...]] = Future()
        future.set_exception(error)
        return future


def _loss(error: Exception) -> Diagnostic:
    if isinstance(error, TimeoutError):
        return TIMED_OUT
    return Diagnostic(
        code=Code.WORKER_DIED,
        message=f"the process that worked on it ended: {str(error) or type(error).__name__}",
        hint="there may be too little memory; try again with --jobs 1",
    )


def here(executor: Executor) -> SerialExecutor:
    """Return an executor that works in this process, within the bounds of another one."""
    return executor if isinstance(executor, SerialExecutor) else SerialExecutor(_bounds_of(executor))


def _bounds_of(executor: Executor) -> Bounds:
    return getattr(executor, "bounds", UNBOUNDED)


def _attempt_all(task: Task[ItemT, ValueT], items: Sequence[ItemT], bounds: Bounds) -> tuple[Outcome[ValueT], ...]:
    with headroom(bounds.memory):
        return tuple(attempt(task, item, bounds) for item in items)
