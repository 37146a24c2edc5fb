"""The pages that stand around the posts: cover, title page, contents, sections, colophon."""

from collections.abc import Sequence

from converter.languages.labels import label
from converter.themes import Theme
from converter.writers.book import BETWEEN, Book, Entry
from converter.writers.epub.chapter import XHTML, byline, properties_of
from converter.writers.epub.names import (
    COLOPHON,
    CONTENTS,
    COVER,
    COVER_IMAGE,
    STYLE,
    TITLE_PAGE,
)
from converter.writers.epub.parts import Chapter, Group, Item
from converter.writers.xhtml import element, escape


def page(name: str, template: str, book: Book, theme: Theme, title: str, values: dict[str, object]) -> Item:
    """Return a page of the book, in its language."""
    common: dict[str, object] = {
        "book": book,
        "language": book.language,
        "direction": book.direction,
        "style": STYLE,
        "title": f"{title} – {book.title}",
    }
    markup = theme.fill(template, common | values)
    return Item(name, XHTML, markup.encode(), properties_of(markup))


def cover_page(book: Book, theme: Theme) -> Item:
    """Return the page that shows the image of the cover."""
    title = label(book.language, "cover")
    return page(COVER, "epub/cover.xhtml", book, theme, title, {"label": title, "picture": COVER_IMAGE})


def title_page(book: Book, theme: Theme) -> Item:
    """Return the page with what the book is: masthead, dateline, length."""
    title = label(book.language, "title_page")
    return page(TITLE_PAGE, "epub/title.xhtml", book, theme, title, {"length": BETWEEN.join(book.length)})


def contents_page(book: Book, theme: Theme, groups: Sequence[Group]) -> Item:
    """Return the table of contents that stands in the book, with byline and day beside each title."""
    entries = {entry.key: entry for entry in book.entries}
    sections = [
        {
            "title": group.title,
            "address": group.url,
            "posts": [_line(entries[chapter.key], chapter, book) for chapter in group.chapters],
        }
        for group in groups
        if group.chapters
    ]
    heading = label(book.language, "contents")
    return page(CONTENTS, "epub/contents.xhtml", book, theme, heading, {"heading": heading, "sections": sections})


def _line(entry: Entry, chapter: Chapter, book: Book) -> dict[str, object]:
    """Return a line of the contents. How a post begins is shown of those that have a file: others hardly say more."""
    return {
        "entry": entry,
        "address": chapter.spot.url,
        "byline": byline(entry, book.language, surrounding=book.language),
        "lead": "" if chapter.spot.id else entry.lead,
    }


def colophon(book: Book, theme: Theme) -> Item:
    """Return the last page: where the posts come from, on what terms, and what made the book."""
    language = book.language
    heading = label(language, "colophon")
    sources = (f"{escape(each.name)} ({escape(label(language, 'posts', each.posts))})" for each in book.sources)
    website = element("a", escape(book.publisher), {"href": book.website}) if book.website else ""
    facts = {
        label(language, "website"): [website],
        label(language, "sources"): list(sources),
        label(language, "license"): [escape(book.license)],
        label(language, "updated"): [escape(words) for words in (book.updated, book.revision) if words],
    }
    values: dict[str, object] = {
        "heading": heading,
        "facts": [(term, meanings) for term, meanings in facts.items() if any(meanings)],
    }
    return page(COLOPHON, "epub/colophon.xhtml", book, theme, heading, values)
