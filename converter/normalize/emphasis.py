"""Neighbouring texts and neighbouring emphasis are joined, and emphasis that says nothing is taken off."""

from itertools import pairwise

from msgspec.structs import replace

from converter.diagnostics import Warn
from converter.model import (
    Block,
    Emphasis,
    Heading,
    Inline,
    Post,
    Site,
    Strikethrough,
    Strong,
    Subscript,
    Superscript,
    Text,
)
from converter.model.walk import walk
from converter.normalize.lines import Line, rewrite_lines

_FORMATS = (Emphasis, Strong, Strikethrough, Subscript, Superscript)
_MERGED = (Text, *_FORMATS)


def merge_emphasis(post: Post, _site: Site, _warn: Warn) -> Post:
    """Make one of two neighbours of one kind, and take the bold off headings, which are bold already."""
    return walk(rewrite_lines(post, merged), _plain_heading)


def merged(line: Line) -> Line:
    """Return the line with neighbouring texts, and neighbours with the same format, made one."""
    if not any(type(left) is type(right) and isinstance(left, _MERGED) for left, right in pairwise(line)):
        return line
    found: list[Inline] = []
    for node in line:
        last = found[-1] if found else None
        if isinstance(node, Text) and isinstance(last, Text):
            found[-1] = Text(last.value + node.value)
        elif isinstance(node, _FORMATS) and isinstance(last, _FORMATS) and type(last) is type(node):
            found[-1] = replace(last, children=merged(last.children + node.children))
        else:
            found.append(node)
    return tuple(found)


def _plain_heading(node: Inline | Block) -> Inline | Block:
    if not isinstance(node, Heading) or not any(isinstance(child, Strong) for child in node.children):
        return node
    children = (
        inner for child in node.children for inner in (child.children if isinstance(child, Strong) else (child,))
    )
    return replace(node, children=merged(tuple(children)))
