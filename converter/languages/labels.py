"""The words and dates that the converter itself adds to a book, in the language of that book."""

import tomllib
from datetime import date, datetime, time
from functools import cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import format_date as format_day
from babel.dates import format_skeleton
from babel.dates import format_time as format_clock

from converter.languages.zones import in_zone, zone_of

DEFAULT_LANGUAGE = "en"


def label(language: str, key: str, *values: object, **named: object) -> str:
    """Return the words for `key` with `values` filled in.

    A language that the catalogue does not have falls back to its relatives (`zh-HK` to `zh-TW`), then to English.
    Words that count have a form for each kind of number, and `values` begins with it. Raises `KeyError` for a key that
    no catalogue has: that is a bug of the caller.
    """
    nearest = _nearest(language)
    found = _catalogue()[nearest][key]
    if isinstance(found, dict):
        found = found.get(_locale(nearest).plural_form(int(str(values[0]))), found["other"])
    return found.format(*values, **named)


def format_date(language: str, moment: datetime, zone: str) -> str:
    """Return the day of an aware `moment` in `zone` (a name or an offset), in the long form of the language."""
    return format_day(in_zone(moment, zone_of(zone)).date(), format="long", locale=_locale(language))


def format_time(language: str, moment: datetime, zone: str) -> str:
    """Return the hour and minute of an aware `moment` in `zone`; nothing for midnight, where only the day is known."""
    clock = in_zone(moment, zone_of(zone)).time()
    return format_clock(clock, format="short", locale=_locale(language)) if clock > time() else ""


def format_month_day(language: str, moment: datetime, zone: str) -> str:
    """Return the day of an aware `moment` without its year, for lists that leave little room."""
    return _skeleton(language, "MMMd", in_zone(moment, zone_of(zone)).date())


def format_period(language: str, kind: str, first: date | None) -> str:
    """Return the name of the day, week, month, quarter or year that begins with a day, as in "Week 22, 2022".

    Empty for a period without borders.
    """
    if first is None:
        return ""
    match kind:
        case "day":
            return format_day(first, format="long", locale=_locale(language))
        case "week":
            year, week, _ = first.isocalendar()
            return label(language, "week", year=year, week=week)
        case "month":
            return _skeleton(language, "yMMMM", first)
        case "quarter":
            return _skeleton(language, "yQQQQ", first)
        case "year":
            return _skeleton(language, "y", first)
        case _:
            return ""


def _skeleton(language: str, pattern: str, day: date) -> str:
    return format_skeleton(pattern, datetime(day.year, day.month, day.day), locale=_locale(language))  # noqa: DTZ001


@cache
def _catalogue() -> dict[str, dict[str, str | dict[str, str]]]:
    found: dict[str, dict[str, str | dict[str, str]]] = tomllib.loads(
        Path(__file__).with_suffix(".toml").read_text("utf-8")
    )
    return found


@cache
def _nearest(language: str) -> str:
    """Return the tag of the catalogue that serves `language` best."""
    known = {tag.lower(): tag for tag in _catalogue()}
    subtags = language.lower().split("-")
    if subtags[0] == "zh":
        return "zh-TW" if {"hant", "tw", "hk", "mo"} & set(subtags[1:]) else "zh-CN"
    return known.get(language.lower()) or known.get(subtags[0]) or DEFAULT_LANGUAGE


@cache
def _locale(language: str) -> Locale:
    """Return Babel's locale for a tag; one that Babel does not know falls back like the words do."""
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(_nearest(language), sep="-")


def collation_key(language: str, text: str) -> bytes:
    """Return what to sort words by: without regard to case, and Chinese by sound, which is the order of GB 2312.

    That order holds for the 3,755 usual characters; the others follow by radical.
    """
    return text.casefold().encode("gb18030" if language.startswith("zh") else "utf-8", "replace")
