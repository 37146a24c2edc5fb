"""The list of editions before and after a run -> the same with the dates and versions that catalogues go by.

A reader's program asks for a list, newest first, and stops where it meets what it has. So what is new or was revised
must come before everything that was there, however old its posts are.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from converter.catalogues import PublishedEdition

_STEP = timedelta(seconds=1)


def with_dates(
    editions: Iterable[PublishedEdition], before: Mapping[str, PublishedEdition]
) -> Iterator[PublishedEdition]:
    """Yield the editions of a run, those of each digest in the order in which they come into its list.

    `before` has the editions of the run before, by their keys.
    """
    newest: dict[str, datetime] = {}
    for edition in before.values():
        newest[edition.stem] = max(edition.date, newest.get(edition.stem, edition.date))
    for edition in sorted(editions, key=lambda edition: (edition.updated, edition.key)):
        was = before.get(edition.key)
        if was is not None and not _is_revised(edition, was):
            yield replace(edition, issued=was.issued, version=was.version)
            continue
        date = _after(edition.updated, newest.get(edition.stem))
        if edition.stem in newest:  # a first run has no order to keep
            newest[edition.stem] = date
        issued = date if date != edition.updated else None
        yield replace(edition, issued=issued, version=was.version + 1 if was else 1)


def _after(updated: datetime, newest: datetime | None) -> datetime:
    """Return the date of an edition, which is later than that of all that were there."""
    if newest is None or updated > newest:
        return updated
    try:
        return newest + _STEP
    except OverflowError:
        return newest


def _is_revised(edition: PublishedEdition, was: PublishedEdition) -> bool:
    """Say whether a file is not what it was, in one of the formats that there were."""
    formats = {file.format for file in was.files}
    files = {(file.name, file.sha256) for file in edition.files if file.format in formats}
    return bool(files) and files != {(file.name, file.sha256) for file in was.files}
