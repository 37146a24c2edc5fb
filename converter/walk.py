"""The only recursion over documents: `query` collects, `walk` rewrites, `text_of` reads the words."""

import inspect
from collections.abc import Callable, Iterator
from functools import cache
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from converter.model import (
    Block,
    Cell,
    Code,
    Definition,
    Inline,
    LineBreak,
    ListItem,
    Math,
    MathBlock,
    Node,
    Note,
    Post,
    Row,
    Ruby,
    Text,
)

Rewrite = Callable[[Inline | Block], "Inline | Block | tuple[Inline | Block, ...]"]
"""Returns what stands in the place of a node whose children are already rewritten; a tuple is spliced in, so an empty
one removes the node."""

Holder = TypeVar("Holder", bound=Struct)

_CONTAINERS = (Node, ListItem, Row, Cell, Definition, Note)


@cache
def _tuple_fields(kind: type[Struct]) -> tuple[str, ...]:
    """Return the names of the fields that may hold nodes."""
    return tuple(
        name for name, hint in zip(kind.__struct_fields__, _annotations(kind), strict=True) if hint.startswith("tuple[")
    )


def _annotations(kind: type[Struct]) -> tuple[str, ...]:
    """Return the annotations of the fields, as written in `model`."""
    found: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        found.update(inspect.get_annotations(base))
    return tuple(found[name] for name in kind.__struct_fields__)


def query(root: object) -> Iterator[Inline | Block]:
    """Yield every inline and block under `root`, itself included, in reading order, parents first.

    `root` is a post, a node, or a tuple of either. The notes of a post follow its blocks.
    """
    if isinstance(root, tuple):
        for child in root:
            yield from query(child)
        return
    if isinstance(root, Post):
        yield from query(root.blocks)
        yield from query(root.notes)
        return
    if not isinstance(root, _CONTAINERS):
        return
    if isinstance(root, Node):
        yield root  # type: ignore[misc]  # the unions are closed: a Node is an Inline or a Block
    for name in _tuple_fields(type(root)):
        yield from query(getattr(root, name))


def walk(root: Holder, rewrite: Rewrite) -> Holder:
    """Return `root` (a post or a node) with every node below it rewritten, children before parents.

    `root` itself is kept. What does not change keeps its identity, so `walk(x, f) is x` says that nothing happened.
    """
    names = ("blocks", "notes") if isinstance(root, Post) else _tuple_fields(type(root))
    changes: dict[str, object] = {}
    for name in names:
        old = getattr(root, name)
        new = _walk_tuple(old, rewrite)
        if new is not old:
            changes[name] = new
    return replace(root, **changes) if changes else root


def _walk_tuple(old: tuple[object, ...], rewrite: Rewrite) -> tuple[object, ...]:
    new: list[object] = []
    changed = False
    for child in old:
        if isinstance(child, tuple):
            result: object = _walk_tuple(child, rewrite)
        elif isinstance(child, Node):
            result = rewrite(walk(child, rewrite))  # type: ignore[arg-type]  # see query
            if isinstance(result, tuple):
                changed = True
                new.extend(result)
                continue
        elif isinstance(child, _CONTAINERS):
            result = walk(child, rewrite)
        else:
            result = child
        changed = changed or result is not child
        new.append(result)
    return tuple(new) if changed else old


def text_of(root: object) -> str:
    """Return the words under `root` as a reader sees them: no markup, line breaks as newlines, no notes' marks.

    Blocks are not separated; ask for each block where that matters. A reading of ruby stands in brackets.
    """
    return "".join(_words(root))


def _words(root: object) -> Iterator[str]:
    match root:
        case Text(value) | Code(value):
            yield value
        case Math(tex) | MathBlock(tex=tex):
            yield tex
        case LineBreak():
            yield "\n"
        case Ruby(base, reading):
            yield from _words(base)
            yield f"({reading})"
        case Post():
            yield from _words((root.blocks, root.notes))
        case tuple():
            for child in root:
                yield from _words(child)
        case Node() | ListItem() | Row() | Cell() | Definition() | Note():
            for name in _tuple_fields(type(root)):
                yield from _words(getattr(root, name))
        case _:
            return
