"""The EPUB writer: its options, and its three steps."""

from typing import ClassVar

from msgspec import Struct
from msgspec.structs import replace

from converter.check import check_epub
from converter.diagnostics import Code, Severity, Warn, WriterError
from converter.languages.labels import DEFAULT_LANGUAGE
from converter.model import Digest, Link, Post
from converter.model.walk import query
from converter.themes import Theme
from converter.writers import File, Results
from converter.writers.epub.book import BookOptions
from converter.writers.epub.chapter import RESERVED, render_chapter
from converter.writers.epub.kobo import with_sentence_marks
from converter.writers.epub.names import chapter_name
from converter.writers.epub.parts import Chapter, ChapterPart, Profile
from converter.writers.epub.pictures import PictureOptions
from converter.writers.epub.volumes import write_volumes
from converter.writers.xhtml import is_language, place_ids

MEGABYTES: dict[Profile, int] = {"kindle": 50}
"""What Send to Kindle takes by mail; from its web page it takes 200."""


class EpubWriter(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """EPUB 3.3 with an NCX for older reading systems."""

    suffix: ClassVar[str] = ".epub"

    profile: Profile = "generic"
    """`kindle` keeps each file small enough to be mailed; `kobo` marks sentences as Kobo's own books do."""
    megabytes: int = 0
    """The greatest size of a file; a larger book is split into volumes. 0: what the profile says (Kindle 50)."""
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
        digest = _in_a_language(digest)
        posts = {post.key: post for post in digest.posts}
        return tuple(
            ChapterPart(
                post=post,
                language=digest.language,
                site=digest.site,
                section=section.title,
                targets=_targets(post, posts),
            )
            for section in digest.sections
            for post in section.posts
        )

    def render(self, part: ChapterPart, theme: Theme, warn: Warn) -> Chapter:
        """Return the chapter of one post."""
        options = PictureOptions(self.picture_size, self.grey, rasters_in_svg=self.profile != "kindle")
        chapter = render_chapter(part, theme, options, warn)
        return with_sentence_marks(chapter) if self.profile == "kobo" else chapter

    def assemble(self, digest: Digest, theme: Theme, rendered: Results[Chapter], warn: Warn) -> tuple[File, ...]:
        """Return the book, or its volumes. Raises `WriterError` where two posts have one key, or a book is invalid."""
        digest = _in_a_language(digest)
        options = BookOptions(headings=self.headings, neighbours=self.neighbours, certifier=self.certifier)
        megabytes = self.megabytes or MEGABYTES.get(self.profile)
        limit = megabytes * 1_000_000 if megabytes else None
        volumes = write_volumes(digest, theme, tuple(rendered), options, limit, warn)
        suffix = f".kepub{self.suffix}" if self.profile == "kobo" else self.suffix
        files = (
            File(f"{digest.key}{f'-{number}' if number > 1 else ''}{suffix}", data)
            for number, data in enumerate(volumes, 1)
        )
        return tuple(_sound(file, warn) for file in files)


def _sound(file: File, warn: Warn) -> File:
    """Return the file when it is a valid book. Raises `WriterError` where it is not: no broken file is put in place."""
    faults = check_epub(file.data, file.name)
    for fault in faults:
        warn(fault)
    if any(fault.severity is Severity.ERROR for fault in faults):
        raise WriterError(
            Code.OUTPUT_INVALID,
            "the book would be invalid, so it was not written",
            file=file.name,
            hint="the errors before this one say where; please report them with the post",
        )
    return file


def _in_a_language(digest: Digest) -> Digest:
    """Return the digest with a language that there is: English, which our own words fall back to, if need be."""
    return digest if is_language(digest.language) else replace(digest, language=DEFAULT_LANGUAGE)


def _targets(post: Post, posts: dict[str, Post]) -> dict[str, str]:
    """Return the address in the book for each link of the post that leads to another post of it."""
    found = {}
    for node in query(post):
        if isinstance(node, Link) and node.href.startswith("post:"):
            key, _, fragment = node.href.removeprefix("post:").partition("#")
            if (target := posts.get(key)) is not None:
                place = place_ids(target, reserved=RESERVED).get(fragment)
                found[node.href] = chapter_name(key) + (f"#{place}" if place else "")
    return found
