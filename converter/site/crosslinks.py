"""Posts of one site -> the same posts with the links between them as links inside a book."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import PurePosixPath
from posixpath import normpath
from urllib.parse import unquote

from msgspec import Struct
from msgspec.structs import replace

from converter.diagnostics import Warn
from converter.limits.guard import attempt, report_outcome
from converter.model import Anchor, Block, Digest, Heading, Inline, Link, Media, Post, Section, Site, Text
from converter.model.postlinks import SCHEME, PostLink
from converter.model.urls import join_url, split_url
from converter.model.walk import query, text_of, walk
from converter.site.embeds import with_embeds

_MARKS = frozenset({"_posts", "_drafts", "content", "source"})
_SUFFIX = re.compile(r"\.(?:md|markdown|mdx|html?)\Z", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_PAGE = re.compile(r"(?:/index)?(?:\.html?|/)?\Z")


def link_posts(posts: Sequence[Post], sites: Mapping[str, Site], warn: Warn) -> tuple[Post, ...]:
    """Return the posts with every link that leads to another of them as `post:KEY` or `post:KEY#id`.

    `sites` has the site of each post by the post's key. A link that leads to the site and to none of the posts becomes
    an absolute URL where the site says its own. All other links stay.
    """
    by_root: dict[str, list[Post]] = {}
    for post in posts:
        by_root.setdefault(sites[post.key].root, []).append(post)
    indexes = {root: _Index(members) for root, members in by_root.items()}
    linked = {post.key: _linked_or_not(post, sites[post.key], indexes[sites[post.key].root], warn) for post in posts}
    return tuple(_with_embeds(post, linked, warn) if sites[post.key].embeds else post for post in linked.values())


def lead_out(digest: Digest, posts: Iterable[Post]) -> Digest:
    """Return the digest with links to posts that are not in it as links to the site, where these have a URL."""
    inside = {post.key for post in digest.posts}
    urls = {post.key: post.metadata.url for post in posts if post.key not in inside}

    def resolve(href: str) -> str:
        link = PostLink.parse(href)
        url = urls.get(link.key) if link else None
        return url + (link.fragment and f"#{link.fragment}") if link and url else href

    sections = tuple(
        Section(section.title, tuple(_rewritten(post, resolve) for post in section.posts))
        for section in digest.sections
    )
    return replace(digest, sections=sections)


def _rewritten(post: Post, resolve: Callable[[str], str]) -> Post:
    def rewrite(node: Inline | Block) -> Inline | Block:
        match node:
            case Link(href) | Media(href=href) if (new := resolve(href)) != href:
                return replace(node, href=new)
            case _:
                return node

    return walk(post, rewrite)


def _linked_or_not(post: Post, site: Site, index: "_Index", warn: Warn) -> Post:
    """Return the post with its links resolved; as it was, and reported, where that fails."""
    outcome = attempt(lambda item, _warn: _linked(item, site, index), post)
    report_outcome(outcome, post.path, warn)
    return outcome.value or post


def _with_embeds(post: Post, linked: Mapping[str, Post], warn: Warn) -> Post:
    outcome = attempt(lambda item, _warn: with_embeds(item, linked), post)
    report_outcome(outcome, post.path, warn)
    return outcome.value or post


def _linked(post: Post, site: Site, index: "_Index") -> Post:
    place = _Place(post, site)

    def rewrite(node: Inline | Block) -> Inline | Block:
        match node:
            case Link(href, children):
                new = _resolved(href, place, index)
                shown = _shown(children, new, index)
                return node if new == href and shown is children else replace(node, href=new, children=shown)
            case Media(href=href) if (new := _resolved(href, place, index)) != href:
                return replace(node, href=new)
            case _:
                return node

    return walk(post, rewrite)


def _shown(children: tuple[Inline, ...], href: str, index: "_Index") -> tuple[Inline, ...]:
    """Return what a link shows: the title, or the name, of a post where it showed only the URL of one."""
    match children:
        case (Text(value),) if (shown := PostLink.parse(value)) is not None:
            link = PostLink.parse(href)
            return (Text((index.title(link.key) if link else "") or unquote(shown.key).rpartition("/")[2]),)
        case _:
            return children


class _Place(Struct, frozen=True):
    """Where a link stands."""

    post: Post
    site: Site

    @property
    def base(self) -> str:
        """The URL of the site, with a path only where it has none."""
        return f"{self.site.url}{self.site.baseurl}"

    @property
    def page(self) -> str:
        """The URL of the post, from which relative links lead on."""
        return self.base + next(iter(self.post.metadata.addresses), "/")


class _Index:
    """The posts of one site, by all that may lead to them."""

    def __init__(self, posts: Sequence[Post]) -> None:
        self._posts = {post.key: post for post in posts}
        self._by_path: dict[str, str] = {}
        self._by_file: dict[str, str] = {}
        self._by_name: dict[str, str] = {}
        for post in posts:
            path = PurePosixPath(post.path)
            self._by_file.setdefault(post.path, post.key)
            self._by_name.setdefault(_name_of(path), post.key)
            for url in post.metadata.addresses:
                self._by_path.setdefault(_bare(url), post.key)
        for post in posts:
            # A whole name goes before the last part of another.
            self._by_name.setdefault(_name_of(PurePosixPath(post.path)).rpartition("/")[2], post.key)
        self._ids = cache(self._ids_of)

    def at(self, path: str) -> str | None:
        """Return the key of the post at a path of the site, percent-encoded or not."""
        return self._by_path.get(_bare(path))

    def in_file(self, path: str) -> str | None:
        """Return the key of the post of a file, by its path from the root of the site."""
        return self._by_file.get(path)

    def title(self, key: str) -> str:
        """Return the title of a post, or nothing where there is no such post."""
        return self._posts[key].metadata.title if key in self._posts else ""

    def named(self, name: str, place: PurePosixPath) -> str | None:
        """Return the key of the post of a name, as `{% post_url %}`, `ref` and wiki links have it, or of a key.

        The name may have folders, from the one of all posts or, with the path of the post it stands in, from its own.
        """
        name = unquote(name)
        if name.strip("/") in self._posts:
            return name.strip("/")
        beside = "" if name.startswith("/") else _name_of(PurePosixPath(normpath(place.parent / name)))
        whole = _name_of(PurePosixPath(name.strip("/") or "."))
        found = (beside, whole, whole.rpartition("/")[2])
        return next((key for one in found if one and (key := self._by_name.get(one))), None)

    def target(self, key: str, fragment: str) -> str:
        """Return the link to a post, and to the place in it where there is one of that name."""
        return str(PostLink(key, self.place(key, fragment)))

    def place(self, key: str, fragment: str) -> str:
        """Return the id that a fragment means in a post: one of its ids, or that of a heading with these words."""
        ids = self._ids(key) if fragment else {}
        return next(
            (id_ for one in (fragment, unquote(fragment), _words(unquote(fragment))) if (id_ := ids.get(one))), ""
        )

    def _ids_of(self, key: str) -> Mapping[str, str]:
        places = [node for node in query(self._posts[key]) if isinstance(node, Heading | Anchor)]
        headings = [node for node in places if isinstance(node, Heading)]
        return {_words(text_of(node)): node.id for node in reversed(headings)} | {node.id: node.id for node in places}


def _name_of(path: PurePosixPath) -> str:
    """Return what a post is called, in one case: its path without folders that hold posts, suffix and `index`."""
    parts = [part for part in path.parts if part not in _MARKS]
    if parts:
        parts[-1] = _SUFFIX.sub("", parts[-1])
    if len(parts) > 1 and parts[-1] == "index":
        parts.pop()
    return "/".join(parts).casefold()


def _words(text: str) -> str:
    """Return the words of a heading as links to them write them: without marks of Markdown, and in one case."""
    return "\0" + " ".join(re.findall(r"[^\W_]+", text.casefold()))


def _bare(path: str) -> str:
    """Return a path without what a server adds or takes away at its end."""
    return _PAGE.sub("", unquote(path))


def _resolved(href: str, place: _Place, index: _Index) -> str:
    """Return what a link becomes."""
    href = _without_prefix(href, place.site)
    target, mark, fragment = href.partition("#")
    if not target:
        id_ = index.place(place.post.key, fragment)
        return f"#{id_}" if id_ else href
    if (link := PostLink.parse(href)) is not None:
        key = index.named(link.key, PurePosixPath(place.post.path))
        return index.target(key, fragment) if key else _list_page(link.key, place) or href
    path, absolute = _on_site(target, place)
    if path is None:
        return href
    key = _file(target, place, index) or index.at(path)
    if key is not None:
        return index.target(key, fragment)
    return f"{absolute}{mark}{fragment}" if place.site.url else href


def _list_page(name: str, place: _Place) -> str:
    """Return the URL of a page that lists posts, where a reference names its folder from the root of content."""
    is_folder = name.startswith("/") and not PurePosixPath(name).suffix
    return f"{place.base}/{name.strip('/')}/" if is_folder and place.site.url and place.site.shown else ""


def _without_prefix(href: str, site: Site) -> str:
    """Return a link to `post:…` without the URL of the site, which authors put before `{% post_url %}`."""
    before, mark, name = href.partition(SCHEME)
    prefixes = {"/", site.url, site.baseurl, f"{site.url}{site.baseurl}"}
    return mark + name if mark and before and before.rstrip("/") in {one.rstrip("/") for one in prefixes} else href


def _on_site(target: str, place: _Place) -> tuple[str | None, str]:
    """Return the path from the root of the site and the absolute URL; no path for what leads to another site.

    A broken URL leads nowhere.
    """
    site = place.site
    if _SCHEME.match(target) or target.startswith("//"):
        absolute = target
        if not site.url or _host(target) != _host(site.url):
            return None, absolute
    else:
        absolute = join_url(place.page, target) or ""
    found, base = split_url(absolute), split_url(place.base)
    if not found or not base:
        return None, absolute
    path, root = found.path, base.path.rstrip("/")
    return path.removeprefix(root) if path == root or path.startswith(f"{root}/") else path, absolute


def _host(url: str) -> str:
    parts = split_url(url)
    web = parts is not None and parts.scheme.lower() in ("", "http", "https")
    return parts.netloc.lower().removeprefix("www.") if parts and web else ""


def _file(target: str, place: _Place, index: _Index) -> str | None:
    """Return the key of the post whose file a relative link names, from its own folder or from the root of the site."""
    if _SCHEME.match(target) or target.startswith("//"):
        return None
    base = place.site.baseurl
    name = unquote(target.partition("?")[0])
    name = name.removeprefix(base) if base and name.startswith(f"{base}/") else name
    folder = PurePosixPath(place.post.path).parent.as_posix()
    beside = None if name.startswith("/") else index.in_file(normpath(f"{folder}/{name}"))
    roots = ("", *place.site.shown)
    return beside or next(filter(None, (index.in_file(normpath(f"{root}/{name}").lstrip("/")) for root in roots)), None)
