"""Joins chapters into a book: the pages around them, the navigation, and what the package says."""

import uuid
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from converter.diagnostics import Warn
from converter.languages.labels import format_period
from converter.model import Digest
from converter.themes import Theme
from converter.writers.epub.accessibility import accessibility
from converter.writers.epub.chapter import XHTML
from converter.writers.epub.cover import draw_cover
from converter.writers.epub.names import (
    COLOPHON,
    CONTENTS,
    COVER,
    COVER_PICTURE,
    NAVIGATION,
    NCX,
    STYLE,
    TITLE_PAGE,
    item_id,
)
from converter.writers.epub.navigation import landmarks, navigation_document, ncx, outline, section_names
from converter.writers.epub.pages import (
    colophon,
    contents_page,
    cover_page,
    extent,
    masthead,
    neighbours,
    section_page,
    title_page,
)
from converter.writers.epub.parts import NEIGHBOURS, Chapter, Item, Metadatum, Package
from converter.writers.xhtml import clean


class BookOptions(Struct, frozen=True, kw_only=True):
    """What the user may decide about the whole."""

    headings: bool
    neighbours: bool
    certifier: str
    """Who vouches for the accessibility of the book; empty: nobody."""
    volume: int = 1
    volumes: int = 1

    @property
    def part(self) -> str:
        """Which volume of how many, or nothing."""
        return f"{self.volume}/{self.volumes}" if self.volumes > 1 else ""


def make_package(
    digest: Digest, theme: Theme, chapters: Sequence[Chapter], options: BookOptions, warn: Warn
) -> Package:
    """Return the book of a digest."""
    identifier = identifier_of(digest, options.volume)
    edition = " · ".join(
        filter(None, (format_period(digest.language, digest.period.kind, digest.period.first), options.part))
    )
    digest = replace(digest, title=" ".join(filter(None, (digest.title, options.part))))
    sections = _section_pages(digest, chapters, theme)
    files = _with_neighbours(chapters, digest.language if options.neighbours else None)
    spine = _reading_order(digest, files)
    entries = outline(digest, chapters, headings=options.headings)
    places = landmarks(digest, next((name for name in spine if name not in _FRONT), COLOPHON))
    navigation = navigation_document(digest, entries, places, theme)
    pictures = {picture.name: picture for chapter in chapters for picture in chapter.pictures}
    items = (
        Item(NAVIGATION, XHTML, navigation.encode(), ("nav",)),
        Item(NCX, "application/x-dtbncx+xml", ncx(digest, identifier, entries).encode()),
        Item(STYLE, "text/css", theme.fill("epub/style.css", {}).encode()),
        *_front(digest, chapters, edition, theme, warn),
        *_sorted((*sections, *files), spine),
        colophon(digest, theme),
        *sorted(pictures.values(), key=lambda item: item.name),
    )
    return Package(
        identifier=identifier,
        language=digest.language,
        direction=digest.direction,
        modified=digest.updated,
        metadata=_metadata(digest, chapters, options.certifier),
        items=items,
        spine=spine,
    )


_FRONT = (COVER, TITLE_PAGE, CONTENTS)


def _front(digest: Digest, chapters: Sequence[Chapter], edition: str, theme: Theme, warn: Warn) -> tuple[Item, ...]:
    """Return cover, title page and contents."""
    cover = draw_cover(digest, edition, extent(digest.language, chapters), theme, warn)
    return (
        Item(COVER_PICTURE, "image/jpeg", cover, ("cover-image",)),
        cover_page(digest, theme),
        title_page(digest, chapters, edition, theme),
        contents_page(digest, chapters, theme),
    )


def identifier_of(digest: Digest, volume: int = 1) -> str:
    """Return an identifier that stays when the book is made again, so that reading positions survive."""
    name = f"{digest.site.url or digest.site.title}/{digest.key}" + (f"/{volume}" if volume > 1 else "")
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name)}"


def _section_pages(digest: Digest, chapters: Sequence[Chapter], theme: Theme) -> tuple[Item, ...]:
    rest = iter(chapters)
    pages = []
    for name, section in zip(section_names(digest), digest.sections, strict=False):
        inside = [chapter for _, chapter in zip(section.posts, rest, strict=False)]
        if name:
            pages.append(section_page(name, section, inside, digest, theme))
    return tuple(pages)


def _reading_order(digest: Digest, chapters: Sequence[Item]) -> tuple[str, ...]:
    order = list(_FRONT)
    rest = iter(chapters)
    names = section_names(digest) or ("",) * len(digest.sections)
    for name, section in zip(names, digest.sections, strict=True):
        if name:
            order.append(name)
        order.extend(item.name for _, item in zip(section.posts, rest, strict=False))
    return (*order, COLOPHON)


def _sorted(items: Sequence[Item], spine: Sequence[str]) -> list[Item]:
    place = {name: number for number, name in enumerate(spine)}
    return sorted(items, key=lambda item: place[item.name])


def _with_neighbours(chapters: Sequence[Chapter], language: str | None) -> tuple[Item, ...]:
    """Return the files of the chapters with their links to each other; without them where `language` is `None`."""
    files = []
    for number, chapter in enumerate(chapters):
        before = chapters[number - 1] if number else None
        after = chapters[number + 1] if number + 1 < len(chapters) else None
        links = neighbours(before, after, language) if language is not None else ""
        files.append(replace(chapter.item, data=chapter.item.data.replace(NEIGHBOURS.encode(), links.encode())))
    return tuple(files)


def _metadata(digest: Digest, chapters: Sequence[Chapter], certifier: str) -> tuple[Metadatum, ...]:
    site = digest.site
    languages = dict.fromkeys((digest.language, *(chapter.language for chapter in chapters)))
    found = [
        Metadatum("dc:title", clean(digest.title)),
        *(Metadatum("dc:language", language) for language in languages),
        Metadatum("dc:creator", clean(site.author) or masthead(digest), {"id": "creator"}),
        Metadatum("dc:publisher", masthead(digest)),
        *((Metadatum("dc:date", digest.updated.date().isoformat()),) if digest.is_dated else ()),
        *(Metadatum("dc:subject", clean(section.title)) for section in digest.sections if section.title),
    ]
    optional = {"dc:description": site.description, "dc:source": site.url, "dc:rights": site.license}
    found.extend(Metadatum(name, clean(value)) for name, value in optional.items() if clean(value).strip())
    # Older reading systems, and shops, look for the cover here.
    found.append(Metadatum("meta", "", {"name": "cover", "content": item_id(COVER_PICTURE)}))
    return (*found, *accessibility(chapters, digest.language, certifier))
