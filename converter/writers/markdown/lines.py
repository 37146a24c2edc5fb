"""Keeps lines of text from being read as blocks: headings, lists, quotations, rules, fences, tables, definitions."""

import re
from functools import cache

from converter.writers.markdown.dialects import Dialect

_ANY = "|".join(
    (
        r"#{1,6}(?=[ \t]|$)",  # heading
        r">",  # quotation
        r"[-+*](?=[ \t]|$)",  # list
        r"(?:-[ \t]*){3,}$|(?:\*[ \t]*){3,}$|(?:_[ \t]*){3,}$",  # rule
        r"~{3,}",  # fence; one of backticks cannot begin here, since the backticks of a text are escaped when paired
    )
)
# A backslash goes behind the group `keep`: a letter or digit cannot be escaped.
_NUMBER = r"(?P<keep>\d{1,9})(?=[.)](?:[ \t]|$))"
_FIRST = re.compile(rf"(?:{_ANY}|`{{3,}}(?=[^`]*$)|\[(?=(?:[^\\\[\]]|\\.)*\]:))|{_NUMBER}")
_LATER = re.compile(rf"(?:{_ANY}|`{{3,}}(?=[^`]*$)|(?:=+|-+)[ \t]*$|(?=[^|:]*[|:])[|:\- \t]+$)|{_NUMBER}")
_TASK = re.compile(r"\[(?=[ xX]\](?:[ \t]|$))")
_ALERT = re.compile(r"\[(?=!\w+\])")


def protect_lines(text: str, dialect: Dialect, *, opens_item: bool, opens_quote: bool) -> str:
    """Return the text of a paragraph with a backslash wherever a line would be read as another block.

    The first block of a list item must not look like a task, that of a quotation not like an alert.
    """
    first, *later = text.split("\n")
    start = _special_start(dialect)
    if (opens_item and _TASK.match(first)) or (opens_quote and _ALERT.match(first)):
        first = f"\\{first}"
    lines = [_protected(first, _FIRST, start), *(_protected(line, _LATER, start) for line in later)]
    return "\n".join(lines)


def _protected(line: str, *patterns: re.Pattern[str]) -> str:
    found = next(filter(None, (pattern.match(line) for pattern in patterns)), None)
    if found is None:
        return line
    at = found.end("keep") if found["keep"] else 0
    return f"{line[:at]}\\{line[at:]}"


@cache
def _special_start(dialect: Dialect) -> re.Pattern[str]:
    """Return the expression for what only this dialect reads as the start of a block."""
    return re.compile(dialect.special_start or r"(?!)(?P<keep>)")
