"""What a book says about itself that depends on no page: the lines of its cover, its index, its sources."""

from collections.abc import Container
from functools import partial

from converter.languages.labels import collation_key, format_month_day, format_period, label
from converter.model import Digest, PeriodKind, Post
from converter.writers.reading_time import minutes_to_read

LEADS = 6
"""How many headlines stand on the cover."""


def masthead(digest: Digest) -> str:
    """Return the name of the site, or what it says of itself where the digest already has its name."""
    site = digest.site
    return site.title if site.title and site.title != digest.title else site.description


def edition(digest: Digest, language: str) -> list[str]:
    """Return the period, unless the title names it, the number of posts, and how long they take to read."""
    period = format_period(language, digest.period.kind, digest.period.first)
    return [
        *([period] if period and period not in digest.title else []),
        label(language, "posts", len(digest.posts)),
        label(language, "reading_time", minutes_to_read(digest.posts)),
    ]


def leads(digest: Digest) -> list[Post]:
    """Return the first post of each section, then the others, as many as the cover has room for."""
    firsts = [section.posts[0] for section in digest.sections if section.posts]
    others = [post for post in digest.posts if post not in firsts]
    return (firsts + others)[:LEADS]


def origin(post: Post, digest: Digest, language: str) -> str:
    """Return source and day of a post; the day is left out where all posts are of one."""
    meta = post.metadata
    words = [meta.source.name] if meta.source else []
    if meta.published and digest.period.kind is not PeriodKind.DAY:
        words.append(format_month_day(language, meta.published, digest.site.timezone))
    return " · ".join(word for word in words if word)


def tag_runs(digest: Digest, keys: Container[str]) -> list[tuple[str, list[list[str]]]]:
    """Return each tag with the keys of its posts, in runs of neighbours, of those that are in `keys`."""
    found: dict[str, list[list[str]]] = {}
    before: tuple[str, ...] = ()
    for post in digest.posts:
        tags = tuple(dict.fromkeys(post.metadata.tags)) if post.key in keys else ()
        for tag in tags:
            runs = found.setdefault(tag, [])
            if tag in before:
                runs[-1].append(post.key)
            else:
                runs.append([post.key])
        before = tags
    return [(tag, found[tag]) for tag in sorted(found, key=partial(collation_key, digest.language))]


def sources(digest: Digest) -> list[tuple[str, int]]:
    """Return the names of the sources, with the number of their posts."""
    counts: dict[str, int] = {}
    for post in digest.posts:
        if post.metadata.source and post.metadata.source.name:
            counts[post.metadata.source.name] = counts.get(post.metadata.source.name, 0) + 1
    return sorted(counts.items())
