"""The EPUB writer: its options, and its three steps."""

from typing import ClassVar

from msgspec import Struct

from converter.diagnostics import Warn
from converter.model import Digest, Link, Post
from converter.themes import Theme
from converter.walk import query
from converter.writers import File
from converter.writers.epub.book import BookOptions, make_package
from converter.writers.epub.chapter import RESERVED, render_chapter
from converter.writers.epub.container import pack
from converter.writers.epub.names import chapter_name
from converter.writers.epub.parts import Chapter, ChapterPart, Profile
from converter.writers.epub.pictures import PictureOptions
from converter.writers.xhtml import heading_ids


class EpubWriter(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """EPUB 3.3 with an NCX for older reading systems."""

    suffix: ClassVar[str] = ".epub"

    profile: Profile = "generic"
    """`kindle` keeps each file under Amazon's limit; `kobo` marks sentences as Kobo's own books do."""
    headings: bool = False
    """Whether the contents list the headings of posts, too."""
    neighbours: bool = True
    """Whether a chapter ends with links to the one before and the one after."""
    picture_size: int = 1600
    """Pixels of the longest side; larger pictures are made smaller."""
    grey: bool = False
    """Whether pictures lose their colours, which makes them smaller."""

    certifier: str = ""
    """Who has examined the books and vouches that they meet EPUB Accessibility 1.1 at WCAG 2.2 AA; empty: no claim."""

    def split(self, digest: Digest, theme: Theme) -> tuple[ChapterPart, ...]:  # noqa: ARG002  # the contract
        """Return a part for each post."""
        posts = {post.key: post for post in digest.posts}
        several = len(digest.sections) > 1
        return tuple(
            ChapterPart(
                post=post,
                language=digest.language,
                site=digest.site,
                section=section.title if several else "",
                targets=_targets(post, posts),
            )
            for section in digest.sections
            for post in section.posts
        )

    def render(self, part: ChapterPart, theme: Theme, warn: Warn) -> Chapter:
        """Return the chapter of one post."""
        return render_chapter(part, theme, PictureOptions(self.picture_size, self.grey), warn)

    def assemble(
        self,
        digest: Digest,
        theme: Theme,
        rendered: tuple[Chapter, ...],
        warn: Warn,  # noqa: ARG002  # the contract
    ) -> tuple[File, ...]:
        """Return the book. Raises `WriterError` where two posts have the same key."""
        options = BookOptions(self.headings, self.neighbours, self.certifier)
        package = make_package(digest, theme, rendered, options)
        return (File(f"{digest.key}{self.suffix}", pack(package)),)


def _targets(post: Post, posts: dict[str, Post]) -> dict[str, str]:
    """Return the address in the book for each link of the post that leads to another post of it."""
    found = {}
    for node in query(post):
        if isinstance(node, Link) and node.href.startswith("post:"):
            key, _, fragment = node.href.removeprefix("post:").partition("#")
            if (target := posts.get(key)) is not None:
                place = heading_ids(target, reserved=RESERVED).get(fragment)
                found[node.href] = chapter_name(key) + (f"#{place}" if place else "")
    return found
