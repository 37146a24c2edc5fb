"""Paths -> posts in memory, linked to each other: what the library hands out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor

from msgspec import Struct

from converter.diagnostics import Diagnostic, Warn
from converter.limits.values import DEFAULT, Limits
from converter.model import Post, Site
from converter.pipeline.discover import Location
from converter.pipeline.executors import SerialExecutor
from converter.pipeline.report import Progress, silent
from converter.pipeline.scan import scan
from converter.pipeline.sites import LoadOptions, find_sources
from converter.site.crosslinks import link_carded
from converter.storage import Tree


class Loaded(Struct, frozen=True):
    """Posts, and what is known about them."""

    posts: tuple[Post, ...]
    """With their images found."""
    site: Site
    """The site of the first post."""
    locations: tuple[Location, ...]
    """Of all sources, those included that are no posts."""
    diagnostics: tuple[Diagnostic, ...]


def load_posts(
    *paths: str | Tree,
    site: Mapping[str, str] | None = None,
    drafts: bool = False,
    follow_links: bool = False,
    limits: Limits = DEFAULT,
    executor: Executor | None = None,
) -> Loaded:
    """Return the posts under `paths`, their site, and all that there is to say about them.

    `site` replaces values of the site's `_config.yml`; `drafts` says whether the posts in `_drafts` are read too, and
    `follow_links` whether links may lead out of the site. `limits` bound each post. `executor` may read them.
    Raises `UsageError` for a path that is not there.
    """
    options = LoadOptions(site=site or {}, drafts=drafts, follow_links=follow_links, limits=limits)
    return load(executor or SerialExecutor(), paths, options, silent)


def load(executor: Executor, paths: Sequence[str | Tree], options: LoadOptions, progress: Progress) -> Loaded:
    """Do what `load_posts` does, in any executor, telling `progress`."""
    found = scan(executor, paths, options, progress)
    diagnostics = [*found.diagnostics]
    bodies = ((card, found.post(card.post.key, diagnostics.append)) for card in found.cards)
    there = [(card, post) for card, post in bodies if post is not None]
    posts, cards = [post for _, post in there], [card for card, _ in there]
    linked = link_carded(posts, cards, found.site_of, diagnostics.append)
    return Loaded(linked, found.site, found.locations, tuple(diagnostics))


def find_posts(
    paths: Sequence[str | Tree], warn: Warn, *, drafts: bool = False, follow_links: bool = False
) -> tuple[Location, ...]:
    """Return where the posts are that `load_posts` would read, without reading them. Raises `UsageError`."""
    locations, _ = find_sources(paths, LoadOptions(drafts=drafts, follow_links=follow_links), warn)
    return locations
