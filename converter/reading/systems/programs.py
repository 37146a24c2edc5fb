"""A configuration that is a program (Python, JavaScript) -> the values that it plainly says; nothing of it is run."""

import ast
import re

from converter.reading.yaml_values import FrontMatterError, Pair

_DATE = re.compile(r"\{date:([^{}]*)\}")
_PARTS = {
    "%Y": ":year", "%m": ":month", "%d": ":day", "%b": ":short_month", "%B": ":long_month", "%y": ":short_year",
    "%H": ":hour", "%M": ":minute", "%S": ":second", "%j": ":y_day",
}  # fmt: skip
_PLACEHOLDERS = {"{slug}": ":slugortitle", "{category}": ":category"}
_SETTING = re.compile(r"""^\s*(?P<key>site|base)\s*:\s*(?P<quote>["'`])(?P<value>[^"'`\n]*)(?P=quote)""", re.MULTILINE)


def read_python(text: str) -> list[Pair]:
    """Return the names that a module gives a text or a number. Raises `FrontMatterError` for what is no Python."""
    try:
        statements = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise FrontMatterError("it is not valid Python", getattr(error, "lineno", None) or 1, 1) from error
    found: list[Pair] = []
    for statement in statements:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str() | int() as value)):
                written = str(value)
                found.append((name, _permalink(written) if name.endswith("_URL") else written, statement.lineno))
            case _:
                continue
    return found


def read_script(text: str) -> list[Pair]:
    """Return the settings of a module of JavaScript that are on a line of their own and plain texts."""
    return [
        (found["key"], found["value"], text.count("\n", 0, found.start("key")) + 1) for found in _SETTING.finditer(text)
    ]


def _permalink(form: str) -> str:
    """Return the form of URLs of Pelican as those of Jekyll are written."""
    dated = _DATE.sub(lambda found: re.sub(r"%\w", lambda part: _PARTS.get(part[0], ""), found[1]), form)
    for name, own in _PLACEHOLDERS.items():
        dated = dated.replace(name, own)
    return dated
