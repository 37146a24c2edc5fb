"""Stops work that takes too long, where the platform can."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TimeUpError(BaseException):
    """The work took longer than it may.

    Not an `Exception`: libraries catch those and would go on.
    """


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise `TimeUpError` in the body when it has run for so many seconds; 0 for any time.

    Only the main thread of a process on a POSIX system can be interrupted; elsewhere the work runs to its end.
    """
    usable = seconds > 0 and hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if not usable or signal.getitimer(signal.ITIMER_REAL)[0]:  # somebody else's alarm comes first
        yield
        return

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TimeUpError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
