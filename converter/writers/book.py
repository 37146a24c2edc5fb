"""A digest -> what its book says about itself (titles, bylines, contents, sources), by one rule in every format."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache, partial
from importlib.metadata import version
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from converter.languages import is_language
from converter.languages.labels import (
    DEFAULT_LANGUAGE,
    collation_key,
    format_date,
    format_month_day,
    format_period,
    format_time,
    label,
)
from converter.languages.unicode import clean, has_words
from converter.model import Digest, Direction, Metadata, PeriodKind, Post, Site, direction_of
from converter.model.length import minutes_of, whole_minutes
from converter.model.urls import host_of
from converter.writers.leads import lead_of
from converter.writers.series import Series, name_of, number_of
from converter.writers.urls import original_url, web_url

MAKER = f"digest-converter {version('digest-converter')}"
BETWEEN = " · "
"""What stands between the parts of a line."""
HEADLINES = 6
"""How many headlines a cover has at the most."""
CREATORS = 20
"""How many authors the metadata of a book names at the most."""
SUBJECTS = 10
"""How many tags it names at the most."""


ValueT = TypeVar("ValueT")


class Credit(Struct, frozen=True):
    """Someone a post is from."""

    name: str
    url: str = ""
    """The page of the post at its source; empty for an author."""


class Entry(Struct, frozen=True):
    """What a book says about a post, in its contents and beside its title. Words have no character that XML forbids."""

    key: str
    title: str
    subtitle: str
    language: str
    """A well-formed BCP 47 tag: the post's, or the book's where the post has none."""
    byline: tuple[Credit, ...]
    """Its source, then its authors, each once; the author of the whole site stands on the cover instead."""
    published: datetime | None
    day: str
    """The day it was published, in the site's zone and the book's language; empty where that is unknown."""
    short_day: str
    """The same without the year, for lists that leave little room."""
    time: str
    """The hour and minute it was published, likewise; empty where only the day is known."""
    is_of_one_day: bool
    """Whether the whole book is of its day, which need not be said of each post."""
    page: str
    """Its URL on the site, as the post has it; empty for none."""
    original: str
    """Where it was published first, or else its page on the site: an absolute URL, or nothing."""
    tags: tuple[str, ...]
    """Each once, as the post has them."""
    lead: str
    """How it begins, in a line or two; empty where its title says the same."""

    @property
    def direction(self) -> Direction:
        return direction_of(self.language)

    @property
    def when(self) -> str:
        """What a byline says of its date: the day, or in a book of one day the time; empty where that is unknown."""
        return self.time if self.is_of_one_day else self.day

    @property
    def short_when(self) -> str:
        """The same without the year."""
        return self.time if self.is_of_one_day else self.short_day

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the byline."""
        return tuple(credit.name for credit in self.byline)


class SectionPlan(Struct, frozen=True):
    """Posts under one title; without a title where they belong nowhere."""

    title: str
    entries: tuple[Entry, ...]


class SourcePlan(Struct, frozen=True):
    """Where posts come from."""

    name: str
    url: str
    """The first URL that a post gives for it."""
    posts: int


class TagPlan(Struct, frozen=True):
    """An entry of the index."""

    name: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Book:
    """The plan of a book. What takes long is worked out when it is first asked for."""

    digest: Digest
    volume: str = ""
    """Which volume of how many, as in "1/3"; empty where there is one."""

    @cached_property
    def language(self) -> str:
        """The language of the words around the posts: that of the digest, or English where that is no language."""
        return self.digest.language if is_language(self.digest.language) else DEFAULT_LANGUAGE

    @property
    def direction(self) -> Direction:
        return direction_of(self.language)

    @cached_property  # every post asks
    def is_lone(self) -> bool:
        """Whether it is one post by itself, which needs no cover, no contents, no index and no colophon."""
        return self.digest.alone is not None

    # ---- titles ----

    @property
    def title(self) -> str:
        """The title on one line, with the volume."""
        return " ".join(filter(None, (clean(self.digest.title), self.volume)))

    @property
    def masthead(self) -> str:
        """The title without what tells one edition from the next: the site, or what is before the period."""
        title, site = clean(self.digest.title), clean(self.digest.site.title)
        if site and title.startswith(site + BETWEEN):
            return site
        return title.removesuffix(BETWEEN + self._period)

    @property
    def dateline(self) -> str:
        """What stands below the masthead: the rest of the title, or the period, and the volume."""
        title = clean(self.digest.title)
        rest = title.removeprefix(self.masthead).removeprefix(BETWEEN)
        when = self._period or self._only_day
        return BETWEEN.join(filter(None, (rest or (when if when not in title else ""), self.volume)))

    @cached_property
    def _only_day(self) -> str:
        """The day of all posts, where no period says it and there are several of them."""
        if self.digest.period.kind is not PeriodKind.NONE or len(self.digest.posts) < 2:
            return ""
        zone = self.digest.site.timezone
        dates = [post.metadata.published for post in self.digest.posts]
        days = {_day(self.language, date, zone) if date else "" for date in dates}
        return days.pop() if len(days) == 1 else ""

    @property
    def _period(self) -> str:
        return format_period(self.language, self.digest.period.kind, self.digest.period.first)

    @property
    def publisher(self) -> str:
        """The name of the site, or the title where it has none."""
        return clean(self.digest.site.title) or clean(self.digest.title)

    @property
    def description(self) -> str:
        return clean(self.digest.site.description)

    @property
    def author(self) -> str:
        """The author of the whole site; empty where there is none."""
        return clean(self.digest.site.author)

    @property
    def creators(self) -> tuple[str, ...]:
        """Who made it, for catalogues: the author of the site, or else those of the posts, or else the site itself."""
        authors = dict.fromkeys(clean(name) for post in self.digest.posts for name in post.metadata.authors)
        authors.pop("", None)
        return (self.author,) if self.author else tuple(authors)[:CREATORS] or (self.publisher,)

    @property
    def subjects(self) -> tuple[str, ...]:
        """What it is about, for catalogues: the titles of its sections, then the tags that most posts have."""
        counts = Counter(tag for entry in self.entries for tag in entry.tags)
        tags = sorted(counts, key=lambda tag: (-counts[tag], collation_key(self.language, tag)))
        titles = (title for section in self.digest.sections if (title := clean(section.title)))
        return tuple(dict.fromkeys((*titles, *tags[:SUBJECTS])))

    @property
    def series(self) -> Series | None:
        """Its place among the editions of the site; none for a book that no period gives a number."""
        number = number_of(self.digest.period, self.volume)
        return Series(name_of(self.digest), number) if number else None

    # ---- length ----

    @property
    def count(self) -> str:
        """How many posts there are, in words."""
        return label(self.language, "posts", len(self.digest.posts))

    @cached_property
    def minutes(self) -> dict[str, float]:
        """How long each post takes to read, by its key."""
        return {post.key: minutes_of(post) for post in self.digest.posts}

    @property
    def length(self) -> tuple[str, ...]:
        """How many posts there are and how long they take to read, in words."""
        return self.length_of(self.entries)

    def length_of(self, entries: Sequence[Entry]) -> tuple[str, ...]:
        """Return the same for some of the posts."""
        minutes = whole_minutes(sum(self.minutes[entry.key] for entry in entries))
        return label(self.language, "posts", len(entries)), label(self.language, "reading_time", minutes)

    # ---- contents ----

    @cached_property
    def sections(self) -> tuple[SectionPlan, ...]:
        """The posts in reading order. A title over all of them would tell nothing apart: one section has none."""
        return tuple(
            SectionPlan(clean(section.title) if self.has_sections else "", tuple(map(self._entry, section.posts)))
            for section in self.digest.sections
        )

    @property
    def has_sections(self) -> bool:
        """Whether posts stand under the titles of sections, of which there are several then."""
        return self.digest.has_sections and len(self.digest.sections) > 1

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """All posts in reading order."""
        return tuple(entry for section in self.sections for entry in section.entries)

    def span_of(self, entries: Sequence[Entry]) -> str:
        """Return from when to when posts are, as their bylines say it; the title where that is unknown."""
        dated = sorted((entry for entry in entries if entry.published and entry.short_when), key=_moment)
        return " – ".join(dict.fromkeys(entry.short_when for entry in (*dated[:1], *dated[-1:]))) or self.title

    @property
    def headlines(self) -> tuple[Entry, ...]:
        """What a cover announces: the first post of each section, then the others in order."""
        return headlines_of([section.entries for section in self.sections])

    def _entry(self, post: Post) -> Entry:
        meta, site = post.metadata, self.digest.site
        day = (self.language, meta.published, site.timezone) if meta.published else None
        return Entry(
            key=post.key,
            title=clean(meta.title),
            subtitle=clean(meta.subtitle),
            language=meta.language if is_language(meta.language) else self.language,
            byline=tuple(_byline(meta, "" if self.is_lone else site.author)),
            published=meta.published,
            day=_day(*day) if day else "",
            short_day=_short_day(*day) if day else "",
            time=format_time(*day) if day else "",
            is_of_one_day=self.digest.period.kind is PeriodKind.DAY or bool(self._only_day),
            page=meta.url,
            original=original_url(post, site),
            tags=tuple(dict.fromkeys(filter(has_words, map(clean, meta.tags)))),
            lead=lead_of(post),
        )

    # ---- the end of the book ----

    @cached_property
    def sources(self) -> tuple[SourcePlan, ...]:
        """Each source once: that of most posts first, and of equals by name."""
        found: dict[str, SourcePlan] = {}
        for post in self.digest.posts:
            if (credit := _source(post.metadata)) is not None:
                known = found.get(credit.name, SourcePlan(credit.name, credit.url, 0))
                found[credit.name] = replace(known, url=known.url or credit.url, posts=known.posts + 1)
        return tuple(sorted(found.values(), key=lambda source: (-source.posts, source.name)))

    @cached_property
    def tags(self) -> tuple[TagPlan, ...]:
        """Each tag with its posts in reading order; tags as the language sorts words."""
        found: dict[str, list[Entry]] = {}
        for entry in self.entries:
            for tag in entry.tags:
                found.setdefault(tag, []).append(entry)
        return tuple(
            TagPlan(tag, tuple(found[tag])) for tag in sorted(found, key=partial(collation_key, self.language))
        )

    @property
    def website(self) -> str:
        """The URL of the site; empty where it has none."""
        return web_url(self.digest.site.url, Site()) or "" if self.digest.site.url else ""

    @property
    def license(self) -> str:
        return clean(self.digest.site.license)

    @property
    def updated(self) -> str:
        """The day of the newest post; empty where none has a date."""
        return _day(self.language, self.digest.updated, self.digest.site.timezone) if self.digest.is_dated else ""

    @property
    def revision(self) -> str:
        """Which revision of the edition it is, in words; empty for the first."""
        number = self.digest.revision
        return label(self.language, "revision", number) if number > 1 else ""

    def made_with(self, *programs: str) -> str:
        """Return the sentence that names the converter, and the programs that it used."""
        return label(self.language, "made_with", ", ".join((MAKER, *programs)))


def headlines_of(sections: Sequence[Sequence[ValueT]]) -> tuple[ValueT, ...]:
    """Return the first of each section, then the others in order, until there are enough."""
    firsts = [section[0] for section in sections if section]
    others = [one for section in sections for one in section[1:]]
    return (*firsts, *others)[:HEADLINES]


def _byline(meta: Metadata, of_site: str) -> Iterator[Credit]:
    source = _source(meta)
    credits_ = {credit.name: credit for credit in (*map(Credit, map(clean, meta.authors)), *filter(None, (source,)))}
    names = dict.fromkeys((source.name if source else "", *map(clean, meta.authors)))
    return (credits_[name] for name in names if name and name != of_site)


def _source(meta: Metadata) -> Credit | None:
    """Return the source of a post; one without a name is called by its host."""
    source = meta.source
    name = clean(source.name or host_of(source.url) or source.url) if source else ""
    return Credit(name, source.url) if source and name else None


def _moment(entry: Entry) -> float:
    return entry.published.timestamp() if entry.published else 0


_day = lru_cache(maxsize=1024)(format_date)
_short_day = lru_cache(maxsize=1024)(format_month_day)
