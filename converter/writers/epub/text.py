"""Rendered posts -> the files that hold them, those of a section behind what opens it."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from msgspec.structs import replace

from converter.diagnostics import Code, WriterError
from converter.themes import Theme
from converter.writers.book import BETWEEN, Book, SectionPlan
from converter.writers.epub.chapter import XHTML
from converter.writers.epub.names import section_name
from converter.writers.epub.pages import page
from converter.writers.epub.parts import Chapter, Group, Item, TextFile

Finish = Callable[[bytes], bytes]
"""Writes a page that several posts share as a profile wants it."""


def text_of_book(
    book: Book, theme: Theme, chapters: Sequence[Chapter], finish: Finish
) -> tuple[tuple[TextFile, ...], tuple[Group, ...]]:
    """Return the files of all posts, and how the contents show them. Raises `WriterError` where two have one key."""
    _refuse_twins(chapters)
    rest = iter(chapters)
    files: list[TextFile] = []
    groups: list[Group] = []
    opened: list[str] = []
    for section in book.sections:
        own = [next(rest) for _ in section.entries]
        name = _free(section_name, section.title, opened)
        made = tuple(_files(section, own, name, book, theme, finish))
        files.extend(made)
        groups.extend(_groups(section, made))
    return tuple(files), tuple(groups)


def _refuse_twins(chapters: Sequence[Chapter]) -> None:
    seen: set[str] = set()
    for chapter in chapters:
        if chapter.spot.url in seen:
            raise WriterError(
                Code.OUTPUT_INVALID,
                f"two files of the book have the name '{chapter.spot.url}'",
                hint="two posts have the same key",
            )
        seen.add(chapter.spot.url)


def _free(named: Callable[[str], str], title: str, taken: list[str]) -> str:
    """Return the name for a title, and take it: a category may be called like the rest."""
    while (name := named(title)) in taken:
        title += " "
    taken.append(name)
    return name


def _files(
    section: SectionPlan, chapters: Sequence[Chapter], name: str, book: Book, theme: Theme, finish: Finish
) -> Iterator[TextFile]:
    """Yield the files of a section. It is opened by a page, or by the heading of its first file that posts share."""
    extent = BETWEEN.join(book.length_of(section.entries)) if section.title else ""
    if section.title and chapters and not chapters[0].spot.id:
        values: dict[str, object] = {"heading": section.title, "length": extent}
        yield TextFile(page(name, "epub/section.xhtml", book, theme, section.title, values), section.title, ())
    for number, (file, some) in enumerate(groupby(chapters, lambda chapter: chapter.spot.file)):
        posts = tuple(some)
        if not posts[0].spot.id:
            yield TextFile(Item(file, XHTML, posts[0].data, posts[0].properties), "", posts)
            continue
        keys = {chapter.key for chapter in posts}
        span = book.span_of([entry for entry in section.entries if entry.key in keys])
        opens = number == 0 and bool(section.title)
        heading = section.title if opens else span
        yield TextFile(_shared(file, heading, extent if opens else "", posts, book, theme, finish), heading, posts)


def _shared(
    name: str, heading: str, extent: str, posts: Sequence[Chapter], book: Book, theme: Theme, finish: Finish
) -> Item:
    """Return a file that several posts share."""
    values: dict[str, object] = {
        "heading": heading,
        "extent": extent,
        "articles": "\n".join(post.data.decode() for post in posts),
    }
    item = page(name, "epub/articles.xhtml", book, theme, heading, values)
    return replace(item, data=finish(item.data))


def _groups(section: SectionPlan, files: Sequence[TextFile]) -> Iterator[Group]:
    """Yield how the contents show the files of a section: by its title, or by the headings of several files."""
    if section.title and files:
        yield Group(section.title, files[0].item.name, tuple(each for file in files for each in file.chapters))
        return
    for file in files:
        yield Group(file.heading if len(files) > 1 else "", file.item.name, file.chapters)
