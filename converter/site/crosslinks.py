"""Posts of one site -> the same posts with the links between them as links inside a book."""

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from pathlib import PurePosixPath
from posixpath import normpath
from urllib.parse import unquote

from msgspec.structs import replace

from converter.diagnostics import Warn
from converter.limits.guard import attempt, report_outcome
from converter.model import Block, Inline, Link, Media, Post, Site, Text
from converter.model.postlinks import PostLink
from converter.model.walk import walk
from converter.site.cards import Card, Reference, card_of, places_in, reference_of, words_of
from converter.site.embeds import Find, with_embeds
from converter.site.hrefs import Place, is_relative, on_site, without_prefix

_MARKS = frozenset({"", ".", "_posts", "_drafts", "content", "source"})
_SUFFIX = re.compile(r"\.(?:md|markdown|mdx|html?)\Z", re.IGNORECASE)
_DATED = re.compile(r"\A/((?:[^/]+/)*)([0-9]{4})/([0-9]{2})/([0-9]{2})/([^/]+)\Z")
_PAGE = re.compile(r"(?:/index)?(?:\.html?|/)?\Z")

Links = Mapping[Reference, Reference]
"""What becomes of the references of a post: of those that change."""


def link_posts(posts: Sequence[Post], sites: Mapping[str, Site], warn: Warn) -> tuple[Post, ...]:
    """Return the posts with every link that leads to another of them as `post:KEY` or `post:KEY#id`.

    `sites` has the site of each post by the post's key. A link that leads to the site and to none of the posts becomes
    an absolute URL where the site says its own. All other links stay.
    """
    return link_carded(posts, [_card_or_stub(post, sites[post.key], warn) for post in posts], sites, warn)


def link_carded(
    posts: Sequence[Post], cards: Sequence[Card], sites: Mapping[str, Site], warn: Warn
) -> tuple[Post, ...]:
    """Do the same for posts whose cards are at hand: those of the same posts."""
    links = links_between(cards, sites, warn)
    linked = {post.key: with_links(post, links[post.key]) for post in posts}
    return tuple(with_embedded(post, linked.get, warn) if sites[post.key].embeds else post for post in linked.values())


def _card_or_stub(post: Post, site: Site, warn: Warn) -> Card:
    """Return the card of a post; one without links, and a report, where it cannot be made."""
    outcome = attempt(lambda item, _warn: card_of(item, site), post)
    report_outcome(outcome, post.path, warn)
    return outcome.value or Card(post=replace(post, blocks=(), notes=(), assets=()))


def links_between(cards: Sequence[Card], sites: Mapping[str, Site], warn: Warn) -> dict[str, Links]:
    """Return where the links of all posts lead, by the key of the post. `sites` has the site of each by its key."""
    by_root: dict[str, list[Card]] = {}
    for card in cards:
        by_root.setdefault(sites[card.post.key].root, []).append(card)
    found: dict[str, Links] = {}
    for members in by_root.values():
        index = _Index(members)
        for card in members:
            found[card.post.key] = _links_or_none(card, sites[card.post.key], index, warn) if card.references else {}
    return found


def with_links(post: Post, links: Links) -> Post:
    """Return a post with its references replaced."""

    def rewrite(node: Inline | Block) -> Inline | Block:
        reference = reference_of(node)
        new = links.get(reference) if reference else None
        match node:
            case Link() if new:
                return replace(node, href=new[0], children=(Text(new[1]),) if new[1] else node.children)
            case Media() if new:
                return replace(node, href=new[0])
            case _:
                return node

    return walk(post, rewrite) if links else post


def with_embedded(post: Post, find: Find, warn: Warn) -> Post:
    """Return a post with the posts that it shows as quotations; as it was, and reported, where that fails."""
    outcome = attempt(lambda item, _warn: with_embeds(item, find), post)
    report_outcome(outcome, post.path, warn)
    return outcome.value or post


def led_out(href: str, inside: Set[str], urls: Mapping[str, str]) -> str:
    """Return a link to a post that is not inside of a book as one to the site, where the post has a URL there."""
    link = PostLink.parse(href)
    url = urls.get(link.key) if link and link.key not in inside else None
    return url + (link.fragment and f"#{link.fragment}") if link and url else href


def with_outer_links(post: Post, inside: Set[str], urls: Mapping[str, str]) -> Post:
    """Return a post of a book with links to posts that are not inside as links to the site."""

    def rewrite(node: Inline | Block) -> Inline | Block:
        match node:
            case Link(href) | Media(href=href) if (new := led_out(href, inside, urls)) != href:
                return replace(node, href=new)
            case _:
                return node

    return walk(post, rewrite)


def _links_or_none(card: Card, site: Site, index: "_Index", warn: Warn) -> Links:
    """Return where the links of a post lead; nothing, and a report, where that fails."""
    outcome = attempt(lambda item, _warn: dict(_changed(item, Place(item.post, site), index)), card)
    report_outcome(outcome, card.post.path, warn)
    return outcome.value or {}


def _changed(card: Card, place: Place, index: "_Index") -> Iterator[tuple[Reference, Reference]]:
    for reference in card.references:
        href, shown = reference
        new = _resolved(href, place, index)
        if new != href or shown:
            yield reference, (new, _shown(shown, new, index))


def _shown(value: str, href: str, index: "_Index") -> str:
    """Return what a link shows in the place of the address of a post: its title, or its name."""
    shown = PostLink.parse(value)
    link = PostLink.parse(href)
    return ((index.title(link.key) if link else "") or unquote(shown.key).rpartition("/")[2]) if shown else ""


class _Index:
    """The posts of one site, by all that may lead to them."""

    def __init__(self, cards: Sequence[Card]) -> None:
        self._cards = {card.post.key: card for card in cards}
        self._by_path: dict[str, str] = {}
        self._by_file: dict[str, str] = {}
        self._by_name: dict[str, str] = {}
        names = {card.post.key: _name_of(card.post.path) for card in cards}
        for card in cards:
            post = card.post
            self._by_file.setdefault(post.path, post.key)
            self._by_name.setdefault(names[post.key], post.key)
            for address in post.metadata.addresses:
                self._by_path.setdefault(_bare(address), post.key)
        for key, name in names.items():
            # A whole name goes before the last part of another.
            self._by_name.setdefault(name.rpartition("/")[2], key)

    def at(self, path: str) -> str | None:
        """Return the key of the post at a path of the site, percent-encoded or not.

        Nobody but Jekyll's default has a post at a path of its day, unless it says so: `{% post_url %}` to a post that
        was not at hand when it was read is such a path.
        """
        path = _bare(path)
        return self._by_path.get(path) or self._by_name.get(_DATED.sub(r"\1\2-\3-\4-\5", path).casefold())

    def in_file(self, path: str) -> str | None:
        """Return the key of the post of a file, by its path from the root of the site."""
        return self._by_file.get(path)

    def title(self, key: str) -> str:
        """Return the title of a post, or nothing where there is no such post."""
        return self._cards[key].post.metadata.title if key in self._cards else ""

    def named(self, name: str, place: PurePosixPath) -> str | None:
        """Return the key of the post of a name, as `{% post_url %}`, `ref` and wiki links have it, or of a key.

        The name may have folders, from the one of all posts or, with the path of the post it stands in, from its own.
        """
        name = unquote(name)
        if name.strip("/") in self._cards:
            return name.strip("/")
        beside = "" if name.startswith("/") else _name_of(normpath(place.parent / name))
        whole = _name_of(name)
        found = (beside, whole, whole.rpartition("/")[2])
        return next((key for one in found if one and (key := self._by_name.get(one))), None)

    def target(self, key: str, fragment: str) -> str:
        """Return the link to a post, and to the place in it where there is one of that name."""
        return str(PostLink(key, self.place(key, fragment)))

    def place(self, key: str, fragment: str) -> str:
        """Return the id that a fragment means in a post: one of its ids, or that of a heading with these words."""
        ids = places_in(self._cards[key]) if fragment else {}
        names = (fragment, unquote(fragment), words_of(unquote(fragment)))
        return next((id_ for name in names if (id_ := ids.get(name))), "")


def _name_of(path: str) -> str:
    """Return what a post is called, in one case: its path without folders that hold posts, suffix and `index`."""
    parts = [part for part in path.split("/") if part not in _MARKS]
    if parts:
        parts[-1] = _SUFFIX.sub("", parts[-1])
    if len(parts) > 1 and parts[-1] == "index":
        parts.pop()
    return "/".join(parts).casefold()


def _bare(path: str) -> str:
    """Return a path without what a server adds or takes away at its end."""
    return _PAGE.sub("", unquote(path))


def _resolved(href: str, place: Place, index: _Index) -> str:
    """Return what a link becomes."""
    href = without_prefix(href, place.site)
    target, mark, fragment = href.partition("#")
    if not target:
        id_ = index.place(place.post.key, fragment)
        return f"#{id_}" if id_ else href
    if (link := PostLink.parse(href)) is not None:
        key = index.named(link.key, PurePosixPath(place.post.path))
        return index.target(key, fragment) if key else _list_page(link.key, place) or href
    path, absolute = on_site(target, place)
    if path is None:
        return href
    key = _file(target, place, index) or index.at(path)
    if key is not None:
        return index.target(key, fragment)
    return f"{absolute}{mark}{fragment}" if place.site.url else href


def _list_page(name: str, place: Place) -> str:
    """Return the address of a page that lists posts, where a reference names its folder from the root of content."""
    is_folder = name.startswith("/") and not PurePosixPath(name).suffix
    return f"{place.base}/{name.strip('/')}/" if is_folder and place.site.url and place.site.shown else ""


def _file(target: str, place: Place, index: _Index) -> str | None:
    """Return the key of the post whose file a relative link names, from its own folder or from the root of the site."""
    if not is_relative(target):
        return None
    base = place.site.baseurl
    name = unquote(target.partition("?")[0])
    name = name.removeprefix(base) if base and name.startswith(f"{base}/") else name
    folder = PurePosixPath(place.post.path).parent.as_posix()
    beside = None if name.startswith("/") else index.in_file(normpath(f"{folder}/{name}"))
    roots = ("", *place.site.shown)
    return beside or next(filter(None, (index.in_file(normpath(f"{root}/{name}").lstrip("/")) for root in roots)), None)
