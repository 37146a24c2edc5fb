"""Dates as people write them. A line of the input is a date; `none` stands for what is none.

Settings: `timezone` (of the site; default UTC).
"""

from zoneinfo import ZoneInfo

from converter.reading.dates import parse_date
from tests.test_cases import Case


def run(case: Case) -> str:
    zone = ZoneInfo(case.settings.get("timezone", "UTC"))
    lines = case.input.rstrip("\n").split("\n")
    return "\n".join(f"{line} -> {parse_date(line, zone) or 'none'}" for line in lines)
