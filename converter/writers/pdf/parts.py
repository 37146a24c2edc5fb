"""Cuts a digest into parts that are laid out apart: each post, and the opening page of each section."""

from collections.abc import Iterator

from msgspec import Struct

from converter.model import Digest, Link, Post, Section, Site
from converter.walk import query
from converter.writers.pdf.slices import slices_of


class PostPart(Struct, frozen=True, tag="post"):
    """A post with what its pages show of the book around it."""

    post: Post
    site: Site
    book_language: str
    section: str
    """The title of its section, for the running heads; empty in a digest without sections."""
    book_title: str
    """Stands in the running heads where there are no sections."""
    linked: tuple[str, ...]
    """The keys of posts of the digest that it links to."""
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


def cut(digest: Digest) -> tuple[PdfPart, ...]:
    """Return the parts of a digest, in reading order."""
    keys = frozenset(post.key for post in digest.posts)
    return tuple(part for section in digest.sections for part in _section_parts(section, digest, keys))


def _section_parts(section: Section, digest: Digest, keys: frozenset[str]) -> Iterator[PdfPart]:
    if section.title:
        yield OpenerPart(section.title, len(section.posts), digest.language)
    for post in section.posts:
        slices = slices_of(post)
        for number, piece in enumerate(slices):
            yield PostPart(
                post=piece,
                site=digest.site,
                book_language=digest.language,
                section=section.title,
                book_title=digest.title,
                linked=tuple(sorted(_linked(piece) & keys)),
                opens=number == 0,
                closes=number == len(slices) - 1,
            )


def _linked(post: Post) -> frozenset[str]:
    """Return the keys of the posts that a post links to."""
    hrefs = (node.href for node in query(post) if isinstance(node, Link))
    return frozenset(href.removeprefix("post:").partition("#")[0] for href in hrefs if href.startswith("post:"))
