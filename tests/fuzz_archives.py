"""A fuzzer of what reads finished files: `python -m tests.fuzz_archives [COUNT [SEED]]`.

It damages small books, their archives and what is in them, and gives them to `check` and `verify`. Nothing but findings
and a `SourceError` may come of it. A number and a seed always give the same file: what it finds becomes a case.
"""

import io
import random
import resource
import struct
import sys
import time
import zipfile
from collections.abc import Callable, Mapping

from converter.check import check_epub
from converter.diagnostics import SourceError
from converter.verify import passages
from tests.areas.check import a_book

LONGEST = 60.0
"""Seconds after which a file counts as one that hangs."""
_PIECES = (
    b"<", b">", b"/>", b"</", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<!DOCTYPE a [", b"<?xml", b"&", b"&#x0;", b"\0",
    b'"', b"'", b" xmlns=''", b" id='h'", b" href='//['", b" href='http://[x'", b" href='%ff'", b" src='data:,'", b"{",
    b"}", b"url(", b"@import ", b"/*", b"\\", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"../", b"#",
    b"PK\x01\x02", b"PK\x05\x06", b"encoding='utf-16'", b" full-path=''", b" idref='nav'", b" properties='nav'",
    b" media-type='text/css'",
)  # fmt: skip
"""What parsers stumble over."""


def unpacked(book: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: Mapping[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


FILES = unpacked(a_book())
BOOKS = (a_book(), packed(FILES, zipfile.ZIP_DEFLATED))


def _somewhere(data: bytes, chance: random.Random) -> bytes:
    """Change bytes anywhere."""
    start = chance.randrange(len(data) + 1)
    end = min(len(data), start + chance.choice((0, 1, 1, 2, 4, 30, 300)))
    new = chance.choice((b"", chance.randbytes(end - start), chance.choice(_PIECES), data[end:], data[start:end] * 3))
    return data[:start] + new + data[end:]


def _header(data: bytes, chance: random.Random) -> bytes:
    """Set a field of an entry, of the list of entries or of its end."""
    mark = chance.choice((b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"))
    places = [place for place in range(len(data)) if data.startswith(mark, place)]
    if not places:
        return data
    place = chance.choice(places) + chance.randrange(4, 46)
    value = chance.choice((0, 1, 8, 9, 12, 14, 99, 0x7FFF, 0xFFFF, 0xFFFFFFFF, chance.getrandbits(32)))
    field = struct.pack("<I", value)[: chance.choice((1, 2, 4))]
    return data[:place] + field + data[place + len(field) :]


def _first(data: bytes, chance: random.Random) -> bytes:
    """Change the first entry."""
    place = chance.randrange(70)
    return data[:place] + chance.randbytes(chance.choice((1, 2, 4))) + data[place + 1 :]


def _content(_data: bytes, chance: random.Random) -> bytes:
    """Change what is in the files, of which the archive is right."""
    files = dict(FILES)
    for name in chance.sample(sorted(files), chance.choice((1, 1, 2))):
        for _ in range(chance.choice((1, 2, 5))):
            files[name] = _somewhere(files[name], chance)
    return packed(files, chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)))


def _moved(_data: bytes, chance: random.Random) -> bytes:
    """Put the bytes of one file in the place of another."""
    one, other = chance.sample(sorted(FILES), 2)
    return packed(FILES | {one: FILES[other]})


MUTATORS: tuple[Callable[[bytes, random.Random], bytes], ...] = (_somewhere, _header, _first, _content, _moved)


def damaged(number: int, seed: int = 0) -> bytes:
    """Return the book of that number: always the same."""
    chance = random.Random(f"{seed}:{number}")
    data = chance.choice(BOOKS)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        data = chance.choice(MUTATORS)(data, chance)
    return data


def look(data: bytes) -> bool:
    """Give a file to `check` and to `verify`; say whether the latter could read it."""
    check_epub(data, "b.epub")
    try:
        passages(data, name="b.epub")
    except SourceError:
        return False
    return True


def main(count: int, seed: int) -> int:
    """Return how many files ended in an exception, or took too long; print each."""
    found, readable, longest = 0, 0, 0.0
    for number in range(count):
        data = damaged(number, seed)
        start = time.perf_counter()
        try:
            readable += look(data)
        except Exception as error:  # whatever it is, it is what we look for
            found += 1
            print(f"{number} of seed {seed}: {type(error).__name__}: {error}", flush=True)  # noqa: T201
        longest = max(longest, time.perf_counter() - start)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{count} files, {readable} readable, {found} exceptions, {longest:.2f} s at the most, {memory} MB")  # noqa: T201
    return found + (longest > LONGEST)


if __name__ == "__main__":
    sys.exit(bool(main(*(int(value) for value in (*sys.argv[1:], *("100000", "0")[len(sys.argv) - 1 :])))))
