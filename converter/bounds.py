"""Runs work within bounds of time and memory, where the platform can."""

import contextlib
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from msgspec import Struct

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


_AGAIN = 0.05
"""Seconds after which an alarm rings again: an exception in a finalizer or a callback of the collector is dropped."""


class _Alarm:
    """What is called when time is up."""

    def __call__(self, _signal: int, _frame: FrameType | None) -> None:
        raise TimeUpError


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise `TimeUpError` in the body when it has run for so many seconds; 0 for any time.

    Of deadlines in each other the first that comes counts. Only the main thread of a process on a POSIX system can be
    interrupted, and only where nobody else has set an alarm; elsewhere the work runs to its end.
    """
    usable = seconds > 0 and hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    left = signal.getitimer(signal.ITIMER_REAL)[0] if usable else 0.0
    if not usable or (left and (left <= seconds or not isinstance(signal.getsignal(signal.SIGALRM), _Alarm))):
        yield
        return
    before, start = signal.signal(signal.SIGALRM, _Alarm()), time.monotonic()
    signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
    try:
        yield
    finally:
        with contextlib.suppress(TimeUpError):  # it rings at the very end
            signal.setitimer(signal.ITIMER_REAL, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if left:
            signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - start), 0.001), _AGAIN)


@contextmanager
def headroom(memory: int) -> Iterator[None]:
    """Let the body fail with `MemoryError` when the process grows by more than so many bytes; 0 for any number.

    Only Linux counts what a process really has (`RLIMIT_DATA`); elsewhere the work takes what it takes.
    """
    size = _data_size() if memory and resource is not None else 0
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
