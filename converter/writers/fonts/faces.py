"""Reads what a font file says of itself: families, weight, slant and characters."""

import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

BOLD = 600
"""From this weight on (OpenType, OS/2, `usWeightClass`) a face is bold."""

_FAMILIES = (1, 16)
"""The names that a family goes by (OpenType, name)."""
_DRAWINGS = frozenset({"CBDT", "COLR", "EBDT", "SVG ", "sbix"})
"""Tables of faces that are more, or less, than black outlines."""


class Face(Struct, frozen=True):
    """One face of a font file."""

    path: str
    index: int
    """The number of the face in its file."""
    families: tuple[str, ...]
    bold: bool
    slanted: bool
    outlined: bool
    """Whether its glyphs are plain outlines: anything can draw those, at any size."""
    size: int
    """How many characters it has."""
    has: Callable[[int], bool]
    """Tells whether it has a glyph for a code point."""

    @property
    def place(self) -> tuple[str, int, str]:
        """What faces are put in order by: the same on machines that keep the same fonts in different folders."""
        return Path(self.path).name, self.index, self.path


def read_faces(path: Path) -> Iterator[Face]:
    """Yield the faces of a file; none where it is no font, or broken."""
    from fontTools.ttLib import TTLibError  # where fontconfig is asked, this is not needed, and takes long to import
    from fontTools.ttLib.sfnt import readTTCHeader

    try:
        with path.open("rb") as file:
            several = file.read(4) == b"ttcf"
            file.seek(0)
            for index in range(readTTCHeader(file).numFonts if several else 1):
                yield _read(path, file, index)
    except (OSError, TTLibError, KeyError, ValueError, struct.error, AssertionError):
        return


def _read(path: Path, file: BinaryIO, index: int) -> Face:
    import uharfbuzz
    from fontTools.ttLib import TTFont

    font = TTFont(file, fontNumber=index, lazy=True)
    names = [str(record) for record in font["name"].names if record.nameID in _FAMILIES]
    weight = font["OS/2"].usWeightClass
    slanted = bool(font["OS/2"].fsSelection & 1)
    outlined = not _DRAWINGS.intersection(font.keys())
    characters = frozenset(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path)), index).unicodes)
    return Face(
        path=str(path),
        index=index,
        families=tuple(dict.fromkeys(names)),
        bold=weight >= BOLD,
        slanted=slanted,
        outlined=outlined,
        size=len(characters),
        has=characters.__contains__,
    )
