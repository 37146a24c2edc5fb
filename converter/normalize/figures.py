"""Pictures that stand alone become figures, with the line under them as caption."""

import re

from msgspec.structs import replace

from converter.diagnostics import Warn
from converter.model import Block, Figure, Image, Inline, LineBreak, Link, Paragraph, Post, Site, Text
from converter.walk import text_of, walk

_CAPTION = re.compile(
    r"[（(▲△▼↑\s]*(?:(?:图片|圖片|图|圖|资料图?|數據|数据|照片|截图|视频截图)\s*(?:来源|來源)?\s*[:：/]"
    r"|图\s*\d+|圖\s*\d+|图表\s*\d|(?:fig(?:ure)?\.?|photo(?: by)?|image|source|credit)\s*\d*\s*[:：.]"
    r"|写真\s*[:：]|図\s*\d+|사진\s*[:：]|그림\s*\d+).{0,80}",
    re.IGNORECASE,
)


def find_figures(post: Post, _site: Site, _warn: Warn) -> Post:
    """Make figures of paragraphs that hold nothing but pictures, and give them the caption that follows."""
    blocks = walk(post, _rewrite)
    return replace(blocks, blocks=_captioned(blocks.blocks))


def _rewrite(node: Inline | Block) -> Inline | Block:
    if isinstance(node, Paragraph) and (pictures := pictures_of(node)):
        return Figure(pictures, line=node.line)
    return node


def _captioned(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    found: list[Block] = []
    for block in blocks:
        last = found[-1] if found else None
        if (
            isinstance(last, Figure)
            and not last.caption
            and isinstance(block, Paragraph)
            and _CAPTION.fullmatch(text_of(block))
        ):
            found[-1] = replace(last, caption=block.children)
        else:
            found.append(block)
    return tuple(found) if len(found) < len(blocks) else blocks


def pictures_of(block: Paragraph) -> tuple[Inline, ...]:
    """Return the pictures of a paragraph that holds nothing else, each alone or in its link; else nothing."""
    found: list[Inline] = []
    for child in block.children:
        match child:
            case Image() | Link(children=(Image(),)):
                found.append(child)
            case LineBreak():
                continue
            case Text(value) if not value.strip():
                continue
            case _:
                return ()
    return tuple(found)
