"""Values -> YAML front matter."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime

Value = str | bool | int | datetime | date | Sequence[str] | Mapping[str, str] | Sequence[Mapping[str, str]] | None

# YAML takes these only as escapes; JSON writes them as they are.
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_BARE_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


def front_matter(values: Mapping[str, Value]) -> str:
    """Return the front matter of a file, with its closing line; values that are empty are left out."""
    lines = [line for key, value in values.items() if value or value is False for line in _entry(key, value)]
    return "\n".join(("---", *lines, "---"))


def _entry(key: str, value: Value) -> list[str]:
    name = key if _BARE_KEY.fullmatch(key) else _string(key)
    match value:
        case str() | date() | int():
            return [f"{name}: {_scalar(value)}"]
        case Mapping():
            return [f"{name}:", *(f"  {line}" for inner, text in value.items() if text for line in _entry(inner, text))]
        case _:
            return [f"{name}:", *(line for item in value or () for line in _item(item))]


def _item(item: str | Mapping[str, str]) -> list[str]:
    if isinstance(item, str):
        return [f"  - {_string(item)}"]
    lines = [line for key, value in item.items() if value for line in _entry(key, value)]
    return [f"  - {lines[0]}", *(f"    {line}" for line in lines[1:])]


def _scalar(value: str | date | int) -> str:  # it is a value like the others
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date) else _string(value)


def _string(value: str) -> str:
    """Return a string in double quotes: the only form that is safe for all of them."""
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))
