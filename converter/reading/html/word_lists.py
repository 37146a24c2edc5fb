"""Lists as Word writes them, paragraphs with a mark and a level in their style -> lists."""

import re

from msgspec.structs import replace

from converter.model import Block, List, ListItem
from converter.reading.html.builder import Builder, Finish
from converter.reading.html.elements import Attributes, Element, below, text_below

_ITEM = re.compile(r"mso-list\s*:\s*l\d+\s+level(\d)", re.IGNORECASE)
_MARK = re.compile(r"mso-list\s*:\s*ignore", re.IGNORECASE)
_NUMBER = re.compile(r"[(（]?(\d{1,6}|[A-Za-z]{1,5})[.)、）]")


def is_mark(attributes: Attributes) -> bool:
    """Whether an element holds the number or the bullet of an item, which a list has by itself."""
    style = attributes.get("style")
    return bool(style) and "mso-list" in (style or "") and bool(_MARK.search(style or ""))


def word_item(builder: Builder, element: Element, attributes: Attributes) -> Finish | None:
    """Open a paragraph that is an item of a list; `None` for any other."""
    found = _ITEM.search(attributes.get("style") or "")
    if found is None or builder.is_full:
        return None
    marks = [text_below(node).strip() for node in below(element) if node.tag == "span" and is_mark(node.attributes)]
    number = _NUMBER.fullmatch(marks[0]) if marks else None
    start = int(number[1]) if number and number[1].isdecimal() else 1
    line, level = builder.line, int(found[1])
    builder.open_flow()

    def finish() -> None:
        blocks = tuple(builder.close_flow().blocks)
        if blocks:
            item = List((ListItem(blocks),), number is not None, start, line=line)
            flow = builder.flow
            follows = flow.word_list is not None and flow.word_list is _last(flow.blocks)
            flow.blocks[:] = _appended(tuple(flow.blocks), item, level - 1) if follows else (*flow.blocks, item)
            flow.word_list = _last(flow.blocks)

    return finish


def _last(blocks: list[Block]) -> Block | None:
    return blocks[-1] if blocks else None


def _appended(blocks: tuple[Block, ...], item: List, level: int) -> tuple[Block, ...]:
    """Return the blocks with an item more: in the list that they end in, `level` lists down where there are so many."""
    last = blocks[-1] if blocks else None
    if not isinstance(last, List):
        return (*blocks, item)
    if level > 0:
        deepest = last.items[-1]
        inner = _appended(deepest.blocks, item, level - 1)
        return (*blocks[:-1], replace(last, items=(*last.items[:-1], replace(deepest, blocks=inner))))
    if last.ordered != item.ordered:
        return (*blocks, item)
    return (*blocks[:-1], replace(last, items=(*last.items, *item.items)))
