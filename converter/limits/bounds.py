"""Runs work within bounds of time and memory, where the platform can."""

import contextlib
import ctypes
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from types import FrameType
from typing import Any

from msgspec import Struct

from converter.limits import process

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]


class Bounds(Struct, frozen=True):
    """What a task may take; 0 is any amount."""

    seconds: float = 0.0
    memory: int = 0
    """Bytes that a process may have more than it had before the task."""


UNBOUNDED = Bounds()


class TimeUpError(BaseException):
    """The work took longer than it may.

    Not an `Exception`: libraries catch those and would go on.
    """


_AGAIN, _ATTEMPTS = 0.05, 100
"""Seconds after which the work is stopped once more, and how often: an exception in a finalizer or a callback of the
collector is dropped."""


def deadline(seconds: float) -> AbstractContextManager[None]:
    """Raise `TimeUpError` in the body when it has run for so many seconds; 0 for any time.

    Of deadlines in each other the first that comes counts. In the main thread of a process of our own an alarm of the
    system rings, which regular expressions hear, too; signals of another program are left to it, and there, as in other
    threads, what runs in a library of C runs to its end before.
    """
    if seconds <= 0:
        return nullcontext()
    return _Alarm(seconds) if _may_ring() else _Watch(seconds)


def _may_ring() -> bool:
    main = threading.current_thread() is threading.main_thread()
    return process.is_own() and main and hasattr(signal, "setitimer")


class _Alarm:
    """Calls itself when time is up, and again until the body has ended.

    It begins and ends in functions that it does not stop, and has no generator around it: an exception on the way into
    one, or out of it, would leave an alarm that nobody turns off. A body that ends in spite of it is not whole: what
    dropped the exception was stopped in the middle.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._rung = False
        self._left = 0.0
        self._start = 0.0
        self._before: Any = None

    def __enter__(self) -> None:
        self._left = signal.getitimer(signal.ITIMER_REAL)[0]
        ours = isinstance(signal.getsignal(signal.SIGALRM), _Alarm)
        if self._left and (self._left <= self._seconds or not ours):
            return
        self._before, self._start = signal.signal(signal.SIGALRM, self), time.monotonic()
        signal.setitimer(signal.ITIMER_REAL, self._seconds, _AGAIN)

    def __exit__(self, kind: type[BaseException] | None, *_error: object) -> None:
        if self._before is None:
            return
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, self._before)
        if self._left:
            passed = time.monotonic() - self._start
            signal.setitimer(signal.ITIMER_REAL, max(self._left - passed, 0.001), _AGAIN)
        if self._rung and kind is None:
            raise TimeUpError

    def __call__(self, _signal: int, frame: FrameType | None) -> None:
        while frame is not None:
            if frame.f_code in _UNSTOPPED:
                return
            frame = frame.f_back
        self._rung = True
        raise TimeUpError


_UNSTOPPED = frozenset({_Alarm.__enter__.__code__, _Alarm.__exit__.__code__})


class _Watch:
    """A thread that raises in the one that it watches, until the body has ended.

    Where the exception comes on the way out of the body, before `__exit__` can say that it ended, the last reference to
    this value is gone: the thread itself holds none.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._done, self._rung, self._lock = threading.Event(), threading.Event(), threading.Lock()
        self._worker = threading.get_ident()

    def __enter__(self) -> None:
        watched = (self._seconds, self._done, self._rung, self._lock, self._worker)
        threading.Thread(target=_watch, args=watched, name="deadline", daemon=True).start()

    def __exit__(self, kind: type[BaseException] | None, *_error: object) -> None:
        try:
            self._finish()
        finally:  # it may be stopped itself, but not twice
            self._finish()
        if self._rung.is_set() and kind is None:
            raise TimeUpError

    def __del__(self) -> None:
        self._done.set()

    def _finish(self) -> None:
        with self._lock:  # from here on nothing more is raised
            self._done.set()
        if self._rung.is_set():
            # One may be on its way. Python has a call that takes it back, but goes on looking for it in every function
            # of the process, and for ever in one that a profiler watches. So it is had to come.
            with contextlib.suppress(TimeUpError):
                _raise_in(self._worker, TimeUpError)
                time.sleep(0)


def _watch(seconds: float, done: threading.Event, rung: threading.Event, lock: threading.Lock, worker: int) -> None:
    wait = seconds
    for _ in range(_ATTEMPTS):
        if done.wait(wait):
            return
        with lock:
            if not done.is_set():
                rung.set()
                _raise_in(worker, TimeUpError)
        wait = 100 * _AGAIN  # time to get out of what it is in


def _raise_in(thread: int, error: type[BaseException]) -> None:
    """Have a thread raise an exception as soon as it runs Python, in the place of one that it did not raise yet."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(error))


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
