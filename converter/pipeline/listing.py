"""Editions that are planned -> what `converter list` says of each: how much is in it, and what a run would do."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum

import msgspec
from msgspec import Struct

from converter.catalogues import Manifest, PublishedEdition
from converter.diagnostics import Diagnostic, Warn, ignore
from converter.model import Period
from converter.model.length import Length, whole_minutes
from converter.pipeline.editions import Editions
from converter.pipeline.plan import Edition

SCHEMA = "converter/list/1"


class State(StrEnum):
    """What a run would do with an edition."""

    NEW = "new"
    """None of its files is there: a run makes it."""
    OUTDATED = "outdated"
    """A run makes one of its files again."""
    CURRENT = "current"
    """A run leaves it alone."""


class Listed(Struct, frozen=True, kw_only=True):
    """An edition, as the list has it."""

    key: str
    """The name of the edition, with which the names of its files begin."""
    digest: str
    """The `name` of its `[[digest]]`, which may be empty."""
    title: str
    language: str
    period: Period
    updated: datetime
    """The newest date of its posts."""
    posts: tuple[str, ...]
    """Their keys, in reading order."""
    words: int
    minutes: int
    size: int
    """Bytes of its files that are there."""
    state: State
    formats: dict[str, State]
    """The state of each format."""
    sealed: bool
    """Whether it stays as it is, whatever becomes of its posts."""


class Listing(Struct, frozen=True, kw_only=True):
    """What there is to publish."""

    output: str
    """The output folder."""
    editions: tuple[Listed, ...]
    catalogues: dict[str, State]
    """The state of each catalogue, by its name."""
    diagnostics: tuple[Diagnostic, ...]

    def to_json(self) -> bytes:
        """Return the editions as indented JSON: docs/editions.md says what it holds."""
        data = msgspec.json.encode({"schema": SCHEMA, "editions": self.editions, "catalogues": self.catalogues})
        return msgspec.json.format(data, indent=1) + b"\n"


def list_editions(
    planned: Iterable[Edition],
    editions: Editions,
    formats: Sequence[str],
    lengths: Mapping[str, Length],
    warn: Warn,
) -> Iterator[Listed]:
    """Yield what there is to say of each edition in these formats. `lengths` has those of the posts, by their keys."""
    entries = {entry.key: entry for entry in editions.earlier(warn).editions}
    for edition in planned:
        digest = edition.digest
        sizes = _sizes(entries.get(digest.key), editions)
        states: dict[str, State] = {}
        for name in formats:
            if made := editions.current(edition, name, ignore):
                sizes[name] = sum(file.size for file in made.files)
            states[name] = State.CURRENT if made else State.OUTDATED if name in sizes else State.NEW
        lengths_here = [lengths[post.key] for post in digest.posts if post.key in lengths]
        yield Listed(
            key=digest.key,
            digest=edition.name,
            title=digest.title,
            language=digest.language,
            period=digest.period,
            updated=digest.updated,
            posts=tuple(post.key for post in digest.posts),
            words=sum(length.words for length in lengths_here),
            minutes=whole_minutes(sum(length.minutes for length in lengths_here)),
            size=sum(size for name, size in sizes.items() if name in states),
            state=_state(states.values()),
            formats=states,
            sealed=edition.is_sealed,
        )


def list_catalogues(names: Iterable[str], manifest: Manifest, current: Mapping[str, bool]) -> dict[str, State]:
    """Return the state of each catalogue; `current` says of which ones a run would leave them alone."""
    there = {file.format for file in manifest.catalogues}
    return {
        name: State.CURRENT if current.get(name) else State.OUTDATED if name in there else State.NEW for name in names
    }


def _sizes(entry: PublishedEdition | None, editions: Editions) -> dict[str, int]:
    """Return the bytes of the files of an edition that are there, by format."""
    sizes: dict[str, int] = {}
    for file in entry.files if entry else ():
        if (size := editions.size_of(file.name)) is not None:
            sizes[file.format] = sizes.get(file.format, 0) + size
    return sizes


def _state(states: Iterable[State]) -> State:
    found = set(states)
    return found.pop() if len(found) == 1 else State.OUTDATED
