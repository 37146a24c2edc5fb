"""The first fan-out: paths to cards, a task a source that is new.

What an earlier run knows of a source, and of the files that it asks for, is in the index with their sizes and times: a
source that has these still is not opened. Of all posts the cards are in memory; bodies come when they are asked for.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from converter.diagnostics import Code, Diagnostic, Outcome, Warn, ignore
from converter.images.find import candidates, is_remote
from converter.images.policy import ImagePolicy
from converter.images.resolve import fetcher_for, found_images, placed
from converter.limits.guard import attempt, report_outcome
from converter.model import Asset, Image, Post, Site
from converter.model.walk import query
from converter.normalize import normalize
from converter.pipeline.cache import TaskCache
from converter.pipeline.discover import Location
from converter.pipeline.executors import here, outcomes
from converter.pipeline.gone import corrected, diagnostic_of, gone_from, moved
from converter.pipeline.records import Known, Records, Row
from converter.pipeline.report import Progress, Stage
from converter.pipeline.sites import LoadOptions, SiteContext, find_sources, neighbours_of
from converter.pipeline.sources import BATCH, Item, batches, keys_of, source_at
from converter.reading import SourceFile, read
from converter.site.cards import Card, card_of
from converter.storage import Index, Stamp, Tree
from converter.storage.blobs import StoredBlob, blob_at
from converter.storage.fingerprint import code_fingerprint, key_of

if TYPE_CHECKING:  # few runs fetch anything, and its parts of the standard library are large
    from converter.images.download import Fetcher

FEW = 24
"""With fewer sources than this, starting processes takes longer than reading."""
PARSERS = (
    "babel", "chardet", "emoji", "latex2mathml", "markdown-it-py", "mdit-py-plugins", "python-liquid", "pyyaml",
    "selectolax", "tzdata", "html5lib", "beautifulsoup4",
)  # fmt: skip
"""The packages that what is read from a source depends on."""
JUST_NOW = 2_000_000_000
"""Nanoseconds before it was looked at in which a file that has changed may change again and keep its time."""
_PASSING = frozenset({Code.INTERNAL_ERROR, Code.IMAGE_FETCH_FAILED})
"""What a run may meet and the next one not, with the same sources."""
_ASKING = (b"{%", b"site.data")
"""A source with one of these may depend on other files."""


class Scanned(Struct, frozen=True):
    """What a worker makes of a source."""

    post: Post
    """Without images."""
    card: Card
    has_images: bool = True


class _Read(Struct, frozen=True):
    """The task of this fan-out."""

    sites: dict[str, SiteContext]

    def __call__(self, item: Item, warn: Warn, /) -> Scanned:
        location, source = item
        found = self.sites[location.root]
        post = normalize(read(source, found.site, warn, context=found.context), found.site, warn, skip=found.skip)
        has_images = any(isinstance(node, Image) for node in query(post))
        return Scanned(post, card_of(post, found.site), has_images)

    def key(self, item: Item, /) -> str:
        """Return a hash of everything that a post depends on."""
        location, source = item
        return key_of("post", code_fingerprint(*PARSERS), self.sites[location.root].fingerprint, source)

    def kind(self, _item: Item, /) -> type[Scanned]:
        """Return what is read."""
        return Scanned


class Archive:
    """The posts of a run: cards of all, and bodies on demand."""

    def __init__(
        self, sites: Mapping[str, SiteContext], options: LoadOptions, records: Records, cache: TaskCache | None
    ) -> None:
        self.locations: tuple[Location, ...] = ()
        """Of all sources, those included that are no posts."""
        self.cards: tuple[Card, ...] = ()
        self.diagnostics: tuple[Diagnostic, ...] = ()
        self.site = next((found.site for found in sites.values()), replace(Site(), **options.site))
        """The site of the first post."""
        self.site_of: dict[str, Site] = {}
        """The site of each post, by the key of the post."""
        self.withdrawn: set[str] = set()
        """The keys of posts that `converter withdraw` took back."""
        self.records = records
        self._task = _Read(dict(sites))
        self._options, self._cache = options, cache if cache and cache.is_on else None
        self._rows: dict[str, tuple[Location, Row]] = {}
        self._bodies: dict[str, Post] = {}

    @property
    def posts(self) -> tuple[Post, ...]:
        """The posts without their bodies."""
        return tuple(card.post for card in self.cards)

    def add(self, location: Location, row: Row, post: Post | None = None) -> None:
        """Take note of a post. Its body is held where it is given."""
        key = row.card.post.key
        self._rows[key] = location, row
        self.site_of[key] = self._task.sites[location.root].site
        if post is not None:
            self._bodies[key] = post

    def known(self, key: str) -> Known:
        """Return how a post is known again in a later run."""
        return self.records.known(*self._rows[key])

    def signature(self, key: str) -> bytes:
        """Return the sketch of the words of a post: see `Card`."""
        location, row = self._rows[key]
        return row.card.signature or self.records.signature(location)

    def post(self, key: str, warn: Warn) -> Post | None:
        """Return a post with its images; `None`, and a report, where it cannot be read again."""
        location, row = self._rows[key]
        post = self._bodies.get(key) or self._stored(location, row) or self._read_again(location, key, warn)
        if post is None:
            return None
        images, site = _with_blobs(row, location.tree), self.site_of[key]
        outcome = attempt(lambda item, _: placed(item, images, site, self._options.images), post)
        report_outcome(outcome, location.name, warn)
        return outcome.value

    def _stored(self, location: Location, row: Row) -> Post | None:
        """Return the body that the state has, which is of the source as it was read last, or the cache."""
        if (post := self.records.post(location)) is not None:
            return post
        found = self._cache.get(row.source, Scanned) if self._cache else None
        return found.value.post if found and found.value else None

    def _read_again(self, location: Location, key: str, warn: Warn) -> Post | None:
        """Return a post that the cache has lost meanwhile."""
        neighbours = neighbours_of(self.locations, self._task.sites, ignore)
        source = attempt(partial(source_at, key, neighbours, self._options.limits), location)
        report_outcome(source, location.name, warn)
        read = attempt(self._task, (location, source.value)) if source.value else None
        return read.value.post if read and read.value else None


def scan(
    executor: Executor,
    paths: Sequence[str | Tree],
    options: LoadOptions,
    progress: Progress,
    *,
    index: Index | None = None,
    cache: TaskCache | None = None,
) -> Archive:
    """Return what there is under `paths`. What `index` knows, and `cache` has, is not done again.

    Raises `UsageError` for a path that is not there.
    """
    warned: list[Diagnostic] = []
    locations, site_at = find_sources(paths, options, warned.append)
    if not locations:
        hint = "name a site or a folder of posts"
        warned.append(Diagnostic(code=Code.NO_POSTS, message="there are no posts", hint=hint))
    records = Records(index or Index())
    opened = {location.root: location.tree for location in locations}
    known = dict(records.rows(follow_links=options.follow_links, trees=opened))
    gone = gone_from(known, locations, paths)
    new = [location for location in locations if location not in known]
    sites = {tree.root: site_at(tree) for tree in dict.fromkeys(location.tree for location in (*locations, *gone))}
    archive = Archive(sites, options, records, cache)
    archive.locations = locations
    replaced = corrected(gone, new) if records.must_last else {*gone}
    rest = [location for location in gone if location not in replaced]
    found = _Scan(archive, sites, options, records, warned.append)
    found.name(rest)
    found.look(known, progress)
    found.read(executor, cache, progress)
    found.keep({location: known[location] for location in rest}, new)
    for location in replaced:
        records.remove(location)
    records.commit()
    archive.cards = tuple(row.card for row in found.in_order() if not row.withdrawn)
    archive.withdrawn = {row.card.post.key for row in found.in_order() if row.withdrawn}
    archive.diagnostics = (*warned, *found.diagnostics())
    return archive


class _Scan:
    """One look at all sources."""

    def __init__(
        self, archive: Archive, sites: dict[str, SiteContext], options: LoadOptions, records: Records, warn: Warn
    ) -> None:
        self.archive, self.sites, self.options, self.records, self.warn = archive, sites, options, records, warn
        self.order: list[Location] = []
        self.keys: dict[Location, str] = {}
        self.rows: dict[Location, Row] = {}
        self.stamps: dict[Location, Stamp] = {}
        self.said: dict[Location, list[Diagnostic]] = {}
        self.withdrawn: set[Location] = set()
        self.has_bodies = False
        """Whether what was stored can be had again: from the state, or from a cache."""
        code = code_fingerprint(*PARSERS)
        self.readers = {root: key_of(code, found.fingerprint, options.images) for root, found in sites.items()}

    def name(self, gone: Sequence[Location]) -> None:
        """Give every source its key, in the order in which one look would have found them all."""
        self.order = [*self.archive.locations, *gone]
        if gone:
            roots = [*self.sites]
            self.order.sort(key=lambda one: (roots.index(one.root), one.path))
        self.keys = keys_of(self.order, self.warn)

    def look(self, known: Mapping[Location, Row], progress: Progress) -> None:
        """Take what the index knows of sources that are as they were."""
        for location in self.archive.locations:
            self.stamps[location] = location.tree.stat(location.path)
            row = known.get(location)
            if row is not None and row.withdrawn:
                self.withdrawn.add(location)
            if row is not None and self._is_fresh(location, row):
                self._take(location, row)
        if self.rows:
            progress(Stage.READ, len(self.rows), len(self.archive.locations))

    def read(self, executor: Executor, cache: TaskCache | None, progress: Progress) -> None:
        """Read the other sources."""
        rest = [location for location in self.archive.locations if location not in self.rows]
        self.has_bodies = self.records.must_last or (cache is not None and cache.is_on)
        chosen = executor if len(rest) >= FEW else here(executor)
        seen, task, fetcher = time.time_ns(), _Read(self.sites), fetcher_for(self.options.images)
        neighbours = neighbours_of(self.archive.locations, self.sites, self.warn)
        work = batches(rest, self.keys, self._note, neighbours, limits=self.options.limits)
        found = outcomes(chosen, task, work, lookup=cache, few=BATCH // 4)
        for done, (item, outcome) in enumerate(found, len(self.rows) + 1):
            location, source = item
            self._note(location, outcome)
            if outcome.value is not None:
                self._add(location, source, task.key(item), seen, outcome.value, fetcher)
            progress(Stage.READ, done, len(self.archive.locations))

    def keep(self, gone: Mapping[Location, Row], new: Sequence[Location]) -> None:
        """Take the posts whose sources are gone, or forget them, as the configuration says."""
        elsewhere = moved(gone, (self.rows[location] for location in new if location in self.rows))
        rest = {location: row for location, row in gone.items() if location not in elsewhere}
        policy = self.options.gone
        for location in gone if policy == "drop" and self.options.forgets else elsewhere:
            self.records.remove(location)
        if rest:
            self.warn(diagnostic_of([*rest.values()], policy))
        for location, row in rest.items() if policy != "drop" else ():
            self._take(location, self.records.copies(row))

    def in_order(self) -> Iterator[Row]:
        """Yield the rows in the order in which one look would have found them, those that are gone included."""
        return (self.rows[location] for location in self.order if location in self.rows)

    def diagnostics(self) -> Iterator[Diagnostic]:
        """Yield what there is to say, in the order of the sources; an unknown tag, which a theme has, only once."""
        named: set[str] = set()
        for location in self.order:
            row = self.rows.get(location)
            for diagnostic in self.said.get(location) or (row.said if row else ()):
                if diagnostic.code is Code.LIQUID_UNKNOWN:
                    if diagnostic.message in named:
                        continue
                    named.add(diagnostic.message)
                yield diagnostic

    def _is_fresh(self, location: Location, row: Row) -> bool:
        """Say whether a source, and all that its post depends on, is as it was."""
        earlier = row.seen - JUST_NOW
        return (
            row.reader == self.readers[location.root]
            and not row.asks
            and row.card.post.key == self.keys[location]
            and row.stamp == self.stamps[location]
            and row.stamp.modified < earlier
            and all(stamp == _stat(name, location.tree) and stamp.modified < earlier for name, stamp in row.looked)
        )

    def _add(
        self, location: Location, source: SourceFile, key: str, seen: int, found: Scanned, fetcher: Fetcher | None
    ) -> None:
        """Find the images of a post that was read, and put what is known of it into the index."""
        site, policy = self.sites[location.root].site, self.options.images
        images: Outcome[tuple[Asset, ...]] = Outcome(())
        if found.has_images:
            images = attempt(_FindImages(site, policy, fetcher, location.tree), found.post)
            self._note(location, images)
        if images.value is None:
            return
        assets = tuple(replace(asset, blob=None) for asset in images.value)
        places = tuple(_place(asset, location.tree) for asset in images.value)
        looked = _looked(found.post, site, assets, places) if found.has_images else ()
        said = self.said.pop(location, [])  # the row has it
        fingerprint = key_of(key, assets, policy)
        row = Row(
            stamp=self.stamps[location],
            seen=seen,
            asks=any(mark in source.data for mark in _ASKING),
            reader=self.readers[location.root],
            source=key,
            content=hashlib.sha256(source.data).hexdigest(),
            card=replace(found.card, fingerprint=fingerprint),
            looked=tuple((name, _stat(name, location.tree)) for name in looked),
            assets=assets,
            places=places,
            said=tuple(said),
            withdrawn=location in self.withdrawn,
        )
        passing = any(diagnostic.code in _PASSING for diagnostic in said)
        stored = not passing and self.records.put(location, row, found.post, images.value)
        self._take(location, row, None if stored and self.has_bodies else found.post)

    def _take(self, location: Location, row: Row, post: Post | None = None) -> None:
        self.rows[location] = row
        self.archive.add(location, row, post)

    def _note(self, location: Location, outcome: Outcome[Any]) -> None:
        report_outcome(outcome, location.name, self.said.setdefault(location, []).append)


class _FindImages(Struct, frozen=True):
    """Finds or fetches the images of a post, in the parent."""

    site: Site
    policy: ImagePolicy
    fetcher: Fetcher | None
    tree: Tree

    def __call__(self, post: Post, warn: Warn, /) -> tuple[Asset, ...]:
        return found_images(post, self.site, self.policy, self.fetcher, self.tree, warn)


def _with_blobs(row: Row, tree: Tree) -> tuple[Asset, ...]:
    """Return the images that a row knows, each with what has its bytes."""
    pairs = zip(row.assets, row.places, strict=True)
    return tuple(replace(asset, blob=blob_at(place, tree)) if place else asset for asset, place in pairs)


def _place(asset: Asset, tree: Tree) -> str:
    return asset.blob.place_in(tree) if isinstance(asset.blob, StoredBlob) else ""


def _stat(place: str, tree: Tree) -> Stamp:
    """Return what tells whether a file has changed that may be an image."""
    blob = blob_at(place, tree)
    return blob.tree.stat(blob.name)


def _looked(post: Post, site: Site, assets: Sequence[Asset], places: Sequence[str]) -> tuple[str, ...]:
    """Return the names under which the images of a post may be, relative to the root; absolute where they are not."""
    pairs = zip(assets, places, strict=True)
    fetched = (place for asset, place in pairs if place and is_remote(asset.src, site))
    return tuple(dict.fromkeys((*candidates(post, site), *fetched)))
