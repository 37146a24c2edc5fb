"""Makes font files of the packages of the extra `fonts`: static faces as they are, instances of variable ones.

Pango draws no bold of its own, and WeasyPrint embeds only static fonts well, so each weight becomes a file. HarfBuzz
makes all of them in seconds; they are kept in the user's cache folder under a hash of all that they are made from.
"""

import hashlib
import importlib.util
import os
import stat
import tempfile
from collections.abc import Collection
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from io import BytesIO
from pathlib import Path

from msgspec import Struct

_RECIPE = "1"
"""Part of the names of instances: raise it when they come out otherwise."""
_REGULAR, _BOLD = 400, 700
_FEATURES = ("ccmp", "halt", "kern", "liga", "palt")
"""What a Han face keeps of its features: setting is horizontal, and each region has a face of its own."""
_UNUSED = ("BASE", "DSIG", "VORG", "vhea", "vmtx")
_CJK = "manimgx_fonts_cjk"
_MANIM = "manimgx_fonts"


class Packaged(Struct, frozen=True):
    """A face that a package brings."""

    package: str
    """The module."""
    file: str
    family: str
    weight: int = 0
    """The weight that a variable font is pinned to; 0 for a static font."""
    slanted: bool = False
    index: int = 0
    like: str = ""
    """The package whose face it goes with: it gets the same characters."""


def _pair(package: str, file: str, family: str, *, slanted: bool = False) -> tuple[Packaged, ...]:
    return tuple(Packaged(package, file, family, weight, slanted) for weight in (_REGULAR, _BOLD))


def _static(package: str, file: str, family: str, styles: str) -> tuple[Packaged, ...]:
    return tuple(Packaged(package, file.format(style), family) for style in styles.split())


def _han(package: str, region: str, index: int) -> tuple[Packaged, ...]:
    """Return serif and sans of a region, and the bold sans that goes with them: no package brings a bold serif."""
    return (
        Packaged(package, f"NotoSerif{region}-Regular.otf", f"Noto Serif {region}"),
        Packaged(package, f"NotoSans{region}-Regular.otf", f"Noto Sans {region}"),
        Packaged(_CJK, _COLLECTION, f"Noto Sans {region}", _BOLD, index=index, like=package),
    )


_COLLECTION = "NotoSansCJK-VF.otf.ttc"
_SCRIPTS = (
    "Armenian Bengali Devanagari Ethiopic Georgian Gujarati Gurmukhi Kannada Khmer Lao Malayalam Myanmar Oriya Sinhala "
    "Symbols Tamil Telugu Thai"
)

PACKAGED = (
    *_pair("fontpkg_noto_serif", "files/NotoSerif[wdth,wght].ttf", "Noto Serif"),
    *_pair("fontpkg_noto_serif", "files/NotoSerif-Italic[wdth,wght].ttf", "Noto Serif", slanted=True),
    *_pair(_MANIM, "NotoSans[wght].ttf", "Noto Sans"),
    *_pair(_MANIM, "NotoSans-Italic[wght].ttf", "Noto Sans", slanted=True),
    *_pair("fontpkg_source_code_pro", "files/SourceCodePro[wght].ttf", "Source Code Pro"),
    *_pair("fontpkg_source_code_pro", "files/SourceCodePro-Italic[wght].ttf", "Source Code Pro", slanted=True),
    *_han("pylopdf_fonts_zh_cn", "SC", 2),
    *_han("pylopdf_fonts_zh_tw", "TC", 3),
    *_han("pylopdf_fonts_jp", "JP", 0),
    *_han("pylopdf_fonts_ko", "KR", 1),
    Packaged(_CJK, _COLLECTION, "Noto Sans HK", _REGULAR, index=4, like="pylopdf_fonts_zh_tw"),
    Packaged(_CJK, _COLLECTION, "Noto Sans HK", _BOLD, index=4, like="pylopdf_fonts_zh_tw"),
    # Noto's Arabic draws dots by themselves: programs would not read the letters of a page.
    *_static("fontpkg_amiri", "files/Amiri-{}.ttf", "Amiri", "Regular Bold Italic BoldItalic"),
    *_static("fontpkg_ibm_plex_sans_arabic", "files/IBMPlexSansArabic-{}.ttf", "IBM Plex Sans Arabic", "Regular Bold"),
    *_pair("pylopdf_fonts_he", "NotoSerifHebrew-Variable.ttf", "Noto Serif Hebrew"),
    *_pair("pylopdf_fonts_he", "NotoSansHebrew-Variable.ttf", "Noto Sans Hebrew"),
    *(face for each in _SCRIPTS.split() for face in _pair(_MANIM, f"NotoSans{each}[wght].ttf", f"Noto Sans {each}")),
    *_pair("fontpkg_source_serif_4", "files/SourceSerif4[opsz,wght].ttf", "Source Serif 4"),
    *_pair("fontpkg_source_serif_4", "files/SourceSerif4-Italic[opsz,wght].ttf", "Source Serif 4", slanted=True),
    *_pair(_MANIM, "NotoEmoji[wght].ttf", "Noto Emoji"),
    *_pair("fontpkg_fira_code", "files/FiraCode[wght].ttf", "Fira Code"),
)  # fmt: skip
"""Every face of the extra `fonts`, all of them under the SIL Open Font License. Han has no italics."""


def installed() -> frozenset[str]:
    """Return the families of the packages that are installed."""
    return frozenset(face.family for face in PACKAGED if _source(face) is not None)


def files_of(families: Collection[str]) -> tuple[str, ...]:
    """Return the files of these families; instances that are not in the cache are made."""
    sources = ((face, _source(face)) for face in PACKAGED if face.family in families)
    files = (_file(face, source) for face, source in sources if source is not None)
    return tuple(str(file) for file in files if file is not None)


def _source(face: Packaged) -> Path | None:
    """Return the file of a package, if it is there, and that of the face it goes with."""
    path = _folder(face.package) / face.file
    return path if path.is_file() and not (face.like and _folder(face.like) == Path(os.devnull)) else None


@cache
def _folder(package: str) -> Path:
    found = importlib.util.find_spec(package)
    places = found.submodule_search_locations if found else None
    return Path(next(iter(places))) if places else Path(os.devnull)


def _file(face: Packaged, source: Path) -> Path | None:
    """Return the file of a face; `None` where it can neither be found nor made: the others may serve."""
    if not face.weight:
        return source
    path = _cache_folder() / _name(face, source)
    if not path.is_file():
        with suppress(Exception):  # a damaged font, a full disk, a file that another process holds
            _write(path, _instance(face, source))
    return path if path.is_file() else None


def _write(path: Path, data: bytes) -> None:
    """Put the file in place whole or not at all: other processes look for it at this moment."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def _name(face: Packaged, source: Path) -> str:
    made_of = (_RECIPE, face.package, version(face.package.replace("_", "-")), source.stat().st_size, face)
    made_by = (version("uharfbuzz"), version("fonttools"))
    found = hashlib.sha256(repr((made_of, made_by)).encode()).hexdigest()[:12]
    style = f"{face.weight}{'-italic' if face.slanted else ''}"
    return f"{face.family.replace(' ', '')}-{style}-{found}{'.otf' if face.like else '.ttf'}"


@cache
def _cache_folder() -> Path:
    """Return a folder that can be written: in the user's cache, else among the temporary files."""
    from platformdirs import user_cache_path

    for folder in (user_cache_path("digest-converter", appauthor=False) / "fonts", _temporary_folder()):
        with suppress(OSError):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=folder).close()
            return folder
    return Path(tempfile.mkdtemp(prefix="digest-converter-"))


def _temporary_folder() -> Path:
    """Return a folder of this user's: one that another user made beforehand is not to be trusted.

    Raises nothing: where the folder is another's, its name is one that cannot be made.
    """
    user = os.getuid() if hasattr(os, "getuid") else ""
    folder = Path(tempfile.gettempdir()) / f"digest-converter-{user}"
    with suppress(OSError):
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or (user != "" and found.st_uid != user):
            return Path(os.devnull) / "fonts"
    return folder


def _instance(face: Packaged, source: Path) -> bytes:
    """Return a static font: a variable one at one weight, named so that the faces of a family are told apart."""
    import uharfbuzz  # seldom needed, and fontTools takes a tenth of a second

    whole = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(source)), face.index)
    wanted = uharfbuzz.SubsetInput()
    wanted.keep_everything()
    if face.like:
        wanted.unicode_set.clear()
        wanted.unicode_set.update(_characters(face.like))
        wanted.glyph_set.clear()
        wanted.layout_feature_tag_set.clear()
        wanted.layout_feature_tag_set.update(map(_tag, _FEATURES))
        wanted.drop_table_tag_set.update(map(_tag, _UNUSED))
        flags = uharfbuzz.SubsetFlags
        # Character numbers are glyph numbers: WeasyPrint writes the one for the other (PDF 1.7, 9.7.4.2).
        wanted.flags = flags.DOWNGRADE_CFF2 | flags.CFF_IDENTITY_CHARSET | flags.NO_HINTING | flags.NOTDEF_OUTLINE
    wanted.pin_all_axes_to_default(whole)
    wanted.pin_axis_location(whole, "wght", face.weight)
    return _named(bytes(uharfbuzz.subset(whole, wanted).blob.data), face)


def _tag(name: str) -> int:
    return int.from_bytes(name.encode(), "big")


def _characters(package: str) -> set[int]:
    """Return the characters of the regular sans of a package."""
    import uharfbuzz

    [regular] = (face for face in PACKAGED if face.package == package and face.family.startswith("Noto Sans "))
    return set(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(_folder(package) / regular.file))).unicodes)


def _named(data: bytes, face: Packaged) -> bytes:
    """Return the font with the names and marks of its style (OpenType: name, OS/2 `fsSelection`, head `macStyle`)."""
    from fontTools.ttLib import TTFont

    bold = face.weight == _BOLD
    style = {(False, False): "Regular", (True, False): "Bold", (False, True): "Italic", (True, True): "Bold Italic"}[
        bold, face.slanted
    ]
    font = TTFont(BytesIO(data), lazy=True, recalcTimestamp=False, recalcBBoxes=False)
    names = font["name"]
    kept = {record.nameID: str(record) for record in names.names if record.nameID in (0, 13, 14)}
    full = face.family if style == "Regular" else f"{face.family} {style}"
    names.names = []
    for number, text in {
        **kept,
        1: face.family,
        2: style,
        3: full,
        4: full,
        6: f"{face.family}-{style}".replace(" ", ""),
    }.items():
        names.setName(text, number, 3, 1, 0x409)
    font["OS/2"].fsSelection = (
        (font["OS/2"].fsSelection & ~0x61) | (bold << 5) | int(face.slanted) | ((style == "Regular") << 6)
    )
    font["head"].macStyle = int(bold) | (face.slanted << 1)
    written = BytesIO()
    font.save(written, reorderTables=None)
    return written.getvalue()
