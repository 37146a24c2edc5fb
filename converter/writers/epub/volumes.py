"""Writes a book as one file, or as volumes where it is too large for a shop or a mailbox."""

import zlib
from collections.abc import Callable, Iterator, Sequence

from msgspec.structs import replace

from converter.diagnostics import Code, Diagnostic, Warn
from converter.model import Digest, Section
from converter.themes import Theme
from converter.writers.book import Book
from converter.writers.epub.chapter import parts_of
from converter.writers.epub.container import pack
from converter.writers.epub.package import PackageOptions, make_package
from converter.writers.epub.parts import Chapter, ChapterPart

RESERVE = 0.1
"""The part of a volume that is kept free for what is not chapters: cover, navigation, the package."""

Rewrite = Callable[[ChapterPart, Chapter], Chapter]
"""Writes a chapter again that has other links than it had."""


def write_volumes(
    book: Book,
    theme: Theme,
    chapters: Sequence[Chapter],
    options: PackageOptions,
    limit: int,
    rewrite: Rewrite,
    warn: Warn,
) -> tuple[bytes, ...]:
    """Return the book, or its volumes where it has more than `limit` bytes. 0 is no limit."""
    of_covers: dict[Diagnostic, None] = {}  # the covers of volumes have much in common
    files = [pack(make_package(book, theme, chapters, options, of_covers.setdefault))]
    if limit and len(files[0]) > limit:
        groups = _groups(chapters, round(limit * (1 - RESERVE)))
        whole = parts_of(book, theme, previous_next=options.previous_next)
        files = []
        for number, group in enumerate(groups, 1):
            volume = Book(_digest_of(book.digest, group), f"{number}/{len(groups)}" if len(groups) > 1 else "")
            parts = parts_of(volume, theme, previous_next=options.previous_next)
            inside = tuple(_inside(group, parts, whole, rewrite))
            files.append(pack(make_package(volume, theme, inside, options, of_covers.setdefault, volume=number)))
    for diagnostic in of_covers:
        warn(diagnostic)
    if limit and (len(files) > 1 or len(files[0]) > limit):
        _report(book.digest, files, limit, warn)
    return tuple(files)


def _groups(chapters: Sequence[Chapter], budget: int) -> list[list[Chapter]]:
    """Cut the chapters into runs that stay under the budget; a chapter that does not is alone."""
    groups: list[list[Chapter]] = []
    weight = 0
    images: set[str] = set()
    for chapter in chapters:
        new = [image for image in chapter.images if image.name not in images]
        added = len(zlib.compress(chapter.data)) + sum(len(image.data) for image in new)
        if not groups or weight + added > budget:
            groups.append([])
            weight = 0
            images = set()
            added = len(zlib.compress(chapter.data)) + sum(len(image.data) for image in chapter.images)
        groups[-1].append(chapter)
        weight += added
        images.update(image.name for image in chapter.images)
    return groups


def _digest_of(digest: Digest, chapters: Sequence[Chapter]) -> Digest:
    keys = {chapter.key for chapter in chapters}
    sections = (
        Section(section.title, tuple(post for post in section.posts if post.key in keys)) for section in digest.sections
    )
    return replace(digest, sections=tuple(section for section in sections if section.posts))


def _inside(
    chapters: Sequence[Chapter], parts: Sequence[ChapterPart], whole: Sequence[ChapterPart], rewrite: Rewrite
) -> Iterator[Chapter]:
    """Yield chapters as they are in a volume: links to another one are words, and the next chapter is its own."""
    known = {part.entry.key: part for part in whole}
    for chapter, part in zip(chapters, parts, strict=True):
        before = known[chapter.key]
        same = (part.spot, part.targets, part.before, part.after) == (
            before.spot,
            before.targets,
            before.before,
            before.after,
        )
        yield chapter if same else rewrite(part, chapter)


def _report(digest: Digest, volumes: Sequence[bytes], limit: int, warn: Warn) -> None:
    message = f"the book has more than {limit} bytes and is in {len(volumes)} volumes"
    warn(Diagnostic(code=Code.BOOK_SPLIT, message=message, file=digest.key))
    for number, data in enumerate(volumes, 1):
        if len(data) > limit:
            message = f"volume {number} has {len(data)} bytes, more than {limit}"
            hint = "make images smaller with `image_size` or `grey`"
            warn(Diagnostic(code=Code.BOOK_TOO_LARGE, message=message, file=digest.key, hint=hint))
