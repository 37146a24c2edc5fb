"""Turns signals that end a run into its end: what is unfinished goes, workers stop, and nobody is shown a traceback."""

from __future__ import annotations

import _thread
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

SIGNALLED = 128
_AGAIN = 0.01
"""Seconds after which a run is told to end once more."""


class _Ended(SystemExit):
    """A signal asks the run to end."""


class _Interrupted(KeyboardInterrupt):
    """The same by Ctrl-C, as libraries know it."""


@contextmanager
def ending_the_run() -> Iterator[None]:
    """Have SIGINT, SIGTERM and SIGHUP end what is run in the body, unless they are ignored, as nohup has it.

    Raises `SystemExit` in the body with 128 and the number of the signal, for SIGINT `KeyboardInterrupt`. The second
    signal of a kind does what it does to any program: it ends the process at once.
    """
    numbers = [getattr(signal, name, None) for name in ("SIGINT", "SIGTERM", "SIGHUP")]
    before = {number: signal.getsignal(number) for number in numbers if number is not None}
    hook = sys.unraisablehook
    sys.unraisablehook = _tell_again
    for number in before:
        if before[number] is not signal.SIG_IGN:
            signal.signal(number, _end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        sys.unraisablehook = hook


def _end(number: int, frame: FrameType | None) -> None:
    if _tells_again(frame):
        _send_soon(number)
        return
    signal.signal(number, signal.SIG_DFL)
    if number == signal.SIGINT:
        raise _Interrupted
    raise _Ended(SIGNALLED + number)


def _tell_again(dropped: UnraisableHookArgs) -> None:
    """Send a signal again whose exception came in a finalizer or a callback: Python drops it there, and prints it."""
    match dropped.exc_value:
        case _Ended(code=int(code)):
            _send_soon(code - SIGNALLED)
        case _Interrupted():
            _send_soon(signal.SIGINT)
        case _:
            sys.__unraisablehook__(dropped)


def _tells_again(frame: FrameType | None) -> bool:
    """Return whether a frame is of `_tell_again` or called by it, where an exception would be dropped once more."""
    while frame:
        if frame.f_code is _tell_again.__code__:
            return True
        frame = frame.f_back
    return False


def _send_soon(number: int) -> None:
    """Send a signal to this process, when what is going on now is over."""
    signal.signal(number, _end)
    # Not `threading`: what was interrupted may hold its locks.
    _thread.start_new_thread(_send, (number,))


def _send(number: int) -> None:
    time.sleep(_AGAIN)
    os.kill(os.getpid(), number)
