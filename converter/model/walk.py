"""The only recursion over documents: `query` collects, `walk` rewrites, `text_of` reads the words."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from converter.model import (
    Block,
    BlockNode,
    Cell,
    Code,
    Definition,
    Digest,
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
    Section,
    Text,
)

Rewrite = Callable[[Inline | Block], "Inline | Block | tuple[Inline | Block, ...]"]
"""Returns what stands in the place of a node whose children are already rewritten; a tuple is spliced in, so an empty
one removes the node."""

Holder = TypeVar("Holder", bound=Struct)

_SEPARATE = (BlockNode, ListItem, Cell, Definition)
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


Root = Digest | Section | Post | Node | ListItem | Row | Cell | Definition | Note | tuple["Root", ...]
"""What may be asked for its nodes and words."""

_ROOTS = (*_CONTAINERS, Digest, Section, Post)


def query(root: Root) -> Iterator[Inline | Block]:
    """Yield every inline and block under `root`, itself included, in reading order, parents first.

    `root` is a digest, a section, a post, a node, or a tuple of these. The notes of a post follow its blocks.
    Raises `TypeError` for anything else.
    """
    _check_root(root)
    return _nodes(root)


def _check_root(root: object) -> None:
    for each in root if isinstance(root, tuple) else (root,):
        if isinstance(each, tuple):
            _check_root(each)
        elif not _SHAPES[type(each)].is_root:
            raise TypeError(f"a document, a node or a tuple of such is wanted, not {type(each).__name__}: {each!r:.80}")


def check_types(root: object) -> None:
    """Raise `TypeError` where a node below `root` has something else than a tuple of nodes: a list, or words."""
    open_ = [root]
    while open_:
        parent = open_.pop()
        for name in _fields(parent):
            held = getattr(parent, name)
            if not isinstance(held, tuple):
                raise TypeError(f"{type(parent).__name__}.{name} is a tuple, not {type(held).__name__}: {held!r:.80}")
            for child in _flat(held):
                if isinstance(child, _ROOTS):
                    open_.append(child)
                elif name in _OF_NODES:
                    raise TypeError(f"{type(parent).__name__}.{name} has no {type(child).__name__}: {child!r:.80}")


_OF_NODES = frozenset("blocks notes sections posts children items rows head foot images caption base".split())


def _flat(held: tuple[object, ...]) -> Iterator[object]:
    for child in held:
        if isinstance(child, tuple):
            yield from _flat(child)
        else:
            yield child


_HELD: Mapping[type, tuple[str, ...]] = {Digest: ("sections",), Section: ("posts",), Post: ("blocks", "notes")}
"""The fields to go through of what has others too."""


def _fields(root: object) -> tuple[str, ...]:
    if not isinstance(root, Struct):
        raise TypeError(f"a post or a digest is wanted, not {type(root).__name__}: {root!r:.80}")
    return _SHAPES[type(root)].fields


class _Shape(Struct, frozen=True):
    """What a walk asks of a type, found out once: a walk meets a hundred thousand values of a dozen types."""

    fields: tuple[str, ...]
    is_root: bool
    is_container: bool
    is_node: bool


class _Shapes(dict[type, _Shape]):
    def __missing__(self, kind: type) -> _Shape:
        held = next((fields for holder, fields in _HELD.items() if issubclass(kind, holder)), None)
        own = _tuple_fields(kind) if held is None and issubclass(kind, Struct) else ()
        self[kind] = _Shape(
            held or own, issubclass(kind, _ROOTS), issubclass(kind, _CONTAINERS), issubclass(kind, Node)
        )
        return self[kind]


_SHAPES = _Shapes()


def _nodes(root: object) -> Iterator[Inline | Block]:
    open_ = [root]
    while open_:
        each = open_.pop()
        if isinstance(each, tuple):
            open_.extend(reversed(each))
            continue
        shape = _SHAPES[type(each)]
        if shape.is_node:
            yield each  # type: ignore[misc]  # the unions are closed: a Node is an Inline or a Block
        if shape.is_root:
            open_.extend([getattr(each, name) for name in reversed(shape.fields)])


def walk(root: Holder, rewrite: Rewrite) -> Holder:
    """Return `root` (a post or a node) with every node below it rewritten, children before parents.

    `root` itself is kept. What does not change keeps its identity, so `walk(x, f) is x` says that nothing happened.
    """
    changes: dict[str, object] = {}
    for name in _SHAPES[type(root)].fields:
        old = getattr(root, name)
        new = _walk_tuple(old, rewrite)
        if new is not old:
            changes[name] = new
    return replace(root, **changes) if changes else root


def _walk_tuple(old: tuple[object, ...], rewrite: Rewrite) -> tuple[object, ...]:
    new: list[object] | None = None
    for at, child in enumerate(old):
        shape = _SHAPES[type(child)]
        result: object = child
        if isinstance(child, tuple):
            result = _walk_tuple(child, rewrite)
        elif shape.is_container and shape.fields:
            result = walk(child, rewrite)  # type: ignore[type-var]  # what has fields is a Struct
        if shape.is_node:
            result = rewrite(result)  # type: ignore[arg-type]  # see _nodes
        if new is None:
            if result is child:
                continue
            new = list(old[:at])
        if shape.is_node and isinstance(result, tuple):
            new.extend(result)
        else:
            new.append(result)
    return old if new is None else tuple(new)


def text_of(root: Root, *, between: str = "") -> str:
    """Return the words under `root` as a reader sees them: no markup, line breaks as newlines, no notes' marks.

    `between` stands after each block, item and cell: nothing separates them without it. A reading of ruby stands in
    brackets.
    Raises `TypeError` for what `query` does not take.
    """
    _check_root(root)
    return "".join(_words(root, between))


def _words(root: object, between: str) -> Iterator[str]:
    match root:
        case Text(value) | Code(value):
            yield value
        case Math(tex) | MathBlock(tex=tex):
            yield tex
        case LineBreak():
            yield "\n"
        case Ruby(base, reading):
            yield from _words(base, between)
            yield f"({reading})"
        case tuple():
            for child in root:
                yield from _words(child, between)
        case _ if (shape := _SHAPES[type(root)]).is_root:
            for name in shape.fields:
                yield from _words(getattr(root, name), between)
            if between and isinstance(root, _SEPARATE):
                yield between
        case _:
            return
