"""Embeds one subset of each font face for a whole book.

Content streams name glyphs by their number in the original face, and WeasyPrint calls these numbers CIDs. That is true
only of fonts whose character collection is numbered alike, so the subset of a CID-keyed font gets a charset that makes
it true (PDF 1.7, 9.7.4.2).
"""

import io
import unicodedata
from collections.abc import Iterable, Mapping
from itertools import groupby
from math import ceil
from pathlib import Path
from typing import Any

import pikepdf
import uharfbuzz
from fontTools.cffLib import CFFFontSet
from fontTools.ttLib import TTFont
from msgspec import Struct
from pikepdf import Array, Dictionary, Name, Stream, String

from converter.diagnostics import Code, WriterError
from converter.writers.pdf.fragment import FontUse, Glyph, unpack_glyphs

_UNUSED_TABLES = tuple(
    "BASE DSIG EBDT EBLC EBSC GDEF GPOS GSUB JSTF LTSH PCLT STAT VDMX VORG hdmx kern meta vhea vmtx".split()
)
_ROWS = 100
"""Entries in one block of a CMap (Adobe Technical Note 5014)."""


class Face(Struct):
    """All that a book takes from one face."""

    use: FontUse
    """The one with the first name: what it says about the face as a whole counts."""
    keys: set[str]
    glyphs: set[Glyph]
    """Each with its width and a text that it stands for."""

    @property
    def widths(self) -> dict[int, int]:
        """The widths of the glyphs in thousandths of the font size."""
        return {number: width for number, width, _ in self.glyphs}


def gather(faces: dict[tuple[str, int], Face], uses: Iterable[FontUse]) -> None:
    """Add what a fragment takes from its fonts to `faces`, which are told apart by file and index."""
    for use in uses:
        face = faces.setdefault((use.path, use.index), Face(use, set(), set()))
        face.keys.add(use.key)
        face.glyphs.update(unpack_glyphs(use.glyphs))
        if _rank(use) < _rank(face.use):  # the upright before the slanted, whatever comes first
            face.use = use


def _rank(use: FontUse) -> tuple[str, ...]:
    return use.name, use.key, use.family


def embed(pdf: pikepdf.Pdf, faces: Mapping[tuple[str, int], Face]) -> dict[str, pikepdf.Object]:
    """Embed a subset of every face and return the font dictionaries by the keys of the content streams.

    Raises `WriterError` when a font file is gone.
    """
    found: dict[str, pikepdf.Object] = {}
    # By names without folders: the fonts of another machine lie elsewhere.
    for _, face in sorted(faces.items(), key=lambda each: (Path(each[0][0]).name, each[0][1], each[0][0])):
        font = pdf.make_indirect(_font(pdf, face))
        found.update(dict.fromkeys(sorted(face.keys), font))
    return found


def _font(pdf: pikepdf.Pdf, face: Face) -> Dictionary:
    use, widths = face.use, face.widths
    key, subtype, stream = _font_file(pdf, use, frozenset(widths))
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=Name(f"/{use.name}"),
        FontFamily=String(use.family),
        Flags=use.flags,
        FontBBox=Array([0, use.descent, max(widths.values()), use.ascent]),
        ItalicAngle=0,
        Ascent=use.ascent,
        Descent=use.descent,
        CapHeight=use.ascent,
        StemV=80,
    )
    descriptor[key] = pdf.make_indirect(stream)
    descendant = Dictionary(
        Type=Name.Font,
        Subtype=subtype,
        BaseFont=Name(f"/{use.name}"),
        CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0),
        W=_widths(widths),
        DW=1000,
        FontDescriptor=pdf.make_indirect(descriptor),
    )
    if subtype == Name.CIDFontType2:
        descendant.CIDToGIDMap = Name.Identity
    return Dictionary(
        Type=Name.Font,
        Subtype=Name.Type0,
        BaseFont=Name(f"/{use.name}"),
        Encoding=Name("/Identity-H"),
        DescendantFonts=Array([pdf.make_indirect(descendant)]),
        ToUnicode=Stream(pdf, _to_unicode(_texts(face))),
    )


def _font_file(pdf: pikepdf.Pdf, use: FontUse, glyphs: frozenset[int]) -> tuple[str, Name, Stream]:
    """Return the key of the font file in its descriptor, the kind of font, and the file."""
    face = _open(use)
    tables = set(face.table_tags)
    if "CFF " not in tables:
        data = _subset(face, glyphs, keep_numbers=True)[0]
        return "/FontFile2", Name.CIDFontType2, Stream(pdf, data, Length1=len(data))
    data, numbers = _subset(face, glyphs, keep_numbers=False)
    program = _renumbered(data, numbers)
    if program is None:  # not keyed by CIDs: then they count glyphs
        data, _ = _subset(face, glyphs, keep_numbers=True)
        return "/FontFile3", Name.CIDFontType0, Stream(pdf, data, Subtype=Name.OpenType)
    return "/FontFile3", Name.CIDFontType0, Stream(pdf, program, Subtype=Name.CIDFontType0C)


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


def _widths(widths: Mapping[int, int]) -> Array:
    """Return the array `W`: each run of neighbouring glyphs once."""
    found: list[Any] = []
    ordered = sorted(widths)
    for _, run in groupby(enumerate(ordered), key=lambda each: each[1] - each[0]):
        glyphs = [glyph for _, glyph in run]
        found += [glyphs[0], Array([widths[glyph] for glyph in glyphs])]
    return Array(found)


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
