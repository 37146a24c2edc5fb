"""Escapes text so that Markdown reads it as text, with no backslash that is not needed."""

import re
from collections.abc import Iterator
from functools import cache
from html.entities import html5

from msgspec import Struct

from converter.model import Block, Code, Image, Inline, Link, Math, Ruby, Text
from converter.model.walk import query
from converter.writers.markdown.dialects import Dialect
from converter.writers.markdown.emphasis import Delimiter, Token

_PUNCTUATION = r"[!-/:-@\[-`{-~]"
_NEVER = "(?!)"
_TICKS = re.compile("`+")
_ESCAPED_BRACKET = re.compile(r"\]\(|\[[\[^]")


MAX_BRACKETS = 16
"""Brackets nested deeper than this are escaped in a label: readers give up somewhere."""


class Survey(Struct, frozen=True):
    """What there is in a paragraph that can change the meaning of a character somewhere else in it."""

    ticks: bool
    """Whether a run of backticks in the text may find another one."""
    dollars: bool
    """Whether a dollar sign may find another one."""
    tags: bool
    """Whether a `<` may find its `>`."""
    brackets: bool = False
    """Whether brackets would end the label that they stand in."""


def survey(children: tuple[Inline, ...]) -> Survey:
    """Return the survey of a paragraph."""
    nodes = list(query(children))
    texts = "\n".join(filter(None, map(_text_of, nodes)))
    others = "\n".join(filter(None, map(_markup_of, nodes)))
    runs = [len(run) for run in _TICKS.findall(texts)] if "`" in texts else []
    return Survey(
        # Escaped backticks are runs of one each, and cmark-gfm may miss code behind a lone run: it is all or none.
        ticks=bool(runs) and ("`" in others or len(set(runs)) < len(runs)),
        dollars=texts.count("$") + others.count("$") > 1,
        tags=len(nodes) > 1 or ">" in texts,
    )


def _text_of(node: Inline | Block) -> str:
    match node:
        case Text(value) | Ruby(reading=value) | Image(alt=value):
            return value
        case _:
            return ""


def _markup_of(node: Inline | Block) -> str:
    """Return what of a node will stand in the paragraph and is not escaped like text."""
    match node:
        case Code(value):
            return f"`{value}`"
        case Math(tex):
            return f"$`{tex}`$"
        case Link(href=url, title=title) | Image(src=url, title=title):
            return f"{url}\n{title}"
        case _:
            return ""


def escape_text(value: str, dialect: Dialect, facts: Survey, *, after_bracket: bool) -> Iterator[Token]:
    """Yield the text with its escapes; delimiters, whose meaning hangs on their neighbours, as tokens of their own.

    `after_bracket` says that a `[` stands before the text in the same paragraph or link.
    """
    if not _suspicious(dialect).search(value):
        yield value
        return
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
            needed = facts.ticks
        case "dollar":
            needed = facts.dollars
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
        "reference": r"&(?:#[0-9]{1,8}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]*);",
    }
    return re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in alternatives.items()))


def code_span(value: str) -> str:
    """Return a code span, with more backticks around it than there are in it."""
    ticks = max(map(len, _TICKS.findall(value)), default=0)
    if ticks or (value.startswith(" ") and value.endswith(" ") and value.strip(" ")):
        value = f" {value} "
    return f"{'`' * (ticks + 1)}{value}{'`' * (ticks + 1)}"


def labels_are_paired(children: tuple[Inline, ...]) -> bool:
    """Return whether the brackets in the text of a label may stay: whether they pair, and none needs a backslash."""
    depth = 0
    for node in query(children):
        if isinstance(node, Ruby) and re.search(r"[\[\]]", node.reading):
            return False
        if isinstance(node, Text):
            if _ESCAPED_BRACKET.search(node.value):
                return False
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
def _suspicious(dialect: Dialect) -> re.Pattern[str]:
    """Return a fast expression that finds something wherever `_pattern` does."""
    chars = r"[\\`*_~\[\]<&$]"
    return re.compile(f"{chars}|{dialect.special}" if dialect.special else chars)


@cache
def _risk(dialect: Dialect) -> re.Pattern[str]:
    extra = [pattern for pattern in (dialect.special, rf"\A(?:{dialect.special_start})") if pattern]
    return re.compile("|".join((r"[\\`*_~\[\]<&$|\n]|\A[\s#>+=:-]|\A\d{1,9}[.)]|\s\Z", *extra)))
