"""Compiles posts into digests: selects, orders, groups them by period and into sections."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from datetime import UTC, date, datetime, tzinfo
from itertools import zip_longest

from msgspec import Struct
from msgspec.structs import replace

from converter.diagnostics import Code, Diagnostic, UsageError, Warn, counted
from converter.digest.filters import Taking, words_of
from converter.digest.late import Closed
from converter.digest.periods import period_key, period_of
from converter.digest.spec import DigestSpec, GroupBy
from converter.languages.labels import format_period, label
from converter.languages.zones import in_zone, zone_named
from converter.model import Digest, Period, PeriodKind, Post, Section, Site

__all__ = [
    "DigestSpec",
    "GroupBy",
    "compile_digests",
    "digest_of",
    "file_name",
    "period_key",
    "period_of",
    "slug",
    "stem_of",
    "without",
    "zone_of",
]

_MAX_NAME = 120
"""Bytes of UTF-8: the names of files have 255 at most, and more is added to these."""
EPOCH = datetime(1980, 1, 1, tzinfo=UTC)
"""The date of a digest whose posts have none: the earliest that a zip archive can hold."""


def compile_digests(
    posts: Iterable[Post],
    spec: DigestSpec | None = None,
    *,
    site: Site | None = None,
    now: datetime | None = None,
    words: Mapping[str, int] | None = None,
    closed: Closed | None = None,
    warn: Warn | None = None,
) -> tuple[Digest, ...]:
    """Return the digests of `posts`, earliest period first; posts without a date make the last one.

    `now` says what the future is, and is the latest date that a digest may have; without it, no post is of the future.
    `words` says how long posts are whose bodies are not at hand, by their keys. Of editions that are `closed` there are
    no digests, unless posts that come late open them again.
    A post that is not taken is reported to `warn` with the reason. Raises `UsageError` for an unknown time zone.
    """
    spec = spec or DigestSpec()
    site = site or Site()
    zone = zone_of(site)
    report = warn or (lambda _diagnostic: None)
    taking = Taking(spec, site, zone, now, words or {})
    groups: dict[Period, list[Post]] = {}
    for post in _ordered(taking.taken(posts, report), spec):
        groups.setdefault(period_of(post, spec.period, zone), []).append(post)
    groups, late = closed.open(groups) if closed else (groups, frozenset())
    compiler = _Compiler(spec, site, now, late, words or {}, report)
    return tuple(
        compiler.digest(groups[period], period) for period in sorted(groups, key=lambda p: p.first or date.max)
    )


def digest_of(post: Post, site: Site, now: datetime | None = None) -> Digest:
    """Return the digest that holds one post, is named after it, and is dated no later than `now`."""
    return Digest(
        key=slug(post.key) or "post",
        title=post.metadata.title,
        period=Period(PeriodKind.NONE),
        language=post.metadata.language or site.language or "en",
        site=site,
        updated=_updated((post,), now),
        sections=(Section("", (post,)),),
    )


def without(digest: Digest, keys: Set[str]) -> Digest:
    """Return the digest less the posts of these keys, and less the sections that are empty then."""
    sections = (
        Section(section.title, tuple(post for post in section.posts if post.key not in keys))
        for section in digest.sections
    )
    return replace(digest, sections=tuple(section for section in sections if section.posts))


def zone_of(site: Site) -> tzinfo:
    """Return the site's time zone. Raises `UsageError` for a name that nobody knows."""
    if (zone := zone_named(site.timezone)) is None:
        raise UsageError(
            Code.CONFIG_INVALID,
            f"unknown time zone '{site.timezone}'",
            hint="use an IANA name such as Asia/Shanghai, or an offset such as +08:00",
        )
    return zone


def _ordered(posts: Sequence[Post], spec: DigestSpec) -> list[Post]:
    """Return posts by date, then by key; undated ones last in either order."""
    dated = [post for post in posts if post.metadata.published]
    undated = [post for post in posts if not post.metadata.published]
    by_key = sorted(dated, key=lambda post: post.key)
    by_date = sorted(by_key, key=lambda post: post.metadata.published or EPOCH, reverse=spec.order == "newest")
    return by_date + sorted(undated, key=lambda post: post.key)


class _Compiler(Struct, frozen=True):
    """Makes digests of posts that belong together."""

    spec: DigestSpec
    site: Site
    now: datetime | None
    late: Set[str]
    """The keys of posts whose own edition is sealed: they are in a section of their own."""
    words: Mapping[str, int]
    """How long posts are whose bodies are not at hand, by their keys."""
    warn: Warn

    def digest(self, posts: Sequence[Post], period: Period) -> Digest:
        """Return the digest of a period."""
        spec, site = self.spec, self.site
        if spec.limit or spec.limit_words:
            posts = self._limited(posts)
        language = _language(posts, site)
        undated = period.kind is not PeriodKind.NONE and period.first is None
        when = label(language, "undated") if undated else format_period(language, period.kind, period.first)
        only = posts[0].metadata.title if len(posts) == 1 else ""
        name = spec.title or site.title or only or label(language, "collection")
        return Digest(
            key="-".join(filter(None, (stem_for(spec, site), period_key(period)))),
            title=" · ".join(filter(None, (name, when))),
            period=period,
            language=language,
            site=replace(site, title=name),
            updated=_updated(posts, self.now),
            sections=self._sections(posts, language),
        )

    def _sections(self, posts: Sequence[Post], language: str) -> tuple[Section, ...]:
        """Return the sections; posts that belong nowhere come behind the others, and late ones last."""
        groups = self._groups(posts)
        rest, late = groups.pop("", []), groups.pop(None, [])
        sections = [
            Section(self.spec.section_titles.get(name or "", name or ""), tuple(members))
            for name, members in groups.items()
        ]
        if rest:
            sections.append(Section(label(language, "other") if groups else "", tuple(rest)))
        if late:
            sections.append(Section(label(language, "late"), tuple(late)))
        return tuple(sections)

    def _groups(self, posts: Sequence[Post]) -> dict[str | None, list[Post]]:
        """Return posts by their sections: those that the definition names first, the others as their first posts come.

        Late posts are under `None`.
        """
        titles: dict[GroupBy, Callable[[Post], tuple[str, ...]]] = {
            GroupBy.CATEGORY: lambda post: post.metadata.categories,
            GroupBy.TAG: lambda post: post.metadata.tags,
            GroupBy.NONE: lambda _post: (),
        }
        groups: dict[str | None, list[Post]] = {name: [] for name in self.spec.sections}
        for post in posts:
            name = None if post.key in self.late else next(iter(titles[self.spec.group_by](post)), "")
            groups.setdefault(name, []).append(post)
        return {name: members for name, members in groups.items() if members}

    def _limited(self, posts: Sequence[Post]) -> list[Post]:
        """Return as many posts as a digest may have: the first of each section, then the second, until it is full.

        One that is too long for what is left is passed over, and shorter ones behind it are not. The others are
        reported.
        """
        most, left = self.spec.limit or len(posts), self.spec.limit_words
        full = {post.key: f"has {counted(most, 'post')} already" for post in posts}
        kept: set[str] = set()
        for post in (post for each in zip_longest(*self._groups(posts).values()) for post in each if post):
            words = words_of(post, self.words) if self.spec.limit_words else 0
            if len(kept) == most:
                break
            if words > left and kept:
                full[post.key] = (
                    f"has no room for {counted(words, 'word')} any more: it may have {self.spec.limit_words}"
                )
                continue
            kept.add(post.key)
            left -= words
        for post in posts:
            if post.key not in kept:
                message = f"the post was not taken: the digest {full[post.key]}"
                self.warn(Diagnostic(code=Code.POST_SKIPPED, message=message, file=post.path))
        return [post for post in posts if post.key in kept]


def _language(posts: Sequence[Post], site: Site) -> str:
    """Return the language of most posts; of equals, the site's, then the first in the alphabet."""
    counts = Counter(post.metadata.language for post in posts if post.metadata.language)
    if not counts:
        return site.language or "en"
    return min(counts, key=lambda tag: (-counts[tag], tag != site.language, tag))


def _updated(posts: Sequence[Post], now: datetime | None) -> datetime:
    """Return the newest date of the posts, no later than `now`."""
    dates = [moment for post in posts for moment in (post.metadata.published, post.metadata.updated) if moment]
    newest = in_zone(max(dates, default=EPOCH), UTC)
    return min(newest, now) if now else newest


def stem_of(digest: Digest) -> str:
    """Return what the keys of all editions of a digest begin with: its key without the period."""
    when = period_key(digest.period)
    return digest.key.removesuffix(f"-{when}") if when else digest.key


def stem_for(spec: DigestSpec, site: Site) -> str:
    """Return what the keys of all editions of a definition begin with."""
    return file_name(spec.name) or _site_slug(site)


def _site_slug(site: Site) -> str:
    host = re.sub(r"^https?://(www\.)?", "", site.url).split("/")[0].split(":")[0]
    return slug(site.title) or slug(host) or file_name(site.title) or "digest"


def file_name(text: str) -> str:
    """Return `text` as the name of a file: in ASCII where it is, else in its own letters, never much of it."""
    words = re.findall(r"\w+", unicodedata.normalize("NFC", text).lower())
    return slug(text) or "-".join(words).encode()[:_MAX_NAME].decode("utf-8", "ignore").strip("-_")


def slug(text: str) -> str:
    """Return ASCII letters and digits of `text` with single hyphens between, or nothing if it has other letters."""
    if any(ord(character) > 127 and character.isalnum() for character in text):
        return ""
    return "-".join(re.findall(r"[a-z0-9]+", text.lower()))[:80].strip("-")
