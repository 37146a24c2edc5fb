"""The filters of Jekyll, besides those of Liquid itself, which python-liquid has."""

import html
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, tzinfo
from functools import partial
from urllib.parse import quote, quote_plus

from msgspec import Struct

from converter.languages.letters import HAN, HANGUL, KANA
from converter.model.urls import split_url
from converter.reading.html.prepare import LINE
from converter.reading.liquid.date_filters import date_filters
from converter.reading.liquid.printed import as_json, inspected, printed
from converter.reading.markdown import to_html

Filter = Callable[..., object]
_CJK = f"{KANA}{HAN}{HANGUL}"
_CJK_CHARACTER, _WORD = re.compile(f"[{_CJK}]"), re.compile(rf"[^{_CJK}\s]+")
_NO_SLUG = {
    "raw": re.compile(r"\s+"),
    "default": re.compile(r"[\W_]+"),
    "pretty": re.compile(r"[^\w._~!$&'()+,;=@-]+"),
    "ascii": re.compile(r"[^A-Za-z0-9]+"),
    "latin": re.compile(r"[^A-Za-z0-9]+"),
}
_MAX_ITEMS = 100_000
"""Of a list: a range costs nothing to write."""
_LINES = re.compile(rf' {LINE}="\d*"|<!--line:\d*-->')
_INTEGER, _FLOAT = re.compile(r"\s*-?\d+\s*"), re.compile(r"\s*-?(?:\d+\.?\d*|\.\d+)\s*")
_URI_SAFE = ";/?:@&=+$,#-_.!~*'()[]%"


class FilterContext(Struct, frozen=True):
    """What filters know of the site."""

    url: str
    baseurl: str
    zone: tzinfo = UTC


def filters(place: FilterContext) -> dict[str, Filter]:
    """Return the filters by name. Those with an expression (`where_exp` and its like) need the engine."""
    return {
        "absolute_url": partial(_absolute_url, place),
        "array_to_sentence_string": _sentence,
        "cgi_escape": lambda value: quote_plus(printed(value), safe="*-._"),
        **date_filters(place.zone),
        "find": _find,
        "group_by": _group_by,
        "inspect": lambda value: _xml_escape(inspected(value)),
        "jsonify": as_json,
        "markdownify": lambda value: _markdownify(printed(value)),
        "normalize_whitespace": lambda value: " ".join(printed(value).split()),
        "number_of_words": _number_of_words,
        "pop": lambda value, number=1: _cut(value, 0, -_integer(number) or None),
        "push": lambda value, item: [*value, item] if isinstance(value, list) else value,
        "relative_url": partial(_relative_url, place),
        # What is drawn by lot would be another book each time: the first is as good as any.
        "sample": lambda value, number=1: _sample(value, _integer(number)),
        "sassify": printed,
        "scssify": printed,
        "shift": lambda value, number=1: _cut(value, _integer(number), None),
        "slugify": _slugify,
        "smartify": lambda value: _smartify(printed(value)),
        "sort": _sort,
        "strip_index": lambda value: re.sub(r"/index\.html?$", "/", printed(value)),
        "to_integer": lambda value: int(value) if isinstance(value, bool) else _integer(value),
        "unshift": lambda value, item: [item, *value] if isinstance(value, list) else value,
        "uri_escape": lambda value: quote(printed(value), safe=_URI_SAFE),
        "where": _where,
        "xml_escape": lambda value: _xml_escape(printed(value)),
    }


def grouped(items: Iterable[object], name_of: Callable[[object], object]) -> list[dict[str, object]]:
    """Return the groups of items in the order in which their names come, as `group_by` does."""
    groups: dict[str, tuple[object, list[object]]] = {}
    for item in items:
        name = name_of(item)
        groups.setdefault(inspected(name), (name, []))[1].append(item)
    return [{"name": name, "items": members, "size": len(members)} for name, members in groups.values()]


def items_of(value: object) -> list[object] | None:
    """Return the items of a list or the values of a table, `None` for what has none."""
    if isinstance(value, Mapping):
        return list(value.values())
    if isinstance(value, str) or not isinstance(value, Sequence):
        return None
    if len(value) > _MAX_ITEMS:
        raise ValueError("a list is too long")
    return list(value)


def property_of(item: object, name: object) -> object:
    """Return a property of a table by its name or dotted path; what looks like a number is one."""
    value: object = item
    for part in printed(name).split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    text = printed(value)
    if isinstance(value, str) and _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if isinstance(value, str) and _FLOAT.fullmatch(text) else value


# ---- lists ----


def _where(value: object, name: object = None, wanted: object = None) -> object:
    items = items_of(value)
    if items is None or not name:
        return value
    return [item for item in items if _equals(property_of(item, name), wanted)]


def _find(value: object, name: object = None, wanted: object = None) -> object:
    items = items_of(value)
    if items is None or not name:
        return value
    return next((item for item in items if _equals(property_of(item, name), wanted)), None)


def _equals(found: object, wanted: object) -> bool:
    if wanted is None:
        return found is None
    target = printed(wanted)
    many = found if isinstance(found, list) else () if found is None else (found,)
    return any(printed(one) == target for one in many)


def _group_by(value: object, name: object) -> object:
    items = items_of(value)
    return value if items is None else grouped(items, lambda item: printed(property_of(item, name)))


def _sort(value: object, name: object = None, nils: str = "first") -> object:
    if isinstance(value, str) or (items := items_of(value)) is None:
        return value
    if name is None:
        return sorted(items, key=_rank)
    missing = 1 if nils == "last" else -1
    return sorted(items, key=lambda item: (missing if (found := property_of(item, name)) is None else 0, _rank(found)))


def _rank(value: object) -> tuple[int, float, str]:
    """Return what values are ordered by: numbers before text, which Ruby would not compare."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return (1, 0.0, value.isoformat() if isinstance(value, date) else printed(value))
    return (0, value, "")


def _cut(value: object, start: int, end: int | None) -> object:
    return value[start:end] if isinstance(value, list) else value


def _sample(value: object, number: int) -> object:
    if not isinstance(value, list):
        return value
    return value[:number] if number != 1 else next(iter(value), None)


def _sentence(value: object, connector: object = "and") -> str:
    words = [printed(word) for word in items_of(value) or ()]
    if len(words) < 3:
        return f" {printed(connector)} ".join(words)
    return f"{', '.join(words[:-1])}, {printed(connector)} {words[-1]}"


def _integer(value: object) -> int:
    if isinstance(value, int | float):
        return int(value)
    found = re.match(r"\s*[-+]?\d{1,18}", printed(value))
    return int(found[0]) if found else 0


# ---- text ----


def _markdownify(text: str) -> str:
    """Return the HTML of Markdown that stands in no line of the file."""
    return _LINES.sub("", to_html(text, first_line=1))


def _smartify(text: str) -> str:
    return _markdownify(text).strip().removeprefix("<p>").removesuffix("</p>")


def _xml_escape(text: str) -> str:
    return html.escape(text, quote=False)


def _slugify(value: object, mode: object = "default") -> str:
    text, name = printed(value), printed(mode)
    if name == "none":
        return text.lower()
    if name == "latin":
        text = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    slug = _NO_SLUG.get(name, _NO_SLUG["default"]).sub("-", text)
    return (slug if name == "raw" else slug.strip("-")).lower()


def _number_of_words(value: object, mode: object = None) -> int:
    text = printed(value)
    characters = len(_CJK_CHARACTER.findall(text))
    if mode == "cjk" or (mode == "auto" and characters):
        return characters + len(_WORD.findall(text))
    return len(text.split())


def _relative_url(place: FilterContext, value: object) -> str | None:
    if value is None:
        return None
    text = printed(value)
    parts = split_url(text)
    if parts is None or parts.scheme:
        return text
    return quote("".join(f"/{part.lstrip('/')}" for part in (place.baseurl, text) if part), safe=_URI_SAFE)


def _absolute_url(place: FilterContext, value: object) -> str | None:
    path = _relative_url(place, value)
    return path if path is None or not path.startswith("/") else place.url + path
