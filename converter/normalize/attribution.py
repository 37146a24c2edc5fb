"""Lines that say who published the post first become `metadata.source`."""

import re

from msgspec.structs import replace

from converter.diagnostics import Code, Diagnostic, Warn
from converter.model import Block, Link, Paragraph, Post, Site, Source, Text
from converter.model.walk import query, text_of
from converter.normalize.navigation import without_navigation

_NAMED = re.compile(
    r"[（(【\[\s—–-]*(?:(?:文章|新闻|新聞|稿件|稿源|信息|本文|内容|原文|转载|轉載)?[ ]?"
    r"(?:来源|來源|出处|出處|源自|转自|轉自|转载自|摘自)"
    r"|(?:original )?source|originally published (?:at|by|in|on)|出典|元記事|引用元|출처|المصدر)"
    r"\s*(?:[:：]|(?<=自))\s*(?P<name>[^\n]{1,60}?)[）)】\]\s。.]*",
    re.IGNORECASE,
)
_URL = re.compile(r"https?://\S+")


def find_source(post: Post, _site: Site, warn: Warn) -> Post:
    """Move the line of the source, and a URL that stands alone at the end, into the metadata."""
    body = without_navigation(post.blocks)
    url_line = body[-1] if len(body) > 1 and _url(body[-1]) else None
    rest = body[:-1] if url_line else body
    named = next((block for block in (*rest[:-4:-1], *rest[:2]) if len(rest) > 1 and _named(block)), None)
    if url_line and not named and len(body) == len(post.blocks):
        # Nothing says that the URL is more than the last word of the text.
        url_line = None
    moved = [block for block in (named, url_line) if block]
    if not moved:
        return post
    for block in moved:
        code, words = Code.SOURCE_MOVED, text_of(block)
        message = f"'{words}' was taken for the source of the post and moved to its head"
        hint = "if it belongs to the text, write a sentence around it"
        # The name goes on to stand in the book; the words around it, and a URL, do not.
        gone = words.replace(_named(block), "", 1)
        warn(Diagnostic(code=code, message=message, file=post.path, line=block.line, hint=hint, removed=gone))
    found = _source(named, url_line, post.metadata.source or Source())
    blocks = tuple(block for block in post.blocks if not any(block is one for one in moved))
    return replace(post, blocks=blocks, metadata=replace(post.metadata, source=found))


def _source(named: Block | None, url_line: Block | None, known: Source) -> Source:
    name = _named(named) if named else ""
    links = [node.href for node in query(named) if isinstance(node, Link)] if named else []
    url = _url(url_line) if url_line else next(iter(links), "")
    return Source(known.name or name, known.url or url)


def _named(block: Block) -> str:
    """Return the name in a line that says no more than where the post comes from."""
    if not isinstance(block, Paragraph):
        return ""
    found = _NAMED.fullmatch(text_of(block))
    return found["name"] if found else ""


def _url(block: Block) -> str:
    """Return the URL that a paragraph consists of."""
    match block:
        case Paragraph((Link(href) as link,)) if text_of(link) in {href, href.partition("://")[2]}:
            return href
        case Paragraph((Text(value),)) if _URL.fullmatch(value):
            return value
        case _:
            return ""
