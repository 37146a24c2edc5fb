"""Values of Liquid -> the text that Ruby prints for them."""

import json
from collections.abc import Mapping, Sequence
from datetime import date


def printed(value: object) -> str:
    """Return what `{{ value }}` shows: lists run together, tables as Ruby inspects them."""
    match value:
        case str():
            return value
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float():
            return number(value)
        case list() | tuple():
            return "".join(map(printed, value))
        case dict():
            return inspected(value)
        case range():
            return f"{value.start}..{value.stop - 1}"
        case _:
            return str(value)


def number(value: float) -> str:
    """Return a number as Ruby prints it: with a point, and with two digits in its exponent."""
    text = repr(value)
    return f"{text}.0" if text.lstrip("-").isdecimal() else text


def inspected(value: object) -> str:
    """Return what Ruby's `inspect` says of a value."""
    match value:
        case None:
            return "nil"
        case str():
            return json.dumps(value, ensure_ascii=False)
        case list() | tuple():
            return f"[{', '.join(map(inspected, value))}]"
        case dict():
            pairs = (f"{inspected(key)}=>{inspected(one)}" for key, one in value.items())
            return f"{{{', '.join(pairs)}}}"
        case _:
            return printed(value)


def as_json(value: object) -> str:
    """Return a value as Ruby's `to_json` writes it."""
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))


def _plain(value: object) -> object:
    match value:
        case str() | bool() | int() | float() | None:
            return value
        case Mapping():
            return {printed(key): _plain(one) for key, one in value.items()}
        case date():
            return str(value)
        case range():
            return printed(value)
        case Sequence():
            return [_plain(one) for one in value]
        case _:
            return printed(value)
