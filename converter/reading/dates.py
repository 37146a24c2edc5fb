"""A date as people write it -> an aware point in time.

Written dates are read as Ruby's `Time.parse` reads them, which decides for Jekyll: the time and its zone wherever they
stand, then the first order of year, month and day that fits. What Ruby would take from the clock makes no date here.
"""

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from msgspec import Struct

from converter.languages.zones import zone_named
from converter.reading.zone_names import ABBREVIATIONS, STANDARD_TIMES

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_NAME = rf"(?:{'|'.join(_MONTHS)})"
_NUMBER = r"'?-?\d+"
_ERA = r"(?:\s*\b(?:a\.?d\.?|c\.?e\.?))?"
_COMMON = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:[ \t]+|[tT])(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?[ \t]*"
    r"(Z|[+-]\d{2}:?\d{2})?)?"
)
"""What nearly all dates look like; the rest of this file is for the others."""
_MAX = 128
"""Characters: Ruby's limit."""

_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}
"""The year before the first of an era."""
_ERA_YEAR = re.compile(rf"({'|'.join(_ERAS)})\s*(\d{{1,3}}|元)\s*年")
_HAN_DATE = re.compile(r"(\d{1,4})\s*[年년]\s*(\d{1,2})\s*[月월](?:\s*(\d{1,2})\s*[日号號일]?)?")
_HALVES = {
    **dict.fromkeys(("上午", "早上", "凌晨", "午前", "오전"), "am"),
    **dict.fromkeys(("中午", "下午", "晚上", "午後", "오후"), "pm"),
}
_HAN_TIME = re.compile(
    rf"({'|'.join(_HALVES)})?\s*(\d{{1,2}})\s*[时時点點시:]\s*"
    r"(?:(\d{1,2})(?!\d)\s*(?:[分분:]\s*(?:(\d{1,2})(?!\d)\s*[秒초]?)?)?)?"
)
_DASHES = re.compile("[‐‑‒–—−]")
_HAN_WEEKDAY = re.compile(r"\(?(?:星期|周|週|礼拜)[一二三四五六日天]\)?")
_REGION = re.compile(r"\b[A-Z][A-Za-z]+(?:/[A-Z][A-Za-z0-9_+-]+)+\b")
_WEEKDAY = re.compile(r"\b(?:sun|mon|tue|wed|thu|fri|sat)[^-/\d\s]*", re.IGNORECASE)
_CLOCK = re.compile(
    r"(?:(?P<hour>\d+)\s*(?::\s*(?P<minute>\d+)(?:\s*:\s*(?P<second>\d+)(?:[,.]\d*)?)?"
    r"|h(?:\s*(?P<minute_h>\d+)m?(?:\s*(?P<second_h>\d+)s?)?)?)(?:\s*(?P<half>[ap])(?:m\b|\.m\.))?"
    r"|(?P<full>\d+)\s*(?P<full_half>[ap])(?:m\b|\.m\.))"
    r"(?:\s*(?P<zone>(?:gmt|utc?)?[-+]\d+(?:[,.:]\d+(?::\d+)?)?|[a-z.\s]+(?:standard|daylight)\stime\b"
    rf"|(?!{_NAME}[a-z]*\.?\s+\d)[a-z]+(?:\sdst)?\b))?",
    re.IGNORECASE,
)
_NAMED = re.compile(r"(?<!\d)(?P<year>\d{2}|\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?:[-_. ]|$)")
_DIGITS = re.compile(
    r"(?<!\d)(?P<year>19[89]\d|20\d\d)[-_/]?(?P<month>0[1-9]|1[0-2])[-_/]?(?P<day>0[1-9]|[12]\d|3[01])"
)
_UNIX = re.compile(r"1\d{9}(?:\d{3})?(?:\.\d*)?")

_Order = tuple[str | None, str | None, str | None]
"""Year, month and day as they are written."""


class _Day(Struct, frozen=True):
    year: int
    month: int
    day: int


class _Clock(Struct, frozen=True):
    hour: int = 0
    minute: int = 0
    second: int = 0
    zone: str = ""


def parse_date(text: str, zone: tzinfo) -> datetime | None:
    """Return the point in time that `text` names, in `zone` where it names no other; `None` for what is no date."""
    text = text.strip().strip("\"'").strip()
    if found := _COMMON.fullmatch(text):
        year, month, day, hour, minute, second, named = found.groups()
        clock = _Clock(int(hour or 0), int(minute or 0), int(second or 0), named or "")
        return _moment(_Day(int(year), int(month), int(day)), clock, zone)
    if _UNIX.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC).astimezone(zone)
    if len(text) > _MAX:
        return None
    rest, clock = _clock(_without_han(unicodedata.normalize("NFKC", text)))
    day_, clock = _day(rest, clock)
    return _moment(day_, clock, zone) if day_ else None


def date_in_name(name: str, zone: tzinfo) -> datetime | None:
    """Return the day that a file name begins with, else the first one that its digits or folders spell."""
    stem = name.rpartition("/")[2]
    for pattern, text in ((_NAMED, stem), (_DIGITS, stem), (_DIGITS, name.rpartition("/")[0])):
        for found in pattern.finditer(text):
            year, month, day = (int(found[part]) for part in ("year", "month", "day"))
            if moment := _moment(_Day(_century(year, found["year"]), month, day), _Clock(), zone):
                return moment
    return None


# ---- the parts ----


def _without_han(text: str) -> str:
    """Return a date of Chinese or Japanese in digits and marks."""
    text = _DASHES.sub("-", text)
    if text.isascii():
        return text
    text = _ERA_YEAR.sub(lambda found: f"{_ERAS[found[1]] + int(found[2].replace('元', '1'))}年", text)
    text = _HAN_DATE.sub(lambda found: f" {'-'.join(part for part in (*found.groups()[:2], found[3] or '1'))} ", text)
    return _HAN_TIME.sub(_time_of_han, _HAN_WEEKDAY.sub(" ", text))


def _time_of_han(found: re.Match[str]) -> str:
    return f" {found[2]}:{found[3] or '00'}:{found[4] or '00'}{_HALVES.get(found[1], '')} "


def _clock(text: str) -> tuple[str, _Clock]:
    """Return the text without the day of the week and the time, and the time."""
    region = _REGION.search(text)
    if region:
        text = text.replace(region[0], " ")
    text = _WEEKDAY.sub(" ", re.sub(r"[^-+',./:@\w\[\]]+", " ", text), count=1)
    found = _CLOCK.search(text)
    if found is None:
        return text, _Clock()
    hour = int(found["hour"] or found["full"])
    if half := (found["half"] or found["full_half"] or "").lower():
        hour = hour % 12 + (12 if half == "p" else 0)
    minute, second = found["minute"] or found["minute_h"], found["second"] or found["second_h"]
    zone = region[0] if region else found["zone"] or ""
    rest = f"{text[: found.start()]} {text[found.end() :]}"
    return rest, _Clock(hour, int(minute or 0), int(second or 0), zone)


def _day(text: str, clock: _Clock) -> tuple[_Day | None, _Clock]:
    """Return the day by the first order that fits, and the time: digits may run on, or be the hour."""
    for order in _ORDERS:
        if found := order.search(text):
            rest = f"{text[: found.start()]} {text[found.end() :]}".strip()
            if clock == _Clock() and rest.isdecimal() and len(rest) <= 2:
                clock = _Clock(int(rest))
            return _in_order(found["y"], found["m"], found["d"]), clock
    found = _RUN.search(text)
    return _of_run(found, clock) if found else (None, clock)


_ORDERS = tuple(
    re.compile(order, re.IGNORECASE)
    for order in (
        rf"(?P<d>'?\d+)[^-\d\s]*\s*(?:of\s+)?(?P<m>{_NAME})[^-\d\s']*(?:{_ERA}\s*(?P<y>{_NUMBER}(?:(?:st|nd|rd|th)\b)?))?",
        rf"\b(?P<m>{_NAME})[^-\d\s']*\s*(?P<d>'?\d+)[^-\d\s']*(?:\s*,?{_ERA}\s*(?P<y>{_NUMBER}))?",
        rf"(?P<y>'?[-+]?\d+)-(?P<m>\d+)-(?P<d>{_NUMBER})",
        rf"(?P<d>{_NUMBER})-(?P<m>{_NAME})[^-/.]*-(?P<y>{_NUMBER})",
        rf"\b(?P<m>{_NAME})[^-/.]*-(?P<d>{_NUMBER})(?:-(?P<y>{_NUMBER}))?",
        rf"(?P<y>{_NUMBER})/\s*(?P<m>'?\d+)(?:\D\s*(?P<d>{_NUMBER}))?",
        rf"(?P<y>{_NUMBER})\.\s*(?P<m>'?\d+)\.\s*(?P<d>{_NUMBER})",
        r"\b(?P<y>\d{4})-(?P<m>\d{1,2})\b(?P<d>)",
    )
)
"""In Ruby's order: 2 May 2024; May 2, 2024; 2024-05-02; 2-May-2024; May-2-2024; 2024/5/2; 2.5.2024; 2024-05."""
_RUN = re.compile(r"(?<!\d)(\d{6,14})(?:\s*t?\s*(\d{2,6})(?:[,.]\d*)?)?(z\b|[-+]\d{1,4}\b)?(?!\d)", re.IGNORECASE)
"""Digits without marks between them: 20240502, 20240502T083000Z, 240502."""


def _in_order(year: str | None, month: str | None, day: str | None) -> _Day | None:
    """Return the day of three parts, which stand in another order where one of them can only be a year."""
    if year and month and not day:
        year, month, day = None, year, month
    if not year and day and _is_year(day):
        year, day = day, None
    if month and _is_year(month):
        year, month, day = month, day, year
    if day and (_is_year(day) or _number(day) > 31):
        year, day = day, year
    if not year or not month:
        return None
    number = _MONTHS.index(month[:3].lower()) + 1 if month[:1].isalpha() else _number(month)
    if number > 12 and day and _number(day) <= 12:
        # No month at all in Ruby; programs of America write them so.
        number, day = _number(day), str(number)
    return _Day(_century(_number(year), year), number, _number(day or "1"))


def _is_year(part: str) -> bool:
    return part.startswith("'") or (len(part) > 2 and not part[0].isalpha())


def _number(part: str) -> int:
    found = re.search(r"\d{1,9}", part)
    return int(found[0]) if found else 0


def _century(year: int, written: str) -> int:
    if len(written.lstrip("'")) > 2:
        return year
    return year + (1900 if year >= 69 else 2000)


def _of_run(found: re.Match[str], clock: _Clock) -> tuple[_Day | None, _Clock]:
    digits, time, zone = found.groups()
    if len(digits) % 2:
        return None, clock
    size = 2 if len(digits) in (6, 12) and digits[:2] not in ("19", "20") else 4
    if len(digits) < size + 4:
        return None, clock
    year, month, number, more = digits[:size], digits[size : size + 2], digits[size + 2 : size + 4], digits[size + 4 :]
    day = _Day(_century(int(year), year), int(month), int(number))
    if more or time:
        tail = f"{more or time}000000"
        clock = _Clock(int(tail[:2]), int(tail[2:4]), int(tail[4:6]), zone or clock.zone)
    return day, clock


# ---- the whole ----


def _moment(day: _Day, clock: _Clock, zone: tzinfo) -> datetime | None:
    """Return the point in time; 24:00 is the beginning of the next day."""
    whole = clock.hour == 24 and not clock.minute and not clock.second
    if (clock.hour > 23 and not whole) or clock.minute > 59 or clock.second > 60:
        return None
    if day.year == 1:  # how programs in Go write that there is no date
        return None
    try:
        start = datetime(day.year, day.month, day.day)  # noqa: DTZ001  (its zone comes below)
        local = start + timedelta(hours=clock.hour, minutes=clock.minute, seconds=min(clock.second, 59))
        moment = local.replace(tzinfo=_zone_of(clock.zone, local, zone))
        moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment


def _zone_of(written: str, local: datetime, zone: tzinfo) -> tzinfo:
    """Return the zone that is written behind a time; the site's own where it is not known, so that the day is kept.

    An abbreviation has several meanings: in Shanghai CST is China's time, in Chicago that of the middle of America.
    """
    name = " ".join(written.lower().split())
    if not name or name == (local.replace(tzinfo=zone).tzname() or "").lower():
        return zone
    if (minutes := _minutes_of(name)) is not None:
        return timezone(timedelta(minutes=minutes))
    return zone_named(written) or zone


def _minutes_of(name: str) -> int | None:
    if found := re.fullmatch(r"(?:gmt|utc?)?([-+])(\d{1,2}):?(\d{2})?(?::?\d{2})?", name):
        return int(f"{found[1]}1") * (int(found[2]) * 60 + int(found[3] or 0))
    if found := re.fullmatch(r"(.+) (standard|daylight) time", name):
        minutes = STANDARD_TIMES.get(found[1])
        return minutes if minutes is None or found[2] == "standard" else minutes + 60
    if name.endswith(" dst"):
        minutes = ABBREVIATIONS.get(name.removesuffix(" dst"))
        return None if minutes is None else minutes + 60
    if len(name) == 1:
        return _MILITARY.get(name)
    return ABBREVIATIONS.get(name)


_EAST, _WEST = "abcdefghiklm", "nopqrstuvwxy"
_MILITARY = {
    "z": 0,
    **{letter: 60 * hours for hours, letter in enumerate(_EAST, 1)},
    **{letter: -60 * hours for hours, letter in enumerate(_WEST, 1)},
}
"""The letters of zones: the first twelve east of Greenwich, the others west."""
