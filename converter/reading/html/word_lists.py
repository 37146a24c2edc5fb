"""Lists as Word writes them, paragraphs with a mark and a level or a margin in their style -> lists."""

import re

from converter.model import List, ListItem
from converter.reading.html.builder import Builder, Finish
from converter.reading.html.elements import TEXT, Attributes, Element, below, text_below
from converter.reading.html.list_levels import append_list

_ITEM = re.compile(r"mso-list\s*:\s*l\d+\s+level(\d)", re.IGNORECASE)
_MARK = re.compile(r"mso-list\s*:\s*ignore", re.IGNORECASE)
_NUMBER = re.compile(r"[(（]?(\d{1,6}|[A-Za-z]{1,5})[.)、）]")
_BULLET = re.compile(r"[·•●○■□◆◇▪▫§ØüvlnuoqÜð–-]")
"""Bullets, some of them as letters in fonts of signs."""
_GAP = re.compile(r"[\xa0\s]*\xa0[\xa0\s]*")
_MARGIN = re.compile(r"margin(?:-left\s*:\s*|\s*:(?:\s*[\w.]+){3}\s+)(\d{0,4}\.?\d{1,4})(pt|in|cm|px)", re.IGNORECASE)
_POINTS = {"pt": 1.0, "in": 72.0, "cm": 28.35, "px": 0.75}


def is_mark(attributes: Attributes) -> bool:
    """Whether an element holds the number or the bullet of an item, which a list has by itself."""
    style = attributes.get("style")
    return bool(style) and "mso-list" in (style or "") and bool(_MARK.search(style or ""))


def word_item(builder: Builder, element: Element, attributes: Attributes) -> Finish | None:
    """Open a paragraph that is an item of a list; `None` for any other."""
    style = attributes.get("style") or ""
    found = _ITEM.search(style) if "mso-list" in style else None
    if found is not None:
        marks = [text_below(node).strip() for node in below(element) if node.tag == "span" and is_mark(node.attributes)]
        mark, level = marks[0] if marks else "", int(found[1])
    elif "msolistparagraph" in (attributes.get("class") or "").lower() and (mark := _written_mark(builder, element)):
        level = _level_of_margin(builder, style)
    else:
        return None
    if builder.is_full:
        return None
    number = _NUMBER.fullmatch(mark)
    start = int(number[1]) if number and number[1].isdecimal() else 1
    line = builder.line
    builder.open_flow()

    def finish() -> None:
        blocks = tuple(builder.close_flow().blocks)
        if blocks:
            append_list(builder, List((ListItem(blocks),), number is not None, start, line=line), level - 1)

    return finish


def _written_mark(builder: Builder, element: Element) -> str:
    """Return the bullet or number that a paragraph begins with, before a gap of its own, and have both passed over."""
    texts = (node for node in below(element) if node.tag == TEXT and text_below(node).strip(" \t\r\n"))
    first, second = next(texts, None), next(texts, None)
    if first is None or second is None or not _GAP.fullmatch(text_below(second)):
        return ""
    mark = text_below(first).strip()
    if not _BULLET.fullmatch(mark) and not _NUMBER.fullmatch(mark):
        return ""
    builder.passed_over |= {first.mem_id, second.mem_id}
    return mark


def _level_of_margin(builder: Builder, style: str) -> int:
    """Return the level of an item by how far it is indented, beside those before it in its list."""
    found = _MARGIN.search(style)
    margin = float(found[1]) * _POINTS[found[2].lower()] if found else 36.0  # that of the style "List Paragraph"
    flow = builder.flow
    builder.end_run()
    if not builder.is_leveled:
        flow.margins = []
    flow.margins = [one for one in flow.margins if one < margin] + [margin]
    return len(flow.margins)
