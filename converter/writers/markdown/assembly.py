"""Joins the Markdown of posts into the files of a digest."""

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from converter.languages.labels import format_date, format_period, label
from converter.model import (
    Block,
    Digest,
    Heading,
    Inline,
    Link,
    List,
    ListItem,
    Paragraph,
    Post,
    Section,
    Span,
    Text,
    direction_of,
)
from converter.writers.markdown.blocks import write_blocks
from converter.writers.markdown.form import Form
from converter.writers.markdown.front_matter import Value, front_matter
from converter.writers.markdown.plan import Outline
from converter.writers.markdown.post import header_of, joined


class RenderedPost(Struct, frozen=True):
    """What a part became."""

    key: str
    file: str
    """The name of its own file; empty where it shares one."""
    text: str
    notes: str
    """The definitions of its notes, which belong at the end of its file."""


def single_file(digest: Digest, outline: Outline, rendered: Sequence[RenderedPost], form: Form, *, header: bool) -> str:
    """Return the digest as one file: title, contents, sections, posts, notes. `header` asks for front matter."""
    pieces: list[str] = []
    if digest.alone is None:
        links = {key: f"#{anchors.title}" for key, anchors in outline.posts.items()}
        pieces.append(write_blocks((*_title(digest), *_contents(digest, outline, links)), form))
    texts = {post.key: post.text for post in rendered}
    explicit = form.dialect.anchors in ("attribute", "element")
    for section, anchor in zip(digest.sections, outline.sections, strict=True):
        if section.title:
            pieces.append(write_blocks((Heading(2, (Text(section.title),), anchor if explicit else ""),), form))
        pieces += (texts[post.key] for post in section.posts)
    pieces += (post.notes for post in rendered)
    return _file(header_of(digest.posts[0]) if digest.alone is not None else _header(digest), pieces, header=header)


def index_file(digest: Digest, rendered: Sequence[RenderedPost], form: Form, *, header: bool) -> str:
    """Return the index of a digest whose posts are files in a folder."""
    links = {post.key: f"{digest.key}/{post.file}" for post in rendered}
    blocks: list[Block] = [*_title(digest)]
    for section in digest.sections:
        if section.title:
            blocks.append(Heading(2, (Text(section.title),)))
        blocks.append(_list(section, links, digest))
    return _file(_header(digest), [write_blocks(blocks, form)], header=header)


def post_file(post: Post, rendered: RenderedPost, *, header: bool) -> str:
    """Return a post as a file of its own."""
    return _file(header_of(post), [rendered.text, rendered.notes], header=header)


def _file(values: dict[str, Value], pieces: Sequence[str], *, header: bool) -> str:
    """Return a file. Where a site generator would take something in it for its template language, it is told not to."""
    text = "\n\n".join(filter(None, pieces)) + "\n"
    if not header:
        return text
    liquid: dict[str, Value] = {"render_with_liquid": False} if re.search(r"\{[{%]", text) else {}
    return f"{front_matter(values | liquid)}\n\n{text}"


def _header(digest: Digest) -> dict[str, Value]:
    """Return the front matter of a digest."""
    first, last = digest.period.first, digest.period.last
    return {
        "title": digest.title,
        "date": digest.updated if digest.is_dated else None,
        "language": digest.language,
        "period": f"{first.isoformat()}/{last.isoformat()}" if first and last else "",
        "sources": tuple(_sources(digest)),
        "license": digest.site.license,
    }


def _sources(digest: Digest) -> Iterator[dict[str, str]]:
    """Yield each source once, in the order of its first post."""
    seen = set()
    for post in digest.posts:
        source = post.metadata.source
        if source is not None and source.name not in seen:
            seen.add(source.name)
            yield {"name": source.name, "url": source.url}


def _title(digest: Digest) -> tuple[Block, ...]:
    count = label(digest.language, "posts", len(digest.posts))
    period = format_period(digest.language, digest.period.kind, digest.period.first)
    parts: list[Inline] = [Text(words) for words in (period, count) if words and words not in digest.title]
    return Heading(1, (Text(digest.title),)), Paragraph(joined(parts))


def _contents(digest: Digest, outline: Outline, links: Mapping[str, str]) -> tuple[Block, ...]:
    heading = Heading(2, (Text(label(digest.language, "contents")),))
    if not digest.has_sections:
        return heading, List(tuple(item for s in digest.sections for item in _list(s, links, digest).items))
    items = (
        ListItem((Paragraph((Link(f"#{anchor}", (Text(section.title),)),)), _list(section, links, digest)))
        if section.title
        else ListItem((_list(section, links, digest),))
        for section, anchor in zip(digest.sections, outline.sections, strict=True)
    )
    return heading, List(tuple(items))


def _list(section: Section, links: Mapping[str, str], digest: Digest) -> List:
    return List(tuple(ListItem((Paragraph(_entry(post, links[post.key], digest)),)) for post in section.posts))


def _entry(post: Post, address: str, digest: Digest) -> tuple[Inline, ...]:
    """Return a line of the contents: a title, and small beside it the source and the day."""
    title: Inline = Text(post.metadata.title)
    direction = direction_of(post.metadata.language or digest.language)
    if direction != direction_of(digest.language):
        # What follows would be drawn in the middle of the title.
        title = Span((title,), post.metadata.language, direction)
    parts: list[Inline] = [Link(address, (title,))]
    if post.metadata.source and post.metadata.source.name:
        parts.append(Text(post.metadata.source.name))
    if post.metadata.published:
        parts.append(Text(format_date(digest.language, post.metadata.published, digest.site.timezone)))
    return joined(parts)
