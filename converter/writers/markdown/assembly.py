"""Joins the Markdown of posts into the files of a digest."""

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from converter.languages.labels import label
from converter.model import (
    Block,
    Heading,
    Inline,
    Link,
    List,
    ListItem,
    Paragraph,
    Post,
    Span,
    Text,
)
from converter.writers.book import Book, Entry, SectionPlan
from converter.writers.markdown.blocks import write_blocks
from converter.writers.markdown.context import WriteContext
from converter.writers.markdown.front_matter import Value, front_matter
from converter.writers.markdown.plan import Outline
from converter.writers.markdown.post import joined, metadata_of


class RenderedPost(Struct, frozen=True):
    """What a part became."""

    key: str
    file: str
    """The name of its own file; empty where it shares one."""
    text: str
    notes: str
    """The definitions of its notes, which belong at the end of its file."""


def single_file(
    book: Book, outline: Outline, rendered: Sequence[RenderedPost], context: WriteContext, *, metadata: bool
) -> str:
    """Return the digest as one file: title, contents, sections, posts, notes. `metadata` asks for front matter."""
    pieces: list[str] = []
    if not book.is_lone:
        links = {key: f"#{anchors.title}" for key, anchors in outline.posts.items()}
        pieces.append(write_blocks((*_title(book), *_contents(book, outline, links)), context))
    texts = {post.key: post.text for post in rendered}
    explicit = context.dialect.anchors in ("attribute", "element")
    for section, anchor in zip(book.sections, outline.sections, strict=True):
        if section.title:
            pieces.append(write_blocks((Heading(2, (Text(section.title),), anchor if explicit else ""),), context))
        pieces += (texts[entry.key] for entry in section.entries)
    pieces += (post.notes for post in rendered)
    return _file(metadata_of(book.digest.posts[0]) if book.is_lone else _metadata(book), pieces, metadata=metadata)


def index_file(book: Book, rendered: Sequence[RenderedPost], context: WriteContext, *, metadata: bool) -> str:
    """Return the index of a digest whose posts are files in a folder."""
    links = {post.key: f"{book.digest.key}/{post.file}" for post in rendered}
    blocks: list[Block] = [*_title(book)]
    for section in book.sections:
        if section.title:
            blocks.append(Heading(2, (Text(section.title),)))
        blocks.append(_list(section, links, book))
    return _file(_metadata(book), [write_blocks(blocks, context)], metadata=metadata)


def post_file(post: Post, rendered: RenderedPost, *, metadata: bool) -> str:
    """Return a post as a file of its own."""
    return _file(metadata_of(post), [rendered.text, rendered.notes], metadata=metadata)


def _file(values: dict[str, Value], pieces: Sequence[str], *, metadata: bool) -> str:
    """Return a file. Where a site generator would take something in it for its template language, it is told not to."""
    text = "\n\n".join(filter(None, pieces)) + "\n"
    if not metadata:
        return text
    liquid: dict[str, Value] = {"render_with_liquid": False} if re.search(r"\{[{%]", text) else {}
    return f"{front_matter(values | liquid)}\n\n{text}"


def _metadata(book: Book) -> dict[str, Value]:
    """Return the front matter of a digest."""
    digest = book.digest
    first, last = digest.period.first, digest.period.last
    return {
        "title": book.title,
        "date": digest.updated if digest.is_dated else None,
        "revision": digest.revision if digest.revision > 1 else None,
        "language": book.language,
        "period": f"{first.isoformat()}/{last.isoformat()}" if first and last else "",
        "sources": tuple({"name": source.name, "url": source.url} for source in book.sources),
        "license": book.license,
    }


def _title(book: Book) -> tuple[Block, ...]:
    parts: list[Inline] = [Text(words) for words in (book.dateline, book.count) if words and words not in book.title]
    return Heading(1, (Text(book.title),)), Paragraph(joined(parts))


def _contents(book: Book, outline: Outline, links: Mapping[str, str]) -> tuple[Block, ...]:
    heading = Heading(2, (Text(label(book.language, "contents")),))
    if not book.has_sections:
        return heading, List(tuple(item for section in book.sections for item in _list(section, links, book).items))
    items = (
        ListItem((Paragraph((Link(f"#{anchor}", (Text(section.title),)),)), _list(section, links, book)))
        if section.title
        else ListItem((_list(section, links, book),))
        for section, anchor in zip(book.sections, outline.sections, strict=True)
    )
    return heading, List(tuple(items))


def _list(section: SectionPlan, links: Mapping[str, str], book: Book) -> List:
    return List(tuple(ListItem((Paragraph(_line(entry, links[entry.key], book)),)) for entry in section.entries))


def _line(entry: Entry, url: str, book: Book) -> tuple[Inline, ...]:
    """Return a line of the contents: a title, and beside it the byline and the day."""
    title: Inline = Text(entry.title)
    if entry.direction != book.direction:
        # What follows would be drawn in the middle of the title.
        title = Span((title,), entry.language, entry.direction)
    return joined([Link(url, (title,)), *(Text(words) for words in (*entry.names, entry.when) if words)])
