"""The table of contents of a book as data, as the navigation document, and as an NCX for older reading systems."""

from collections.abc import Sequence

from msgspec import Struct

from converter.languages.labels import label
from converter.languages.unicode import has_words
from converter.themes import Theme
from converter.writers.book import Book, Entry
from converter.writers.epub.names import COLOPHON, CONTENTS, COVER, STYLE, TITLE_PAGE, item_id
from converter.writers.epub.parts import Chapter, Group
from converter.writers.xhtml import HeadingEntry, element, escape, foreign_attributes


class Line(Struct, frozen=True):
    """A line of the table of contents."""

    title: str
    url: str
    language: str
    """Of the title."""
    children: tuple["Line", ...] = ()


class Landmark(Struct, frozen=True):
    """A place that reading systems offer a button for."""

    kind: str
    """A term of the EPUB structural semantics vocabulary."""
    title: str
    url: str


def outline(book: Book, groups: Sequence[Group], *, headings: bool) -> tuple[Line, ...]:
    """Return the table of contents: groups of posts, posts, and the headings in them where they are wanted."""
    entries = {entry.key: entry for entry in book.entries}
    found: list[Line] = []
    for group in groups:
        lines = tuple(_post(entries[chapter.key], chapter, headings=headings) for chapter in group.chapters)
        if group.title:
            found.append(Line(group.title, group.url, book.language, lines))
        else:
            found.extend(lines)
    if not book.is_lone:
        found.append(Line(label(book.language, "colophon"), COLOPHON, book.language))
    return tuple(found)


def _post(entry: Entry, chapter: Chapter, *, headings: bool) -> Line:
    file = chapter.spot.file
    below = _nested(chapter.headings, file, entry.language) if headings else ()
    return Line(entry.title, chapter.spot.url, entry.language, below)


def _nested(headings: Sequence[HeadingEntry], name: str, language: str) -> tuple[Line, ...]:
    """Return headings as a tree: each holds the deeper ones that follow it."""
    found = []
    start = 0
    while start < len(headings):
        first = headings[start]
        end = next((n for n in range(start + 1, len(headings)) if headings[n].level <= first.level), len(headings))
        children = _nested(headings[start + 1 : end], name, language)
        if has_words(first.text):
            found.append(Line(first.text, f"{name}#{first.id}", language, children))
        else:
            found.extend(children)
        start = end
    return tuple(found)


def landmarks(book: Book, first: str, *, title_page: bool) -> tuple[Landmark, ...]:
    """Return the landmarks of a book whose text begins in the file `first`."""
    language = book.language
    body = Landmark("bodymatter", label(language, "body"), first)
    if book.is_lone:
        return (body,)
    return (
        Landmark("cover", label(language, "cover"), COVER),
        *((Landmark("titlepage", label(language, "title_page"), TITLE_PAGE),) if title_page else ()),
        Landmark("toc", label(language, "contents"), f"{CONTENTS}#contents"),
        body,
        Landmark("colophon", label(language, "colophon"), COLOPHON),
    )


def navigation_document(book: Book, entries: Sequence[Line], places: Sequence[Landmark], theme: Theme) -> str:
    """Return the navigation document of EPUB 3."""
    items = "".join(
        element("li", element("a", escape(place.title), {"epub:type": place.kind, "href": place.url}))
        for place in places
    )
    return theme.fill(
        "epub/nav.xhtml",
        {
            "language": book.language,
            "direction": book.direction,
            "style": STYLE,
            "title": label(book.language, "contents"),
            "heading": label(book.language, "contents"),
            "toc": _list(entries, book.language),
            "landmarks_heading": label(book.language, "landmarks"),
            "landmarks": element("ol", items),
        },
    )


def _list(entries: Sequence[Line], language: str) -> str:
    return element("ol", "\n" + "".join(_line(entry, language) for entry in entries))


def _line(entry: Line, language: str) -> str:
    link = element("a", escape(entry.title), {"href": entry.url, **foreign_attributes(entry.language, language)})
    below = f"\n{_list(entry.children, language)}" if entry.children else ""
    return element("li", link + below) + "\n"


def ncx(book: Book, identifier: str, entries: Sequence[Line]) -> str:
    """Return the table of contents of EPUB 2, which Kindle and older reading systems go by."""
    meta = {
        "dtb:uid": identifier,
        "dtb:depth": str(_depth(entries)),
        "dtb:totalPageCount": "0",
        "dtb:maxPageNumber": "0",
    }
    head = "\n".join(element("meta", "", {"name": name, "content": content}) for name, content in meta.items())
    points, _ = _points(entries, 1)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1" xml:lang="{escape(book.language)}">\n'
        f"<head>\n{head}\n</head>\n"
        f"<docTitle><text>{escape(book.title)}</text></docTitle>\n"
        f"<navMap>\n{points}</navMap>\n</ncx>\n"
    )


def _depth(entries: Sequence[Line]) -> int:
    return 1 + max((_depth(entry.children) for entry in entries if entry.children), default=0) if entries else 0


def _points(entries: Sequence[Line], order: int) -> tuple[str, int]:
    """Return the navigation points, and the number in play order that is free after them."""
    written = []
    for entry in entries:
        inside, following = _points(entry.children, order + 1)
        label_ = element("navLabel", element("text", escape(entry.title)))
        content = element("content", "", {"src": entry.url})
        attributes = {"id": f"point-{item_id(entry.url)}", "playOrder": str(order)}
        written.append(element("navPoint", f"{label_}{content}\n{inside}", attributes) + "\n")
        order = following
    return "".join(written), order
