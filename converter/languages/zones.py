"""The name of a time zone, as configurations and posts have it, -> a zone; and a moment there, at both ends of time.

All that speaks of zones asks here, so that a name means the same everywhere.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+\-−])(\d{1,2}):?(\d{2})?", re.IGNORECASE)


def zone_named(name: str) -> tzinfo | None:
    """Return the zone of an IANA name or an offset such as `UTC+8`, `None` for what is neither."""
    name = name.strip()
    if name.upper() in {"Z", "UTC", "GMT"}:
        return UTC
    if offset := _OFFSET.fullmatch(name):
        length = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        if length >= timedelta(hours=24):
            return None
        return timezone(length if offset[1] == "+" else -length)
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # nobody knows it; it is no name; it is the name of a folder of names
        return None


def zone_of(name: str) -> tzinfo:
    """Return the zone of a name, UTC for what is none: whoever took the name has said so."""
    return zone_named(name) or UTC


def in_zone(moment: datetime, zone: tzinfo) -> datetime:
    """Return an aware moment in a zone; one that has no date there, in the first or last year, keeps its own."""
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment.replace(tzinfo=zone)
