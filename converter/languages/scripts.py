"""BCP 47 tags -> whether there is such a language, the script that it is written in, and its direction."""

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

_KNOWN = frozenset(
    """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo
    es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg
    ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn
    no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw
    ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
    """.split()
)
"""Languages with two letters (ISO 639-1); those with three are too many to list."""
_LANGUAGE = re.compile(r"(?:[A-Za-z]{2,3}|[A-Za-z]{5,8}|x(?=-))(?:-[A-Za-z0-9]{1,8})*")


def is_language(tag: str) -> bool:
    """Say whether a tag is well-formed by BCP 47 and begins with a language that there is."""
    first = tag.partition("-")[0].lower()
    return _LANGUAGE.fullmatch(tag) is not None and (len(first) != 2 or first in _KNOWN)


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
