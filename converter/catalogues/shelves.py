"""The list of editions -> shelves: what every catalogue says of a digest and of its books, the newest first."""

import re
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from msgspec import Struct

from converter.catalogues import Publication, PublishedEdition, PublishedFile, newest_first
from converter.languages import is_language
from converter.languages.labels import DEFAULT_LANGUAGE, label
from converter.languages.unicode import clean
from converter.model import Site
from converter.writers.book import BETWEEN
from converter.writers.series import number_of

_ORDER = ("application/epub+zip", "application/pdf", "text/html", "text/markdown", "text/plain")
"""Media types, the most wanted one first: KOReader takes the first that it can open."""
_VERSION = 8
"""Characters of a hash."""
_DIGITS = r"(?:-(\d+))?"
"""What tells the volumes of a book from each other, behind its key."""


class Copy(Struct, frozen=True):
    """A book in one format."""

    file: PublishedFile
    version: str
    """What is new about it; empty for one that was never revised."""


class BookItem(Struct, frozen=True, kw_only=True):
    """A book: an edition, or a volume of one. Words have no character that XML forbids, and no end of a line."""

    identifier: str
    title: str
    version: int
    language: str
    """A well-formed BCP 47 tag."""
    date: datetime
    """In UTC: when it came into the list as it is."""
    published: datetime
    """The newest date of its posts."""
    series: str
    number: str
    """A decimal number; empty for a digest without periods."""
    count: str
    """How many posts there are, in words."""
    headlines: tuple[str, ...]
    copies: tuple[Copy, ...]
    """At least one; EPUB first."""
    cover: PublishedFile | None

    @property
    def summary(self) -> str:
        """What is in it, on a line."""
        return f"{self.count}: {BETWEEN.join(self.headlines)}" if self.headlines else self.count


class Shelf(Struct, frozen=True, kw_only=True):
    """The books of a digest."""

    name: str
    """Fit for the name of a file."""
    title: str
    author: str
    language: str
    site: Site
    items: tuple[BookItem, ...]
    """At least one; the newest first."""

    @property
    def date(self) -> datetime:
        return self.items[0].date

    @property
    def site_title(self) -> str:
        """What the list of all shelves is called."""
        return _line(self.site.title) or self.title

    def identifier(self, kind: str) -> str:
        """Return a URN for a list of these books, which stays; `kind` tells lists from each other."""
        return list_identifier(self.site, f"{self.name}/{kind}")


def list_identifier(site: Site, name: str) -> str:
    """Return a URN for a list of that name, which stays."""
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{site.url or site.title}/{name}')}"


def shelves(publication: Publication) -> tuple[Shelf, ...]:
    """Return the shelves by name; a digest whose editions have no file to hand out has none."""
    found = (_shelf(name, group, publication.site) for name, group in by_digest(publication).items())
    return tuple(shelf for shelf in found if shelf.items)


def by_digest(publication: Publication) -> dict[str, list[PublishedEdition]]:
    """Return the editions of each digest, the newest first, by the names of the shelves."""
    groups: dict[str, list[PublishedEdition]] = {}
    for edition in newest_first(publication.editions):
        groups.setdefault(edition.stem or edition.key, []).append(edition)
    return dict(sorted(groups.items()))


def _shelf(name: str, editions: list[PublishedEdition], site: Site) -> Shelf:
    title = _line(editions[0].series) or name
    return Shelf(
        name=name,
        title=title,
        author=_line(site.author) or title,
        language=_language(editions[0].language),
        site=site,
        items=tuple(item for edition in editions for item in _items(edition)),
    )


def _items(edition: PublishedEdition) -> Iterator[BookItem]:
    """Yield the volumes of an edition; the first has the other formats, too."""
    found = volumes(edition)
    language = _language(edition.language)
    for number, files in found.items():
        volume = f"{number}/{len(found)}" if len(found) > 1 else ""
        yield BookItem(
            identifier=_volume_of(edition.identifier, number),
            title=" ".join(filter(None, (_line(edition.title) or edition.key, volume))),
            version=edition.version,
            language=language,
            date=edition.date.astimezone(UTC),
            published=edition.updated.astimezone(UTC),
            series=_line(edition.series),
            number=number_of(edition.period, volume),
            count=label(language, "posts", len(edition.posts)),
            headlines=tuple(filter(None, map(_line, edition.headlines))),
            copies=tuple(Copy(file, file.sha256[:_VERSION] if edition.version > 1 else "") for file in files),
            cover=edition.cover,
        )


def volumes(edition: PublishedEdition) -> dict[int, list[PublishedFile]]:
    """Return the files that somebody can read, by volume; images that a page shows are none."""
    pattern = re.compile(re.escape(edition.key) + _DIGITS + r"\.[^/]+")
    found: dict[int, list[PublishedFile]] = {}
    for file in sorted(edition.files, key=_rank):
        if matched := pattern.fullmatch(file.name):
            found.setdefault(int(matched[1] or 1), []).append(file)
    return dict(sorted(found.items()))


def _rank(file: PublishedFile) -> tuple[int, str]:
    return _ORDER.index(file.type) if file.type in _ORDER else len(_ORDER), file.name


def _volume_of(identifier: str, number: int) -> str:
    """Return the identifier of a volume: as stable as that of the edition."""
    if number == 1:
        return identifier
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{identifier}/{number}')}"


def _language(tag: str) -> str:
    return tag if is_language(tag) else DEFAULT_LANGUAGE


def _line(text: str) -> str:
    return " ".join(clean(text).split())


def moment(date: datetime) -> str:
    """Return a date as Atom and JSON Feed want it."""
    return date.replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def pages(items: tuple[BookItem, ...], size: int) -> Iterable[tuple[BookItem, ...]]:
    """Return the items in runs of at most so many."""
    return [items[start : start + size] for start in range(0, len(items), size)]
