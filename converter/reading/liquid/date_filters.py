"""The filters of dates: points in time -> text, as Ruby's `strftime` has it, in English whatever the locale."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, tzinfo
from functools import partial

from converter.reading.dates import parse_date
from converter.reading.liquid.printed import printed

_MAX_FORM = 200
"""Characters of the form of a date."""


def date_filters(zone: tzinfo) -> dict[str, Callable[..., object]]:
    """Return the filters by name; dates are shown in the zone of the site."""
    return {
        "date": partial(_date, zone),
        "date_to_long_string": partial(_day_in_words, zone, "%B"),
        "date_to_rfc822": partial(_date, zone, form="%a, %d %b %Y %H:%M:%S %z"),
        "date_to_string": partial(_day_in_words, zone, "%b"),
        "date_to_xmlschema": partial(_date, zone, form="%Y-%m-%dT%H:%M:%S%:z"),
    }


def _time(zone: tzinfo, value: object) -> datetime | None:
    """Return a date as a point in time. Words such as `now` are none: the clock has no place in a book."""
    match value:
        case datetime():
            return value.astimezone(zone)
        case date():
            return datetime.combine(value, time(), zone)
        case int() if not isinstance(value, bool):
            try:
                return datetime.fromtimestamp(value, zone)
            except (ValueError, OverflowError, OSError):
                return None
        case _:
            found = parse_date(printed(value), zone)
            return found.astimezone(zone) if found else None


def _date(zone: tzinfo, value: object, form: object = "%Y-%m-%d") -> object:
    found = _time(zone, value)
    if found is None:
        return "" if printed(value).strip().lower() in {"now", "today"} else value
    return _in_form(found, printed(form)[:_MAX_FORM])


def _in_form(when: datetime, form: str) -> str:
    return re.sub(r"%([-^_0#]*)(:{0,2}[A-Za-z%+])", lambda found: _directive(when, found[1], found[2]), form)


_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_MONTHS = "January February March April May June July August September October November December".split()
_NUMBERS: Mapping[str, tuple[Callable[[datetime], int], int, str]] = {
    "C": (lambda when: when.year // 100, 2, "0"),
    "G": (lambda when: when.isocalendar().year, 4, "0"),
    "H": (lambda when: when.hour, 2, "0"),
    "I": (lambda when: when.hour % 12 or 12, 2, "0"),
    "L": (lambda when: when.microsecond // 1000, 3, "0"),
    "M": (lambda when: when.minute, 2, "0"),
    "N": (lambda when: when.microsecond * 1000, 9, "0"),
    "S": (lambda when: when.second, 2, "0"),
    "U": (lambda when: (when.timetuple().tm_yday + 6 - when.isoweekday() % 7) // 7, 2, "0"),
    "V": (lambda when: when.isocalendar().week, 2, "0"),
    "W": (lambda when: (when.timetuple().tm_yday + 6 - when.weekday()) // 7, 2, "0"),
    "Y": (lambda when: when.year, 4, "0"),
    "d": (lambda when: when.day, 2, "0"),
    "e": (lambda when: when.day, 2, " "),
    "g": (lambda when: when.isocalendar().year % 100, 2, "0"),
    "j": (lambda when: when.timetuple().tm_yday, 3, "0"),
    "k": (lambda when: when.hour, 2, " "),
    "l": (lambda when: when.hour % 12 or 12, 2, " "),
    "m": (lambda when: when.month, 2, "0"),
    "s": (lambda when: int(when.timestamp()), 1, "0"),
    "u": (lambda when: when.isoweekday(), 1, "0"),
    "w": (lambda when: when.isoweekday() % 7, 1, "0"),
    "y": (lambda when: when.year % 100, 2, "0"),
}
"""Directives of numbers: the value, its width, and what fills it."""
_FORMS = {
    "+": "%a %b %e %H:%M:%S %Z %Y", "D": "%m/%d/%y", "F": "%Y-%m-%d", "R": "%H:%M", "T": "%H:%M:%S",
    "X": "%H:%M:%S", "c": "%a %b %e %H:%M:%S %Y", "r": "%I:%M:%S %p", "v": "%e-%^b-%Y", "x": "%m/%d/%y",
}  # fmt: skip
"""Directives that stand for others."""


def _directive(when: datetime, flags: str, name: str) -> str:
    if name in _NUMBERS:
        value_of, width, filled = _NUMBERS[name]
        fill = "" if "-" in flags else " " if "_" in flags else "0" if "0" in flags else filled
        text = str(value_of(when))
        return text.rjust(width, fill) if fill else text
    if name in _FORMS:
        return _in_form(when, _FORMS[name])
    text = _word(when, name)
    return (
        text.upper() if "^" in flags or ("#" in flags and name not in "pZ") else text.lower() if "#" in flags else text
    )


def _word(when: datetime, name: str) -> str:
    day, month = _DAYS[when.weekday()], _MONTHS[when.month - 1]
    half = "AM" if when.hour < 12 else "PM"
    zone = when.strftime("%z")
    words = {
        "%": "%", "A": day, "B": month, "P": half.lower(), "Z": when.tzname() or "", "a": day[:3], "b": month[:3],
        "h": month[:3], "n": "\n", "p": half, "t": "\t", "z": zone[:5], ":z": f"{zone[:3]}:{zone[3:5]}",
    }  # fmt: skip
    return words.get(name, f"%{name}")


def _day_in_words(zone: tzinfo, month: str, value: object, kind: object = None, style: object = None) -> object:
    found = _time(zone, value)
    if found is None:
        return value
    if kind != "ordinal":
        return _in_form(found, f"%d {month} %Y")
    day = f"{found.day}{_ordinal(found.day)}"
    return _in_form(found, f"{month} {day}, %Y" if style == "US" else f"{day} {month} %Y")


def _ordinal(number: int) -> str:
    return "th" if number in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
