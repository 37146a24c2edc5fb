"""Writes a book as one file, or as volumes where it is too large for a shop or a mailbox."""

import re
import zlib
from collections.abc import Sequence

from msgspec.structs import replace

from converter.diagnostics import Code, Diagnostic, Warn
from converter.model import Digest, Section
from converter.themes import Theme
from converter.writers.epub.book import BookOptions, make_package
from converter.writers.epub.container import pack
from converter.writers.epub.parts import Chapter

RESERVE = 0.1
"""The part of a volume that is kept free for what is not chapters: cover, navigation, the package."""

_LINK = re.compile(rb'<a href="([^"#:]+\.xhtml)(?:#[^"]*)?"[^>]*>(.*?)</a>', re.DOTALL)
"""A link to another chapter. Links do not nest, and what is between the tags of ours is well-formed."""


def write_volumes(
    digest: Digest, theme: Theme, chapters: Sequence[Chapter], options: BookOptions, limit: int | None, warn: Warn
) -> tuple[bytes, ...]:
    """Return the book, or its volumes where it has more than `limit` bytes."""
    of_covers: dict[Diagnostic, None] = {}  # the covers of volumes have much in common
    whole = pack(make_package(digest, theme, chapters, options, of_covers.setdefault))
    if limit is None or len(whole) <= limit:
        for diagnostic in of_covers:
            warn(diagnostic)
        return (whole,)
    groups = _groups(chapters, round(limit * (1 - RESERVE)))
    volumes = []
    for number, group in enumerate(groups, 1):
        some = replace(options, volume=number, volumes=len(groups))
        volumes.append(
            pack(make_package(_digest_of(digest, group), theme, _unlinked(group), some, of_covers.setdefault))
        )
    for diagnostic in of_covers:
        warn(diagnostic)
    _report(digest, volumes, limit, warn)
    return tuple(volumes)


def _groups(chapters: Sequence[Chapter], budget: int) -> list[list[Chapter]]:
    """Cut the chapters into runs that stay under the budget; a chapter that does not is alone."""
    groups: list[list[Chapter]] = []
    weight = 0
    pictures: set[str] = set()
    for chapter in chapters:
        new = [picture for picture in chapter.pictures if picture.name not in pictures]
        added = len(zlib.compress(chapter.item.data)) + sum(len(picture.data) for picture in new)
        if not groups or weight + added > budget:
            groups.append([])
            weight = 0
            pictures = set()
            added = len(zlib.compress(chapter.item.data)) + sum(len(picture.data) for picture in chapter.pictures)
        groups[-1].append(chapter)
        weight += added
        pictures.update(picture.name for picture in chapter.pictures)
    return groups


def _digest_of(digest: Digest, chapters: Sequence[Chapter]) -> Digest:
    keys = {chapter.key for chapter in chapters}
    sections = (
        Section(section.title, tuple(post for post in section.posts if post.key in keys)) for section in digest.sections
    )
    return replace(digest, sections=tuple(section for section in sections if section.posts))


def _unlinked(chapters: Sequence[Chapter]) -> list[Chapter]:
    """Return the chapters without links to those of other volumes; the words of the links stay."""
    here = {chapter.item.name.encode() for chapter in chapters}
    return [
        replace(
            chapter,
            item=replace(
                chapter.item, data=_LINK.sub(lambda link: link[0] if link[1] in here else link[2], chapter.item.data)
            ),
        )
        for chapter in chapters
    ]


def _report(digest: Digest, volumes: Sequence[bytes], limit: int, warn: Warn) -> None:
    message = f"the book has more than {limit} bytes and is in {len(volumes)} volumes"
    warn(Diagnostic(code=Code.BOOK_SPLIT, message=message, file=digest.key))
    for number, data in enumerate(volumes, 1):
        if len(data) > limit:
            message = f"volume {number} has {len(data)} bytes, more than {limit}"
            hint = "make pictures smaller with `picture_size` or `grey`"
            warn(Diagnostic(code=Code.BOOK_TOO_LARGE, message=message, file=digest.key, hint=hint))
