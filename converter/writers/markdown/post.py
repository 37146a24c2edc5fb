"""A post -> Markdown: its title, a line about it, its body and its notes."""

import html
import re
from collections.abc import Iterator

from converter import model
from converter.languages.labels import label
from converter.model import Emphasis, Heading, Inline, Link, Note, Paragraph, Post, Text
from converter.model.walk import query
from converter.writers.book import BETWEEN, Entry
from converter.writers.markdown.blocks import indented, write_blocks
from converter.writers.markdown.context import WriteContext
from converter.writers.markdown.front_matter import Value

_BOOLEANS = {"true": True, "false": False}


def line_about(entry: Entry, when: str, section: str, language: str) -> tuple[Inline, ...]:
    """Return who published a post, when, in which section, and the link to its page on the site."""
    parts = credits_of(entry)
    parts += (Text(words) for words in (when, section) if words)
    if entry.page:
        parts.append(Link(entry.page, (Text(label(language, "original")),)))
    return joined(parts)


def credits_of(entry: Entry) -> list[Inline]:
    """Return the names of a byline, linked where they have a page."""
    return [Link(credit.url, (Text(credit.name),)) if credit.url else Text(credit.name) for credit in entry.byline]


def joined(parts: list[Inline]) -> tuple[Inline, ...]:
    """Return parts of a line with a dot between them."""
    return tuple(node for part in parts for node in (Text(BETWEEN), part))[1:]


def opening(
    title: str, subtitle: str, level: int, anchor: str, about: tuple[Inline, ...], context: WriteContext
) -> str:
    """Return what stands above the body of a post. `anchor` is empty where readers derive it."""
    blocks: list[model.Block] = [Heading(level, (Text(title),), anchor)]
    if subtitle:
        blocks.append(Paragraph((Emphasis((Text(subtitle),)),)))
    written = write_blocks(blocks, context)
    if not about:
        return written
    line = write_blocks((Paragraph(about),), context)
    if context.dialect.callout:
        line = f"> [!{context.dialect.callout}]\n> {line}"
    return f"{written}\n\n{line}"


def notes_of(notes: tuple[Note, ...], context: WriteContext) -> str:
    """Return the definitions of notes, which belong at the end of a file."""
    return "\n\n".join(_note(note, context) for note in notes)


def _note(note: Note, context: WriteContext) -> str:
    written = write_blocks(note.blocks, context)
    if not context.dialect.notes:
        mark = f"{note.id}. "
        return f'{mark}<a id="note-{note.id}"></a>{indented(written, len(mark))}'
    if note.blocks and not isinstance(note.blocks[0], Paragraph):
        return f"[^{note.id}]:\n    {indented(written, 4)}"
    return f"[^{note.id}]: {indented(written, 4)}"


def metadata_of(post: Post) -> dict[str, Value]:
    """Return the front matter of a post, under the keys that the converter and Jekyll read."""
    metadata = post.metadata
    source = metadata.source
    return {
        "title": _printed(metadata.title),
        "subtitle": _printed(metadata.subtitle),
        "author": tuple(map(_printed, metadata.authors)),
        "date": metadata.published,
        "last_modified_at": metadata.updated,
        "lang": metadata.language,
        "categories": tuple(map(_printed, metadata.categories)),
        "tags": tuple(map(_printed, metadata.tags)),
        "summary": _printed(metadata.summary),
        "source": {"name": _printed(source.name), "url": source.url} if source else None,
        "url": metadata.url,
        "slug": metadata.slug,
        "published": False if metadata.hidden else None,
        "draft": True if metadata.draft else None,
        **{key: _BOOLEANS.get(value, value) for key, value in metadata.extra.items()},
    }


def _printed(text: str) -> str:
    """Return text as it must stand in front matter, which sites print into their pages without escaping it."""
    means_more = html.unescape(text) != text or re.search("<[A-Za-z/]", text)
    return html.escape(text, quote=False) if means_more else text


def headings_of(post: Post) -> Iterator[Heading]:
    """Yield the headings of the body in reading order."""
    for block in post.blocks:
        if isinstance(block, Heading):
            yield block
        elif not isinstance(block, Paragraph):
            yield from (node for node in query(block) if isinstance(node, Heading))
