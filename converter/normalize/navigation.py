"""What leads from a post to other pages of its site is taken off its end: a reader of a book has other ways."""

import re

from msgspec.structs import replace

from converter.diagnostics import Code, Diagnostic, Warn
from converter.model import Block, Inline, LineBreak, Link, List, Paragraph, Post, Site, Text, ThematicBreak
from converter.model.walk import text_of

_WORDS = re.compile(
    r"[\s<>«»‹›←→↑⬅➡|·:：【】\[\]()（）]*(?:"
    r"返回.*|回到(?:首页|主页|目录|顶部|列表).*|回首[页頁]|首页|主页|目录|(?:上|下|前|后|後)[一]?[篇页頁章节則则].*|"
    r"(?:更多|相关|推荐|精彩)(?:文章|内容|阅读|新闻|推荐)?|阅读更多|查看更多.*|点击(?:返回|进入|查看).*|"
    r"(?:go )?back(?: to .*)?|return(?: to .*)?|home(?: ?page)?|index|top|previous(?: .*)?|prev|next(?: .*)?|"
    r"older(?: posts?)?|newer(?: posts?)?|(?:see |view )?all posts|more posts|"
    r"(?:トップ|ホーム|一覧)(?:ページ)?(?:に|へ)?(?:戻る)?|前の(?:記事|ページ)|次の(?:記事|ページ)|戻る|"
    r"(?:이전|다음) ?글|목록|홈으로|"
    r"(?:العودة|عودة|رجوع).*|الصفحة الرئيسية|الرئيسية|(?:المقال|التالي|السابق).*"
    r")[\s<>«»‹›←→↑⬅➡|·【】\[\]()（）]*",
    re.IGNORECASE,
)
_SEPARATORS = re.compile(r"[\s|｜/／·•・,，、\-—–«»‹›<>←→【】\[\]()（）]*")
_MAX_BLOCKS = 6
"""How many blocks at the end may be navigation."""


def remove_navigation(post: Post, _site: Site, warn: Warn) -> Post:
    """Drop blocks at the end that hold nothing but links back, on and home."""
    blocks = without_navigation(post.blocks)
    if blocks is post.blocks:
        return post
    for block in post.blocks[len(blocks) :]:
        if words := " ".join(text_of(block).split()):
            message = f"'{words}' at the end was taken for navigation and left out"
            hint = "if it belongs to the post, put text behind it"
            code = Code.NAVIGATION_REMOVED
            warn(Diagnostic(code=code, message=message, file=post.path, line=block.line, hint=hint, removed=words))
    return replace(post, blocks=blocks)


def without_navigation(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Return the blocks without navigation at the end; a post that is nothing but links keeps them."""
    end = len(blocks)
    while end and len(blocks) - end < _MAX_BLOCKS and _is_navigation(blocks[end - 1]):
        end -= 1
    while 0 < end < len(blocks) and isinstance(blocks[end - 1], ThematicBreak):
        end -= 1
    return blocks[:end] if 0 < end < len(blocks) else blocks


def _is_navigation(block: Block) -> bool:
    match block:
        case Paragraph(children):
            return _is_navigation_line(children)
        case List(items):
            return all(len(item.blocks) == 1 and _is_navigation(item.blocks[0]) for item in items)
        case _:
            return False


def _is_navigation_line(line: tuple[Inline, ...]) -> bool:
    links = 0
    for node in line:
        match node:
            case Link() if _WORDS.fullmatch(" ".join(text_of(node).split())):
                links += 1
            case LineBreak():
                continue
            case Text(value) if _SEPARATORS.fullmatch(value):
                continue
            case _:
                return False
    return links > 0
