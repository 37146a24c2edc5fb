"""Spaces that are layout and not text are taken out: indents made of full-width spaces, zero-width characters."""

import re
from collections.abc import Callable

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
    ThematicBreak,
)
from converter.model.walk import walk
from converter.normalize.lines import Line

_INVISIBLE = re.compile("[\u200b\u2060\ufeff]+")
_INDENT = " \t\xa0\u2002\u2003\u3000"


def trim_spaces(post: Post, _site: Site, _warn: Warn) -> Post:
    """Take indents off paragraphs and headings, and drop what is left empty, and rules at the ends of the post."""
    post = walk(post, _rewrite)
    blocks = list(post.blocks)
    while blocks and isinstance(blocks[-1], ThematicBreak):
        blocks.pop()
    while blocks and isinstance(blocks[0], ThematicBreak):
        blocks.pop(0)
    return replace(post, blocks=tuple(blocks)) if len(blocks) < len(post.blocks) else post


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
        rest = _stripped(line[0], str.lstrip, _left)
        if rest == (line[0],):
            return line
        line = (*rest, *line[1:])
        if rest:
            return line
    return line


def _right(line: Line) -> Line:
    """Return the line without spaces and breaks at its end."""
    while line:
        rest = _stripped(line[-1], str.rstrip, _right)
        if rest == (line[-1],):
            return line
        line = (*line[:-1], *rest)
        if rest:
            return line
    return line


def _stripped(node: Inline, strip: Callable[[str, str], str], inner: Callable[[Line], Line]) -> Line:
    """Return what is left of a node at the edge of a line."""
    match node:
        case Text(value):
            text = strip(value, _INDENT)
            return (node,) if text == value else (Text(text),) if text else ()
        case LineBreak():
            return ()
        case Emphasis(children) | Strong(children) | Strikethrough(children) | Span(children) | Link(children=children):
            left = inner(children)
            return (node,) if left is children else (replace(node, children=left),) if left else ()
        case _:
            return (node,)
