"""The nodes of a document: two closed unions of frozen values, `Inline` and `Block`, with children as tuples."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from converter.languages import Direction

MAX_DEPTH = 64
"""The deepest nesting of blocks and inlines that a reader may build, so that every walk may recurse."""

Alignment = Literal["left", "center", "right"] | None


class Node(Struct, frozen=True, tag_field="type", tag=str.lower, omit_defaults=True, gc=False):
    """What inlines and blocks have in common. A tree of frozen values has no circles that a collector could find."""


# ---- inlines ----


class Text(Node, frozen=True):
    """Characters. White space is significant and already collapsed; there is no newline in it."""

    value: str


class Emphasis(Node, frozen=True):
    """Stressed text, usually italic."""

    children: tuple[Inline, ...]


class Strong(Node, frozen=True):
    """Important text, usually bold."""

    children: tuple[Inline, ...]


class Strikethrough(Node, frozen=True):
    """Text that no longer holds."""

    children: tuple[Inline, ...]


class Superscript(Node, frozen=True):
    children: tuple[Inline, ...]


class Subscript(Node, frozen=True):
    children: tuple[Inline, ...]


class Code(Node, frozen=True):
    """A short piece of code, a key or a file name."""

    value: str


class Math(Node, frozen=True):
    """A formula in the line, as TeX without delimiters."""

    tex: str


class Link(Node, frozen=True):
    """A link to a URL, to `#id` in the same post, or to `post:KEY` or `post:KEY#id` in the same site."""

    href: str
    children: tuple[Inline, ...]
    title: str = ""


class Image(Node, frozen=True):
    """An image: `src` names an asset of the post, or else it is the URL of an image that is not at hand."""

    src: str
    alt: str = ""
    title: str = ""
    width: str = ""
    """The size that its author gave, as a CSS length in `px`, `em` or `%`; empty where there is none."""
    height: str = ""
    """In `px` or `em`."""


class Ruby(Node, frozen=True):
    """A base with its reading above or beside it."""

    base: tuple[Inline, ...]
    reading: str


class Span(Node, frozen=True):
    """Text in another language or direction than what surrounds it."""

    children: tuple[Inline, ...]
    lang: str = ""
    dir: Direction | None = None


class NoteReference(Node, frozen=True):
    """The mark of a note of the post, by the note's id."""

    id: str


class LineBreak(Node, frozen=True):
    """A line break that the author meant."""


class Anchor(Node, frozen=True):
    """A place without words of its own, which links lead to by its id."""

    id: str


Inline = (
    Text
    | Emphasis
    | Strong
    | Strikethrough
    | Superscript
    | Subscript
    | Code
    | Math
    | Link
    | Image
    | Ruby
    | Span
    | NoteReference
    | LineBreak
    | Anchor
)


# ---- blocks ----


class BlockNode(Node, frozen=True, kw_only=True, eq=False):
    """What blocks have in common: where they came from, which does not count when they are compared."""

    line: int | None = None
    """One-based line of the source file."""

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.__struct_fields__ if name != "line")

    def __hash__(self) -> int:
        return hash((type(self), *(getattr(self, name) for name in self.__struct_fields__ if name != "line")))


class Paragraph(BlockNode, frozen=True, eq=False):
    children: tuple[Inline, ...]


class Heading(BlockNode, frozen=True, eq=False):
    """A heading inside a post. Level 1 is the post's own title, so headings of a body have 2 to 6."""

    level: int
    children: tuple[Inline, ...]
    id: str = ""


class List(BlockNode, frozen=True, eq=False):
    items: tuple[ListItem, ...]
    ordered: bool = False
    start: int = 1
    tight: bool = True
    """Whether the items are single lines: no space between them, no paragraph marks around their text."""


class ListItem(Struct, frozen=True, omit_defaults=True):
    blocks: tuple[Block, ...]
    checked: bool | None = None
    """The state of a task; `None` for an item that is no task."""


class Quote(BlockNode, frozen=True, eq=False):
    blocks: tuple[Block, ...]


class CodeBlock(BlockNode, frozen=True, eq=False):
    """Lines of code, joined by newlines, without a final one."""

    text: str
    language: str = ""


class MathBlock(BlockNode, frozen=True, eq=False):
    """A formula of its own, as TeX without delimiters."""

    tex: str


class Cell(Struct, frozen=True, omit_defaults=True):
    blocks: tuple[Block, ...]
    header: bool = False
    colspan: int = 1
    rowspan: int = 1


class Row(Struct, frozen=True):
    cells: tuple[Cell, ...]


class Table(BlockNode, frozen=True, eq=False):
    """A grid. Every row of `head` and `rows` covers as many columns as there are `alignments`, spans counted."""

    rows: tuple[Row, ...]
    head: tuple[Row, ...] = ()
    alignments: tuple[Alignment, ...] = ()
    caption: tuple[Inline, ...] = ()


class Figure(BlockNode, frozen=True, eq=False):
    """Images that stand alone, with what is written under them. `images` holds images, links around one, anchors."""

    images: tuple[Inline, ...]
    caption: tuple[Inline, ...] = ()


class Definition(Struct, frozen=True):
    terms: tuple[tuple[Inline, ...], ...]
    meanings: tuple[tuple[Block, ...], ...]


class Definitions(BlockNode, frozen=True, eq=False):
    items: tuple[Definition, ...]


class Media(BlockNode, frozen=True, eq=False):
    """A film, a recording or an embedded page: shown as a titled link wherever it cannot play."""

    kind: Literal["video", "audio", "embed"]
    href: str
    title: str = ""


class ThematicBreak(BlockNode, frozen=True, eq=False):
    """A change of subject without a heading."""


Block = (
    Paragraph | Heading | List | Quote | CodeBlock | MathBlock | Table | Figure | Definitions | Media | ThematicBreak
)
