"""A digest -> parts to be rendered, each with what its post needs to know of the others."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from converter.model import Direction, Link, Post, Site, direction_of
from converter.model.postlinks import PostLink
from converter.model.walk import query
from converter.writers.book import Book, Entry
from converter.writers.html.layout import Layout
from converter.writers.images import ImageFile
from converter.writers.xhtml import place_ids

RESERVED = ("main", "contents", "colophon")
"""Ids of the templates."""


class Neighbour(Struct, frozen=True):
    """The page before or after another."""

    href: str
    title: str
    language: str

    @property
    def direction(self) -> Direction:
        return direction_of(self.language)


class HtmlPart(Struct, frozen=True):
    """A post, and what its markup depends on besides."""

    post: Post
    entry: Entry
    layout: Layout
    language: str
    """Of the book."""
    title: str
    """Of the book."""
    site: Site
    section: str
    """The title of its section, where the page does not show it; else empty."""
    level: int
    """Of its title among the headings of the page."""
    targets: dict[str, str]
    """Where the `post:` links of the post lead that lead to other posts of the book."""
    inline_images: bool
    """Whether images are inside of the page."""
    before: Neighbour | None
    after: Neighbour | None

    @property
    def keys(self) -> tuple[str, ...]:
        return (self.post.key,)

    @property
    def reserved(self) -> tuple[str, ...]:
        """The ids that are not for the post, without its prefix."""
        return RESERVED if self.layout.has_pages else ()


class RenderedPost(Struct, frozen=True):
    """What became of a part."""

    key: str
    markup: str
    """An article, or the page of a post."""
    images: tuple[ImageFile, ...]
    """Those that lie beside the page."""


def parts_of(book: Book, layout: Layout, inline_bytes: int) -> Iterator[HtmlPart]:
    """Yield a part for each post; images are inside of pages where all of them have at most `inline_bytes`."""
    digest = book.digest
    posts = {post.key: post for post in digest.posts}
    sizes = {asset.sha256: asset.size for post in digest.posts for asset in post.assets}
    is_folder = layout.shape == "folder"
    steps = [Neighbour(layout.href(entry.key), entry.title, entry.language) for entry in book.entries if is_folder]
    befores, afters = ([None, *steps[:-1]], [*steps[1:], None]) if is_folder else ([None] * len(posts),) * 2
    sections = [section.title for section in book.sections for _ in section.entries]
    rows = zip(digest.posts, book.entries, sections, befores, afters, strict=True)
    for post, entry, section, before, after in rows:
        yield HtmlPart(
            post=post,
            entry=entry,
            layout=layout,
            language=book.language,
            title=book.title,
            site=digest.site,
            section=section if layout.has_pages else "",
            level=1 if layout.has_pages else 3 if book.has_sections else 2,
            targets=_targets(post, posts, layout),
            inline_images=sum(sizes.values()) <= inline_bytes,
            before=before,
            after=after,
        )


def _targets(post: Post, posts: Mapping[str, Post], layout: Layout) -> dict[str, str]:
    """Return the URL for each link of the post that leads to another post of the book."""
    reserved = RESERVED if layout.has_pages else ()
    found = {}
    for node in query(post):
        if isinstance(node, Link) and (link := PostLink.parse(node.href)) and (target := posts.get(link.key)):
            places = place_ids(target, prefix=layout.prefix(link.key), reserved=reserved)
            found[node.href] = layout.href(link.key, places.get(link.fragment))
    return found
