"""What was rendered of the parts of a digest, as it comes in: its values are handed on, its faults are noted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from converter.diagnostics import Code, Outcome
from converter.pipeline.cache import Found, TaskCache


class Work(Struct, frozen=True):
    """A part of a job, by the job's number."""

    job: int
    number: int
    """Of the part in the job, counted from 0."""
    writer: Any
    part: Any
    context: str = ""
    """That of the job."""


_USAGE = frozenset({Code.USAGE, Code.CONFIG_INVALID, Code.LIBRARY_MISSING, Code.PLUGIN_INVALID})

Rendered = tuple[Work, Outcome[object]]
"""A part and what became of it."""


def pieces_of(part: Any) -> Sequence[Any]:
    """Return what a part can be cut into: what kills a part that holds many posts costs one of them."""
    pieces = getattr(part, "pieces", None)
    return (pieces() if pieces else ()) or (part,)


def is_usage(outcome: Outcome[Any]) -> bool:
    """Whether a book could not be made because of the theme, the configuration or the installation."""
    return any(diagnostic.code in _USAGE for diagnostic in outcome.diagnostics)


class PartLostError(Exception):
    """A part could not be rendered, so that the digest is to be written without it."""


class Intake:
    """Takes what was rendered of one job, and hands the values on: they need not all be in memory."""

    def __init__(self, results: Iterator[Rendered], known: Known, *, keeps: bool = False) -> None:
        self._results = results
        self.known = known
        """Takes what was rendered after the first part that was lost, or everything."""
        self._keeps = keeps
        self._said: list[Rendered] = []
        self.lost: list[Work] = []
        self.divisible: list[Work] = []
        """Those of the lost that may be tried again in pieces."""

    def values(self) -> Iterator[tuple[int, object]]:
        """Yield the numbers and values of parts as they are ready. Raises `PartLostError` for one without a value."""
        for work, outcome in self._results:
            self._note(work, outcome)
            if outcome.value is None:
                raise PartLostError
            yield work.number, outcome.value

    def all(self) -> list[Rendered]:
        """Return the outcomes of all parts without their values, in the order of the parts, when the last is there."""
        for work, outcome in self._results:
            self._note(work, outcome)
        return sorted(self._said, key=lambda said: said[0].number)

    def _note(self, work: Work, outcome: Outcome[object]) -> None:
        self._said.append((work, replace(outcome, value=None)))
        if outcome.value is None:
            self.lost.append(work)
            if len(pieces_of(work.part)) > 1 and not is_usage(outcome):
                self.divisible.append(work)
        elif self._keeps or self.lost:
            self.known.add(work, outcome)


class Known:
    """Parts that are rendered and wanted again: a digest less a post has most parts in common with the whole."""

    def __init__(self, cache: TaskCache) -> None:
        self._cache = cache
        self._outcomes: dict[tuple[str, ...], list[tuple[object, Outcome[object]]]] = {}

    def add(self, work: Work, outcome: Outcome[object]) -> None:
        """Keep what became of a part."""
        if self.get(work) is None:
            self._outcomes.setdefault(tuple(work.part.keys), []).append((work.part, outcome))

    def get(self, work: Work) -> Outcome[object] | None:
        """Return what became of an equal part."""
        found = self._outcomes.get(tuple(work.part.keys), ())
        return next((outcome for part, outcome in found if part == work.part), None)

    def look_up(self, task: object, item: object) -> Found:
        """Return what became of an equal part in this run, or in an earlier one."""
        outcome = self.get(item) if isinstance(item, Work) else None
        return Found("", outcome) if outcome else self._cache.look_up(task, item)

    def put(self, key: str, outcome: Outcome[object]) -> None:
        """Keep an outcome for the next run, too."""
        self._cache.put(key, outcome)
