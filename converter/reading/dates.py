"""A date as people write it -> an aware point in time."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_TIME = (
    r"(?:(?:[ \tT]|,[ \t]*|日[ \t]*)+(?P<noon>上午|下午)?[ \t]*"
    r"(?P<hour>\d{1,2})(?:[:：时時](?P<minute>\d{1,2}))(?:[:：分](?P<second>\d{1,2})(?:[.,]\d+)?)?[分秒]?"
    r"[ \t]*(?P<half>am|pm)?)?"
)
_ZONE = (
    r"[ \t]*(?P<zone>Z|UTC|GMT|[A-Z][a-z]+/[A-Za-z_/]+|(?:UTC|GMT)?[ \t]*[+\-−]\d{1,2}:?(?:\d{2})?)?"
    r"(?:[ \t]*\([A-Z]+\))?"
)
_WEEKDAY = r"(?:[A-Z]{3,9},?[ \t]+)?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_MONTH = r"(?P<name>[A-Z]{3})[a-z]*\.?"
_FORMS = tuple(
    re.compile(rf"{day}{_TIME}{_ZONE}", re.IGNORECASE)
    for day in (
        r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})",
        r"(?P<year>\d{4})[ \t]*年[ \t]*(?P<month>\d{1,2})[ \t]*月[ \t]*(?P<day>\d{1,2})(?:[ \t]*日)?",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})",
        rf"{_WEEKDAY}{_DAY}[ \t-]+{_MONTH},?[ \t-]+(?P<year>\d{{4}})",
        rf"{_WEEKDAY}{_MONTH}[ \t]+{_DAY},?[ \t]+(?P<year>\d{{4}})",
        r"(?P<year>\d{4})(?P<mark>-)(?P<month>\d{1,2})",
    )
)
_NAMED = re.compile(r"(?<!\d)(?P<year>\d{2}|\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?:[-_. ]|$)")
_DIGITS = re.compile(
    r"(?<!\d)(?P<year>19[89]\d|20\d\d)[-_/]?(?P<month>0[1-9]|1[0-2])[-_/]?(?P<day>0[1-9]|[12]\d|3[01])"
)


def parse_date(text: str, zone: tzinfo) -> datetime | None:
    """Return the point in time that `text` names, in `zone` where it names no other; `None` for what is no date."""
    text = text.strip().strip("\"'").strip()
    for form in _FORMS:
        if found := form.fullmatch(text):
            return _from_match(found.groupdict(), zone)
    return None


def date_in_name(name: str, zone: tzinfo) -> datetime | None:
    """Return the day that a file name begins with, else the first one that its digits or folders spell."""
    stem = name.rpartition("/")[2]
    for pattern, text in ((_NAMED, stem), (_DIGITS, stem), (_DIGITS, name.rpartition("/")[0])):
        for found in pattern.finditer(text):
            if (day := _from_match(found.groupdict(), zone)) is not None:
                return day
    return None


def zone_named(name: str) -> tzinfo | None:
    """Return the zone of an IANA name or an offset, `None` for what is neither."""
    name = name.strip()
    if name.upper() in {"Z", "UTC", "GMT"}:
        return UTC
    offset = re.fullmatch(r"(?:UTC|GMT)?\s*([+\-−])(\d{1,2}):?(\d{2})?", name, re.IGNORECASE)
    if offset:
        length = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        if length >= timedelta(hours=24):
            return None
        return timezone(length if offset[1] == "+" else -length)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _from_match(parts: dict[str, str | None], zone: tzinfo) -> datetime | None:
    named = parts.get("zone")
    found_zone = zone_named(named) if named else zone
    if found_zone is None:
        return None
    hour = int(parts.get("hour") or 0)
    afternoon = parts.get("noon") == "下午" or (parts.get("half") or "").lower() == "pm"
    if afternoon and hour < 12:
        hour += 12
    elif (parts.get("half") or "").lower() == "am" and hour == 12:
        hour = 0
    year = int(parts["year"] or 0)
    try:
        return datetime(
            year + 2000 if year < 100 else year,
            _month(parts),
            int(parts.get("day") or 1),
            hour,
            int(parts.get("minute") or 0),
            int(parts.get("second") or 0),
            tzinfo=found_zone,
        )
    except ValueError:
        return None


def _month(parts: dict[str, str | None]) -> int:
    name = parts.get("name")
    if name is None:
        return int(parts.get("month") or 1)
    return _MONTHS.index(name.lower()) + 1 if name.lower() in _MONTHS else 0
