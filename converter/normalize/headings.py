"""Headings: bold paragraphs that act as headings, the repeated title, levels without gaps, ids."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import groupby

from msgspec.structs import replace

from converter.diagnostics import Code, Diagnostic, Warn
from converter.languages.letters import HAN, HANGUL, KANA
from converter.model import Anchor, Block, Heading, Inline, Paragraph, Post, Site, Strong, Text
from converter.model.walk import query, text_of, walk
from converter.normalize.emphasis import merged

_MAX_HAN, _MAX_LATIN = 40, 90
"""Characters of a line that may still be a heading."""
_HAN = re.compile(f"[{KANA}{HAN}{HANGUL}]")
_SENTENCE_END = re.compile(r"[。．；;，,、：:…]$|[^\s\d]\.$|[。；](?=.)")
_CAPTION = re.compile(
    r"[▲△▼↑（(]?\s*(?:图|圖|表|资料|資料|数据|數據|来源|來源|摄影|图片|圖片|供图)\s*(?:片)?\s*(?:来源|來源|[:：/]|\d)"
)
_NUMBERED = re.compile(r"\s*(?:第|[(（\[【]?[0-9０-９一二三四五六七八九十IVX]{1,4}[)）\]】.、．:：\s])")
_NUMBER = re.compile(r"[(（\[【]?[0-9０-９一二三四五六七八九十]{1,3}[)）\]】.、．]?")


def find_headings(post: Post, _site: Site, _warn: Warn) -> Post:
    """Make headings of paragraphs that are short, bold throughout, no sentence, and followed by text."""
    blocks = list(post.blocks)
    bold = [_bold_line(block) if isinstance(block, Paragraph) else () for block in blocks[:-1]]
    verses = {index for run in _runs(bold) if _is_verse(run, blocks) for index in run}
    level = 1
    for index, (block, line) in enumerate(zip(blocks, bold, strict=False)):
        if isinstance(block, Heading):
            level = block.level
        elif line and index not in verses:
            blocks[index] = Heading(min(level + 1, 6), merged(line), line=block.line)
    blocks = list(_numbers_joined(blocks))
    return replace(post, blocks=tuple(blocks)) if tuple(blocks) != post.blocks else post


def _runs(bold: list[tuple[Inline, ...]]) -> Iterator[range]:
    """Yield the places of bold lines that follow each other."""
    places = [index for index, line in enumerate(bold) if line]
    for _, run in groupby(enumerate(places), key=lambda pair: pair[1] - pair[0]):
        found = [place for _, place in run]
        yield range(found[0], found[-1] + 1)


def _is_numbered(words: str) -> bool:
    return bool(_NUMBERED.match(words) or _NUMBER.fullmatch(words.strip()))


def _is_verse(run: range, blocks: list[Block]) -> bool:
    """Whether three bold lines or more in a row are text that is bold, and no headings: they have nothing under them.

    Numbers tell that lines are headings of several levels.
    """
    return len(run) > 2 and not any(_is_numbered(text_of(blocks[index])) for index in run)


def _bold_line(block: Paragraph) -> tuple[Inline, ...]:
    """Return what a paragraph says that acts as a heading; nothing for one that does not."""
    line: list[Inline] = []
    for child in block.children:
        match child:
            case Strong(children):
                line += children
            case Text(value) if not value.strip() or (_NUMBER.fullmatch(value.strip()) and not line):
                line.append(child)
            case Anchor():
                line.append(child)
            case _:
                return ()
    words = text_of(tuple(line)).strip()
    longest = _MAX_HAN if _HAN.search(words) else _MAX_LATIN
    if not 0 < len(words) <= longest or _SENTENCE_END.search(words) or _CAPTION.match(words):
        return ()
    return tuple(line) if any(isinstance(child, Strong) for child in block.children) else ()


def _numbers_joined(blocks: list[Block]) -> Iterator[Block]:
    """Yield the blocks with headings that are only a number joined to the heading behind them."""
    number: Heading | None = None
    for block in blocks:
        if number is not None and isinstance(block, Heading):
            block = replace(block, children=merged((*number.children, Text(" "), *block.children)), line=number.line)
        elif number is not None:
            yield number
        number = None
        if isinstance(block, Heading) and _NUMBER.fullmatch(text_of(block).strip()):
            number = block
        else:
            yield block
    if number is not None:
        yield number


def drop_repeated_title(post: Post, _site: Site, warn: Warn) -> Post:
    """Drop a first heading that says what the title says."""
    for index, block in enumerate(post.blocks[:3]):
        if isinstance(block, Heading) and _same(text_of(block), post.metadata.title):
            message = f"the heading '{text_of(block)}' repeats the title and was left out"
            hint = "delete the heading: the site shows the title above the post"
            gone = text_of(block)
            code = Code.TITLE_REPEATED
            warn(Diagnostic(code=code, message=message, file=post.path, line=block.line, hint=hint, removed=gone))
            return replace(post, blocks=post.blocks[:index] + post.blocks[index + 1 :])
    return post


def _same(left: str, right: str) -> bool:
    return re.sub(r"[\W_]+", "", left).casefold() == re.sub(r"[\W_]+", "", right).casefold() != ""


def close_level_gaps(post: Post, _site: Site, _warn: Warn) -> Post:
    """Number the levels from 2 without gaps: the title is level 1, and no level is skipped on the way down."""
    found = [node for node in query(post) if isinstance(node, Heading)]
    if not found:
        return post
    levels: dict[int, int] = {}
    open_levels: list[int] = []
    for index, heading in enumerate(found):
        while open_levels and open_levels[-1] >= heading.level:
            open_levels.pop()
        open_levels.append(heading.level)
        levels[index] = min(len(open_levels) + 1, 6)
    numbered = iter(levels.values())

    def rewrite(node: Inline | Block) -> Inline | Block:
        if not isinstance(node, Heading):
            return node
        level = next(numbered)
        return node if level == node.level else replace(node, level=level)

    return walk(post, rewrite)


def name_headings(post: Post, _site: Site, _warn: Warn) -> Post:
    """Give every heading an id that no other has, made of its words as kramdown and GitHub make it.

    Of anchors with the same id the first stays: it is the one that browsers go to.
    """
    taken: set[str] = set()
    counts: Counter[str] = Counter()

    def rewrite(node: Inline | Block) -> Inline | Block | tuple[Inline, ...]:
        if isinstance(node, Anchor):
            repeated = node.id in taken
            taken.add(node.id)
            return () if repeated else node
        if not isinstance(node, Heading):
            return node
        name = node.id or slug(text_of(node))
        unique = name
        while unique in taken:
            counts[name] += 1
            unique = f"{name}-{counts[name]}"
        taken.add(unique)
        return node if unique == node.id else replace(node, id=unique)

    return walk(post, rewrite)


def slug(words: str) -> str:
    """Return the id that kramdown's GFM parser and GitHub give a heading."""
    return re.sub(r"[^\w\- ]", "", words.strip().lower()).replace(" ", "-") or "section"
