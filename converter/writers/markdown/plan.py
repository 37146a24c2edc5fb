"""Decides where each post of a digest, each heading and each image will be, so that posts can be written apart."""

import re
from collections.abc import Iterator, Mapping
from itertools import chain, count
from typing import Literal

from msgspec import Struct

from converter.languages.labels import label
from converter.model import Anchor, Digest, Link, NoteReference, Post
from converter.model.postlinks import PostLink
from converter.model.walk import query, text_of
from converter.writers.book import Book, Entry
from converter.writers.markdown.anchors import Anchors
from converter.writers.markdown.dialects import Dialect
from converter.writers.markdown.names import Names, image_names, post_names
from converter.writers.markdown.post import headings_of
from converter.writers.markdown.references import AbsentImages, Places

Shape = Literal["single", "folder"]


class MarkdownPart(Struct, frozen=True):
    """A post, and where everything that it points at will be."""

    post: Post
    entry: Entry
    section: str
    anchor: str
    """The anchor of its title."""
    file: str
    """The name of its own file; empty where it shares one."""
    places: Places

    @property
    def keys(self) -> tuple[str, ...]:
        """The key of the post."""
        return (self.post.key,)


class PostAnchors(Struct, frozen=True):
    """Where the places of a post are in its file."""

    title: str
    places: dict[str, str]
    """By the ids of headings, and of anchors that links lead to."""


class Outline(Struct, frozen=True):
    """The anchors of a file that holds all posts."""

    sections: tuple[str, ...]
    """Of the section's headings; empty for a section without a title."""
    posts: dict[str, PostAnchors]
    """By the posts' keys."""


class _Pointers(Struct, frozen=True):
    """What a post points at outside of its text."""

    posts: frozenset[PostLink]
    """Other posts, and places in them."""
    places: frozenset[str]
    """The ids in the post itself."""
    notes: int
    """How many of its notes have a mark."""


def outline_of(book: Book, dialect: Dialect) -> Outline:
    """Return the anchors of the single file of a digest."""
    anchors = Anchors(dialect)
    if not book.is_lone:
        anchors.add(book.title)
        anchors.add(label(book.language, "contents"))
    sections = []
    posts: dict[str, PostAnchors] = {}
    rest = iter(book.digest.posts)
    for section in book.sections:
        sections.append(anchors.add(section.title) if section.title else "")
        posts.update((entry.key, _anchors_in(next(rest), entry, anchors)) for entry in section.entries)
    return Outline(tuple(sections), posts)


def _anchors_in(post: Post, entry: Entry, anchors: Anchors) -> PostAnchors:
    title = anchors.add(entry.title)
    found = [(heading.id, anchors.add(text_of(heading))) for heading in headings_of(post)]
    return PostAnchors(title, {id_: anchor for id_, anchor in found if id_})


def _with_places(
    digest: Digest, posts: Mapping[str, PostAnchors], pointers: Mapping[str, _Pointers], taken: set[str] | None
) -> dict[str, PostAnchors]:
    """Return the anchors of posts with those that links lead to and that are no headings.

    Posts that share a file share the names that are `taken`; `None`: each has a file of its own.
    """
    wanted = {key: {*found.places} for key, found in pointers.items()}
    for link in {link for found in pointers.values() for link in found.posts}:
        wanted.setdefault(link.key, set()).add(link.fragment)
    if taken is not None:
        taken |= {name for found in posts.values() for name in (found.title, *found.places.values())}
    named: dict[str, PostAnchors] = {}
    for post in digest.posts:
        anchors = posts[post.key]
        names = {anchors.title, *anchors.places.values()} if taken is None else taken
        places = _named(post, wanted[post.key] - {*anchors.places}, names)
        named[post.key] = PostAnchors(anchors.title, anchors.places | places)
    return named


def _named(post: Post, wanted: set[str], taken: set[str]) -> dict[str, str]:
    """Return a name for each anchor of a post that is wanted, none of those that are `taken`, and take it."""
    found: dict[str, str] = {}
    for node in query(post) if wanted else ():
        if isinstance(node, Anchor) and node.id in wanted and node.id not in found:
            name = re.sub(r"[^\w.:-]", "-", node.id)
            found[node.id] = next(
                one for one in chain((name,), (f"{name}-{number}" for number in count(1))) if one not in taken
            )
            taken.add(found[node.id])
    return found


def plan_single(book: Book, dialect: Dialect, absent: AbsentImages) -> Iterator[MarkdownPart]:
    """Yield the parts of a digest that becomes one file, with a folder for its images."""
    digest = book.digest
    outline = outline_of(book, dialect)
    pointers = {post.key: _pointers(post) for post in digest.posts}
    posts = _with_places(digest, outline.posts, pointers, {*outline.sections})
    targets = {link: f"#{anchor}" for key, anchors in posts.items() for link, anchor in _targets(key, anchors).items()}
    images = image_names(digest, Names())
    level = 1 if book.is_lone else 3 if book.has_sections else 2
    note = 1
    for section, post, entry in _rows(book):
        places = Places(
            level=level,
            anchors=posts[post.key].places,
            explicit=dialect.anchors in ("attribute", "element"),
            links=_links(pointers[post.key], targets),
            images={asset.src: f"{digest.key}/{images[post.key, asset.src]}" for asset in post.assets},
            absent=absent,
            first_note=note,
            language=book.language,
        )
        yield MarkdownPart(post, entry, section, posts[post.key].title, "", places)
        note += pointers[post.key].notes


def plan_folder(book: Book, dialect: Dialect, absent: AbsentImages) -> Iterator[MarkdownPart]:
    """Yield the parts of a digest that becomes a folder with a file for each post, images beside them."""
    digest = book.digest
    names = Names()
    files = post_names(digest, names)
    images = image_names(digest, names)
    pointers = {post.key: _pointers(post) for post in digest.posts}
    posts = {post.key: _anchors_in(post, entry, Anchors(dialect)) for _, post, entry in _rows(book)}
    posts = _with_places(digest, posts, pointers, None)
    targets: dict[PostLink, str] = {}
    for key, anchors in posts.items():
        targets |= {link: f"{files[key]}#{anchor}" for link, anchor in _targets(key, anchors).items()}
        targets[PostLink(key)] = files[key]
    for section, post, entry in _rows(book):
        places = Places(
            anchors=posts[post.key].places,
            explicit=dialect.anchors in ("attribute", "element"),
            links=_links(pointers[post.key], targets),
            images={asset.src: images[post.key, asset.src] for asset in post.assets},
            absent=absent,
            language=book.language,
        )
        yield MarkdownPart(post, entry, section, "", files[post.key], places)


def _rows(book: Book) -> Iterator[tuple[str, Post, Entry]]:
    """Yield the posts of a book, each with the title of its section and what the book says about it."""
    titles = (section.title for section in book.sections for _ in section.entries)
    return zip(titles, book.digest.posts, book.entries, strict=True)


def _pointers(post: Post) -> _Pointers:
    posts: set[PostLink] = set()
    places, marks = set(), set()
    for node in query(post):
        match node:
            case Link(href) if (link := PostLink.parse(href)) is not None:
                posts.add(link)
            case Link(href) if href.startswith("#"):
                places.add(href[1:])
            case NoteReference(id_):
                marks.add(id_)
            case _:
                continue
    return _Pointers(frozenset(posts), frozenset(places), sum(note.id in marks for note in post.notes))


def _targets(key: str, anchors: PostAnchors) -> dict[PostLink, str]:
    """Return the anchors of a post by the links of other posts to them."""
    return {PostLink(key): anchors.title} | {PostLink(key, id_): anchor for id_, anchor in anchors.places.items()}


def _links(pointers: _Pointers, targets: Mapping[PostLink, str]) -> dict[str, str]:
    """Return what a post needs of `targets`; a link to a heading that is not there goes to its post."""
    found = {str(link): targets.get(link) or targets.get(PostLink(link.key)) for link in sorted(pointers.posts)}
    return {href: target for href, target in found.items() if target}
