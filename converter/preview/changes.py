"""Folders -> moments at which something in them may have changed."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from threading import Event

from watchfiles import DefaultFilter, watch

from converter.diagnostics import Code, UsageError

SETTLED = 30
"""Milliseconds without a change after which those that came together are over."""
TOGETHER = 300
"""Milliseconds that changes are gathered for at the most."""
EVERY = 500
"""Milliseconds after which it is looked at whether the folders are still those that are watched."""


def changes(paths: Callable[[], Sequence[str]], ignored: Callable[[], Sequence[str]], stop: Event) -> Iterator[None]:
    """Yield whenever something below the folders may have changed, until `stop` is set or a signal comes.

    The folders are asked for anew each time. One that goes away is a change, and so is one that comes (back). Raises
    `UsageError` where the system cannot watch them.
    """
    while not stop.is_set():
        known = _identities(paths())
        there = [path for path, identity in known.items() if identity]
        if not there:
            if stop.wait(EVERY / 1000):
                return
            if _identities(paths()) != known:
                yield
            continue
        try:
            found = watch(
                *there,
                watch_filter=DefaultFilter(ignore_paths=list(ignored())),
                debounce=TOGETHER,
                step=SETTLED,
                stop_event=stop,
                rust_timeout=EVERY,
                yield_on_timeout=True,
                raise_interrupt=False,
            )
            is_first = True  # what was saved while nobody watched yet is seen at the first sign
            for changed in found:
                is_other = _identities(paths()) != known
                if changed or is_other or is_first:
                    yield
                is_first = False
                if is_other or set(paths()) != set(known):
                    break
            else:
                return
        except FileNotFoundError:  # it went away just now
            time.sleep(EVERY / 1000)
        except OSError as error:
            hint = "raise fs.inotify.max_user_watches, or set WATCHFILES_FORCE_POLLING=1 in the environment"
            raise UsageError(Code.USAGE, f"the folders cannot be watched: {error}", hint=hint) from error


def _identities(paths: Sequence[str]) -> dict[str, tuple[int, int] | None]:
    """Return what says whether a folder is the one that it was."""
    found: dict[str, tuple[int, int] | None] = {}
    for path in paths:
        try:
            status = os.stat(path)  # noqa: PTH116  (which folder it is, and nothing in it)
        except OSError:
            found[path] = None
        else:
            found[path] = status.st_dev, status.st_ino
    return found
