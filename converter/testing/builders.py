"""Builds small documents by hand: what a test is about is given, and the rest is there."""

import io
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from PIL import Image as Pillow

from converter.model import (
    Asset,
    Block,
    Cell,
    Code,
    CodeBlock,
    Definition,
    Definitions,
    Digest,
    Emphasis,
    Figure,
    Heading,
    Image,
    Inline,
    LineBreak,
    Link,
    List,
    ListItem,
    Math,
    MathBlock,
    Media,
    Metadata,
    Note,
    NoteReference,
    Paragraph,
    Period,
    PeriodKind,
    Post,
    Quote,
    Row,
    Ruby,
    Section,
    Site,
    Source,
    Span,
    Strikethrough,
    Strong,
    Subscript,
    Superscript,
    Table,
    Text,
    ThematicBreak,
)
from converter.storage.blobs import MemoryBlob

SITE = Site(title="港口新闻", language="zh-CN", timezone="Asia/Shanghai", url="https://news.example.org")
MOMENT = datetime(2024, 5, 13, 8, tzinfo=UTC)
"""When everything here was published."""


def p(*children: Inline | str) -> Paragraph:
    """Return a paragraph; a string is a `Text`."""
    return Paragraph(tuple(Text(child) if isinstance(child, str) else child for child in children))


def a_post(
    key: str,
    *blocks: Block,
    title: str = "",
    language: str = "zh-CN",
    notes: tuple[Note, ...] = (),
    assets: tuple[Asset, ...] = (),
    **metadata: Any,
) -> Post:
    """Return a post; `metadata` are fields of `Metadata`."""
    known = {"published": MOMENT} | metadata
    return Post(
        key=key,
        path=f"_posts/{key}.md",
        metadata=Metadata(title=title or key, language=language, **known),
        blocks=blocks,
        notes=notes,
        assets=assets,
    )


def a_digest(
    *posts: Post, sections: Iterable[Section] = (), key: str = "book", language: str = "zh-CN", site: Site = SITE
) -> Digest:
    """Return a digest of posts in one section without a title, or of sections."""
    return Digest(
        key=key,
        title=site.title,
        period=Period(PeriodKind.NONE),
        language=language,
        site=site,
        updated=MOMENT,
        sections=tuple(sections) or (Section("", posts),),
    )


def an_image(src: str = "quay.png", *, size: tuple[int, int] = (300, 200), mode: str = "RGB") -> Asset:
    """Return an image of one colour, `size` pixels wide and high: a JPEG in CMYK, else a PNG."""
    kind = "JPEG" if mode == "CMYK" else "PNG"
    target = io.BytesIO()
    Pillow.new(mode, size).save(target, kind)
    data = target.getvalue()
    return Asset(
        src=src,
        media_type=f"image/{kind.lower()}",
        size=len(data),
        sha256=sha256(data).hexdigest(),
        width=size[0],
        height=size[1],
        blob=MemoryBlob(data),
    )


def every_node() -> Post:
    """Return a post in Chinese with every node of the model."""
    cell = Cell((p("格"),))
    return a_post(
        "nodes",
        Quote((p("导语在此。"),)),
        Heading(2, (Text("一、行内"),), id="first"),
        p(
            "普通，", Emphasis((Text("着重"),)), "，", Strong((Text("加粗"),)), "，", Strikethrough((Text("删去"),)),
            "，x", Superscript((Text("2"),)), "，H", Subscript((Text("2"),)), "O，", Code("print()"), "，",
            Math(r"E=mc^2"), "，", Link("https://example.org/a", (Text("外链"),)), "，",
            Link("#second", (Strong((Text("内链"),)),)), "，", Link("post:other", (Text("另一篇"),)), "，",
            Ruby((Text("澄"),), "ちょう"), "，", Span((Text("English words"),), lang="en"), "，",
            NoteReference("n1"), LineBreak(), "换行。",
        ),
        Heading(4, (Text("二、块"),), id="second"),
        List((ListItem((p("松的"), p("第二段"))), ListItem((p("另"),))), tight=False),
        List((ListItem((p("甲"), List((ListItem((p("甲一"),)),)))),), ordered=True, start=3),
        List((ListItem((p("做了"),), checked=True), ListItem((p("没做"),), checked=False))),
        CodeBlock("def f():\n    return 1", "python"),
        MathBlock(r"\sum_{i=0}^n x_i"),
        Table(
            rows=(Row((Cell((p("行头"),), header=True), cell, cell)), Row((Cell((p("跨列"),), colspan=2), cell))),
            head=(Row((Cell((p("头"),), header=True, colspan=3),)),),
            alignments=(None, "center", "right"),
            caption=(Text("表题"),),
        ),
        Figure((Image("quay.png", "码头"),), (Text("图题"),)),
        Figure((Link("https://example.org/p", (Image("quay.png", "码头"),)),)),
        p(Image("gone.png", "没有的图")),
        Definitions((Definition(((Text("词"),),), ((p("解释"),),)),)),
        Media("video", "https://example.org/v.mp4", "影片"),
        ThematicBreak(),
        p("最后一段。"),
        title="题目nodes",
        tags=("港口", "标签nodes"),
        source=Source("港口日报", "https://daily.example.org/nodes"),
        notes=(Note("n1", (p("注文", Link("https://example.org/n", (Text("注链"),))),)),),
        assets=(an_image(),),
    )  # fmt: skip
