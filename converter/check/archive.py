"""The archive of a book: the zip container of OCF (EPUB 3.3, section 4)."""

import io
import posixpath
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator

from msgspec import Struct

from converter.check.xml import MalformedError, parse
from converter.diagnostics import Code, Diagnostic

MIMETYPE = b"application/epub+zip"
CONTAINER = "META-INF/container.xml"
MAX_FILE = 128 * 1024 * 1024
MAX_BOOK = 1024 * 1024 * 1024
"""Bytes that a file, and all files together, may unpack to."""
MAX_NAME = 255
_FORBIDDEN = frozenset('"*:<>?\\|\x7f')


class Archive(Struct, frozen=True):
    """What is in the archive, by path."""

    files: dict[str, bytes]
    encrypted: frozenset[str]
    """Paths whose bytes mean nothing to us."""
    package: str
    """The path of the package document."""

    @property
    def folder(self) -> str:
        return posixpath.dirname(self.package)


class Findings:
    """Collects what is wrong with one book."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.found: list[Diagnostic] = []

    def add(self, code: Code, path: str, message: str, *, line: int | None = None, hint: str | None = None) -> None:
        """Note a fault in the file `path` of the book; empty: in the archive itself."""
        place = f"{self._name}!{path}" if path else self._name
        self.found.append(Diagnostic(code=code, message=message, file=place, line=line, hint=hint))


def open_archive(data: bytes, findings: Findings) -> Archive | None:
    """Return what is in the archive, or `None` where there is no way in."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_first(archive, data, findings)
            _check_names(archive, findings)
            files = dict(_contents(archive, findings))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, ValueError, OSError) as error:
        findings.add(Code.BOOK_ARCHIVE, "", f"the file is no zip archive: {error}", hint="EPUB is a zip archive")
        return None
    package = _package(files, findings)
    return None if package is None else Archive(files, _encrypted(files), package)


def _check_first(archive: zipfile.ZipFile, data: bytes, findings: Findings) -> None:
    entries = archive.infolist()
    first = min(entries, key=lambda entry: entry.header_offset, default=None)
    if first is None or first.filename != "mimetype":
        findings.add(Code.BOOK_ARCHIVE, "", "the archive does not begin with the file 'mimetype'")
        return
    extra = int.from_bytes(data[first.header_offset + 28 : first.header_offset + 30], "little")
    if first.compress_type != zipfile.ZIP_STORED or extra:
        findings.add(Code.BOOK_ARCHIVE, "mimetype", "this file must be stored as it is, without an extra field")
    if archive.read(first) != MIMETYPE:
        findings.add(Code.BOOK_ARCHIVE, "mimetype", f"this file must hold '{MIMETYPE.decode()}' and nothing else")


def _check_names(archive: zipfile.ZipFile, findings: Findings) -> None:
    seen: dict[str, str] = {}
    for entry in archive.infolist():
        name = entry.filename
        alike = unicodedata.normalize("NFC", name).casefold()
        if alike in seen:
            findings.add(Code.BOOK_ARCHIVE, name, f"the name is the same as '{seen[alike]}' on some systems")
        seen[alike] = name
        last = name.rstrip("/").rpartition("/")[2]
        bad = sorted(character for character in set(name) if character in _FORBIDDEN or ord(character) < 32)
        if bad or last.endswith(".") or len(last.encode()) > MAX_NAME or ".." in name.split("/"):
            findings.add(
                Code.BOOK_ARCHIVE, name, "the name is not allowed in an EPUB", hint="use plain letters and digits"
            )
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or entry.flag_bits & 1:
            findings.add(Code.BOOK_ARCHIVE, name, "the file must be stored or deflated, without a password")


def _contents(archive: zipfile.ZipFile, findings: Findings) -> Iterator[tuple[str, bytes]]:
    total = 0
    for entry in archive.infolist():
        if entry.is_dir():
            continue
        total += entry.file_size
        if entry.file_size > MAX_FILE or total > MAX_BOOK:
            findings.add(
                Code.BOOK_ARCHIVE, entry.filename, f"the file unpacks to {entry.file_size} bytes; it was not read"
            )
            continue
        try:
            yield entry.filename, archive.read(entry)
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
            findings.add(Code.BOOK_ARCHIVE, entry.filename, f"the file cannot be unpacked: {error}")


def _package(files: dict[str, bytes], findings: Findings) -> str | None:
    """Return the path of the package document."""
    if CONTAINER not in files:
        findings.add(Code.BOOK_ARCHIVE, CONTAINER, "this file is missing, so there is no way to the package document")
        return None
    try:
        roots = [element.attributes.get("full-path", "") for element in parse(files[CONTAINER]).named("rootfile")]
    except MalformedError as error:
        findings.add(Code.BOOK_ARCHIVE, CONTAINER, f"the file is not well-formed: {error.message}", line=error.line)
        return None
    if not roots or roots[0] not in files:
        findings.add(Code.BOOK_ARCHIVE, CONTAINER, f"the package document '{(roots or [''])[0]}' is missing")
        return None
    return roots[0]


def _encrypted(files: dict[str, bytes]) -> frozenset[str]:
    try:
        root = parse(files.get("META-INF/encryption.xml", b"<none/>"))
    except MalformedError:
        return frozenset()
    return frozenset(element.attributes.get("URI", "") for element in root.named("CipherReference"))
