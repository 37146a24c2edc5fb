"""Spaces that are layout and not text are taken out: indents made of full-width spaces, zero-width characters."""

import re

from msgspec.structs import replace

from converter.diagnostics import Warn
from converter.model import (
    Block,
    Emphasis,
    Heading,
    Inline,
    LineBreak,
    Link,
    Paragraph,
    Post,
    Site,
    Span,
    Strikethrough,
    Strong,
    Text,
)
from converter.normalize.lines import Line
from converter.walk import walk

_INVISIBLE = re.compile("[\u200b\u2060\ufeff]+")
_INDENT = " \t\xa0\u2002\u2003\u3000"


def trim_spaces(post: Post, _site: Site, _warn: Warn) -> Post:
    """Take indents off paragraphs and headings, and drop what is left empty."""
    return walk(post, _rewrite)


def _rewrite(node: Inline | Block) -> Inline | Block | tuple[()]:
    match node:
        case Text(value):
            visible = _INVISIBLE.sub("", value)
            return node if visible == value else Text(visible) if visible else ()
        case Paragraph(children) | Heading(children=children):
            line = _right(_left(children))
            if line is not children:
                return replace(node, children=line) if line else ()
            return node if line else ()
        case _ if getattr(node, "children", None) == ():
            return ()
        case _:
            return node


def _left(line: Line) -> Line:
    """Return the line without spaces and breaks at its start, however deep the first text stands in formats."""
    while line:
        first = line[0]
        match first:
            case Text(value):
                text = value.lstrip(_INDENT)
                if text == value:
                    return line
                line = (Text(text), *line[1:]) if text else line[1:]
            case LineBreak():
                line = line[1:]
            case (
                Emphasis(children)
                | Strong(children)
                | Strikethrough(children)
                | Span(children)
                | Link(children=children)
            ):
                inner = _left(children)
                if inner is children:
                    return line
                line = (replace(first, children=inner), *line[1:]) if inner else line[1:]
            case _:
                return line
    return line


def _right(line: Line) -> Line:
    while line:
        last = line[-1]
        match last:
            case Text(value):
                text = value.rstrip(_INDENT)
                if text == value:
                    return line
                line = (*line[:-1], Text(text)) if text else line[:-1]
            case LineBreak():
                line = line[:-1]
            case _:
                return line
    return line
