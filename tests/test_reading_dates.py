"""Our reading of written dates against Ruby's own, line by line."""

import subprocess

import pytest

from tests.conftest import require_installed
from tests.test_cases import CASES, parse

LINES = [
    line
    for case in parse(CASES / "dates" / "written.md")
    if not case.settings
    for line in case.output.strip().splitlines()
]
DIFFERENCES = {
    "2nd of May 2024": "Ruby loses the day before 'of'",
    "31.12.99": "no year 31 has a 99th day",
    "05/13/2024": "there is no month 13: programs of America put the month first",
    "2024-05": "the first day of a month, as Jekyll has it where YAML makes a date of it",
    "08:30:00 May 2 2024 PST": "Ruby takes May for a zone",
    "2024-05-02T08:30:00 Asia/Shanghai": "Ruby does not know the names of IANA",
    "240502083000": "two digits of a year before a time",
    "9999-12-31 23:59:59 -1200": "in Greenwich it is the year 10000",
    "0000-01-01": "programs write it where there is no date",
    "0001-01-01T00:00:00Z": "programs write it where there is no date",
    "2024-W18-4": "weeks and days of the year are dates to Ruby alone",
    "2024-123": "weeks and days of the year are dates to Ruby alone",
}
"""Where we differ from Ruby, and why."""
SCRIPT = """
require 'date'
STDIN.each_line do |line|
  parts = Date._parse(line.chomp)
  known = parts[:year] && parts[:mon] || parts[:cwyear] || parts[:yday]
  raise Date::Error unless known
  puts DateTime.parse(line.chomp).strftime('%Y-%m-%d %H:%M:%S%:z')
rescue Date::Error
  puts 'none'
end
"""


@pytest.fixture(scope="module")
def ruby() -> dict[str, str]:
    """What Ruby makes of every line."""
    require_installed("ruby")
    written = [line.partition(" -> ")[0] for line in LINES]
    command = ["ruby", "-E", "UTF-8:UTF-8", "-e", SCRIPT]
    run = subprocess.run(command, input="\n".join(written), capture_output=True, text=True, check=True)
    return dict(zip(written, run.stdout.splitlines(), strict=True))


@pytest.mark.parametrize("line", LINES)
def test_a_date_reads_as_in_ruby(line: str, ruby: dict[str, str]) -> None:
    written, _, ours = line.partition(" -> ")

    assert (ruby[written] == ours) == (written not in DIFFERENCES)
