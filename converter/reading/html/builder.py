"""What is being built while the elements of a post go by: flows of blocks, runs of text, open formats."""

import re
from collections.abc import Callable, Iterable

from msgspec import Struct

from converter.model import (
    MAX_DEPTH,
    Anchor,
    Block,
    Code,
    Definitions,
    Figure,
    Heading,
    Image,
    Inline,
    LineBreak,
    Link,
    List,
    MathBlock,
    Note,
    Paragraph,
    Quote,
    Table,
    Text,
)
from converter.model.walk import text_of
from converter.reading.html.cleaning import Cleaner
from converter.reading.html.inlines import Format, Leaf, one_line, paragraphs
from converter.reading.html.notes import Notes
from converter.reading.html.tex import formulas

MAX_CONTAINERS = MAX_DEPTH // 2
"""How deep lists, quotes and tables may nest."""
MAX_FORMATS = MAX_DEPTH // 4
"""How deep emphasis, links and the like may nest."""

Finish = Callable[[], None]
"""What is to be done when an element ends."""


class Dropped(Struct, frozen=True):
    """An element with words that no output can show; `a` stands for links in code, whose words are there."""

    name: str
    words: str
    """For links where they lead, a line for each."""
    line: int | None


class Flow(Struct):
    """A place for blocks: the body, a list item, a cell."""

    blocks: list[Block] = []
    run: list[Leaf] = []
    """The line at hand, not yet a block."""
    line: int | None = None
    """Where the run begins."""
    heading: tuple[int, str] | None = None
    """Level and id, while the run is that of a heading."""
    checked: bool | None = None
    """The state of a task, in a list item."""
    loose: bool = False
    """Whether a paragraph was asked for by name."""
    has_tex: bool = False
    """Whether there may be formulas in the run."""
    leveled: Block | None = None
    """The list that was made last of items that say how deep they belong."""
    margins: list[float] = []
    """How far the items of that list are indented on each level, in points, where that is all they say."""


class Holder(Struct):
    """An open element that takes what its children make, instead of the flow around it."""

    flow: Flow
    """Where that goes which stands in it and should not."""


class Builder:
    """The state of the pass. Handlers in `handlers` change it; `result` tells what came out."""

    def __init__(
        self,
        notes: Notes,
        cleaner: Cleaner,
        origin: Callable[[int], int],
        language: str = "",
        *,
        dollars: bool = False,
    ) -> None:
        self.language = language
        self._dollars = dollars
        self.quotations = 0
        """How many quotations in the line are open."""
        self._origin = origin
        self.cleaner = cleaner
        self.places = notes
        """Where the notes are."""
        self.notes: list[Note] = []
        self.formats: list[Format] = []
        self.line: int | None = None
        self.code_depth = 0
        self.keeps_lines = False
        """Whether line ends in the markup are shown."""
        self.is_unseen = False
        """Whether words are hidden until an element asks to be seen."""
        self.is_sizeless = False
        """Whether letters have no size until an element gives them one; images are seen."""
        self.code_language = ""
        self.in_notes = False
        self.in_note = False
        self.anchors: list[Leaf] = []
        """Places that links may lead to, of the elements that opened since the last word."""
        self.too_deep: int | None = None
        self.dropped: list[Dropped] = []
        self.passed_over: set[int] = set()
        """Texts that show what their place in the document says, too."""
        self.holders: list[Holder] = []
        """The lists, tables, figures that are open."""
        self._flows = [Flow()]
        self._numbers = 0

    @property
    def flow(self) -> Flow:
        return self._flows[-1]

    def move_to(self, line: int | None) -> None:
        """Remember the line of the element at hand; `None` for one that does not know its own."""
        if line is not None:
            self.line = self._origin(line)

    @property
    def is_full(self) -> bool:
        """Whether no container may be opened in this place; asking makes a note of it."""
        if len(self._flows) <= MAX_CONTAINERS:
            return False
        self.too_deep = self.too_deep or self.line or 0
        return True

    @property
    def is_leveled(self) -> bool:
        """Whether a list that says how deep its items belong stands directly before."""
        return self.flow.leveled is not None and bool(self.flow.blocks) and self.flow.blocks[-1] is self.flow.leveled

    def open_flow(self) -> Flow:
        self.end_run()
        self._flows.append(Flow())
        return self.flow

    def open_aside(self) -> None:
        """Open a flow that does not end the line around it."""
        self._flows.append(Flow())

    def close_flow(self) -> Flow:
        self.end_run()
        return self._flows.pop()

    def text(self, value: str) -> None:
        """Add text to the run; within `<code>` it is code."""
        if self.is_unseen or self.is_sizeless:
            return
        if "\\" in value or "$" in value:
            self.flow.has_tex = True
        if self.keeps_lines and "\n" in value:
            self._lines(value)
        elif self.code_depth:
            self.leaf(Code(re.sub(r"[ \t\n\f\r]+", " ", value)))
        elif self.flow.run or not value.isspace() or "\u3000" in value:
            self.leaf(Text(value))

    def _lines(self, value: str) -> None:
        """Add text whose line ends are shown."""
        self.keeps_lines = False
        for number, line in enumerate(value.split("\n")):
            if number and self.flow.run:
                self.leaf(LineBreak())
            if line:
                self.text(line)
        self.keeps_lines = True

    def leaf(self, node: Inline) -> None:
        """Add an inline without children to the run."""
        if self.is_unseen:
            return
        flow = self.flow
        if not flow.run:
            flow.line = self.line
        if self.anchors:
            self._place_anchors(flow)
        flow.run.append(Leaf(tuple(self.formats), node))

    def anchor(self, name: str) -> None:
        """Remember that the words to come can be reached by an id."""
        self.anchors.append(Leaf(tuple(self.formats), Anchor(name)))

    def _place_anchors(self, flow: Flow) -> None:
        """Put the anchors at hand into the run; a heading without an id takes that of the first."""
        if flow.heading is not None and not flow.heading[1] and isinstance(first := self.anchors[0].node, Anchor):
            flow.heading = (flow.heading[0], first.id)
            del self.anchors[0]
        flow.run += self.anchors
        self.anchors.clear()

    def add(self, block: Block) -> None:
        """Add a block behind the run."""
        if self.is_unseen and not isinstance(block, Table | List | Quote | Definitions | Figure):
            return
        self.end_run()
        if self.anchors:
            self.add_anchors()
        self.flow.blocks.append(block)

    def add_anchors(self) -> None:
        """Add the anchors at hand where no word follows that they could stand before."""
        self.flow.blocks.append(Paragraph(tuple(leaf.node for leaf in self.anchors), line=self.line))
        self.anchors.clear()

    def end_run(self) -> None:
        """Make blocks of the run."""
        flow = self.flow
        if not flow.run:
            return
        if self.anchors:
            self._place_anchors(flow)
        run, flow.run = flow.run, []
        parts: Iterable[list[Leaf] | str] = (run,)
        if flow.has_tex:
            parts = formulas(run, dollars=self._dollars, blocks=flow.heading is None)
            flow.has_tex = False
        for part in parts:
            self._end_part(flow, part)

    def _end_part(self, flow: Flow, part: list[Leaf] | str) -> None:
        """Make blocks of a part of the run, which may be the TeX of a formula."""
        if isinstance(part, str):
            flow.blocks.append(MathBlock(part, line=flow.line))
        elif flow.heading is None:
            for inlines in paragraphs(part):
                self._paragraph(inlines, flow.line)
        elif inlines := one_line(part):
            level, identifier = flow.heading
            flow.blocks.append(Heading(level, inlines, identifier, line=flow.line))

    def _paragraph(self, inlines: tuple[Inline, ...], line: int | None) -> None:
        """Add a paragraph, or do with it what a rule says."""
        words = text_of(inlines).strip() if self.cleaner.texts else ""
        rule = self.cleaner.rule_for(words) if words else None
        if rule is None:
            self.flow.blocks.append(Paragraph(inlines, line=line))
        elif rule.action == "heading":
            self.flow.blocks.append(Heading(2, inlines, line=line))
        elif rule.action == "caption":
            self.caption(inlines, line)
        else:
            self.cleaner.take(rule, words, line)

    def caption(self, inlines: tuple[Inline, ...], line: int | None) -> None:
        """Put words under the images before them; without images they are a paragraph."""
        blocks = self.flow.blocks
        images = images_of(blocks[-1]) if blocks else ()
        if images and inlines:
            blocks[-1] = Figure(images, inlines, line=blocks[-1].line)
        elif inlines:
            blocks.append(Paragraph(inlines, line=line))

    def number(self) -> int:
        self._numbers += 1
        return self._numbers

    def push_formats(self, formats: list[Format]) -> int:
        """Open formats for the text to come, and return how many were: some may be nested too deeply."""
        room = MAX_FORMATS - len(self.formats)
        if len(formats) > room:
            self.too_deep = self.too_deep or self.line or 0
            formats = formats[: max(room, 0)]
        self.formats += formats
        return len(formats)


def images_of(block: Block) -> tuple[Inline, ...]:
    """Return the images of a paragraph that holds nothing else, each alone or in its link; else nothing."""
    if isinstance(block, Figure) and not block.caption:
        return block.images
    if not isinstance(block, Paragraph):
        return ()
    found: list[Inline] = []
    for child in block.children:
        match child:
            case Anchor() | Image() | Link(children=(Image(),)):
                found.append(child)
            case LineBreak():
                continue
            case Text(value) if not value.strip():
                continue
            case _:
                return ()
    return tuple(found) if any(not isinstance(child, Anchor) for child in found) else ()
