"""Editions -> years, months and days, by the first day of what each is of."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby

from msgspec import Struct

from converter.catalogues import PublishedEdition
from converter.languages.labels import format_period
from converter.model import PeriodKind


class Day(Struct, frozen=True):
    """A day of a month: the editions of the day, if there are any."""

    number: int
    weekday: int
    """1 for Monday, as in ISO 8601."""
    edition: PublishedEdition | None


class Month(Struct, frozen=True):
    """A month with editions."""

    name: str
    days: tuple[Day, ...]
    """All days of the month, where there are editions of days; else none."""
    editions: tuple[PublishedEdition, ...]
    """Those of longer periods, and all but one of a day."""


class Year(Struct, frozen=True):
    """A year with editions."""

    number: int
    name: str
    months: tuple[Month, ...]
    """The newest first."""
    count: int


def years(editions: Iterable[PublishedEdition], language: str) -> tuple[Year, ...]:
    """Return the years in which editions begin, the newest first; those without a period are in none."""
    dated = sorted((one for one in editions if one.period.first), key=lambda one: (_first(one), one.key), reverse=True)
    found = []
    for number, group in groupby(dated, key=lambda one: _first(one).year):
        of_year = list(group)
        months = groupby(of_year, key=lambda one: _first(one).month)
        found.append(
            Year(
                number,
                format_period(language, "year", date(number, 1, 1)),
                tuple(_month(date(number, month, 1), list(each), language) for month, each in months),
                len(of_year),
            )
        )
    return tuple(found)


def _first(edition: PublishedEdition) -> date:
    return edition.period.first or date.min


def _month(first: date, editions: Sequence[PublishedEdition], language: str) -> Month:
    of_days: dict[int, PublishedEdition] = {}
    others = []
    for edition in editions:
        if edition.period.kind is PeriodKind.DAY and _first(edition).day not in of_days:
            of_days[_first(edition).day] = edition
        else:
            others.append(edition)
    numbers = range(1, monthrange(first.year, first.month)[1] + 1) if of_days else ()
    days = (Day(number, first.replace(day=number).isoweekday(), of_days.get(number)) for number in numbers)
    return Month(format_period(language, "month", first), tuple(days), tuple(others))
