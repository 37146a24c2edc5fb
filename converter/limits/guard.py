"""Runs one task for one item, so that whatever happens in it costs this item and no other."""

from typing import Any, Generic, Protocol, TypeVar

from msgspec.structs import replace

from converter.diagnostics import Code, ConverterError, Diagnostic, Outcome, Warn, bug
from converter.limits.bounds import UNBOUNDED, Bounds, TimeUpError, deadline

ItemT = TypeVar("ItemT")
ValueT = TypeVar("ValueT")
ItemT_contra = TypeVar("ItemT_contra", contravariant=True)
ValueT_co = TypeVar("ValueT_co", covariant=True)

TIMED_OUT = Diagnostic(
    code=Code.TASK_TIMED_OUT,
    message="it took longer than the time limit and was left out",
    hint="raise the limit with --timeout, or simplify the post",
)


class Task(Protocol, Generic[ItemT_contra, ValueT_co]):
    """What runs in a worker: picklable, so a module-level function or a frozen value with `__call__`."""

    def __call__(self, item: ItemT_contra, warn: Warn, /) -> ValueT_co: ...


def attempt(task: Task[ItemT, ValueT], item: ItemT, bounds: Bounds = UNBOUNDED) -> Outcome[ValueT]:
    """Return the outcome of one task; no exception of it gets out, so that it costs no other."""
    found: list[Diagnostic] = []
    try:
        with deadline(bounds.seconds):
            return Outcome(task(item, found.append), tuple(found))
    except TimeUpError:
        return Outcome(None, (*found, TIMED_OUT))
    except MemoryError:
        return Outcome(None, (*found, _too_large(bounds)))
    except ConverterError as error:
        return Outcome(None, (*found, error.diagnostic))
    except Exception as error:  # the worker boundary: a bug costs its item, and the report says so
        return Outcome(None, (*found, bug(error)))


def _too_large(bounds: Bounds) -> Diagnostic:
    limit = f"more than {bounds.memory // 2**20} MiB of memory" if bounds.memory else "more memory than there is"
    return Diagnostic(
        code=Code.TASK_TOO_LARGE,
        message=f"it took {limit} and was left out",
        hint="raise `memory` in [limits] of converter.toml, or split the post",
    )


def report_outcome(outcome: Outcome[Any], file: str, warn: Warn) -> None:
    """Hand on the diagnostics of an outcome; one that names no file is about `file`."""
    for diagnostic in outcome.diagnostics:
        warn(diagnostic if diagnostic.file else replace(diagnostic, file=file))
