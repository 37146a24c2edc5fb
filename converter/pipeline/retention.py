"""Editions of a digest -> those that stay when there are more than a publisher wants to have."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Protocol, TypeVar

from converter.config.publish import Keep
from converter.model import Period


class Dated(Protocol):
    """What has a period: a digest that is planned, or an edition that is listed."""

    @property
    def period(self) -> Period: ...


DatedT = TypeVar("DatedT", bound=Dated)


def retained(editions: Sequence[DatedT], keep: Keep) -> Iterable[DatedT]:
    """Return the editions of one digest that stay, in their order.

    Time is that of the newest of them, and not the clock's. What has no dates stays.
    """
    days = sorted((one.period.last for one in editions if one.period.last), reverse=True)
    borders = [*_borders(days, keep)] if days else []
    if not borders:
        return editions
    return [one for one in editions if one.period.last is None or one.period.last >= min(borders)]


def _borders(days: Sequence[date], keep: Keep) -> Iterable[date]:
    """Yield by each rule that holds the last day of the oldest edition that it keeps."""
    if keep.count:
        yield days[min(keep.count, len(days)) - 1]
    if keep.days:
        yield days[0] - min(timedelta(keep.days), days[0] - date.min)
