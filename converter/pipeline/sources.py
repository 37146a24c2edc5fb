"""Where posts are -> their bytes, in batches for workers, each with its key and with what its tags ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from converter.diagnostics import Code, Diagnostic, Outcome, Warn
from converter.limits.guard import attempt
from converter.limits.values import Limits
from converter.pipeline.dependencies import Neighbours
from converter.pipeline.discover import Location, read_file
from converter.reading import Beside, SourceFile
from converter.storage import is_url
from converter.storage.remote import answers_at_once

BATCH = 16
"""Sources that go to a worker together: a post is read in a few milliseconds, and a message costs a tenth of one."""

Item = tuple[Location, SourceFile]

Refused = Callable[[Location, Outcome[SourceFile]], None]
"""Told of a source that cannot be read."""


def batches(
    locations: Sequence[Location],
    keys: Mapping[Location, str],
    refused: Refused,
    neighbours: Neighbours | None = None,
    *,
    limits: Limits,
) -> Iterator[list[Item]]:
    """Yield the sources in batches; the parent alone reads files, several at once where another machine answers so."""

    def read(location: Location) -> Outcome[SourceFile]:
        return attempt(partial(source_at, keys[location], neighbours, limits), location)

    with ThreadPoolExecutor(BATCH) as pool:
        for start in range(0, len(locations), BATCH):
            some = locations[start : start + BATCH]
            roots = {location.root for location in some}
            is_far = any(map(is_url, roots)) and all(map(answers_at_once, filter(is_url, roots)))
            batch = []
            for location, outcome in zip(some, (pool.map if is_far else map)(read, some), strict=True):
                if outcome.value is None:
                    refused(location, outcome)
                else:
                    batch.append((location, outcome.value))
            yield batch


def source_at(key: str, neighbours: Neighbours | None, limits: Limits, location: Location, _warn: Warn) -> SourceFile:
    """Return what is to be read of a post. Raises `SourceError`."""
    data = read_file(location, limits)
    beside = neighbours.of(location, data) if neighbours else Beside()
    return SourceFile(path=location.name, key=key, data=data, beside=beside)


def keys_of(locations: Sequence[Location], warn: Warn) -> dict[Location, str]:
    """Return a key for every source that no other has: with the suffix, and the site's name, only where needed."""
    several = len({location.root for location in locations}) > 1
    keys: dict[Location, str] = {}
    taken: set[str] = set()
    for location in locations:
        prefix = f"{Path(location.root).name}/" if several else ""
        key = prefix + location.key
        if key in taken:
            key = prefix + location.name
            warn(
                Diagnostic(
                    code=Code.DUPLICATE_KEY,
                    message=f"another post has the key '{location.key}'; this one is '{key}'",
                    file=location.name,
                    hint="rename one of the files",
                )
            )
        taken.add(key)
        keys[location] = key
    return keys
