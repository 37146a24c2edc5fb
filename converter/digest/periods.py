"""Dates and kinds of periods -> periods, and how keys name them."""

from datetime import date, timedelta, tzinfo

from converter.languages.zones import in_zone
from converter.model import Period, PeriodKind, Post


def period_of(post: Post, kind: PeriodKind, zone: tzinfo) -> Period:
    """Return the period that a post belongs to; one without borders for an undated post."""
    moment = post.metadata.published
    if moment is None or kind is PeriodKind.NONE:
        return Period(kind)
    return period_at(in_zone(moment, zone).date(), kind)


def period_at(day: date, kind: PeriodKind) -> Period:
    """Return the period that a day belongs to."""
    first = _first_day(day, kind)
    return Period(kind, first, _last_day(first, kind))


def day_after(day: date) -> date:
    """Return the next day; no calendar goes beyond the year 9999."""
    return day + timedelta(days=1) if day < date.max else day


def _first_day(day: date, kind: PeriodKind) -> date:
    match kind:
        case PeriodKind.WEEK:  # ISO 8601: weeks begin on Monday
            return day - timedelta(days=day.weekday())
        case PeriodKind.MONTH:
            return day.replace(day=1)
        case PeriodKind.QUARTER:
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case PeriodKind.YEAR:
            return day.replace(month=1, day=1)
        case _:
            return day


def _last_day(first: date, kind: PeriodKind) -> date:
    """Return the day before the period that follows; no calendar goes beyond the year 9999."""
    days = {PeriodKind.DAY: 1, PeriodKind.WEEK: 7, PeriodKind.MONTH: 31, PeriodKind.QUARTER: 92, PeriodKind.YEAR: 366}
    try:
        return _first_day(first + timedelta(days=days[kind]), kind) - timedelta(days=1)
    except OverflowError:
        return date.max


def period_key(period: Period) -> str:
    """Return how keys name a period (`2024-W22`): empty for one without borders, unless its posts have no dates."""
    first = period.first
    if first is None:
        return "" if period.kind is PeriodKind.NONE else "undated"
    match period.kind:
        case PeriodKind.WEEK:
            year, week, _ = first.isocalendar()
            return f"{year:04}-W{week:02}"
        case PeriodKind.MONTH:
            return f"{first.year:04}-{first.month:02}"
        case PeriodKind.QUARTER:
            return f"{first.year:04}-Q{(first.month + 2) // 3}"
        case PeriodKind.YEAR:
            return f"{first.year:04}"
        case _:
            return first.isoformat()
