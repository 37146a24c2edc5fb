"""Runs a template of known tags through python-liquid, within limits; nothing in it reaches files, clock or net."""

import re
from collections.abc import Mapping
from datetime import datetime

from liquid import Environment, Mode, Token
from liquid.exceptions import LiquidError, ResourceLimitError

_MAX_LOOPS = 10_000
_MAX_NAMESPACE = 1_000_000
_MAX_GROWTH = 4_000_000
"""Bytes that the output may be longer than the template."""


class TemplateError(Exception):
    """The template cannot be run, or wants too much."""


class _Harmless(Environment):
    """Skips what it does not understand, and stops at what costs too much."""

    loop_iteration_limit = _MAX_LOOPS
    local_namespace_limit = _MAX_NAMESPACE
    output_stream_limit = 40 * 1024 * 1024

    def error(self, exc: type[LiquidError] | LiquidError, msg: str | None = None, token: Token | None = None) -> None:
        if isinstance(exc, ResourceLimitError):
            raise exc
        super().error(exc, msg, token)


def run(template: str, values: Mapping[str, object]) -> str:
    """Return what the template says. Raises `TemplateError`."""
    environment = _Harmless(tolerance=Mode.LAX, strict_filters=False, globals=dict(values))
    site = values.get("site")
    variables: Mapping[str, object] = site if isinstance(site, Mapping) else {}
    url, baseurl = str(variables.get("url", "")), str(variables.get("baseurl", ""))
    environment.filters |= {
        "relative_url": lambda path: _joined(baseurl, path),
        "absolute_url": lambda path: _joined(url + baseurl, path),
        "date": _date,
        "date_to_string": lambda value: _date(value, "%d %b %Y"),
        "date_to_long_string": lambda value: _date(value, "%d %B %Y"),
        "date_to_xmlschema": lambda value: _date(value, "%Y-%m-%dT%H:%M:%S%z"),
        "slugify": lambda value: re.sub(r"[\W_]+", "-", str(value).lower()).strip("-"),
        "xml_escape": environment.filters["escape"],
        "markdownify": str,
    }
    try:
        output = environment.from_string(template).render()
    except (LiquidError, RecursionError, ArithmeticError, ValueError, TypeError) as error:
        raise TemplateError(str(error).partition("\n")[0] or type(error).__name__) from error
    if len(output) > len(template) + _MAX_GROWTH:
        raise TemplateError("its output is too long")
    return output


def _joined(base: str, path: object) -> str:
    text = str(path)
    return text if "://" in text else f"{base}/{text.lstrip('/')}"


def _date(value: object, form: object = "%Y-%m-%d") -> str:
    """Return a date in a form. Words such as `now` stay empty: the clock has no place in a book."""
    if not isinstance(value, datetime):
        try:
            value = datetime.fromisoformat(str(value))
        except ValueError:
            return ""
    return value.strftime(str(form)[:200])
