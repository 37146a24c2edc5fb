"""`editions.json` -> the editions that are to be sent."""

from collections.abc import Sequence
from datetime import date, datetime
from difflib import get_close_matches

from converter.catalogues import PublishedEdition
from converter.diagnostics import Code, Diagnostic, UsageError, Warn
from converter.digest import period_key, slug

_FEW = 5
"""Editions that a message names."""


def of_digests(editions: Sequence[PublishedEdition], names: Sequence[str]) -> tuple[PublishedEdition, ...]:
    """Return the editions of digests of these names; all, where there are none. Raises `UsageError` for a wrong one."""
    known = {stem for edition in editions for stem in (_stem(edition),)}
    for name in names:
        if not _is_of(known, name):
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"there are: {', '.join(sorted(known))}"
            raise UsageError(Code.USAGE, f"there is no edition of a digest '{name}'", hint=hint)
    return tuple(one for one in editions if not names or any(_is_of({_stem(one)}, name) for name in names))


def is_of(edition: PublishedEdition, name: str) -> bool:
    """Return whether an edition is of the `[[digest]]` of this name."""
    return _is_of({_stem(edition)}, name)


def _is_of(stems: set[str], name: str) -> bool:
    return not {name.casefold(), slug(name)}.isdisjoint(stem.casefold() for stem in stems)


def _stem(edition: PublishedEdition) -> str:
    when = period_key(edition.period)
    return edition.stem or (edition.key.removesuffix(f"-{when}") if when else edition.key)


def named(editions: Sequence[PublishedEdition], names: Sequence[str]) -> tuple[PublishedEdition, ...]:
    """Return the editions of these keys or periods. Raises `UsageError` for one that is not there."""
    found = [{edition.key.casefold(), period_key(edition.period).casefold()} - {""} for edition in editions]
    for name in names:
        if not any(name.casefold() in each for each in found):
            raise _unknown(name, editions)
    wanted = {name.casefold() for name in names}
    return tuple(one for one, each in zip(editions, found, strict=True) if wanted & each)


def _unknown(name: str, editions: Sequence[PublishedEdition]) -> UsageError:
    near = get_close_matches(name, [edition.key for edition in editions], n=3)
    newest = ", ".join(edition.key for edition in editions[-_FEW:])
    hint = f"did you mean {' or '.join(map(repr, near))}?" if near else f"the last ones are: {newest}"
    return UsageError(Code.USAGE, f"there is no edition '{name}' in editions.json", hint=hint)


def last(editions: Sequence[PublishedEdition], now: datetime, warn: Warn) -> tuple[PublishedEdition, ...]:
    """Return the newest edition of each digest whose last day is over, in the zone that its newest post is dated in.

    A notice names a digest that has periods and no such edition.
    """
    by_digest: dict[str, list[PublishedEdition]] = {}
    for edition in editions:
        if edition.period.last:
            by_digest.setdefault(_stem(edition), []).append(edition)
    if not by_digest:
        raise UsageError(Code.USAGE, "--last takes the newest period, and no edition has one", hint="give --edition")
    found = []
    for stem, some in by_digest.items():
        over = [one for one in some if one.period.last and one.period.last < now.astimezone(one.updated.tzinfo).date()]
        if over:
            found.append(max(over, key=lambda one: one.period.first or date.min))
        else:
            message = f"no period of '{stem}' is over yet"
            warn(Diagnostic(code=Code.PERIOD_INCOMPLETE, message=message, hint="its days must all be over"))
    return tuple(found)
