"""Finds font files of this machine that can draw the words of a cover."""

import importlib.util
from functools import cache, lru_cache
from pathlib import Path

from PIL import ImageFont, features

FOLDERS = (
    "~/.local/share/fonts",
    "~/.fonts",
    "/usr/local/share/fonts",
    "/usr/share/fonts",
    "~/Library/Fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
    "C:/Windows/Fonts",
)
EXTRA = "pylopdf_fonts_zh_cn"
"""The package behind the extra `zh`."""

_REGIONS = {"ja": 0, "ko": 1, "zh-tw": 3, "zh-hant": 3, "zh-mo": 3, "zh-hk": 4, "zh": 2}
"""The number of each region's face in the collections of Noto CJK."""
_COLLECTION = ("NotoSerifCJK-Bold.ttc", "NotoSansCJK-Bold.ttc", "NotoSerifCJK-Regular.ttc", "NotoSansCJK-Regular.ttc")
_SINGLE = (
    "NotoSerifSC-Bold.otf",
    "NotoSerifSC-Bold.ttf",
    "NotoSerifSC-Regular.otf",
    "NotoSerifSC-Regular.ttf",
    "NotoSansSC-Bold.otf",
    "NotoSansSC-Regular.otf",
    "NotoSansSC-Regular.ttf",
    "NotoSerif-Bold.ttf",
    "NotoSans-Bold.ttf",
    "DejaVuSerif-Bold.ttf",
    "DejaVuSans-Bold.ttf",
    "NotoNaskhArabic-Bold.ttf",
    "NotoSansArabic-Bold.ttf",
    "NotoSerifHebrew-Bold.ttf",
    "NotoSansHebrew-Bold.ttf",
    "Songti.ttc",
    "PingFang.ttc",
    "msyh.ttc",
    "simsun.ttc",
    "malgun.ttf",
    "YuGothB.ttc",
    "Georgia.ttf",
    "Arial.ttf",
    "arial.ttf",
)
_LATIN_FIRST = ("NotoSerif-Bold.ttf", "DejaVuSerif-Bold.ttf", "Georgia.ttf")

NOWHERE = "\U0010fffe"
"""A character that no font has: what it looks like is what a missing character looks like."""


def faces(language: str) -> tuple[tuple[str, int], ...]:
    """Return the font files to try, the best for the language first, each with the number of the face in it."""
    found = _files()
    region = next((_REGIONS[tag] for tag in _tags(language) if tag in _REGIONS), None)
    collection = [(found[name], region or 2 if region is not None else 2) for name in _COLLECTION if name in found]
    single = [(found[name], 0) for name in _SINGLE if name in found]
    latin = [(found[name], 0) for name in _LATIN_FIRST if name in found]
    return tuple(dict.fromkeys((*collection, *single) if region is not None else (*latin, *single, *collection)))


def _tags(language: str) -> tuple[str, ...]:
    subtags = language.lower().split("-")
    return tuple("-".join(subtags[:length]) for length in range(len(subtags), 0, -1))


@cache
def _files() -> dict[str, str]:
    """Return where each font file that we know by name is; the first folder wins, in a fixed order."""
    wanted = {*_COLLECTION, *_SINGLE}
    found: dict[str, str] = {}
    for folder in _folders():
        for path in sorted(folder.rglob("*")):
            if path.name in wanted:
                found.setdefault(path.name, str(path))
    return found


def _folders() -> tuple[Path, ...]:
    extra = importlib.util.find_spec(EXTRA)
    packaged = [Path(place) for place in extra.submodule_search_locations or ()] if extra else []
    return tuple(folder for folder in (*(Path(name).expanduser() for name in FOLDERS), *packaged) if folder.is_dir())


@lru_cache(maxsize=64)
def opened(face: tuple[str, int], size: int) -> ImageFont.FreeTypeFont:
    """Return a face at a size in pixels, with shaping where Pillow can shape."""
    engine = ImageFont.Layout.RAQM if can_shape() else ImageFont.Layout.BASIC
    return ImageFont.truetype(face[0], size, index=face[1], layout_engine=engine)


@cache
def can_shape() -> bool:
    """Say whether Pillow can set scripts whose letters join or run from right to left."""
    return bool(features.check_feature("raqm"))


@lru_cache(maxsize=4096)
def has(face: tuple[str, int], character: str) -> bool:
    """Say whether a face can draw a character."""
    if character.isspace():
        return True
    font = opened(face, 24)
    return bytes(font.getmask(character)) != bytes(font.getmask(NOWHERE))
