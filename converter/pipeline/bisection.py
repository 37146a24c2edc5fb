"""Items, and a trial that fails for all of them together -> the items that it succeeds with, and those that spoil it.

It is the way of `git bisect`, for any number of culprits, and for such as only fail together.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Generic, TypeVar

from msgspec import Struct

from converter.diagnostics import Outcome

MOST_TRIALS = 100
"""A book of a thousand posts takes seconds to try, and each culprit among them takes twenty trials."""

ValueT = TypeVar("ValueT")
Trial = Callable[[Sequence[str]], Outcome[ValueT]]


class Found(Struct, Generic[ValueT], frozen=True):
    """What a bisection comes to."""

    outcome: Outcome[ValueT] | None
    """Of the trial with all items that are left; `None` where none is left."""
    culprits: dict[str, Outcome[ValueT]]
    """Each item that is left out, with the outcome of the trial that failed because of it."""


def find_culprits(
    items: Sequence[str], trial: Trial[ValueT], named: Mapping[str, Outcome[ValueT]] = MappingProxyType({})
) -> Found[ValueT]:
    """Return the most of `items`, in their order, with which `trial` succeeds, as far as `MOST_TRIALS` tell.

    `named` are those that the failure names, each with what it says: where the rest succeeds, they are the culprits.
    Where it fails with the first, the last and the middle one alone, the cause is not in the items: none is a culprit.
    """
    if rest := [item for item in items if item not in named]:
        outcome = trial(rest) if named else None
        if outcome and outcome.value is not None:
            return Found(outcome, dict(named))
    alone = {items[0], items[-1], items[len(items) // 2]}
    if len(items) > len(alone) and all(trial((item,)).value is None for item in sorted(alone)):
        return Found(None, {})
    search = _Search(trial)
    kept = search.extend((), items, known_to_fail=True)
    return Found(search.best if kept else None, search.culprits)


class _Search(Generic[ValueT]):
    def __init__(self, trial: Trial[ValueT]) -> None:
        self._trial = trial
        self._trials = 0
        self.best: Outcome[ValueT] | None = None
        self.culprits: dict[str, Outcome[ValueT]] = {}

    def extend(self, kept: tuple[str, ...], new: Sequence[str], *, known_to_fail: bool = False) -> tuple[str, ...]:
        """Return `kept`, which are good together, and of `new` those that are good with them."""
        if not known_to_fail or len(new) == 1:
            outcome = self._tried((*kept, *new))
            if outcome.value is not None:
                self.best = outcome
                return (*kept, *new)
            if len(new) == 1 or self._trials >= MOST_TRIALS:
                self.culprits.update(dict.fromkeys(new, outcome))
                return kept
        middle = len(new) // 2
        return self.extend(self.extend(kept, new[:middle]), new[middle:])

    def _tried(self, items: Sequence[str]) -> Outcome[ValueT]:
        self._trials += 1
        return self._trial(items)
