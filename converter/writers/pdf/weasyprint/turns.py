"""Lets one thread at a time lay out pages.

Pango shares its fonts between all layouts that are made with them, and none of that may be used from two threads.
Python's own lock hides most of it, but it is released during every call to a C library.
"""

import os
from threading import RLock

_lock = RLock()


def turn() -> RLock:
    """Return the lock to hold while WeasyPrint is used; a thread may take it again."""
    return _lock


def _renew() -> None:
    """Forget who had the lock: the threads of a parent do not exist in its child."""
    global _lock
    _lock = RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)
