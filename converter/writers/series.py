"""A digest -> its series: what the editions of its kind are called together, and its number among them."""

from datetime import date

from msgspec import Struct

from converter.languages import is_language
from converter.languages.labels import DEFAULT_LANGUAGE, label
from converter.languages.unicode import clean
from converter.model import Digest, Period, PeriodKind

DIGITS = 2
"""Of the number of a volume, at least: catalogues compare numbers, and 0.10 would stand before 0.9."""


class Series(Struct, frozen=True):
    """The place of a book among others."""

    name: str
    number: str
    """A decimal number, as in `2024.05`: those of later periods are greater."""


def name_of(digest: Digest) -> str:
    """Return what all editions of a digest are called together: the title without the period."""
    name = clean(digest.site.title)
    if (name,) == tuple(clean(post.metadata.title) for post in digest.posts):
        # A site without a title is called after its only post: the next edition will not be.
        return label(digest.language if is_language(digest.language) else DEFAULT_LANGUAGE, "collection")
    return name


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
