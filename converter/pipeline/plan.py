"""Cards -> editions: which digests there are, and what the files of each depend on. No body is read for it."""

from __future__ import annotations

from collections.abc import Iterator, Set

from msgspec import Struct
from msgspec.structs import replace

from converter.config import Config
from converter.diagnostics import Warn
from converter.digest import compile_digests
from converter.model import Digest, Post, Section
from converter.model.postlinks import PostLink
from converter.pipeline.scan import Archive
from converter.site.crosslinks import led_out, links_between, with_embedded, with_links, with_outer_links
from converter.site.embeds import MAX_DEPTH
from converter.storage.fingerprint import key_of


class Edition(Struct, frozen=True):
    """A digest as it is published."""

    digest: Digest
    """Its posts have no bodies until it is made."""
    fingerprint: str = ""
    """A hash of all that its files depend on, but for writer and theme; empty for one that is not to be cached."""
    formats: tuple[str, ...] = ()
    """The names of the formats that are to be made; empty for all."""


class Plan:
    """What is to be published."""

    def __init__(self, archive: Archive, config: Config, warn: Warn) -> None:
        self._archive, self._warn = archive, warn
        self._cards = {card.post.key: card for card in archive.cards}
        self._links = links_between(archive.cards, archive.site_of, warn)
        self._urls = {key: card.post.metadata.url for key, card in self._cards.items()}
        self.editions = tuple(self._planned(config))

    def _planned(self, config: Config) -> Iterator[Edition]:
        posts, site = self._archive.posts, self._archive.site
        for spec in config.digests:
            for digest in compile_digests(posts, spec, site=site, now=config.now, warn=self._warn):
                yield Edition(digest, self._fingerprint(digest))

    def opened(self, digest: Digest) -> Digest:
        """Return a digest with the bodies of its posts, linked to each other and to the site."""
        inside = frozenset(post.key for post in digest.posts)
        sections = [
            Section(section.title, tuple(post for stub in section.posts if (post := self._post(stub.key, inside))))
            for section in digest.sections
        ]
        return replace(digest, sections=tuple(section for section in sections if section.posts))

    def _post(self, key: str, inside: Set[str]) -> Post | None:
        post = self._linked(key)
        if post is not None and self._archive.site_of[key].embeds:
            post = with_embedded(post, self._linked, self._warn)
        return with_outer_links(post, inside, self._urls) if post and any(self._posts_linked(key)) else post

    def _linked(self, key: str) -> Post | None:
        post = self._archive.post(key, self._warn) if key in self._cards else None
        return post and with_links(post, self._links[key])

    def _posts_linked(self, key: str) -> Iterator[str]:
        """Yield the keys of the posts that a post links to or shows."""
        return (link.key for href, _ in self._links[key].values() if (link := PostLink.parse(href)) is not None)

    def _fingerprint(self, digest: Digest) -> str:
        inside = frozenset(post.key for post in digest.posts)
        members = [
            (section.title, [self._member(post.key, inside) for post in section.posts]) for section in digest.sections
        ]
        return key_of("edition", replace(digest, sections=()).portable(), members)

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
