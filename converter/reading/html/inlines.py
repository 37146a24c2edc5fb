"""Runs of text with their formats -> inlines: white space collapsed, formats nested, spaces outside of them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Literal, NamedTuple

from msgspec import Struct

from converter.languages.letters import SQUARES, YI
from converter.model import (
    Anchor,
    Code,
    Direction,
    Emphasis,
    Image,
    Inline,
    LineBreak,
    Link,
    Ruby,
    Span,
    Strikethrough,
    Strong,
    Subscript,
    Superscript,
    Text,
)

Kind = Literal["strong", "emphasis", "strikethrough", "superscript", "subscript", "link", "span", "ruby", "reading"]


class Format(Struct, frozen=True):
    """An element that gives the text in it a meaning."""

    number: int
    """Which element of the document: two neighbours of one kind are two."""
    kind: Kind
    href: str = ""
    title: str = ""
    lang: str = ""
    dir: Direction | None = None


class Leaf(NamedTuple):
    """A piece of a line, with the formats around it, outermost first."""

    path: tuple[Format, ...]
    node: Inline


_SPACELESS = re.compile(f"[{SQUARES}{YI}“”‘’…—]")
_IDEOGRAPH = re.compile(f"[{SQUARES}{YI}]")


def paragraphs(run: Sequence[Leaf]) -> list[tuple[Inline, ...]]:
    """Return the paragraphs of a run: two line breaks part them, and so does one before an indent of two em."""
    parts = [part for found in _split(run) if (part := _trimmed(found))]
    return [inlines for part in parts if (inlines := _nest(list(_spaced(part)), 0))]


def one_line(run: Sequence[Leaf]) -> tuple[Inline, ...]:
    """Return the inlines of a run that may be one line only, such as a heading."""
    return _nest(list(_spaced(_trimmed(list(run)))), 0)


def _split(run: Sequence[Leaf]) -> Iterator[list[Leaf]]:
    part: list[Leaf] = []
    breaks = 0
    for leaf in run:
        if isinstance(leaf.node, LineBreak):
            breaks += 1
        elif not (isinstance(leaf.node, Text) and not leaf.node.value.strip(" \t\n\r\f\xa0\u3000")):
            indented = isinstance(leaf.node, Text) and leaf.node.value.lstrip(" \t\n\r\f").startswith("\u3000\u3000")
            if breaks > 1 or (breaks and indented):
                yield part
                part = []
            breaks = 0
        part.append(leaf)
    yield part


def _trimmed(part: list[Leaf]) -> list[Leaf]:
    """Return the part without what shows nothing at its ends."""
    start, end = 0, len(part)
    while start < end and _is_blank(part[start].node):
        start += 1
    while end > start and _is_blank(part[end - 1].node):
        end -= 1
    return part[start:end]


def _is_blank(node: Inline) -> bool:
    return isinstance(node, LineBreak) or (
        isinstance(node, Text | Code) and not node.value.strip(" \t\n\r\f\xa0\u3000\u200b\ufeff")
    )


def _spaced(leaves: list[Leaf]) -> Iterator[Leaf]:
    """Yield the leaves with their white space collapsed as a browser does, none of it at the edge of a format.

    A line end between two characters of a script without spaces is no space.
    """
    last, gap = "", ""
    last_path: tuple[Format, ...] = ()
    anchors: list[Leaf] = []
    for leaf in leaves:
        match leaf.node:
            case Anchor():
                anchors.append(leaf)
                continue
            case Text(value):
                for piece in re.split(r"([ \t\n\r\f]+)", value):
                    if not piece:
                        continue
                    if not piece.strip(" \t\n\r\f"):
                        gap += piece
                        continue
                    if gap and last and _needs_space(last, piece[0], gap):
                        yield Leaf(_shared(last_path, leaf.path), Text(" "))
                    yield from anchors
                    anchors.clear()
                    yield Leaf(leaf.path, Text(piece))
                    last, last_path, gap = piece[-1], leaf.path, ""
                continue
            case LineBreak():
                last = ""
            case _:
                if gap and last:
                    yield Leaf(_shared(last_path, leaf.path), Text(" "))
                last = "x"
        yield from anchors
        anchors.clear()
        yield leaf
        last_path, gap = leaf.path, ""
    yield from anchors


def _needs_space(before: str, after: str, gap: str) -> bool:
    return "\n" not in gap or not (
        (_IDEOGRAPH.match(before) and _SPACELESS.match(after)) or (_SPACELESS.match(before) and _IDEOGRAPH.match(after))
    )


def _shared(left: tuple[Format, ...], right: tuple[Format, ...]) -> tuple[Format, ...]:
    count = 0
    for one, other in zip(left, right, strict=False):
        if one is not other:
            break
        count += 1
    return left[:count]


def _nest(leaves: list[Leaf], depth: int) -> tuple[Inline, ...]:
    """Return the inlines of leaves whose first `depth` formats are already open."""
    found: list[Inline] = []
    for number, group in groupby(leaves, key=lambda leaf: leaf.path[depth].number if len(leaf.path) > depth else -1):
        if number < 0:
            found.extend(_joined(leaf.node for leaf in group))
        else:
            inner = list(group)
            found.extend(_formatted(inner[0].path[depth], inner, depth + 1))
    return tuple(found)


def _joined(nodes: Iterable[Inline]) -> Iterator[Inline]:
    """Yield the nodes with neighbouring texts, and neighbouring pieces of code, made one."""
    for kind, group in groupby(nodes, key=type):
        if kind is Text:
            yield Text("".join(node.value for node in group if isinstance(node, Text)))
        elif kind is Code:
            code = "".join(node.value for node in group if isinstance(node, Code))
            yield from (Code(code),) if code.strip() else ()
        else:
            yield from group


def _formatted(format_: Format, leaves: list[Leaf], depth: int) -> tuple[Inline, ...]:
    if format_.kind == "ruby":
        return tuple(_ruby(leaves, depth))
    children = _nest(leaves, depth)
    if all(isinstance(child, Anchor) for child in children):
        return children
    if format_.kind not in {"link", "span"} and all(
        isinstance(child, Anchor | Image | LineBreak) for child in children
    ):
        # An image is neither bold nor slanted.
        return children
    match format_.kind:
        case "strong":
            return (Strong(children),)
        case "emphasis":
            return (Emphasis(children),)
        case "strikethrough":
            return (Strikethrough(children),)
        case "superscript":
            return (Superscript(children),)
        case "subscript":
            return (Subscript(children),)
        case "link":
            return (Link(format_.href, children, format_.title),)
        case "span":
            return (Span(children, format_.lang, format_.dir),)
        case "reading":
            # A reading outside of ruby.
            return children


def _ruby(leaves: list[Leaf], depth: int) -> Iterator[Inline]:
    """Yield bases with their readings; a base without a reading stays as it is."""
    base: tuple[Inline, ...] = ()
    for is_reading, group in groupby(leaves, key=lambda leaf: any(one.kind == "reading" for one in leaf.path[depth:])):
        part = list(group)
        if not is_reading:
            base = _nest(part, depth)
            continue
        reading = _reading(part, depth)
        if base and reading:
            yield Ruby(base, reading)
        else:
            yield from base
            yield from ((Text(reading),) if reading else ())
        base = ()
    yield from base


def _reading(leaves: list[Leaf], depth: int) -> str:
    """Return a reading, which may have several parts: Latin ones are words of their own."""
    parts = [
        "".join(leaf.node.value for leaf in group if isinstance(leaf.node, Text | Code)).strip()
        for _, group in groupby(
            leaves, key=lambda leaf: [one.number for one in leaf.path[depth:] if one.kind == "reading"]
        )
    ]
    found = ""
    for part in filter(None, parts):
        gap = " " if found and found[-1].isalpha() and part[0].isalpha() and found[-1] < "\u0400" else ""
        found += gap + part
    return found
