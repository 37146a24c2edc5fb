"""Compiles posts into digests: selects, orders, groups them by period and into sections."""

import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence, Set
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import EnumType, StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import force_setattr, replace

from converter.diagnostics import Code, Diagnostic, UsageError, Warn
from converter.languages.labels import format_period, label
from converter.languages.zones import in_zone, zone_named
from converter.model import Digest, Metadata, Period, PeriodKind, Post, Section, Site

_MAX_NAME = 120
"""Bytes of UTF-8: the names of files have 255 at most, and more is added to these."""
EPOCH = datetime(1980, 1, 1, tzinfo=UTC)
"""The date of a digest whose posts have none: the earliest that a zip archive can hold."""


class GroupBy(StrEnum):
    """What the sections of a digest are made of."""

    CATEGORY = "category"
    TAG = "tag"
    NONE = "none"


class DigestSpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which digests to make: the table `[[digest]]` of the configuration."""

    name: str = ""
    """The beginning of the keys and so of the file names; the site's name where it is empty."""
    title: str = ""
    """Stands before the period in the title; the site's title where it is empty, else that of the only post."""
    period: PeriodKind = PeriodKind.NONE
    group_by: GroupBy = GroupBy.CATEGORY
    order: Literal["oldest", "newest"] = "oldest"
    """Which posts come first, in the book and in each section."""
    since: date | None = None
    """The first day whose posts are taken, in the site's time zone."""
    until: date | None = None
    """The last day whose posts are taken."""
    categories: tuple[str, ...] = ()
    """Only posts of one of these; all, where it is empty."""
    tags: tuple[str, ...] = ()
    drafts: bool = False
    """Whether posts that are not finished are taken too."""
    future: bool = False
    """Whether posts that are dated after `SOURCE_DATE_EPOCH` are taken too."""
    unpublished: bool = False
    """Whether posts that the site does not show are taken too."""
    duplicates: Literal["fold", "mark", "keep"] = "fold"
    """What becomes of posts of a digest that are nearly the same: one stands for the others and names them, each names
    the others, or nothing."""
    duplicate_threshold: Annotated[float, Meta(ge=0.5, le=1)] = 0.8
    """How similar they must be: the share of what both say that each of them says."""

    def __post_init__(self) -> None:
        """Take values by their names (`"week"`), and lists. Raises `UsageError` for what is none of the choices."""
        for name, kind in get_type_hints(DigestSpec, include_extras=True).items():
            value = getattr(self, name)
            try:
                force_setattr(self, name, msgspec.convert(value, kind))
            except msgspec.ValidationError as error:
                raise _wrong(name, value, kind, error) from error

    if TYPE_CHECKING:  # what `__post_init__` takes

        def __init__(
            self,
            *,
            name: str = "",
            title: str = "",
            period: PeriodKind | Literal["none", "day", "week", "month", "quarter", "year"] = PeriodKind.NONE,
            group_by: GroupBy | Literal["category", "tag", "none"] = GroupBy.CATEGORY,
            order: Literal["oldest", "newest"] = "oldest",
            since: date | None = None,
            until: date | None = None,
            categories: Iterable[str] = (),
            tags: Iterable[str] = (),
            drafts: bool = False,
            future: bool = False,
            unpublished: bool = False,
            duplicates: Literal["fold", "mark", "keep"] = "fold",
            duplicate_threshold: float = 0.8,
        ) -> None: ...


def _wrong(name: str, value: object, kind: Any, error: msgspec.ValidationError) -> UsageError:
    has_choices = isinstance(kind, EnumType) or get_origin(kind) is Literal
    choices = (
        [str(choice) for choice in (kind if isinstance(kind, EnumType) else get_args(kind))] if has_choices else []
    )
    near = difflib.get_close_matches(str(value), choices, n=1)
    known = f"one of: {', '.join(choices)}" if has_choices else str(error)
    hint = f"did you mean '{near[0]}'?" if near else known
    return UsageError(Code.CONFIG_INVALID, f"a digest has no {name} {value!r:.80}", hint=hint)


def compile_digests(
    posts: Iterable[Post],
    spec: DigestSpec | None = None,
    *,
    site: Site | None = None,
    now: datetime | None = None,
    warn: Warn | None = None,
) -> tuple[Digest, ...]:
    """Return the digests of `posts`, earliest period first; posts without a date make the last one.

    `now` says what the future is, and is the latest date that a digest may have; without it, no post is of the future.
    A post that is not taken is reported to `warn` with the reason. Raises `UsageError` for an unknown time zone.
    """
    spec = spec or DigestSpec()
    site = site or Site()
    zone = zone_of(site)
    report = warn or (lambda _diagnostic: None)
    chosen = _ordered([post for post in posts if _wanted(post, spec, zone, now, report)], spec)
    groups: dict[Period, list[Post]] = {}
    for post in chosen:
        groups.setdefault(period_of(post, spec.period, zone), []).append(post)
    return tuple(
        _digest(groups[period], period, spec, site, now) for period in sorted(groups, key=lambda p: p.first or date.max)
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


def period_of(post: Post, kind: PeriodKind, zone: tzinfo) -> Period:
    """Return the period that a post belongs to; one without borders for an undated post."""
    moment = post.metadata.published
    if moment is None or kind is PeriodKind.NONE:
        return Period(kind)
    first = _first_day(in_zone(moment, zone).date(), kind)
    return Period(kind, first, _last_day(first, kind))


def _first_day(day: date, kind: PeriodKind) -> date:
    match kind:
        case PeriodKind.WEEK:  # ISO 8601: weeks begin on Monday
            return day - timedelta(days=day.weekday())
        case PeriodKind.MONTH:
            return day.replace(day=1)
        case PeriodKind.QUARTER:
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case PeriodKind.YEAR:
            return day.replace(month=1, day=1)
        case _:
            return day


def _last_day(first: date, kind: PeriodKind) -> date:
    """Return the day before the period that follows; no calendar goes beyond the year 9999."""
    days = {PeriodKind.DAY: 1, PeriodKind.WEEK: 7, PeriodKind.MONTH: 31, PeriodKind.QUARTER: 92, PeriodKind.YEAR: 366}
    try:
        return _first_day(first + timedelta(days=days[kind]), kind) - timedelta(days=1)
    except OverflowError:
        return date.max


def _wanted(post: Post, spec: DigestSpec, zone: tzinfo, now: datetime | None, warn: Warn) -> bool:
    reason = _reason_against(post, spec, zone, now)
    if reason:
        warn(Diagnostic(code=Code.POST_SKIPPED, message=f"the post was not taken: {reason}", file=post.path))
    return not reason


def _reason_against(post: Post, spec: DigestSpec, zone: tzinfo, now: datetime | None) -> str:
    """Return why a post is not in the digests, or an empty string."""
    meta = post.metadata
    if reason := _unseen(meta, spec, now):
        return reason
    if (spec.since or spec.until) and meta.published is None:
        return "it has no date, and the digest is limited by date"
    day = in_zone(meta.published, zone).date() if meta.published else None
    if day and spec.since and day < spec.since:
        return f"it is older than {spec.since}"
    if day and spec.until and day > spec.until:
        return f"it is newer than {spec.until}"
    if spec.categories and not set(spec.categories) & set(meta.categories):
        return "it is in none of the categories of the digest"
    if spec.tags and not set(spec.tags) & set(meta.tags):
        return "it has none of the tags of the digest"
    return ""


def _unseen(meta: Metadata, spec: DigestSpec, now: datetime | None) -> str:
    """Return why the site itself would not show a post, or an empty string."""
    if meta.hidden and not spec.unpublished:
        return "the site does not publish it (--unpublished takes it)"
    if meta.draft and not spec.drafts:
        return "it is a draft (--drafts takes it)"
    if now and meta.published and meta.published > now and not spec.future:
        return "it is dated after SOURCE_DATE_EPOCH (--future takes it)"
    return ""


def _ordered(posts: Sequence[Post], spec: DigestSpec) -> list[Post]:
    """Return posts by date, then by key; undated ones last in either order."""
    dated = [post for post in posts if post.metadata.published]
    undated = [post for post in posts if not post.metadata.published]
    by_key = sorted(dated, key=lambda post: post.key)
    by_date = sorted(by_key, key=lambda post: post.metadata.published or EPOCH, reverse=spec.order == "newest")
    return by_date + sorted(undated, key=lambda post: post.key)


def _digest(posts: Sequence[Post], period: Period, spec: DigestSpec, site: Site, now: datetime | None) -> Digest:
    language = _language(posts, site)
    undated = period.kind is not PeriodKind.NONE and period.first is None
    when = label(language, "undated") if undated else format_period(language, period.kind, period.first)
    only = posts[0].metadata.title if len(posts) == 1 else ""
    name = spec.title or site.title or only or label(language, "collection")
    return Digest(
        key="-".join(filter(None, (_file_name(spec.name) or _site_slug(site), period_key(period)))),
        title=" · ".join(filter(None, (name, when))),
        period=period,
        language=language,
        site=replace(site, title=name),
        updated=_updated(posts, now),
        sections=_sections(posts, spec.group_by, language),
    )


def _sections(posts: Sequence[Post], group_by: GroupBy, language: str) -> tuple[Section, ...]:
    """Return the sections in the order of their first posts; posts that belong nowhere come last."""
    titles: dict[GroupBy, Callable[[Post], tuple[str, ...]]] = {
        GroupBy.CATEGORY: lambda post: post.metadata.categories,
        GroupBy.TAG: lambda post: post.metadata.tags,
        GroupBy.NONE: lambda _post: (),
    }
    groups: dict[str, list[Post]] = {}
    for post in posts:
        groups.setdefault(next(iter(titles[group_by](post)), ""), []).append(post)
    rest = groups.pop("", [])
    sections = [Section(title, tuple(members)) for title, members in groups.items()]
    if rest:
        sections.append(Section(label(language, "other") if groups else "", tuple(rest)))
    return tuple(sections)


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


def period_key(period: Period) -> str:
    """Return how keys name a period (`2024-W22`): empty for one without borders, unless its posts have no dates."""
    first = period.first
    if first is None:
        return "" if period.kind is PeriodKind.NONE else "undated"
    match period.kind:
        case PeriodKind.WEEK:
            year, week, _ = first.isocalendar()
            return f"{year:04}-W{week:02}"
        case PeriodKind.MONTH:
            return f"{first.year:04}-{first.month:02}"
        case PeriodKind.QUARTER:
            return f"{first.year:04}-Q{(first.month + 2) // 3}"
        case PeriodKind.YEAR:
            return f"{first.year:04}"
        case _:
            return first.isoformat()


def _site_slug(site: Site) -> str:
    host = re.sub(r"^https?://(www\.)?", "", site.url).split("/")[0].split(":")[0]
    return slug(site.title) or slug(host) or _file_name(site.title) or "digest"


def _file_name(text: str) -> str:
    """Return `text` as the name of a file: in ASCII where it is, else in its own letters, never much of it."""
    words = re.findall(r"\w+", unicodedata.normalize("NFC", text).lower())
    return slug(text) or "-".join(words).encode()[:_MAX_NAME].decode("utf-8", "ignore").strip("-_")


def slug(text: str) -> str:
    """Return ASCII letters and digits of `text` with single hyphens between, or nothing if it has other letters."""
    if any(ord(character) > 127 and character.isalnum() for character in text):
        return ""
    return "-".join(re.findall(r"[a-z0-9]+", text.lower()))[:80].strip("-")
