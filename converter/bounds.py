"""Runs work within bounds of time and memory, where the platform can."""

import contextlib
import ctypes
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from msgspec import Struct

from converter import process

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]


class Bounds(Struct, frozen=True):
    """What a task may take; 0 is any amount."""

    seconds: float = 0.0
    memory: int = 0
    """Bytes that a process may have more than it had before the task."""


class TimeUpError(BaseException):
    """The work took longer than it may.

    Not an `Exception`: libraries catch those and would go on.
    """


_AGAIN, _ATTEMPTS = 0.05, 100
"""Seconds after which the work is stopped once more, and how often: an exception in a finalizer or a callback of the
collector is dropped."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise `TimeUpError` in the body when it has run for so many seconds; 0 for any time.

    Of deadlines in each other the first that comes counts. In the main thread of a process of our own an alarm of the
    system rings, which regular expressions hear, too; signals of another program are left to it, and there, as in other
    threads, what runs in a library of C runs to its end before.
    """
    if seconds <= 0:
        yield
    elif _may_ring():
        with _alarm(seconds):
            yield
    else:
        with _watch(seconds):
            yield


def _may_ring() -> bool:
    main = threading.current_thread() is threading.main_thread()
    return process.is_own() and main and hasattr(signal, "setitimer")


class _Alarm:
    """What is called when time is up."""

    def __call__(self, _signal: int, _frame: FrameType | None) -> None:
        raise TimeUpError


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    left = signal.getitimer(signal.ITIMER_REAL)[0]
    if left and (left <= seconds or not isinstance(signal.getsignal(signal.SIGALRM), _Alarm)):
        yield
        return
    before, start = signal.signal(signal.SIGALRM, _Alarm()), time.monotonic()
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)  # it may ring before this line ends
        yield
    finally:
        with contextlib.suppress(TimeUpError):  # it rings at the very end
            signal.setitimer(signal.ITIMER_REAL, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if left:
            signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - start), 0.001), _AGAIN)


@contextmanager
def _watch(seconds: float) -> Iterator[None]:
    done, lock, worker = threading.Event(), threading.Lock(), threading.get_ident()

    def watch() -> None:
        wait = seconds
        for _ in range(_ATTEMPTS):
            if done.wait(wait):
                return
            with lock:
                if not done.is_set():
                    _raise_in(worker, TimeUpError)
            wait = 100 * _AGAIN  # time to get out of what it is in

    def finish() -> None:
        with lock:  # from here on nothing more is raised
            done.set()
            _raise_in(worker, None)

    try:
        threading.Thread(target=watch, name="deadline", daemon=True).start()
        yield
    finally:
        try:
            finish()
        finally:  # it may be stopped itself, but not twice
            finish()


def _raise_in(thread: int, error: type[BaseException] | None) -> None:
    """Have a thread raise an exception as soon as it runs Python; `None` takes back one that it did not raise yet."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(error) if error else None)


@contextmanager
def headroom(memory: int) -> Iterator[None]:
    """Let the body fail with `MemoryError` when the process grows by more than so many bytes; 0 for any number.

    Only Linux counts what a process really has (`RLIMIT_DATA`); elsewhere, and in a process of another program, the
    work takes what it takes.
    """
    size = _data_size() if process.is_own() and memory and resource is not None else 0
    if not size:
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    allowed = [size + memory, *(limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY)]
    resource.setrlimit(resource.RLIMIT_DATA, (min(allowed), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _data_size() -> int:
    """Return the bytes that Linux counts as data of this process, 0 where it cannot be asked."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(Path("/proc/self/statm").read_text("ascii").split()[5]) * resource.getpagesize()
    return 0
