"""Apply a change to every run of inlines, or to every run of blocks, of a post."""

from collections.abc import Callable
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from converter.model import (
    Block,
    Cell,
    Definition,
    Definitions,
    Inline,
    List,
    ListItem,
    Note,
    Post,
    Quote,
    Row,
    Table,
)
from converter.model.walk import walk

Line = tuple[Inline, ...]
Flow = tuple[Block, ...]

_FIELDS = ("children", "caption", "base")


def rewrite_lines(post: Post, change: Callable[[Line], Line]) -> Post:
    """Return the post with `change` made to the inlines of every paragraph, heading, caption and format.

    Inner runs come before outer ones. A change that returns its argument leaves the node as it is.
    """

    def rewrite(node: Inline | Block) -> Inline | Block:
        changes = {}
        for name in _FIELDS:
            old = getattr(node, name, None)
            if old and (new := change(old)) is not old:
                changes[name] = new
        return replace(node, **changes) if changes else node

    return walk(post, rewrite)


def rewrite_flows(post: Post, change: Callable[[Flow], Flow]) -> Post:
    """Return the post with `change` made to its blocks, and to those of every quote, item, cell, meaning and note.

    Inner runs come before outer ones. A change that returns its argument leaves the node as it is.
    """

    def rewrite(node: Inline | Block) -> Inline | Block:
        match node:
            case Quote(blocks):
                return _with(node, "blocks", change(blocks))
            case List(items):
                return _with(node, "items", tuple(_changed(item, change) for item in items))
            case Table(rows=rows, head=head):
                node = _with(node, "rows", tuple(_changed_row(row, change) for row in rows))
                return _with(node, "head", tuple(_changed_row(row, change) for row in head))
            case Definitions(items):
                return _with(node, "items", tuple(_changed_definition(item, change) for item in items))
            case _:
                return node

    post = walk(post, rewrite)
    notes = tuple(_changed(note, change) for note in post.notes)
    return _with(_with(post, "blocks", change(post.blocks)), "notes", notes)


Holder = TypeVar("Holder", bound=Struct)
BlockHolder = TypeVar("BlockHolder", ListItem, Cell, Note)


def _with(holder: Holder, name: str, new: tuple[object, ...]) -> Holder:
    """Return the holder with a field replaced, the very holder where nothing in the field is new."""
    old = getattr(holder, name)
    same = len(new) == len(old) and all(one is other for one, other in zip(new, old, strict=True))
    return holder if same else replace(holder, **{name: new})


def _changed(holder: BlockHolder, change: Callable[[Flow], Flow]) -> BlockHolder:
    return _with(holder, "blocks", change(holder.blocks))


def _changed_row(row: Row, change: Callable[[Flow], Flow]) -> Row:
    return _with(row, "cells", tuple(_changed(cell, change) for cell in row.cells))


def _changed_definition(definition: Definition, change: Callable[[Flow], Flow]) -> Definition:
    return _with(definition, "meanings", tuple(change(meaning) for meaning in definition.meanings))
