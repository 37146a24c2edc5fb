"""What a catalogue is: a frozen value that turns the list of editions into files that lead readers to them."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Protocol

from msgspec import Struct

from converter.diagnostics import Warn
from converter.model import Period, Site
from converter.themes import Theme
from converter.writers import File

SCHEMA = "converter/editions/1"


class PublishedFile(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A finished file."""

    name: str
    """Relative to the folder of `editions.json`."""
    format: str
    """The name of its writer, or of the catalogue that it belongs to."""
    type: str
    """Its media type."""
    size: int
    """Bytes."""
    sha256: str


class PublishedEdition(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An edition in `editions.json`."""

    key: str
    """Its name, of which there is one in the folder; the names of its files begin with it."""
    stem: str = ""
    """What the keys of all editions of a digest begin with: the key without the period."""
    identifier: str = ""
    """A URN, as in the book: it stays when the edition is made again."""
    title: str
    series: str = ""
    """The title without the period: what the editions of a digest have in common."""
    language: str
    updated: datetime
    """The newest date of its posts."""
    issued: datetime | None = None
    """When it came into the list as it is, where that is not `updated`: see `date`."""
    version: int = 1
    """How often its files were made otherwise since it is in the list."""
    sealed: int = 0
    """The revision that stays as it is, whatever becomes of its posts, as the book says it; 0 while it may change."""
    period: Period
    headlines: tuple[str, ...] = ()
    """The titles that its cover announces."""
    posts: tuple[str, ...]
    """Their keys, in reading order."""
    files: tuple[PublishedFile, ...]
    cover: PublishedFile | None = None
    """A JPEG of its cover."""

    @property
    def date(self) -> datetime:
        """What catalogues are sorted by: an edition that is new or revised comes after all that were there before."""
        return self.issued or self.updated


class Manifest(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`editions.json`."""

    schema: str
    editions: tuple[PublishedEdition, ...] = ()
    """By period, then by key."""
    catalogues: tuple[PublishedFile, ...] = ()
    """The files of catalogues, by name."""


class Publication(Struct, frozen=True, kw_only=True):
    """All that a catalogue is made of. It depends on nothing else, but for its options and the theme."""

    editions: tuple[PublishedEdition, ...]
    """At least one; by period, then by key."""
    site: Site
    url: str = ""
    """Where the folder of the files is on the web, with a slash at its end; empty where nobody says."""
    catalogues: tuple[str, ...] = ()
    """The names of all that are made."""
    read: Callable[[PublishedFile], bytes]
    """Returns the bytes of a file of an edition. Raises `WriterError` where they are not those of the list."""


class Catalogue(Protocol):
    """A list of editions for readers, in one form or several. The fields are its options: the table `[publish.NAME]`.

    A catalogue is a frozen `msgspec.Struct` with `forbid_unknown_fields=True` and a default for every field, registered
    in the entry-point group `converter.catalogues` under its name. One with the step `fingerprint` of
    `writers.Fingerprinted` is made anew only where something has changed.
    """

    def files(self, publication: Publication, theme: Theme, warn: Warn) -> tuple[File, ...]:
        """Return the files: pure, in the process of the run. The first is the main one, and put in place last.

        Raises `WriterError` where it cannot be done.
        """


def newest_first(editions: Iterable[PublishedEdition]) -> tuple[PublishedEdition, ...]:
    """Return editions as catalogues list them: by their dates, and of one date by the later period."""
    return tuple(sorted(editions, key=lambda one: (one.date, one.period.first or date.min, one.key), reverse=True))
