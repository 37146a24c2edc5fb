"""Posts with what is known about them, and the digests that they are put into."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, Self, runtime_checkable

import msgspec
from msgspec import Struct
from msgspec.structs import force_setattr, replace

from converter.languages import Direction, direction_of
from converter.model.nodes import Block


class Document(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="schema"):
    """A value that other tools may keep as JSON."""

    def to_json(self) -> bytes:
        """Return the JSON form: UTF-8, keys in the order of the fields, defaults left out.

        It names no place of this machine, so it has neither the files of images nor their bytes.
        """
        return msgspec.json.encode(self.portable())

    def portable(self) -> Self:
        """Return the document without what holds on this machine only: its JSON form, and what it is known by."""
        return self

    @classmethod
    def from_json(cls, data: bytes | str) -> Self:
        """Return the value that `to_json` wrote. Raises `msgspec.ValidationError` for another schema or version."""
        return msgspec.json.decode(data, type=cls)


class Source(Struct, frozen=True, omit_defaults=True):
    """Who published the post first."""

    name: str = ""
    url: str = ""


def _take_lists(value: Struct, *fields: str) -> None:
    """Make tuples of lists in the fields of a new value. Raises `TypeError` for what is neither."""
    for name in fields:
        held = getattr(value, name)
        if isinstance(held, list):
            force_setattr(value, name, tuple(held))
        elif not isinstance(held, tuple):
            raise TypeError(f"{type(value).__name__}.{name} is a tuple, not {type(held).__name__}: {held!r:.80}")


class Metadata(Struct, frozen=True, kw_only=True, omit_defaults=True):
    title: str
    """Never empty: a reader finds one."""
    subtitle: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    """Aware. `None` for a post whose date is nowhere."""
    updated: datetime | None = None
    language: str = ""
    """A BCP 47 tag."""
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    summary: str = ""
    hidden: bool = False
    """Whether the site does not show it (`published: false`)."""
    draft: bool = False
    """Whether it is not finished (`draft: true`, or a file in `_drafts`)."""
    source: Source | None = None
    url: str = ""
    """Where the site shows the post; empty where the site does not say its host."""
    addresses: tuple[str, ...] = ()
    """Paths that lead to the post, from the root of the site: its own, then those that are redirected to it."""
    slug: str = ""
    extra: dict[str, str] = {}
    """Front matter that the converter gives no meaning to, as written."""

    def __post_init__(self) -> None:
        _take_lists(self, "authors", "categories", "tags", "addresses")


class Note(Struct, frozen=True):
    """A footnote or endnote."""

    id: str
    blocks: tuple[Block, ...]


@runtime_checkable
class Blob(Protocol):
    """Where the bytes of an image are: a value that another process can be sent."""

    @property
    def name(self) -> str:
        """What messages call the file."""

    def read(self, most: int) -> bytes:
        """Return the bytes, of which there are `most` at most. Raises `storage.RefusedError`."""


class Asset(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An image that is at hand: what it is, and nothing of where."""

    src: str
    """The `src` of the images that show it."""
    media_type: str
    """By content, not by name."""
    size: int
    """Bytes."""
    sha256: str
    width: int = 0
    """Pixels; 0 where the format has none (SVG)."""
    height: int = 0
    blob: Blob | None = None
    """What has its bytes; nothing where `src` itself has them (`data:`). Not in the JSON form."""


class Post(Document, frozen=True, tag="converter/post/2"):
    """One article: what it says, and what is known about it."""

    key: str
    """Stable and unique in its site: the path of its source without folder marks and suffix."""
    path: str
    """The source file, as diagnostics name it."""
    metadata: Metadata
    blocks: tuple[Block, ...] = ()
    notes: tuple[Note, ...] = ()
    assets: tuple[Asset, ...] = ()

    def __post_init__(self) -> None:
        _take_lists(self, "blocks", "notes", "assets")

    def portable(self) -> Self:
        if not self.assets:
            return self
        return replace(self, assets=tuple(replace(asset, blob=None) for asset in self.assets))


class Site(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the posts of one site share."""

    root: str = ""
    """The folder that absolute paths of the site start from; empty where there is none."""
    title: str = ""
    description: str = ""
    language: str = ""
    """A BCP 47 tag; empty where the site does not say."""
    timezone: str = "UTC"
    """An IANA name: the zone of dates that name none, and of the borders between days."""
    url: str = ""
    """Scheme and host, without a final slash."""
    baseurl: str = ""
    author: str = ""
    license: str = ""
    shown: tuple[str, ...] = ()
    """Folders, relative to the root, whose files the site shows as if they lay in its root."""
    embeds: bool = False
    """Whether a post shows another where it embeds it."""

    def portable(self) -> Site:
        """Return the site without what holds on this machine only."""
        return replace(self, root="") if self.root else self


# ---- digests ----


class PeriodKind(StrEnum):
    """How long a digest reaches."""

    NONE = "none"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Period(Struct, frozen=True, omit_defaults=True):
    """A stretch of days in the site's time zone."""

    kind: PeriodKind
    first: date | None = None
    """The first day; `None` when the kind is `none`."""
    last: date | None = None
    """The last day, included."""


class Section(Struct, frozen=True):
    """Posts that belong together. A digest without grouping has one section with an empty title."""

    title: str
    posts: tuple[Post, ...]

    def __post_init__(self) -> None:
        _take_lists(self, "posts")


class Digest(Document, frozen=True, tag="converter/digest/2"):
    """A collection of posts that becomes one book."""

    key: str
    """Stable: the same site, period and grouping give the same key, whatever posts there are."""
    title: str
    period: Period
    language: str
    """The BCP 47 tag of most of its posts, or of the site."""
    site: Site
    updated: datetime
    """The newest date of its posts, or what stands for now; never the clock."""
    sections: tuple[Section, ...]
    revision: int = 1
    """How often it was published: see `late` in docs/editions.md."""

    def __post_init__(self) -> None:
        _take_lists(self, "sections")

    def portable(self) -> Self:
        sections = tuple(
            Section(section.title, tuple(post.portable() for post in section.posts)) for section in self.sections
        )
        return replace(self, site=self.site.portable(), sections=sections)

    @property
    def has_sections(self) -> bool:
        """Whether posts stand under the titles of sections: every format has an entry for these, then, or none has."""
        return any(section.title for section in self.sections)

    @property
    def posts(self) -> tuple[Post, ...]:
        return tuple(post for section in self.sections for post in section.posts)

    @property
    def is_dated(self) -> bool:
        """Whether any of its posts has a date; `updated` says nothing where none has."""
        return any(post.metadata.published or post.metadata.updated for post in self.posts)

    @property
    def direction(self) -> Direction:
        return direction_of(self.language)

    def identifier(self, volume: int = 1) -> str:
        """Return a URN that stays when the book is made again, so that reading positions survive."""
        name = f"{self.site.url or self.site.title}/{self.key}" + (f"/{volume}" if volume > 1 else "")
        return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name)}"

    @property
    def alone(self) -> Post | None:
        """The post of a digest that is one post by itself: it needs no contents, and no index."""
        posts = self.posts
        lone = len(posts) == 1 and posts[0].metadata.title == self.title and not self.has_sections
        return posts[0] if lone else None
