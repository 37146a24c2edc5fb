"""BCP 47 tags -> the script that a language is written in, and its direction."""

import re
from functools import cache
from typing import Literal

Direction = Literal["ltr", "rtl"]

_RIGHT_TO_LEFT = frozenset(
    "Adlm Arab Aran Armi Avst Chrs Cprt Elym Gara Hatr Hebr Hung Khar Lydi Mand Mani Mend Merc Mero Narb Nbat Nkoo "
    "Orkh Ougr Palm Phli Phlp Phnx Prti Rohg Samr Sarb Sogd Sogo Syrc Syre Syrj Syrn Thaa Todr Yezi".split()
)
"""The scripts of ISO 15924 that run from right to left, as Unicode says."""
_UNKNOWN_TO_CLDR = {"pnb": "pnb_Arab_PK"}
_TAG = re.compile(
    r"(?P<language>[a-z]{2,8})(?:-[a-z]{3}(?=-|\Z)){0,3}(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}|\d{3}))?(?:-|\Z)"
)


def script_of(language: str) -> str:
    """Return the script of a tag in the letters of ISO 15924: the one that it names, else CLDR's likely one.

    `az-Arab` is in `Arab`, `pa-PK` in `Arab` and `pa` in `Guru`. Empty where nobody knows.
    """
    found = _TAG.match(language.lower().replace("_", "-"))
    if found is None:
        return ""
    if found["script"]:
        return found["script"].title()
    return _likely_script(found["language"], (found["region"] or "").upper())


@cache
def direction_of(language: str) -> Direction:
    """Return the writing direction of a BCP 47 tag."""
    return "rtl" if script_of(language) in _RIGHT_TO_LEFT else "ltr"


def _likely_script(language: str, region: str) -> str:
    from babel.core import get_global  # its tables take longer to load than most runs need them

    likely, aliases = get_global("likely_subtags"), get_global("language_aliases")
    language = aliases.get(language, language)
    found = likely.get(f"{language}_{region}") or likely.get(language) or _UNKNOWN_TO_CLDR.get(language, "")
    return next((part for part in found.split("_")[1:2] if len(part) == 4), "")
