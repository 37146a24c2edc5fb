"""Items of a list that stand beside each other and say how deep they belong -> lists in lists.

Editors write nested lists flat: Google Docs and Feishu a list for each level, Quill all items in one, Word paragraphs.
"""

import re
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from converter.model import Block, List, ListItem
from converter.reading.html.builder import Builder
from converter.reading.html.elements import Attributes

_FROM_ONE = re.compile(
    r"(?:^|\s)(?:list-?(?:bullet|number|ordered|unordered|check\w*|todo)|listindent)-?(\d)(?:\s|$)", re.I
)
_FROM_ZERO = re.compile(r"(?:^|\s)(?:lst-kix_\w+|ql-indent|public-DraftStyleDefault-depth)-?(\d)(?:\s|$)")
_BY_ITEM = re.compile(r"(?:^|\s)(?:bulleted-list|numbered-list|to-do-list)(?:\s|$)")
_KINDS = {"bullet": False, "checked": False, "unchecked": False, "ordered": True}
"""What Quill says of an item, and whether it has a number."""


def level_of(attributes: Attributes) -> int | None:
    """Return the level that a list or an item says it has, the outermost being 1; `None` where it does not say."""
    written = attributes.get("aria-level") or attributes.get("data-aria-level") or ""
    if len(written) == 1 and "1" <= written <= "9":
        return int(written)
    names = attributes.get("class")
    if not names:
        return None
    if found := _FROM_ONE.search(names):
        return int(found[1])
    return int(found[1]) + 1 if (found := _FROM_ZERO.search(names)) else None


def is_item_by_item(attributes: Attributes) -> bool:
    """Whether a list is one of those that Notion writes for each item alone: they stand on one level."""
    names = attributes.get("class")
    return bool(names) and bool(_BY_ITEM.search(names or ""))


def is_ordered(attributes: Attributes) -> bool | None:
    """Whether an item says that it has a number, whatever list it stands in; `None` where it does not say."""
    return _KINDS.get(attributes.get("data-list") or "")


def is_checked(attributes: Attributes) -> bool | None:
    """Return the state of a task that an item says it is."""
    return {"checked": True, "unchecked": False}.get(attributes.get("data-list") or "")


def append_list(builder: Builder, found: List, level: int, *, goes_on: bool = False) -> None:
    """Add a list to the list before it, `level` lists down, where that came here in the same way; else behind it.

    One that `goes_on` has the next numbers, whatever it says.
    """
    builder.end_run()
    flow = builder.flow
    if builder.is_leveled:
        flow.blocks[:] = _appended(tuple(flow.blocks), found, level, goes_on=goes_on)
    else:
        builder.add(found)
    flow.leveled = flow.blocks[-1]


def runs_of(items: Sequence[ListItem], marks: Sequence[tuple[int, bool]]) -> Iterator[tuple[int, bool, list[ListItem]]]:
    """Yield the items that follow each other with the same level and kind, with both."""
    run: list[ListItem] = []
    for number, (item, mark) in enumerate(zip(items, marks, strict=True)):
        run.append(item)
        if number + 1 == len(marks) or marks[number + 1] != mark:
            yield *mark, run
            run = []


def _appended(blocks: tuple[Block, ...], found: List, level: int, *, goes_on: bool) -> tuple[Block, ...]:
    """Return the blocks with the items: in the list that they end in, `level` lists down where there are so many."""
    last = blocks[-1] if blocks else None
    if not isinstance(last, List):
        return (*blocks, found)
    if level > 0:
        deepest = last.items[-1]
        inner = _appended(deepest.blocks, found, level - 1, goes_on=goes_on)
        return (*blocks[:-1], replace(last, items=(*last.items[:-1], replace(deepest, blocks=inner))))
    follows = goes_on or not found.ordered or found.start == last.start + len(last.items)
    if last.ordered != found.ordered or not follows:
        return (*blocks, found)
    return (*blocks[:-1], replace(last, items=(*last.items, *found.items), tight=last.tight and found.tight))
