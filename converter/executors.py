"""Runs one function over many values, here or in other processes, and returns the outcomes in the order of the values.

Anything with the interface of `concurrent.futures.Executor` will do. The process executor gives each task a time limit
and survives the death of a worker.
"""

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from typing import Any, Generic, Protocol, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from converter.diagnostics import Code, Diagnostic, Warn
from converter.errors import ConverterError, bug

ItemT = TypeVar("ItemT")
ValueT = TypeVar("ValueT")
ItemT_contra = TypeVar("ItemT_contra", contravariant=True)
ValueT_co = TypeVar("ValueT_co", covariant=True)


class Task(Protocol, Generic[ItemT_contra, ValueT_co]):
    """What runs in a worker: picklable, so a module-level function or a frozen value with `__call__`."""

    def __call__(self, item: ItemT_contra, warn: Warn, /) -> ValueT_co: ...


class Outcome(Struct, Generic[ValueT], frozen=True):
    """What became of one item: its value, or `None` and an error among the diagnostics."""

    value: ValueT | None
    diagnostics: tuple[Diagnostic, ...] = ()


class SerialExecutor(Executor):
    """Runs every task at once, in this process. It cannot stop one that hangs."""

    def submit(self, fn: Callable[..., ValueT], /, *args: Any, **kwargs: Any) -> Future[ValueT]:
        future: Future[ValueT] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # handed to whoever asks the future, as every executor does
            future.set_exception(error)
        return future


class ProcessExecutor(Executor):
    """Runs tasks in `workers` fresh processes; a task that takes more than `timeout` seconds is ended."""

    def __init__(self, workers: int, *, timeout: float) -> None:
        from pebble import ProcessPool

        # `spawn`: Pango and its threads do not survive a fork.
        self._pool = ProcessPool(max_workers=workers, context=multiprocessing.get_context("spawn"))
        self._timeout = timeout

    def submit(self, fn: Callable[..., ValueT], /, *args: Any, **kwargs: Any) -> Future[ValueT]:
        future: Future[ValueT] = self._pool.submit(fn, self._timeout, *args, **kwargs)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002  (the interface's own)
        end: Callable[[], None] = self._pool.stop if cancel_futures else self._pool.close
        end()
        if wait:
            self._pool.join()


def cores() -> int:
    """Return how many processes may run at once here."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def outcomes(
    executor: Executor, task: Task[ItemT, ValueT], batches: Iterable[Sequence[ItemT]], *, window: int = 8
) -> Iterator[tuple[ItemT, Outcome[ValueT]]]:
    """Yield each item with the outcome of `task` for it, in the order of the items.

    The items of a batch go to a worker together, to save messages; at most `window` batches are under way, to save
    memory. When a worker dies or runs out of time, the items of its batch are tried one by one, so that it costs one.
    """
    source = iter(batches)
    under_way: deque[tuple[Sequence[ItemT], Future[tuple[Outcome[ValueT], ...]]]] = deque()
    while True:
        while len(under_way) < window and (batch := next(source, None)) is not None:
            under_way.append((batch, executor.submit(_attempt_all, task, batch)))
        if not under_way:
            return
        batch, future = under_way.popleft()
        yield from zip(batch, _settled(executor, task, batch, future), strict=True)


def _settled(
    executor: Executor, task: Task[ItemT, ValueT], batch: Sequence[ItemT], future: Future[tuple[Outcome[ValueT], ...]]
) -> Iterator[Outcome[ValueT]]:
    """Yield the outcomes of a batch, or of its items alone when the batch as a whole was lost."""
    try:
        yield from future.result()
        return
    except Exception as error:  # whatever ends a worker: its death, a time limit, a value that cannot be pickled
        if len(batch) == 1:
            yield Outcome(None, (_loss(error),))
            return
    for item in batch:
        yield from _settled(executor, task, (item,), executor.submit(_attempt_all, task, (item,)))


def _loss(error: Exception) -> Diagnostic:
    if isinstance(error, TimeoutError):
        return Diagnostic(
            code=Code.TASK_TIMED_OUT,
            message="it took longer than the time limit and was left out",
            hint="raise the limit with --timeout, or simplify the post",
        )
    return Diagnostic(
        code=Code.WORKER_DIED,
        message=f"the process that worked on it ended: {str(error) or type(error).__name__}",
        hint="there may be too little memory; try again with --jobs 1",
    )


def _attempt_all(task: Task[ItemT, ValueT], items: Sequence[ItemT]) -> tuple[Outcome[ValueT], ...]:
    return tuple(attempt(task, item) for item in items)


def attempt(task: Task[ItemT, ValueT], item: ItemT) -> Outcome[ValueT]:
    """Return the outcome of one task; no exception of it gets out, so that it costs no other."""
    found: list[Diagnostic] = []
    try:
        return Outcome(task(item, found.append), tuple(found))
    except ConverterError as error:
        return Outcome(None, (*found, error.diagnostic))
    except Exception as error:  # the worker boundary: a bug costs its item, and the report says so
        return Outcome(None, (*found, bug(error)))


def report_outcome(outcome: Outcome[Any], file: str, warn: Warn) -> None:
    """Hand on the diagnostics of an outcome; one that names no file is about `file`."""
    for diagnostic in outcome.diagnostics:
        warn(diagnostic if diagnostic.file else replace(diagnostic, file=file))
