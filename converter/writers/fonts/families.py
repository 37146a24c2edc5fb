"""Names the font families for each language, best first, and for what letters do not tell."""

from msgspec import Struct


class Faces(Struct, frozen=True):
    """Font families for one language, best first."""

    text: tuple[str, ...] = ()
    heading: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    sample: str = ""
    """Characters that show whether a font serves the language."""


FACES: dict[str, Faces] = {
    "zh": Faces(
        text=(
            "Noto Serif CJK SC",
            "Noto Serif SC",
            "Source Han Serif SC",
            "Source Han Serif CN",
            "Songti SC",
            "SimSun",
        ),
        heading=(
            "Noto Sans CJK SC",
            "Noto Sans SC",
            "Source Han Sans SC",
            "Source Han Sans CN",
            "PingFang SC",
            "Microsoft YaHei",
        ),
        code=("Noto Sans Mono CJK SC",),
        sample="的国这发",
    ),
    "zh-TW": Faces(
        text=("Noto Serif CJK TC", "Noto Serif TC", "Source Han Serif TC", "Songti TC", "PMingLiU"),
        heading=("Noto Sans CJK TC", "Noto Sans TC", "Source Han Sans TC", "PingFang TC", "Microsoft JhengHei"),
        code=("Noto Sans Mono CJK TC",),
        sample="的國這發",
    ),
    "zh-HK": Faces(
        # A face without serifs comes before the forms of another region.
        text=("Noto Serif CJK HK", "Noto Serif HK", "Source Han Serif HC", "Noto Sans HK", "Noto Serif CJK TC"),
        heading=("Noto Sans CJK HK", "Noto Sans HK", "Source Han Sans HC", "PingFang HK", "Noto Sans CJK TC"),
        code=("Noto Sans Mono CJK HK",),
        sample="的國這發",
    ),
    "ja": Faces(
        text=("Noto Serif CJK JP", "Noto Serif JP", "Source Han Serif", "Source Han Serif JP", "Hiragino Mincho ProN"),
        heading=("Noto Sans CJK JP", "Noto Sans JP", "Source Han Sans", "Source Han Sans JP", "Hiragino Sans"),
        code=("Noto Sans Mono CJK JP",),
        sample="のすアン本",
    ),
    "ko": Faces(
        text=("Noto Serif CJK KR", "Noto Serif KR", "Source Han Serif K", "Nanum Myeongjo", "AppleMyungjo"),
        heading=("Noto Sans CJK KR", "Noto Sans KR", "Source Han Sans K", "Nanum Gothic", "Apple SD Gothic Neo"),
        code=("Noto Sans Mono CJK KR",),
        sample="의가는글",
    ),
    "ar": Faces(
        text=("Noto Naskh Arabic", "Amiri", "Scheherazade New", "Noto Sans Arabic"),
        heading=("Noto Sans Arabic", "IBM Plex Sans Arabic", "Noto Kufi Arabic", "Noto Naskh Arabic", "Amiri"),
        sample="العربية",
    ),
    "fa": Faces(
        text=("Noto Naskh Arabic", "Vazirmatn", "Amiri", "Noto Sans Arabic"),
        heading=("Noto Sans Arabic", "Vazirmatn", "IBM Plex Sans Arabic", "Noto Naskh Arabic", "Amiri"),
        sample="فارسی",
    ),
    "ur": Faces(
        text=("Noto Nastaliq Urdu", "Noto Naskh Arabic", "Amiri"), heading=("Noto Naskh Arabic", "Amiri"), sample="اردو"
    ),
    "he": Faces(
        text=("Noto Serif Hebrew", "Frank Ruehl CLM", "Noto Sans Hebrew"),
        heading=("Noto Sans Hebrew", "Noto Serif Hebrew"),
        sample="עברית",
    ),
}
"""By BCP 47 tag; a tag stands for itself and what it begins. Alphabets like Latin need no entry: the theme's faces have
them."""

ALIASES = {
    "yue": "zh-HK",
    "zh-Hant": "zh-TW",
    "zh-Hant-HK": "zh-HK",
    "zh-MO": "zh-TW",
    "zh-yue": "zh-HK",
}
"""Tags that mean an entry of `FACES` with another name."""

CODE = ("Source Code Pro",)
"""Families for code, after the theme's own."""
SYMBOLS = (
    "Noto Sans Symbols 2",
    "Noto Sans Symbols2",
    "Source Serif 4",
    "Noto Sans Symbols",
    "Fira Code",  # its arrows are letters, those of the next are boxes
    "Noto Emoji",
)
"""Families for arrows, check boxes and emoji, none of them coloured, after all others."""


def entry_for(language: str) -> str:
    """Return the key of `FACES` for a BCP 47 tag; empty where the theme's own faces serve."""
    entries = {key: key for key in FACES} | ALIASES
    fitting = (key for key in entries if f"{language.lower()}-".startswith(f"{key.lower()}-"))
    return entries[longest] if (longest := max(fitting, key=len, default="")) else ""
