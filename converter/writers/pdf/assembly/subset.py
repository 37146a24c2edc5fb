"""Embeds one subset of each font face for a whole book.

Content streams name glyphs by their number in the original face, and WeasyPrint calls these numbers CIDs. That is true
only of fonts whose character collection is numbered alike, so the subset of a CID-keyed font gets a charset that makes
it true (PDF 1.7, 9.7.4.2).
"""

import io
import unicodedata
from collections.abc import Mapping
from itertools import groupby
from math import ceil
from pathlib import Path
from typing import Any

import uharfbuzz
from fontTools.cffLib import CFFFontSet
from fontTools.ttLib import TTFont

from converter.diagnostics import Code, WriterError
from converter.writers.pdf.assembly.faces import Face
from converter.writers.pdf.assembly.file import PdfFile
from converter.writers.pdf.assembly.syntax import Name, Reference
from converter.writers.pdf.fragment import FontUse

_UNUSED_TABLES = tuple(
    "BASE DSIG EBDT EBLC EBSC GDEF GPOS GSUB JSTF LTSH PCLT STAT VDMX VORG hdmx kern meta vhea vmtx".split()
)
_ROWS = 100
"""Entries in one block of a CMap (Adobe Technical Note 5014)."""


def embed(file: PdfFile, faces: Mapping[tuple[str, int], Face]) -> dict[str, Reference]:
    """Embed a subset of every face and return the fonts by the keys of the content streams.

    Raises `WriterError` when a font file is gone.
    """
    found: dict[str, Reference] = {}
    # By names without folders: the fonts of another machine lie elsewhere.
    for _, face in sorted(faces.items(), key=lambda each: (Path(each[0][0]).name, each[0][1], each[0][0])):
        font = _font(file, face)
        found.update(dict.fromkeys(sorted(face.keys), font))
    return found


def _font(file: PdfFile, face: Face) -> Reference:
    use, widths = face.use, face.widths
    key, subtype, program = _font_file(file, use, frozenset(widths))
    descriptor = {
        "Type": Name("FontDescriptor"),
        "FontName": Name(use.name),
        "FontFamily": use.family,
        "Flags": use.flags,
        "FontBBox": (0, use.descent, max(widths.values()), use.ascent),
        "ItalicAngle": 0,
        "Ascent": use.ascent,
        "Descent": use.descent,
        "CapHeight": use.ascent,
        "StemV": 80,
        key: program,
    }
    descendant = {
        "Type": Name("Font"),
        "Subtype": Name(subtype),
        "BaseFont": Name(use.name),
        "CIDSystemInfo": {"Registry": "Adobe", "Ordering": "Identity", "Supplement": 0},
        "W": _widths(widths),
        "DW": 1000,
        "FontDescriptor": file.add(descriptor),
    }
    if subtype == "CIDFontType2":
        descendant["CIDToGIDMap"] = Name("Identity")
    return file.add(
        {
            "Type": Name("Font"),
            "Subtype": Name("Type0"),
            "BaseFont": Name(use.name),
            "Encoding": Name("Identity-H"),
            "DescendantFonts": (file.add(descendant),),
            "ToUnicode": file.add_stream(_to_unicode(_texts(face))),
        }
    )


def _font_file(file: PdfFile, use: FontUse, glyphs: frozenset[int]) -> tuple[str, str, Reference]:
    """Write the font file; return its key in the descriptor, the kind of font, and where it is."""
    face = _open(use)
    tables = set(face.table_tags)
    if "CFF " not in tables:
        data = _subset(face, glyphs, keep_numbers=True)[0]
        return "FontFile2", "CIDFontType2", file.add_stream(data, {"Length1": len(data)})
    data, numbers = _subset(face, glyphs, keep_numbers=False)
    program = _renumbered(data, numbers)
    if program is None:  # not keyed by CIDs: then they count glyphs
        data, _ = _subset(face, glyphs, keep_numbers=True)
        return "FontFile3", "CIDFontType0", file.add_stream(data, {"Subtype": Name("OpenType")})
    return "FontFile3", "CIDFontType0", file.add_stream(program, {"Subtype": Name("CIDFontType0C")})


def _open(use: FontUse) -> uharfbuzz.Face:
    try:
        return uharfbuzz.Face(uharfbuzz.Blob.from_file_path(use.path), use.index)
    except (OSError, uharfbuzz.HarfBuzzError) as error:
        raise WriterError(
            Code.FONT_MISSING, f"the font file cannot be read: {error}", file=use.path, hint="run again"
        ) from error


def _subset(face: uharfbuzz.Face, glyphs: frozenset[int], *, keep_numbers: bool) -> tuple[bytes, dict[int, int]]:
    """Return the font with `glyphs` only, and their numbers in it by their numbers before."""
    wanted = uharfbuzz.SubsetInput()
    wanted.sets(uharfbuzz.SubsetInputSets.GLYPH_INDEX).update(glyphs)
    wanted.sets(uharfbuzz.SubsetInputSets.DROP_TABLE_TAG).update(
        int.from_bytes(tag.encode(), "big") for tag in _UNUSED_TABLES
    )
    flags = uharfbuzz.SubsetFlags
    wanted.flags = flags.NO_HINTING | flags.DESUBROUTINIZE | flags.NOTDEF_OUTLINE | flags.NO_LAYOUT_CLOSURE
    if keep_numbers:
        wanted.flags |= flags.RETAIN_GIDS
    plan = uharfbuzz.SubsetPlan(face, wanted)
    numbers = dict(plan.old_to_new_glyph_mapping)
    return bytes(plan.execute().blob.data), numbers


def _renumbered(data: bytes, numbers: Mapping[int, int]) -> bytes | None:
    """Return the CFF program with the old glyph numbers as CIDs; `None` where it is not keyed by CIDs."""
    font = TTFont(io.BytesIO(data), recalcTimestamp=False, recalcBBoxes=False)
    programs: CFFFontSet = font["CFF "].cff
    top = programs[0]
    if not hasattr(top, "ROS"):
        return None
    old = {new: before for before, new in numbers.items()}
    names = [".notdef" if new == 0 else f"cid{old[new]:05d}" for new in range(len(top.charset))]
    index = top.CharStrings.charStrings
    top.CharStrings.charStrings = {names[new]: index[name] for new, name in enumerate(top.charset)}
    top.charset = names
    written = io.BytesIO()
    programs.compile(written, font)
    return written.getvalue()


def _widths(widths: Mapping[int, int]) -> list[Any]:
    """Return the array `W`: each run of neighbouring glyphs once."""
    found: list[Any] = []
    ordered = sorted(widths)
    for _, run in groupby(enumerate(ordered), key=lambda each: each[1] - each[0]):
        glyphs = [glyph for _, glyph in run]
        found += [glyphs[0], [widths[glyph] for glyph in glyphs]]
    return found


def _texts(face: Face) -> dict[int, str]:
    """Return the text of each glyph: of several that it was used for, the likeliest.

    That is the one the font itself has the glyph for: in text from right to left, brackets are drawn by each other's
    glyphs. Then the plain form: 一 rather than the radical ⼀, a space rather than one that does not break.
    """
    font = uharfbuzz.Font(_open(face.use))
    found: dict[int, set[str]] = {}
    for number, _, text in face.glyphs:
        found.setdefault(number, set()).add(text)

    def unlikeliness(text: str, glyph: int) -> tuple[bool, bool, bool, int, str]:
        own = len(text) == 1 and font.get_nominal_glyph(ord(text)) == glyph
        return not text, not own, unicodedata.normalize("NFKC", text) != text, len(text), text

    return {glyph: min(texts, key=lambda text: unlikeliness(text, glyph)) for glyph, texts in sorted(found.items())}


def _to_unicode(texts: Mapping[int, str]) -> bytes:
    """Return a CMap from glyphs to text."""
    rows = [f"<{glyph:04x}> <{(text or chr(0x200B)).encode('utf-16-be').hex()}>" for glyph, text in texts.items()]
    blocks = [rows[start : start + _ROWS] for start in range(0, ceil(len(rows) / _ROWS) * _ROWS, _ROWS)]
    body = "\n".join("\n".join((f"{len(block)} beginbfchar", *block, "endbfchar")) for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n{body}\n"
        "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    ).encode("ascii")
