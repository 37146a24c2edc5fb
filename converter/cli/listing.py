"""`converter list`: which editions there are, and what a run would do with each."""

from __future__ import annotations

import sys
import unicodedata
from typing import TYPE_CHECKING

import click

from converter.cli.messages import Messages, message_options
from converter.cli.options import option
from converter.cli.progress import progress
from converter.cli.settings import settings_options
from converter.cli.streams import STREAM, write

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from converter.config import Config
    from converter.model import Period
    from converter.pipeline.listing import Listed

HEADS = ("KEY", "PERIOD", "POSTS", "WORDS", "SIZE", "STATE", "TITLE")
_RIGHT = ("POSTS", "WORDS", "SIZE")
_UNITS = ("B", "kB", "MB", "GB")


@click.command("list")
@settings_options
@option("--json", "as_json", is_flag=True, help="Print the editions as JSON.")
@message_options
def list_editions(*, settings: Config, as_json: bool, messages: Messages) -> None:
    """List the editions that `build` makes, and the state of each.

    An edition is current when a build would leave it alone, outdated when it would be made again, and new when none of
    its files is there. Nothing is made.
    """
    from converter.pipeline.run import listed

    messages.print_data("the editions")
    messages.under(settings.sources)
    with progress(quiet=messages.quiet) as tell:
        found = listed(settings, progress=tell)
    messages.show(found.diagnostics)
    if as_json:
        write(STREAM, found.to_json())
    else:
        for line in _table([HEADS, *map(_row, found.editions)]):
            click.echo(line)
        for name, state in found.catalogues.items():
            click.echo(f"the catalogue '{name}' is {state.value}")
    sys.exit(messages.status(found.diagnostics))


def _row(edition: Listed) -> tuple[str, ...]:
    return (
        edition.key,
        _days(edition.period),
        str(len(edition.posts)),
        str(edition.words),
        _size(edition.size) if edition.size else "",
        edition.state.value,
        "".join(each for each in edition.title if each.isprintable()),
    )


def _days(period: Period) -> str:
    """Return the days of a period; empty for one without borders."""
    days = dict.fromkeys(day.isoformat() for day in (period.first, period.last) if day)
    return " – ".join(days)


def _size(number: float) -> str:
    """Return a number of bytes as people read it, in powers of a thousand."""
    unit = 0
    while number >= 999.5 and unit < len(_UNITS) - 1:
        number, unit = number / 1000, unit + 1
    return f"{number:.1f} {_UNITS[unit]}" if unit and number < 9.95 else f"{number:.0f} {_UNITS[unit]}"


def _table(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    """Yield the lines of a table: numbers to the right, everything else to the left."""
    widths = [max(map(_cells, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = []
        for head, text, width in zip(HEADS, row, widths, strict=True):
            gap = " " * (width - _cells(text))
            cells.append(gap + text if head in _RIGHT else text + gap)
        yield "  ".join(cells).rstrip()


def _cells(text: str) -> int:
    """Return how many cells of a terminal a text takes."""
    return sum(
        2 if unicodedata.east_asian_width(each) in "WF" else 0 if unicodedata.combining(each) else 1 for each in text
    )
