"""A body with Liquid -> the same with the values of its front matter, by PyYAML and python-liquid alone.

Only what two readers cannot take otherwise is done: loops and conditions over
the front matter, and values without filters.
All else is left to what `sources` does with tags: they are no text.
"""

import re

import yaml
from liquid import Environment, Mode
from liquid.exceptions import LiquidError

from converter.verify.spans import replace

_TAG = re.compile(r"\{%-?\s*+(\w*+)(?P<rest>[^%]*+)%\}")
_KNOWN = frozenset("break continue else elsif endfor endif endraw endunless for if raw unless".split())
_OUTPUT = re.compile(r"\{\{-?\s*(?P<path>[\w.\[\]-]+)\s*-?\}\}")
_ANY_OUTPUT = re.compile(r"\{\{")
_COMPUTED = frozenset(
    "categories collection content date draft excerpt ext id name next path previous slug tags title url".split()
)
"""Values that are not, or not only, what the front matter says."""
_TRUTHS = {
    **dict.fromkeys(("true", "yes", "on"), True),
    **dict.fromkeys(("false", "no", "off"), False),
    **dict.fromkeys(("", "~", "null")),
}
_NUMBER = re.compile(r"[-+.]?\d[\d.,:_xobeE+-]*")
_MAX_LOOPS = 1_000


def with_values(body: str, front_matter: str) -> str:
    """Return the body with the values of its front matter, or as it is where that is not so simple."""
    tags = list(_TAG.finditer(body))
    if "page." not in body or not all(tag[1] in _KNOWN and not re.search("[<>|]", tag["rest"]) for tag in tags):
        return body
    try:
        page = yaml.load(front_matter, Loader=yaml.CBaseLoader)  # noqa: S506  (it makes text, lists and mappings only)
        if not isinstance(page, dict):
            return body
        environment = Environment(tolerance=Mode.LAX)
        environment.loop_iteration_limit = _MAX_LOOPS  # type: ignore[misc]  # of this one alone
        values = {key: "#" if key in _COMPUTED else _value(value) for key, value in page.items()}
        return environment.from_string(replace(body, _ANY_OUTPUT, lambda _: r"\}\}", _plain_output)).render(page=values)
    except (yaml.YAMLError, LiquidError, RecursionError, TypeError, ValueError):
        return body


def _plain_output(_opening: re.Match[str], _inside: str, whole: str) -> str:
    """Return an output without filters as it is; what another one says is left open."""
    return whole if _OUTPUT.fullmatch(whole) else "#"


def _value(value: object) -> object:
    """Return a value; numbers that may be written otherwise, and dates, are left open."""
    match value:
        case dict():
            return {key: _value(inner) for key, inner in value.items()}
        case list():
            return [_value(inner) for inner in value]
        case str() if value.lower() in _TRUTHS:
            return _TRUTHS[value.lower()]
        case str() if _NUMBER.fullmatch(value) and not re.fullmatch(r"0|[1-9]\d*", value):
            return "#"
        case _:
            return value
