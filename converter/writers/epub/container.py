"""Packs a book with EbookLib, which serves as a container only.

Works with EbookLib 0.20 and is pinned below 0.22 (`pyproject.toml`): it replaces methods of `EpubWriter` that are not
public. EbookLib's own writing parses chapters again (and loses text), takes its dates from the clock, and writes
navigation that we cannot label.
"""

import io
import zipfile
from datetime import UTC, datetime

from ebooklib import epub
from lxml import etree

from converter.diagnostics import Code, WriterError
from converter.languages.zones import in_zone
from converter.writers.epub.names import NAVIGATION, NCX, item_id
from converter.writers.epub.parts import Item, Package

FOLDER = "EPUB"
STORED = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
"""Media types that are compressed already."""
EARLIEST, LATEST = 1980, 2107
"""The first and the last year of dates in zip archives."""


def pack(package: Package) -> bytes:
    """Return the archive: the same bytes for the same package, with the same build of zlib."""
    _refuse_duplicates(package)
    book = _book(package)
    stream = io.BytesIO()
    # EbookLib asks C for the year, which has fewer than four digits before the year 1000; the package must have four.
    modified = max(in_zone(package.modified, UTC), datetime(1000, 1, 1, tzinfo=UTC))
    _Writer(stream, book, {"mtime": modified, "raise_exceptions": True}).write()
    return stream.getvalue()


def _refuse_duplicates(package: Package) -> None:
    seen: set[str] = set()
    for item in package.items:
        name = item.name.casefold()
        if name in seen:
            raise WriterError(
                Code.OUTPUT_INVALID, f"two files of the book have the name '{name}'", hint="two posts have the same key"
            )
        seen.add(name)


def _book(package: Package) -> epub.EpubBook:
    book = epub.EpubBook()
    book.metadata.clear()  # a random identifier and the name of the library
    book.FOLDER_NAME = FOLDER
    book.set_identifier(package.identifier)
    book.language = package.language
    book.direction = package.direction
    for entry in package.metadata:
        namespace, _, name = entry.name.rpartition(":")
        book.add_metadata(namespace.upper() or None, name, entry.value or None, entry.attributes)
    entries = {item.name: _entry(item) for item in package.items}
    for entry in entries.values():
        book.add_item(entry)
    book.spine = [entries[name] for name in package.spine]
    return book


def _entry(item: Item) -> epub.EpubItem:
    uid = item_id(item.name)
    if item.name == NAVIGATION:
        entry = epub.EpubNav(uid=uid, file_name=item.name)
    elif item.name == NCX:
        entry = epub.EpubNcx(uid=uid, file_name=item.name)
    else:
        entry = epub.EpubItem(uid=uid, file_name=item.name, media_type=item.media_type)
        entry.properties = item.properties
    entry.content = item.data
    return entry


class _Writer(epub.EpubWriter):  # type: ignore[misc]  # EbookLib has no types
    """Writes what it is given, as it is given."""

    def _get_nav(self, item: epub.EpubNav) -> bytes:
        content: bytes = item.content
        return content

    def _get_ncx(self) -> bytes:
        content: bytes = next(item.content for item in self.book.get_items() if isinstance(item, epub.EpubNcx))
        return content

    def _write_opf_file(self, root: etree._Element) -> None:
        root.set("{http://www.w3.org/XML/1998/namespace}lang", self.book.language)
        del root.attrib["prefix"]  # of `rendition`, which is reserved: EPUB 3.3, D.1.1, wants no declaration
        super()._write_opf_file(root)

    def write(self) -> None:
        with _Archive(self.file_name, self.options["mtime"]) as archive:
            self.out = archive
            archive.writestr("mimetype", "application/epub+zip", compress_type=zipfile.ZIP_STORED)
            self._write_container()
            self._write_opf()
            stored = {item.file_name for item in self.book.get_items() if item.media_type in STORED}
            archive.stored = frozenset(f"{FOLDER}/{name}" for name in stored)
            self._write_items()


class _Archive(zipfile.ZipFile):
    """An archive whose entries know nothing of this machine and this moment."""

    stored: frozenset[str] = frozenset()

    def __init__(self, stream: io.BytesIO, moment: datetime) -> None:
        super().__init__(stream, "w", zipfile.ZIP_DEFLATED)
        # Two-second steps are all that the format can express.
        second = moment.second // 2 * 2
        year = min(max(moment.year, EARLIEST), LATEST)
        self._moment = (year, moment.month, moment.day, moment.hour, moment.minute, second)

    def writestr(  # type: ignore[override]  # EbookLib passes names, never a ZipInfo
        self, name: str, data: str | bytes, compress_type: int | None = None, compresslevel: int | None = None
    ) -> None:
        entry = zipfile.ZipInfo(name, self._moment)
        entry.create_system = 3
        entry.external_attr = 0o644 << 16
        stored = compress_type == zipfile.ZIP_STORED or name in self.stored
        entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
        super().writestr(entry, data, compresslevel=compresslevel or 6)
