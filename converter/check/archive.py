"""The archive of a book: the zip container of OCF (EPUB 3.3, section 4)."""

import unicodedata
import zipfile
from collections.abc import Iterator

from msgspec import Struct

from converter.check.xml import MalformedError, parse
from converter.diagnostics import Code, Diagnostic
from converter.storage import archives
from converter.storage.archives import ArchiveError, EntryError

MIMETYPE = b"application/epub+zip"
CONTAINER = "META-INF/container.xml"
MAX_NAME = 255
MAX_FINDINGS = 1_000
"""Faults of one book that are told one by one."""
_FORBIDDEN = frozenset('"*:<>?\\|\x7f')


class Archive(Struct, frozen=True):
    """What is in the archive, by path."""

    heads: dict[str, bytes]
    """The first bytes of every file that can be read."""
    encrypted: frozenset[str]
    """Paths whose bytes mean nothing to us."""
    package: str
    """The path of the package document."""
    unpacked: archives.Archive

    def __contains__(self, path: str) -> bool:
        return path in self.heads

    def read(self, path: str) -> bytes | None:
        """Return a file; `None` for one that is not there, cannot be read, or means nothing to us."""
        if path not in self.heads or path in self.encrypted:
            return None
        return _read(self.unpacked, path)


class Findings:
    """Collects what is wrong with one book."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._found: list[Diagnostic] = []
        self._more = 0

    def add(self, code: Code, path: str, message: str, *, line: int | None = None, hint: str | None = None) -> None:
        """Note a fault in the file `path` of the book; empty: in the archive itself."""
        if len(self._found) >= MAX_FINDINGS:
            self._more += 1
            return
        place = f"{self._name}!{path}" if path else self._name
        self._found.append(Diagnostic(code=code, message=message, file=place, line=line, hint=hint))

    @property
    def found(self) -> tuple[Diagnostic, ...]:
        """The faults in the order in which they were found; of what is beyond the limit only the number."""
        if not self._more:
            return tuple(self._found)
        message = f"there are {self._more} more faults; {MAX_FINDINGS} were reported one by one"
        rest = Diagnostic(code=Code.BOOK_PACKAGE, message=message, file=self._name, hint="fix these and check again")
        return (*self._found, rest)


def open_archive(data: bytes, findings: Findings) -> Archive | None:
    """Return what is in the archive, or `None` where there is no way in."""
    try:
        archive = archives.Archive(data)
    except ArchiveError as error:
        hint = "EPUB is a zip archive"
        findings.add(Code.BOOK_ARCHIVE, "", f"the file cannot be read as a zip archive: {error}", hint=hint)
        return None
    _check_first(archive, data, findings)
    _check_names(archive, findings)
    heads = dict(_heads(archive, findings))
    package = _package(archive, heads, findings)
    return None if package is None else Archive(heads, _encrypted(archive, heads), package, archive)


def _check_first(archive: archives.Archive, data: bytes, findings: Findings) -> None:
    first = min(archive.entries, key=lambda entry: entry.header_offset, default=None)
    if first is None or first.filename != "mimetype":
        findings.add(Code.BOOK_ARCHIVE, "", "the archive does not begin with the file 'mimetype'")
        return
    extra = int.from_bytes(data[first.header_offset + 28 : first.header_offset + 30], "little")
    if first.compress_type != zipfile.ZIP_STORED or extra:
        findings.add(Code.BOOK_ARCHIVE, "mimetype", "this file must be stored as it is, without an extra field")
    if _read(archive, "mimetype") not in (MIMETYPE, None):
        findings.add(Code.BOOK_ARCHIVE, "mimetype", f"this file must hold '{MIMETYPE.decode()}' and nothing else")


def _read(archive: archives.Archive, path: str) -> bytes | None:
    """Return a file; `None` for one that cannot be unpacked, which `_heads` reports."""
    try:
        return archive.read(path)
    except EntryError:
        return None


def _check_names(archive: archives.Archive, findings: Findings) -> None:
    seen: dict[str, str] = {}
    for entry in archive.entries:
        name = entry.filename
        alike = unicodedata.normalize("NFC", name).casefold()
        if alike in seen:
            findings.add(Code.BOOK_ARCHIVE, name, f"the name is the same as '{seen[alike]}' on some systems")
        seen[alike] = name
        last = name.rstrip("/").rpartition("/")[2]
        bad = any(character in _FORBIDDEN or ord(character) < 32 for character in name)
        if bad or last.endswith(".") or len(last.encode()) > MAX_NAME or ".." in name.split("/"):
            findings.add(
                Code.BOOK_ARCHIVE, name, "the name is not allowed in an EPUB", hint="use plain letters and digits"
            )
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or entry.flag_bits & 1:
            findings.add(Code.BOOK_ARCHIVE, name, "the file must be stored or deflated, without a password")


def _heads(archive: archives.Archive, findings: Findings) -> Iterator[tuple[str, bytes]]:
    for entry in archive.entries:
        if entry.filename.endswith("/"):
            continue
        try:
            yield entry.filename, archive.head(entry)
        except EntryError as error:
            findings.add(Code.BOOK_ARCHIVE, entry.filename, f"the file cannot be unpacked: {error}")


def _package(archive: archives.Archive, heads: dict[str, bytes], findings: Findings) -> str | None:
    """Return the path of the package document."""
    container = _read(archive, CONTAINER) if CONTAINER in heads else None
    if container is None:
        findings.add(Code.BOOK_ARCHIVE, CONTAINER, "this file is missing, so the package document cannot be found")
        return None
    try:
        roots = [element.attributes.get("full-path", "") for element in parse(container).named("rootfile")]
    except MalformedError as error:
        findings.add(Code.BOOK_ARCHIVE, CONTAINER, f"the file is not well-formed: {error.message}", line=error.line)
        return None
    if not roots or roots[0] not in heads:
        findings.add(Code.BOOK_ARCHIVE, CONTAINER, f"the package document '{(roots or [''])[0]}' is missing")
        return None
    return roots[0]


def _encrypted(archive: archives.Archive, heads: dict[str, bytes]) -> frozenset[str]:
    name = "META-INF/encryption.xml"
    try:
        root = parse((_read(archive, name) if name in heads else None) or b"<none/>")
    except MalformedError:
        return frozenset()
    return frozenset(element.attributes.get("URI", "") for element in root.named("CipherReference"))
