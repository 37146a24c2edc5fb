"""Culprits are found, whoever they are and however many."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from converter.diagnostics import Outcome
from converter.pipeline.bisection import MOST_TRIALS, find_culprits

ITEMS = tuple(str(number) for number in range(30))


@given(st.sets(st.sampled_from(ITEMS), min_size=1, max_size=3))
def test_exactly_the_culprits_are_left_out(culprits: set[str]) -> None:
    def trial(items: Sequence[str]) -> Outcome[Sequence[str]]:
        return Outcome(None if culprits & {*items} else items)

    found = find_culprits(ITEMS, trial)

    if {"0", "15", "29"} <= culprits:  # as where the cause is in none of them
        assert {} == found.culprits
        return
    assert found.outcome
    assert culprits == {*found.culprits}
    assert [item for item in ITEMS if item not in culprits] == list(found.outcome.value or ())


def test_the_number_of_trials_is_bounded_and_what_was_not_tried_is_left_out() -> None:
    trials: list[int] = []
    many = tuple(str(number) for number in range(2000))

    def trial(items: Sequence[str]) -> Outcome[Sequence[str]]:
        trials.append(len(items))
        return Outcome(None if any(int(item) % 2 for item in items) else items)

    found = find_culprits(many, trial)

    assert len(trials) <= 2 * MOST_TRIALS
    assert found.outcome
    assert found.outcome.value
    assert {*many} == {*found.culprits, *found.outcome.value}


@given(st.sets(st.sampled_from(ITEMS), min_size=1), st.sets(st.sampled_from(ITEMS), min_size=1))
def test_those_that_the_failure_names_are_tried_first(culprits: set[str], named: set[str]) -> None:
    trials: list[Sequence[str]] = []

    def trial(items: Sequence[str]) -> Outcome[Sequence[str]]:
        trials.append(items)
        return Outcome(None if culprits & {*items} else items)

    found = find_culprits(ITEMS, trial, dict.fromkeys(named, Outcome(None)))

    if culprits <= named < {*ITEMS}:
        assert len(trials) == 1
        assert named == {*found.culprits}
    elif found.outcome:
        assert not culprits & {*(found.outcome.value or ())}
