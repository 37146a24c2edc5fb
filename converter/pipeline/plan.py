"""Cards -> editions: which digests there are, and what the files of each depend on. No body is read for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace

from converter.catalogues import PublishedEdition
from converter.config import Config
from converter.diagnostics import Warn, ignore
from converter.digest import DigestSpec, compile_digests, stem_for, stem_of, zone_of
from converter.limits.guard import attempt, report_outcome
from converter.model import Digest, Post, Section
from converter.model.postlinks import PostLink
from converter.pipeline.cache import TaskCache
from converter.pipeline.choice import chosen
from converter.pipeline.records import Seal
from converter.pipeline.retention import retained
from converter.pipeline.scan import Archive
from converter.pipeline.seals import Seals
from converter.site.cards import Card
from converter.site.crosslinks import led_out, links_between, with_embedded, with_links, with_outer_links
from converter.site.embeds import MAX_DEPTH
from converter.site.folding import Folded, find_duplicates, with_lines, with_links_to_kept
from converter.storage.fingerprint import code_fingerprint, key_of


class Edition(Struct, frozen=True):
    """A digest as it is published."""

    digest: Digest
    """Its posts have no bodies until it is made."""
    fingerprint: str = ""
    """A hash of all that its files depend on, but for writer and theme; empty for one that is not to be cached."""
    name: str = ""
    """That of its definition: `[[digest]]`."""
    formats: tuple[str, ...] = ()
    """The names of the formats that are to be made; empty for all."""
    duplicates: Folded = ()
    """The posts that others of the digest stand for, or name."""
    is_sealed: bool = False
    """Whether it is made as it was published before, whatever became of its posts."""
    is_closing: bool = False
    """Whether it is to be sealed, or sealed anew, when it is in place."""


class Plan:
    """What is to be published."""

    def __init__(self, archive: Archive, config: Config, warn: Warn, cache: TaskCache | None = None) -> None:
        self._archive, self._warn, self._cache = archive, warn, cache
        self._cards = {card.post.key: card for card in archive.cards}
        self._links = links_between(archive.cards, archive.site_of, warn)
        self._folded: dict[str, Folded] = {}
        self._urls = {key: card.post.metadata.url for key, card in self._cards.items()}
        self._seals = Seals(archive, config, zone_of(archive.site))
        self._sealed: dict[str, Seal] = {}
        self._specs = () if config.last or config.editions else config.digests
        self.editions = tuple(self._planned(config))

    def _planned(self, config: Config) -> Iterator[Edition]:
        words = {key: card.length.words for key, card in self._cards.items()}
        planned = [
            (spec, digest)
            for spec in config.digests
            for digest in retained(self._compiled(spec, config.now, words), config.publish.keep)
        ]
        for spec, digest in chosen(planned, config, self._archive.site, self._warn):
            if (seal := self._sealed.get(digest.key)) is not None:
                yield Edition(
                    digest,
                    seal.fingerprint,
                    spec.name,
                    duplicates=seal.duplicates,
                    is_sealed=True,
                    is_closing=self._seals.has_changed(seal),
                )
                continue
            found = self._duplicates(digest, spec)
            folded = with_lines(digest, found, self._warn)
            self._folded[folded.key] = found
            is_closing = self._seals.is_over(digest.period, spec)
            yield Edition(folded, self._fingerprint(folded, found), spec.name, duplicates=found, is_closing=is_closing)

    def _compiled(self, spec: DigestSpec, now: datetime | None, words: Mapping[str, int]) -> Sequence[Digest]:
        """Return the digests of a definition by their periods, those that are sealed included."""
        posts, site, seals = self._archive.posts, self._archive.site, self._seals.of(spec)
        closed = self._seals.closed(seals, spec)
        found = compile_digests(posts, spec, site=site, now=now, words=words, closed=closed, warn=self._warn)
        made = {
            digest.period: self._seals.revised(digest, seals[digest.period]) if digest.period in seals else digest
            for digest in found
        }
        self._seals.report(made.values(), seals, self._warn)
        rest = {period: seal for period, seal in seals.items() if period not in made}
        self._sealed.update((seal.digest.key, seal) for seal in rest.values())
        both = made | {period: seal.digest for period, seal in rest.items()}
        return [both[period] for period in sorted(both, key=lambda period: period.first or date.max)]

    def seal(self, edition: Edition) -> None:
        """Keep an edition as it is published: no later run alters it."""
        whole = self.opened(edition.digest)
        self._seals.seal(whole, edition.name, edition.fingerprint, edition.duplicates)

    def is_emptied(self, entry: PublishedEdition) -> bool:
        """Say whether all posts of a published edition are withdrawn, or in others of its definition by now."""
        planned = {edition.digest.key for edition in self.editions}
        found = [
            spec
            for spec in self._specs
            if (stem_for(spec, self._archive.site), spec.period) == (entry.stem, entry.period.kind)
        ]
        if not found or entry.key in planned:
            return False
        elsewhere = {
            post.key
            for edition in self.editions
            if stem_of(edition.digest) == entry.stem
            for post in edition.digest.posts
        }
        return self._seals.withdrawn(found[0]) | elsewhere >= {*entry.posts}

    def _duplicates(self, digest: Digest, spec: DigestSpec) -> Folded:
        """Return the duplicates among the posts of a digest, by their bodies, or by what an earlier run came to."""
        if spec.duplicates == "keep":
            return ()
        cards = [self._cards[post.key] for post in digest.posts]
        key = key_of(
            "duplicates", spec.duplicates, spec.duplicate_threshold, code_fingerprint(), *map(_identity, cards)
        )
        known = self._cache.get(key, Folded) if self._cache else None
        if known is not None and known.value is not None:
            return known.value

        def find(signatures: Mapping[str, bytes], _warn: Warn, /) -> Folded:
            return find_duplicates(signatures, lambda key: self._archive.post(key, ignore), spec)

        outcome = attempt(find, {card.post.key: self._archive.signature(card.post.key) for card in cards})
        report_outcome(outcome, digest.key, self._warn)
        if self._cache:
            self._cache.put(key, outcome)
        return outcome.value or ()

    def opened(self, digest: Digest) -> Digest:
        """Return a digest with the bodies of its posts, linked to each other and to the site."""
        if (seal := self._sealed.get(digest.key)) is not None:
            return self._seals.whole(seal, self._warn)
        inside = frozenset(post.key for post in digest.posts)
        found = self._folded.get(digest.key, ())
        sections = [
            Section(section.title, tuple(post for stub in section.posts if (post := self._post(stub, inside, found))))
            for section in digest.sections
        ]
        return replace(digest, sections=tuple(section for section in sections if section.posts))

    def with_body(self, digest: Digest, key: str) -> Digest:
        """Return a digest with the body of the post of this key, and no others: for whoever shows that alone."""
        inside = frozenset(post.key for post in digest.posts)
        found = self._folded.get(digest.key, ())

        def opened(stub: Post) -> Post:
            return (self._post(stub, inside, found) or stub) if stub.key == key else stub

        return replace(
            digest, sections=tuple(Section(one.title, tuple(map(opened, one.posts))) for one in digest.sections)
        )

    def _post(self, stub: Post, inside: Set[str], found: Folded) -> Post | None:
        """Return a post as it stands in a digest: the blocks of its stub are the lines below its text."""
        key = stub.key
        post = self._linked(key)
        if post is not None and self._archive.site_of[key].embeds:
            post = with_embedded(post, self._linked, self._warn)
        if post and any(self._posts_linked(key)):
            post = with_outer_links(with_links_to_kept(post, found), inside, self._urls)
        return replace(post, blocks=(*post.blocks, *stub.blocks)) if post and stub.blocks else post

    def _linked(self, key: str) -> Post | None:
        post = self._archive.post(key, self._warn) if key in self._cards else None
        return post and with_links(post, self._links[key])

    def _posts_linked(self, key: str) -> Iterator[str]:
        """Yield the keys of the posts that a post links to or shows."""
        return (link.key for href, _ in self._links[key].values() if (link := PostLink.parse(href)) is not None)

    def _fingerprint(self, digest: Digest, found: Folded) -> str:
        inside = frozenset(post.key for post in digest.posts)
        members = [
            (section.title, [self._member(post.key, inside) for post in section.posts]) for section in digest.sections
        ]
        lines = [post.blocks for post in digest.posts if post.blocks]
        return key_of("edition", replace(digest, sections=()).portable(), members, found, lines)

    def _member(self, key: str, inside: Set[str]) -> object:
        """Return what a digest depends on because of a post in it."""
        links = [(was, led_out(href, inside, self._urls), text) for was, (href, text) in self._links[key].items()]
        shown = self._reached(key) if self._archive.site_of[key].embeds else ()
        return (
            self._cards[key].fingerprint,
            links,
            [(self._cards[one].fingerprint, [*self._links[one].items()]) for one in shown],
        )

    def _reached(self, key: str) -> tuple[str, ...]:
        """Return the posts that may be shown in a post, those shown in them included."""
        found = {key: None}
        newest = [key]
        for _ in range(MAX_DEPTH):
            newest = [
                one for each in newest for one in self._posts_linked(each) if one in self._cards and one not in found
            ]
            found.update(dict.fromkeys(newest))
        return tuple(found)[1:]


def _identity(card: Card) -> tuple[str, str]:
    """Return what says whether a post has changed."""
    return card.post.key, card.fingerprint
