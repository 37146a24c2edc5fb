"""Images that stand alone become figures, with the line under them as caption."""

import re

from msgspec.structs import replace

from converter.diagnostics import Warn
from converter.model import Anchor, Block, Emphasis, Figure, Image, Inline, LineBreak, Link, Paragraph, Post, Site, Text
from converter.model.walk import query, text_of
from converter.normalize.lines import Line, rewrite_flows

_CAPTION = re.compile(
    r"[（(▲△▼↑\s]*(?:(?:图片|圖片|图|圖|资料图?|數據|数据|照片|截图|视频截图)\s*(?:来源|來源)?\s*[:：/]"
    r"|图\s*\d+|圖\s*\d+|图表\s*\d|(?:fig(?:ure)?\.?|photo(?: by)?|image|source|credit)\s*\d*\s*[:：.]"
    r"|写真\s*[:：]|図\s*\d+|사진\s*[:：]|그림\s*\d+).*",
    re.IGNORECASE | re.DOTALL,
)
_MAX_CAPTION = 120
"""Characters."""


def find_figures(post: Post, _site: Site, _warn: Warn) -> Post:
    """Make figures of paragraphs that hold nothing but images, and give them the caption that follows."""
    return rewrite_flows(post, _figures)


def _figures(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    found: list[Block] = []
    for block in blocks:
        figure = _figure(block) if isinstance(block, Paragraph) else None
        last = found[-1] if found else None
        if figure is not None:
            found.append(figure)
        elif (
            isinstance(last, Figure) and not last.caption and isinstance(block, Paragraph) and (line := _caption(block))
        ):
            found[-1] = replace(last, caption=line)
        else:
            found.append(block)
    return tuple(found) if any(new is not old for new, old in zip(found, blocks, strict=False)) else blocks


def _figure(block: Paragraph) -> Figure | None:
    """Return the figure that a paragraph is: images, and at most one line of emphasis under them."""
    images: list[Inline] = []
    caption: Line = ()
    for child in block.children:
        match child:
            case Anchor() | Image() | Link(children=(Image(),)) if not caption:
                images.append(child)
            case Emphasis(children) if images and not caption and not _has_image(children):
                caption = children
            case LineBreak():
                continue
            case Text(value) if not value.strip():
                continue
            case _:
                return None
    is_figure = any(not isinstance(image, Anchor) for image in images)
    return Figure(tuple(images), caption, line=block.line) if is_figure else None


def _caption(block: Paragraph) -> Line:
    """Return the caption that a paragraph behind an image is; nothing for one that is text."""
    words = text_of(block)
    if len(words) > _MAX_CAPTION or _has_image(block.children):
        return ()
    match block.children:
        case (*anchors, Emphasis(children)) if all(isinstance(child, Anchor) for child in anchors):
            return (*anchors, *children)
        case children if _CAPTION.fullmatch(words):
            return children
        case _:
            return ()


def _has_image(line: Line) -> bool:
    return any(isinstance(node, Image) for node in query(line))
