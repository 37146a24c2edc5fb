"""Cuts a digest into parts that are laid out apart: each post, and the opening page of each section."""

from collections.abc import Callable, Iterator
from functools import cache

from msgspec import Struct

from converter.model import Link, Post, Site
from converter.model.postlinks import PostLink
from converter.model.walk import query
from converter.writers.book import Book, Entry, SectionPlan
from converter.writers.pdf.slices import LIMIT, slices_of
from converter.writers.xhtml import place_ids

_Ids = Callable[[str], dict[str, str] | None]
"""The written id of each place of a post, by the post's key; `None` for a post that is not in the digest."""


class PostPart(Struct, frozen=True, tag="post"):
    """A post with what its pages show of the book around it."""

    post: Post
    entry: Entry
    site: Site
    book_language: str
    section: str
    """The title of its section, for the running heads; empty in a digest without sections."""
    book_title: str
    """Stands in the running heads where there are no sections; empty for a post by itself."""
    targets: dict[str, str]
    """The links of the post to others of the digest, with the id in the other's page; empty for its beginning."""
    opens: bool = True
    """Whether the post begins here; a very long one is cut into several parts."""
    closes: bool = True

    @property
    def keys(self) -> tuple[str, ...]:
        return (self.post.key,)


class OpenerPart(Struct, frozen=True, tag="opener"):
    """The page that opens a section."""

    title: str
    posts: int
    book_language: str

    @property
    def keys(self) -> tuple[str, ...]:
        return ()


PdfPart = PostPart | OpenerPart


def cut(book: Book, limit: float = LIMIT) -> tuple[PdfPart, ...]:
    """Return the parts of a book, in reading order; a post that weighs more than `limit` is cut into several."""
    posts = {post.key: post for post in book.digest.posts}
    ids = cache(lambda key: place_ids(posts[key]) if key in posts else None)
    rest = iter(book.digest.posts)
    return tuple(part for section in book.sections for part in _section_parts(section, book, rest, ids, limit))


def _section_parts(
    section: SectionPlan, book: Book, posts: Iterator[Post], ids: _Ids, limit: float
) -> Iterator[PdfPart]:
    """Yield the parts of a section; `posts` begins with its own."""
    if section.title:
        yield OpenerPart(section.title, len(section.entries), book.language)
    for entry in section.entries:
        slices = slices_of(next(posts), limit)
        for number, piece in enumerate(slices):
            yield PostPart(
                post=piece,
                entry=entry,
                site=book.digest.site,
                book_language=book.language,
                section=section.title,
                book_title="" if book.is_lone else book.title,
                targets=_targets(piece, ids),
                opens=number == 0,
                closes=number == len(slices) - 1,
            )


def _targets(post: Post, ids: _Ids) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in query(post):
        if isinstance(node, Link) and (link := PostLink.parse(node.href)) and (known := ids(link.key)) is not None:
            found[node.href] = known.get(link.fragment, "")
    return found
