"""The marks of a quotation in the line, by language: `quotes: auto` of CSS, from CLDR."""

Marks = tuple[str, str]

_DEFAULT: tuple[Marks, Marks] = (("“", "”"), ("‘", "’"))
_BY_LANGUAGE: dict[str, tuple[Marks, Marks]] = {
    "cs": (("„", "“"), ("‚", "‘")),
    "da": (("“", "”"), ("‘", "’")),
    "de": (("„", "“"), ("‚", "‘")),
    "el": (("«", "»"), ("“", "”")),
    "es": (("«", "»"), ("“", "”")),
    "fi": (("”", "”"), ("’", "’")),
    "fr": (("«\u202f", "\u202f»"), ("“", "”")),
    "hu": (("„", "”"), ("»", "«")),
    "it": (("«", "»"), ("“", "”")),
    "ja": (("「", "」"), ("『", "』")),
    "nb": (("«", "»"), ("‘", "’")),
    "pl": (("„", "”"), ("«", "»")),
    "ru": (("«", "»"), ("„", "“")),
    "sv": (("”", "”"), ("’", "’")),
    "uk": (("«", "»"), ("„", "“")),
    "zh-hant": (("「", "」"), ("『", "』")),
    "zh-hk": (("「", "」"), ("『", "』")),
    "zh-tw": (("「", "」"), ("『", "』")),
}


def quotation_marks(language: str, depth: int) -> Marks:
    """Return the marks before and behind a quotation that stands in `depth` others; those of English by default."""
    tag = language.lower()
    outer, inner = _BY_LANGUAGE.get(tag) or _BY_LANGUAGE.get(tag.partition("-")[0]) or _DEFAULT
    return inner if depth % 2 else outer
