"""Text -> the language that its script tells, as a BCP 47 tag."""

import re

_SCRIPTS = (
    ("ja", re.compile(r"[\u3041-\u3096\u30a1-\u30fa]")),
    ("ko", re.compile(r"[\uac00-\ud7a3]")),
    ("zh", re.compile(r"[\u4e00-\u9fff\u3400-\u4dbf]")),
    ("ar", re.compile(r"[\u0620-\u064a\u066e-\u06d3]")),
    ("he", re.compile(r"[\u05d0-\u05ea]")),
    ("ru", re.compile(r"[\u0410-\u044f]")),
    ("th", re.compile(r"[\u0e01-\u0e3a]")),
    ("hi", re.compile(r"[\u0905-\u0939]")),
    ("el", re.compile(r"[\u0391-\u03c9]")),
    ("en", re.compile(r"[A-Za-z]+")),
)
_TRADITIONAL = frozenset(
    "們個這國會時來說對後經學麼樣還過開關點當應該實際發現問題與為無從東車馬長門見風業電話讓華灣體裡臺總統報導"
)
_SIMPLIFIED = frozenset(
    "们个这国会时来说对后经学么样还过开关点当应该实际发现问题与为无从东车马长门见风业电话让华湾体里台总统报导"
)
_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*")
_COUNTRIES = {"cn": "zh-CN", "jp": "ja", "kr": "ko", "gr": "el", "ua": "uk"}
"""Codes of countries that people write where a language is asked for; none of them is a language on the web."""
_SAMPLE = 20_000
"""Characters that decide."""


def language_of(text: str) -> str:
    """Return the tag of the script that most of `text` is written in; `en` where nothing tells.

    Words count for Latin, characters for the other scripts: a Chinese article with many English names is Chinese.
    Kana make Han Japanese, because no Chinese text has many of them and no Japanese text few.
    """
    text = text[:_SAMPLE]
    counts = {language: len(pattern.findall(text)) for language, pattern in _SCRIPTS}
    if counts["ja"] * 10 > counts["zh"]:
        counts["ja"] += counts["zh"]
    best = max(counts, key=lambda language: counts[language])
    if counts[best] == 0:
        return "en"
    return _chinese(text) if best == "zh" else best


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


def _chinese(text: str) -> str:
    distinct = [character for character in text if (character in _TRADITIONAL) != (character in _SIMPLIFIED)]
    traditional = sum(character in _TRADITIONAL for character in distinct)
    return "zh-TW" if traditional * 2 > len(distinct) else "zh-CN"
