"""Joins chapters into a book: the pages around them, the navigation, and what the package says."""

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from converter.diagnostics import Warn
from converter.languages.unicode import clean, has_words
from converter.themes import Theme
from converter.writers.book import Book
from converter.writers.epub.accessibility import Statements, accessibility
from converter.writers.epub.chapter import XHTML
from converter.writers.epub.cover import draw_cover
from converter.writers.epub.names import (
    COVER_IMAGE,
    NAVIGATION,
    NCX,
    STYLE,
    TITLE_PAGE,
    item_id,
)
from converter.writers.epub.navigation import landmarks, navigation_document, ncx, outline
from converter.writers.epub.own_cover import own_cover
from converter.writers.epub.pages import colophon, contents_page, cover_page, title_page
from converter.writers.epub.parts import Chapter, Group, Item, Metadatum, Package
from converter.writers.epub.text import text_of_book
from converter.writers.images import ImageOptions, reduced
from converter.writers.series import Series


class PackageOptions(Struct, frozen=True, kw_only=True):
    """What the user may decide about the whole."""

    headings: bool
    previous_next: bool
    certifier: str
    """Who vouches for the accessibility of the book; empty: nobody."""
    statements: Statements
    """What else is said about it."""
    cover: ImageOptions
    """How the cover is stored."""
    cover_file: str
    """The path of the image that is the cover; empty: it is drawn."""
    series: bool | str
    """Whether the book names its series, or what that is called."""
    finish: Callable[[bytes], bytes]
    """Writes a page that several posts share as a profile wants it."""


def make_package(
    book: Book, theme: Theme, chapters: Sequence[Chapter], options: PackageOptions, warn: Warn, *, volume: int = 1
) -> Package:
    """Return a book. One that is a lone post has nothing but its chapter to turn to."""
    identifier = book.digest.identifier(volume)
    files, groups = text_of_book(book, theme, chapters, options.finish)
    text = tuple(file.item for file in files)
    front = () if book.is_lone else _front(book, theme, groups, options, warn)
    back = () if book.is_lone else (colophon(book, theme),)
    lines = outline(book, groups, headings=options.headings)
    titled = any(item.name == TITLE_PAGE for item in front)
    navigation = navigation_document(book, lines, landmarks(book, text[0].name, title_page=titled), theme)
    images = {image.name: image for chapter in chapters for image in chapter.images}
    items = (
        Item(NAVIGATION, XHTML, navigation.encode(), ("nav",)),
        Item(NCX, "application/x-dtbncx+xml", ncx(book, identifier, lines).encode()),
        Item(STYLE, "text/css", theme.fill("epub/style.css", {}).encode()),
        *front,
        *text,
        *back,
        *sorted(images.values(), key=lambda item: item.name),
    )
    return Package(
        identifier=identifier,
        language=book.language,
        direction=book.direction,
        modified=book.digest.updated,
        metadata=tuple(_metadata(book, chapters, options)),
        items=items,
        spine=tuple(item.name for item in (*front, *text, *back) if item.media_type == XHTML),
    )


def _front(book: Book, theme: Theme, groups: Sequence[Group], options: PackageOptions, warn: Warn) -> tuple[Item, ...]:
    """Return cover and contents; between them a page with the title where the cover has no words to say it."""
    own = options.cover_file
    cover = own_cover(own, theme.tokens["paper"]) if own else draw_cover(book, theme, warn)
    return (
        Item(COVER_IMAGE, "image/jpeg", reduced(cover.data, options.cover), ("cover-image",)),
        cover_page(book, theme),
        *(() if cover.says_title else (title_page(book, theme),)),
        contents_page(book, theme, groups),
    )


def _metadata(book: Book, chapters: Sequence[Chapter], options: PackageOptions) -> Iterator[Metadatum]:
    digest = book.digest
    yield Metadatum("dc:title", book.title)
    languages = dict.fromkeys((book.language, *(entry.language for entry in book.entries)))
    yield from (Metadatum("dc:language", language) for language in languages)
    for number, name in enumerate(book.creators, 1):
        yield Metadatum("dc:creator", name, {"id": "creator" if number == 1 else f"creator-{number}"})
    yield Metadatum("dc:publisher", book.publisher)
    if digest.is_dated:
        yield Metadatum("dc:date", digest.updated.date().isoformat())
    if digest.revision > 1:
        yield Metadatum("meta", str(digest.revision), {"property": "schema:version"})
    yield from (Metadatum("dc:subject", subject) for subject in book.subjects)
    optional = {"dc:description": book.description, "dc:source": clean(digest.site.url), "dc:rights": book.license}
    yield from (Metadatum(name, value) for name, value in optional.items() if value.strip())
    if book.series is not None and options.series is not False:
        yield from _series(book.series, str(options.series) if options.series is not True else "")
    if not book.is_lone:
        # Older reading systems, and shops, look for the cover here.
        yield Metadatum("meta", "", {"name": "cover", "content": item_id(COVER_IMAGE)})
    yield from accessibility(chapters, book.language, options.certifier, options.statements)


def _series(series: Series, named: str) -> Iterator[Metadatum]:
    """Yield the place of a book in its series: by EPUB 3.3 (D.3), and as calibre has it."""
    name = clean(named) if has_words(named) else series.name
    yield Metadatum("meta", name, {"property": "belongs-to-collection", "id": "series"})
    yield Metadatum("meta", "series", {"property": "collection-type", "refines": "#series"})
    yield Metadatum("meta", series.number, {"property": "group-position", "refines": "#series"})
    yield Metadatum("meta", "", {"name": "calibre:series", "content": name})
    yield Metadatum("meta", "", {"name": "calibre:series_index", "content": series.number})
