"""Escapes text so that Markdown reads it as text, with no backslash that is not needed."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from html.entities import html5

from msgspec import Struct

from converter.model import Code, Image, Inline, Link, Math, Text
from converter.walk import query
from converter.writers.markdown.dialects import Dialect
from converter.writers.markdown.emphasis import Delimiter, Token

_PUNCTUATION = r"[!-/:-@\[-`{-~]"
_NEVER = "(?!)"
_TICKS = re.compile("`+")


MAX_BRACKETS = 16
"""Brackets nested deeper than this are escaped in a label: readers give up somewhere."""


class Survey(Struct, frozen=True):
    """What a paragraph holds that can change the meaning of a character somewhere else in it."""

    ticks: Counter[int]
    """How many runs of backticks there are, by length."""
    dollars: int
    tags: bool
    """Whether a `<` may find its `>`."""
    brackets: bool = False
    """Whether brackets would end the label that they stand in."""


def survey(children: tuple[Inline, ...]) -> Survey:
    """Return the survey of a paragraph."""
    strings = list(_strings(children))
    whole = "\n".join(strings)
    ticks = Counter(len(run) for run in _TICKS.findall(whole)) if "`" in whole else Counter[int]()
    return Survey(ticks, whole.count("$"), len(strings) > 1 or ">" in whole)


def _strings(children: tuple[Inline, ...]) -> Iterator[str]:
    """Yield every string that will stand somewhere in the paragraph; for code and maths with its delimiters."""
    for node in query(children):
        match node:
            case Text(value):
                yield value
            case Code(value):
                yield code_span(value.replace("\n", " "))
            case Math(tex):
                yield f"${code_span(tex)}$"
            case Link(href=href, title=title):
                yield f"{href}\n{title}"
            case Image(src, alt, title):
                yield f"{src}\n{alt}\n{title}"
            case _:
                yield ""


def escape_text(value: str, dialect: Dialect, facts: Survey, *, after_bracket: bool) -> Iterator[Token]:
    """Yield the text with its escapes; delimiters, whose meaning hangs on their neighbours, as tokens of their own.

    `after_bracket` says that a `[` stands before the text in the same paragraph or link.
    """
    done = 0
    pending: list[str] = []
    for found in _pattern(dialect).finditer(value):
        pending.append(value[done : found.start()])
        done = found.end()
        if found.lastgroup == "delimiter":
            yield "".join(pending)
            pending = []
            yield Delimiter(found[0])
            continue
        if found[0] == "[":
            after_bracket = True
        pending.append(_escaped(found, facts, after_bracket=after_bracket))
    pending.append(value[done:])
    yield "".join(pending)


def _escaped(found: re.Match[str], facts: Survey, *, after_bracket: bool) -> str:
    text = found[0]
    match found.lastgroup:
        case "special" | "backslash" | "note":
            needed = True
        case "ticks":
            at_edge = found.start() == 0 or found.end() == len(found.string)
            needed = facts.ticks[len(text)] > 1 or (at_edge and len(facts.ticks) > 1)
        case "dollar":
            needed = facts.dollars > 1
        case "tag":
            needed = facts.tags or found.start() == 0
        case "reference":
            needed = text.startswith("&#") or text[1:] in html5
            return f"\\{text}" if needed else text
        case "target":
            needed = after_bracket or facts.brackets
        case "bracket":
            needed = facts.brackets
        case _:
            needed = False
    return "".join(f"\\{char}" for char in text) if needed else text


@cache
def _pattern(dialect: Dialect) -> re.Pattern[str]:
    """Return the expression that finds everything in a text that may need a backslash."""
    alternatives = {
        "special": dialect.special or _NEVER,
        "ticks": "`+",
        "dollar": r"\$" if dialect.dollars else _NEVER,
        "backslash": rf"\\(?={_PUNCTUATION}|\Z)",
        "delimiter": "|".join(f"{re.escape(char)}+" for char in dialect.delimiters),
        "note": r"\[(?=\^)",
        "target": r"\](?=\()",
        "bracket": r"[\[\]]",
        "tag": r"<(?=[A-Za-z/!?])",
        "reference": r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]*);",
    }
    return re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in alternatives.items()))


def code_span(value: str) -> str:
    """Return a code span, with more backticks around it than there are in it."""
    ticks = max(map(len, _TICKS.findall(value)), default=0)
    if ticks or (value.startswith(" ") and value.endswith(" ") and value.strip(" ")):
        value = f" {value} "
    return f"{'`' * (ticks + 1)}{value}{'`' * (ticks + 1)}"


def labels_are_paired(children: tuple[Inline, ...]) -> bool:
    """Return whether the brackets in the text of a label close as many as they open, and never more."""
    depth = 0
    for node in query(children):
        if isinstance(node, Text):
            for bracket in re.findall(r"[\[\]]", node.value):
                depth += 1 if bracket == "[" else -1
                if not 0 <= depth <= MAX_BRACKETS:
                    return False
    return depth == 0


def inert(value: str) -> str:
    """Return text that is read as text even where Markdown and HTML are both read: all punctuation as references."""
    return re.sub(_PUNCTUATION, lambda found: f"&#{ord(found[0])};", value)


def may_need_escapes(value: str, dialect: Dialect) -> bool:
    """Return whether a paragraph of nothing but this text could need a backslash or a reference."""
    return _risk(dialect).search(value) is not None


@cache
def _risk(dialect: Dialect) -> re.Pattern[str]:
    extra = [pattern for pattern in (dialect.special, rf"\A(?:{dialect.special_start})") if pattern]
    return re.compile("|".join((r"[\\`*_~\[\]<&$|\n]|\A[\s#>+=:-]|\A\d{1,9}[.)]|\s\Z", *extra)))
