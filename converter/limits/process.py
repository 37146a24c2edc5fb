"""Whether this process is the converter's own, or that of a program that calls it.

Where it is its own, the collector may rest while pages are laid out, and libraries are found faster. What belongs to
another program is left as it is.
"""

_own = False


def claim() -> None:
    """Say that nothing but the converter runs in this process: the command line and its workers do."""
    global _own
    _own = True


def is_own() -> bool:
    """Return whether `claim` was called in this process."""
    return _own
