"""The table of contents of a book as data, as the navigation document, and as an NCX for older reading systems."""

from collections.abc import Sequence

from msgspec import Struct

from converter.languages.labels import label
from converter.languages.unicode import has_words
from converter.model import Digest, direction_of
from converter.themes import Theme
from converter.writers.epub.names import COLOPHON, CONTENTS, COVER, STYLE, TITLE_PAGE, item_id, section_name
from converter.writers.epub.parts import Chapter
from converter.writers.xhtml import HeadingEntry, clean, element, escape, foreign_attributes


class Entry(Struct, frozen=True):
    """A line of the table of contents."""

    title: str
    address: str
    language: str
    """Of the title."""
    children: tuple["Entry", ...] = ()


class Place(Struct, frozen=True):
    """A landmark: a place that reading systems offer a button for."""

    kind: str
    """A term of the EPUB structural semantics vocabulary."""
    title: str
    address: str


def section_names(digest: Digest) -> tuple[str, ...]:
    """Return the files of the pages that open the sections, empty for one without a title; none where all are so."""
    if not digest.has_sections:
        return ()
    names: list[str] = []
    for section in digest.sections:
        wanted = section.title
        if not wanted:
            names.append("")
            continue
        while (name := section_name(wanted)) in names:  # a category may be called like the rest
            wanted += " "
        names.append(name)
    return tuple(names)


def outline(digest: Digest, chapters: Sequence[Chapter], *, headings: bool) -> tuple[Entry, ...]:
    """Return the table of contents: sections, posts, and the headings in them where they are wanted."""
    by_key = {chapter.key: chapter for chapter in chapters}
    names = section_names(digest)
    found: list[Entry] = []
    for number, section in enumerate(digest.sections):
        entries = tuple(_entry(by_key[post.key], headings=headings) for post in section.posts if post.key in by_key)
        if names and names[number] and entries:
            found.append(Entry(clean(section.title), names[number], digest.language, entries))
        else:
            found.extend(entries)
    found.append(Entry(label(digest.language, "colophon"), COLOPHON, digest.language))
    return tuple(found)


def _entry(chapter: Chapter, *, headings: bool) -> Entry:
    inside = _nested(chapter.headings, chapter) if headings else ()
    return Entry(chapter.title, chapter.item.name, chapter.language, inside)


def _nested(headings: Sequence[HeadingEntry], chapter: Chapter) -> tuple[Entry, ...]:
    """Return headings as a tree: each holds the deeper ones that follow it."""
    found = []
    start = 0
    while start < len(headings):
        first = headings[start]
        end = next((n for n in range(start + 1, len(headings)) if headings[n].level <= first.level), len(headings))
        children = _nested(headings[start + 1 : end], chapter)
        if has_words(first.text):
            found.append(Entry(first.text, f"{chapter.item.name}#{first.id}", chapter.language, children))
        else:
            found.extend(children)
        start = end
    return tuple(found)


def landmarks(digest: Digest, first: str) -> tuple[Place, ...]:
    """Return the landmarks of a book whose text begins in the file `first`."""
    language = digest.language
    return (
        Place("cover", label(language, "cover"), COVER),
        Place("titlepage", label(language, "title_page"), TITLE_PAGE),
        Place("toc", label(language, "contents"), f"{CONTENTS}#contents"),
        Place("bodymatter", label(language, "body"), first),
        Place("colophon", label(language, "colophon"), COLOPHON),
    )


def navigation_document(digest: Digest, entries: Sequence[Entry], places: Sequence[Place], theme: Theme) -> str:
    """Return the navigation document of EPUB 3."""
    items = "".join(
        element("li", element("a", escape(place.title), {"epub:type": place.kind, "href": place.address}))
        for place in places
    )
    return theme.fill(
        "epub/nav.xhtml",
        {
            "language": digest.language,
            "direction": direction_of(digest.language),
            "style": STYLE,
            "title": label(digest.language, "contents"),
            "heading": label(digest.language, "contents"),
            "toc": _list(entries, digest.language),
            "landmarks_heading": label(digest.language, "landmarks"),
            "landmarks": element("ol", items),
        },
    )


def _list(entries: Sequence[Entry], language: str) -> str:
    return element("ol", "\n" + "".join(_line(entry, language) for entry in entries))


def _line(entry: Entry, language: str) -> str:
    link = element("a", escape(entry.title), {"href": entry.address, **foreign_attributes(entry.language, language)})
    below = f"\n{_list(entry.children, language)}" if entry.children else ""
    return element("li", link + below) + "\n"


def ncx(digest: Digest, identifier: str, entries: Sequence[Entry]) -> str:
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
        f'<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1" xml:lang="{escape(digest.language)}">\n'
        f"<head>\n{head}\n</head>\n"
        f"<docTitle><text>{escape(digest.title)}</text></docTitle>\n"
        f"<navMap>\n{points}</navMap>\n</ncx>\n"
    )


def _depth(entries: Sequence[Entry]) -> int:
    return 1 + max((_depth(entry.children) for entry in entries if entry.children), default=0) if entries else 0


def _points(entries: Sequence[Entry], order: int) -> tuple[str, int]:
    """Return the navigation points, and the number in play order that is free after them."""
    written = []
    for entry in entries:
        inside, following = _points(entry.children, order + 1)
        label_ = element("navLabel", element("text", escape(entry.title)))
        content = element("content", "", {"src": entry.address})
        attributes = {"id": f"point-{item_id(entry.address)}", "playOrder": str(order)}
        written.append(element("navPoint", f"{label_}{content}\n{inside}", attributes) + "\n")
        order = following
    return "".join(written), order
