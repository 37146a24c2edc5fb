"""Text -> the language that its script and its letters tell, as a BCP 47 tag."""

import re
from collections import Counter
from collections.abc import Mapping

_SCRIPTS = (
    ("ja", re.compile(r"[\u3041-\u3096\u30a1-\u30fa]")),
    ("ko", re.compile(r"[\uac00-\ud7a3]")),
    ("zh", re.compile(r"[\u4e00-\u9fff\u3400-\u4dbf]")),
    ("ar", re.compile(r"[\u0620-\u064a\u066e-\u06d5\u0750-\u077f]")),
    ("he", re.compile(r"[\u05d0-\u05ea]")),
    ("ru", re.compile(r"[\u0400-\u045f\u0490\u0491]")),
    ("th", re.compile(r"[\u0e01-\u0e3a]")),
    ("hi", re.compile(r"[\u0905-\u0939]")),
    ("el", re.compile(r"[\u0391-\u03c9]")),
    ("en", re.compile(r"[A-Za-z]+")),
)
_OWN_LETTERS: Mapping[str, Mapping[str, str]] = {
    "ar": {
        "ug": "ۇۈۋڭ",
        "ckb": "ڕڵێ",
        "ps": "ټډړږښڼۍځڅ",
        "sd": "ٻڄڃٿٽڳڱڻڦڊڏٺڀ",
        "ur": "ٹڈڑںےہھ",
        "fa": "گچپژکی",
    },
    "ru": {"be": "ў", "uk": "іїєґ", "sr": "јљњћђџ", "mk": "ѓќѕ"},
}
"""Letters of a script that one of its languages has and those behind it do not need; the first with enough is it."""
_AGAINST = {"ar": "ةأإ"}
"""Letters that the language of the script's own name has, and the others lack."""
_ENOUGH = 0.01
"""The share of such letters: a name or a quotation has fewer."""
_CHARSETS = {"zh-CN": "gb2312", "zh-TW": "big5", "ja": "shift_jis"}
_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*")
_COUNTRIES = {"cn": "zh-CN", "jp": "ja", "kr": "ko", "gr": "el", "ua": "uk"}
"""Codes of countries that people write where a language is asked for; none of them is a language on the web."""
_SAMPLE = 20_000
"""Characters that decide."""


def language_of(text: str) -> str:
    """Return the tag of the script that most of `text` is written in; `en` where nothing tells.

    Words count for Latin, characters for the other scripts: a Chinese article with many English names is Chinese.
    Kana and Hangul make the Han beside them Japanese and Korean, because no Chinese text has many of them.
    """
    text = text[:_SAMPLE]
    counts = {language: len(pattern.findall(text)) for language, pattern in _SCRIPTS}
    if _is_japanese(text, counts["ja"], counts["zh"]):
        counts["ja"] += counts["zh"]
    elif counts["ko"] * 5 > counts["zh"]:
        counts["ko"] += counts["zh"]
    best = max(counts, key=lambda language: counts[language])
    if counts[best] == 0:
        return "en"
    return _chinese(text) if best == "zh" else _among(best, text, counts[best])


def _is_japanese(text: str, kana: int, han: int) -> bool:
    """Whether the Han is Japanese: few kana are enough where characters beside them are those of Japan."""
    if kana * 10 > han:
        return True
    return kana > 0 and (_shares(text)["ja"] + kana) * 10 > han


def _among(script: str, text: str, letters: int) -> str:
    """Return the language among those of a script."""
    if script not in _OWN_LETTERS:
        return script
    found = Counter(text.lower())
    needed = max(letters * _ENOUGH, sum(found[mark] for mark in _AGAINST.get(script, "")))
    own = _OWN_LETTERS[script].items()
    return next((language for language, marks in own if sum(found[mark] for mark in marks) > needed), script)


def _chinese(text: str) -> str:
    shares = _shares(text)
    return "zh-TW" if shares["zh-TW"] > shares["zh-CN"] else "zh-CN"


def _shares(text: str) -> Counter[str]:
    """Return how many characters are of one country alone, by its tag."""
    shares: Counter[str] = Counter()
    found = Counter(text)
    for country, count in zip(map(_COUNTRIES_OF.__getitem__, found), found.values(), strict=True):
        if country:
            shares[country] += count
    return shares


class _CountriesOf(dict[str, str]):
    """Where a Han character is usual and nowhere else: the old sets of three countries tell. Empty for all others."""

    def __missing__(self, character: str) -> str:
        is_han = "\u3400" <= character <= "\u9fff"
        homes = [language for language, charset in _CHARSETS.items() if is_han and _is_in(character, charset)]
        self[character] = homes[0] if len(homes) == 1 or homes == ["zh-TW", "ja"] else ""
        return self[character]


_COUNTRIES_OF = _CountriesOf()


def _is_in(character: str, charset: str) -> bool:
    try:
        character.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def language_tag(written: str) -> str:
    """Return a language as people write it (`zh_cn`, `EN-us`, `Chinese`) as a BCP 47 tag; empty for what is none."""
    written = written.strip().partition(".")[0]
    if not _TAG.fullmatch(written):
        return ""
    first, *rest = re.split("[-_]", written)
    tag = [first.lower(), *(_subtag(part) for part in rest)]
    tag[0] = _COUNTRIES.get(tag[0], tag[0])
    return "-".join(tag)


def _subtag(part: str) -> str:
    if len(part) == 2:
        return part.upper()
    return part.title() if len(part) == 4 and part.isalpha() else part.lower()
