"""The bytes of a zip archive -> its entries, whatever the bytes are, and never more of them than the limits allow."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

MAX_ENTRIES = 50_000
MAX_READ = 128 * 1024 * 1024
"""Bytes of one entry that are taken into memory."""
MAX_TOTAL = 4 * 1024 * 1024 * 1024
"""Bytes that are unpacked of one archive, most of them only to be compared with a checksum."""
HEAD = 4096
"""Bytes by which a type of file can be told."""

_CHUNK = 256 * 1024
_SIGNATURE = b"PK\x01\x02"
"""Begins each entry of the list at the end of an archive (APPNOTE.TXT, 4.3.12)."""
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_DAMAGE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    IndexError,
    OSError,  # a seek to a place before the first byte
    OverflowError,
    RuntimeError,  # a password is wanted, or a method that is not known
    ValueError,  # names that are in no encoding, seeks to no place
)
"""What `zipfile` raises for bytes that are no archive, or a damaged one."""


class ArchiveError(Exception):
    """These bytes are no zip archive, or one beyond the limits."""


class EntryError(Exception):
    """An entry cannot be unpacked, or is beyond the limits."""


@contextmanager
def _damage_as(kind: type[Exception]) -> Iterator[None]:
    try:
        yield
    except _DAMAGE as error:
        raise kind(str(error) or type(error).__name__) from error


class Archive:
    """A zip archive in memory. Nothing of it is unpacked before it is asked for."""

    def __init__(self, data: bytes) -> None:
        """Raises `ArchiveError`."""
        # Counted before `zipfile` makes an object for each.
        if (entries := data.count(_SIGNATURE)) > MAX_ENTRIES:
            raise ArchiveError(f"it has {entries} entries; at most {MAX_ENTRIES} are read")
        with _damage_as(ArchiveError):
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        self._budget = MAX_TOTAL
        self.entries = tuple(self._archive.infolist())
        """In the order of the list at the end of the archive."""
        self._by_name = {entry.filename: entry for entry in self.entries}

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def read(self, name: str) -> bytes:
        """Return the bytes of the entry of that name, the last one where there are several. Raises `EntryError`."""
        if name not in self._by_name:
            raise EntryError("there is no such file in the archive")
        whole = bytearray()
        for chunk in self._chunks(self._by_name[name]):
            whole += chunk
            if len(whole) > MAX_READ:
                raise EntryError(f"it unpacks to more than {MAX_READ // 2**20} MiB")
        return bytes(whole)

    def head(self, entry: zipfile.ZipInfo) -> bytes:
        """Return the first bytes of an entry, all of which is unpacked and compared with its checksum.

        Raises `EntryError`.
        """
        chunks = self._chunks(entry)
        head = next(chunks, b"")[:HEAD]
        for _ in chunks:
            """Unpacked, and forgotten."""
        return head

    def _chunks(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        """Yield the bytes of an entry. What an entry says of its size is not believed."""
        if entry.compress_type not in _METHODS or entry.flag_bits & 1:
            raise EntryError("it is neither stored nor deflated, or wants a password")
        with _damage_as(EntryError), self._archive.open(entry) as stream:
            while chunk := stream.read(_CHUNK):
                self._budget -= len(chunk)
                if self._budget < 0:
                    raise EntryError(f"the archive unpacks to more than {MAX_TOTAL // 2**20} MiB")
                yield chunk
