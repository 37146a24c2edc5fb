"""The period of a digest -> its number among the editions of its kind, which catalogues sort by."""

from datetime import date

from msgspec import Struct

from converter.model import Period, PeriodKind

DIGITS = 2
"""Of the number of a volume, at least: catalogues compare numbers, and 0.10 would stand before 0.9."""


class Series(Struct, frozen=True):
    """The place of a book among others."""

    name: str
    number: str
    """A decimal number, as in `2024.05`: those of later periods are greater."""


def number_of(period: Period, volume: str = "") -> str:
    """Return the number of an edition: year and week, month or quarter (`2024.05`), year, or day (`20240531`).

    `volume` says which of how many it is, as in "2/3": it has decimals of its own behind those of the period.
    Empty for a period without borders.
    """
    if period.first is None:
        return ""
    whole, decimals = _parts(period.kind, period.first)
    number, _, volumes = volume.partition("/")
    decimals += number.zfill(max(DIGITS, len(volumes))) if number else ""
    return f"{whole}.{decimals}" if decimals else whole


def _parts(kind: PeriodKind, first: date) -> tuple[str, str]:
    """Return what stands before and behind the point."""
    match kind:
        case PeriodKind.DAY:
            return f"{first.year:04}{first.month:02}{first.day:02}", ""
        case PeriodKind.WEEK:
            year, week, _ = first.isocalendar()
            return f"{year:04}", f"{week:02}"
        case PeriodKind.MONTH:
            return f"{first.year:04}", f"{first.month:02}"
        case PeriodKind.QUARTER:
            return f"{first.year:04}", f"{(first.month + 2) // 3:02}"
        case _:
            return f"{first.year:04}", ""
