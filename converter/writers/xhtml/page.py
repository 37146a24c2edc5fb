"""What the markup of one post depends on, and what is unique in the file that it goes into."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal

from msgspec import Struct

from converter.diagnostics import Code, Diagnostic, Warn
from converter.model import Anchor, Heading, Image, Node, Post
from converter.model.walk import query
from converter.writers.xhtml.markup import Ids


class ImageFiles(Struct, frozen=True):
    """An image that is at hand."""

    urls: tuple[str, ...]
    """From the file that is written. More than one: the slices of a very tall image, from top to bottom."""
    width: int = 0
    """Pixels of the whole; 0 where the format has none."""
    height: int = 0
    groups: bool = True
    """Whether the words of the whole belong to its slices together; without groups, to the first of them."""


class Placeholder(Struct, frozen=True):
    """A box with the image's alternative text stands for it."""

    key: Literal["missing_image", "remote_image"]
    """Why the image is not here, as a key of the labels."""
    href: str | None = None
    """Where the image can be seen."""


Feature = Literal["mathml", "ruby"]
"""Something that a package must say of a file."""

Shown = ImageFiles | Placeholder
"""What a book shows for an image of the model."""

Display = Literal["inline", "block"]

Override = Callable[[Any, "Page"], str]
"""Writes a node as a format wants it. The functions that write nodes otherwise are there for it to call."""


class NoteStyle(Enum):
    """Where notes go."""

    POPUP = "popup"
    """Each in an aside of its own, marked up so that reading systems open it in place."""
    FOOT = "foot"
    """In the text, behind their first marks, for engines that move them to the foot of the page; HTML has nothing but
    words in a line, so that this is for notes of plain paragraphs. A note without a mark follows in an aside."""
    LIST = "list"
    """In a numbered list after the post."""


class HeadingEntry(Struct, frozen=True):
    """A heading as it was written: a place that a table of contents may point to."""

    level: int
    id: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Rendering:
    """What differs between the formats and the books that a post is written for."""

    image: Callable[[Image], Shown]
    """What stands for an image. It reports what is wrong with an image by itself."""
    link: Callable[[str], str | None]
    """The URL for a link that leaves the post; `None`: its text stands unlinked. Never asked about `#id`."""
    math: Callable[[str, Display, bool], str | None]
    """The markup for TeX; the last argument tells whether it is all that its surroundings say, and is to be announced
    by name. `None` where it is not understood, and then the TeX itself stands as code."""
    language: str
    """The language of the book, for the words that we add; the post's own is in its metadata."""
    warn: Warn
    overrides: Mapping[type[Node], Override] = field(default_factory=dict)
    """What is written in another way than otherwise, by the type of the node."""
    notes: NoteStyle = NoteStyle.POPUP
    vocabulary: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What a format says of elements beside their role, by the role: EPUB had words for them before ARIA."""
    ruby_brackets: bool = True
    """Whether readings have brackets around them for engines that do not set ruby; EPUBCheck advises against them."""
    heading_offset: int = 0
    """How many levels the post's title lies below the first, so that its headings follow it."""
    id_prefix: str = ""
    """Keeps the ids of several posts in one file apart. Starts with a letter where it is not empty."""

    def in_role(self, role: str) -> dict[str, str]:
        """Return the attributes that say what an element is there for."""
        return {**self.vocabulary.get(role, {}), "role": role}


@dataclass
class Page:
    """The post that is being written: the ids and marks given so far."""

    post: Post
    rendering: Rendering
    ids: Ids
    targets: dict[str, str]
    """The written id of each heading and anchor, by the id that links of the post use."""
    note_numbers: dict[str, int]
    note_ids: dict[str, str]
    marks: dict[str, str] = field(default_factory=dict)
    """The id of the first mark of each note, by the note's id."""
    named: set[str] = field(default_factory=set)
    """The ids of headings and anchors that are written already."""
    headings: list[HeadingEntry] = field(default_factory=list)
    open_levels: list[int] = field(default_factory=list)
    """The levels, in the model, of the headings that the next block stands under."""
    line: int | None = None
    """The line of the block at hand."""
    linked: bool = False
    """Whether a link is around what is written: links do not nest."""
    announces: bool = False
    """Whether formulas are all that is said where one is written, so that each needs a name."""
    in_note: bool = False
    """Whether a note is written in the text."""
    placed: set[str] = field(default_factory=set)
    """The notes that stand in the text already."""
    features: set[Feature] = field(default_factory=set)

    @property
    def language(self) -> str:
        """The language of the post, or of the book where the post does not say."""
        return self.post.metadata.language or self.rendering.language

    def report(self, code: Code, message: str, hint: str | None = None) -> None:
        """Report something about the block at hand."""
        self.rendering.warn(
            Diagnostic(code=code, message=message, file=self.post.path or None, line=self.line, hint=hint)
        )

    def level_of(self, heading: Heading) -> int:
        """Return the level to write: no level is skipped on the way down, and six is the deepest."""
        while self.open_levels and self.open_levels[-1] >= heading.level:
            self.open_levels.pop()
        self.open_levels.append(heading.level)
        return min(len(self.open_levels) + 1 + self.rendering.heading_offset, 6)

    def heading_id(self, heading: Heading) -> str:
        """Return the id to write: the one that links use, and another for a heading that repeats it or has none."""
        if heading.id and heading.id not in self.named:
            self.named.add(heading.id)
            return self.targets[heading.id]
        return self.ids.claim(heading.id or f"heading-{len(self.headings) + 1}")

    def place(self, id_: str) -> str | None:
        """Return the id to write for an anchor; `None` for one that is written already."""
        if id_ in self.named:
            return None
        self.named.add(id_)
        return self.targets[id_]


def open_page(post: Post, rendering: Rendering, reserved: Sequence[str] = ()) -> Page:
    """Return the page for a post, with the ids of its notes and headings already given."""
    ids, note_ids, targets = _given(post, rendering.id_prefix, reserved)
    numbers = {note.id: number for number, note in enumerate(post.notes, start=1)}
    return Page(post=post, rendering=rendering, ids=ids, targets=targets, note_numbers=numbers, note_ids=note_ids)


def place_ids(post: Post, *, prefix: str = "", reserved: Sequence[str] = ()) -> dict[str, str]:
    """Return the id that `write_post` gives to each heading and anchor that has one in the model, by the latter."""
    return _given(post, prefix, reserved)[2]


def _given(post: Post, prefix: str, reserved: Sequence[str]) -> tuple[Ids, dict[str, str], dict[str, str]]:
    """Return the ids of a file, and among them those of its notes and of its places."""
    ids = Ids(prefix, reserved)
    note_ids = {note.id: ids.claim(f"note-{number}") for number, note in enumerate(post.notes, start=1)}
    targets: dict[str, str] = {}
    for node in query(post):
        if isinstance(node, Heading | Anchor) and node.id and node.id not in targets:
            targets[node.id] = ids.claim(node.id)
    return ids, note_ids, targets
