"""A post -> Markdown: its title, a line about it, its body and its notes."""

import html
import re
from collections.abc import Iterator

from msgspec import Struct

from converter import model
from converter.languages.labels import format_date, label
from converter.model import Emphasis, Heading, Inline, Link, Metadata, Note, Paragraph, Post, Text
from converter.model.urls import host_of
from converter.model.walk import query
from converter.writers.markdown.blocks import indented, write_blocks
from converter.writers.markdown.form import Form
from converter.writers.markdown.front_matter import Value

BETWEEN = " · "

_BOOLEANS = {"true": True, "false": False}


class Words(Struct, frozen=True):
    """What the words that the converter adds depend on."""

    language: str
    zone: str
    """The time zone of dates, as an IANA name."""
    author: str = ""
    """The author of all of the site, whom no post need name."""


def line_about(metadata: Metadata, section: str, words: Words) -> tuple[Inline, ...]:
    """Return who published a post, when, in which section, and the link to where it was."""
    parts: list[Inline] = []
    if (source := metadata.source) is not None and (source.name or source.url):
        name = Text(source.name or host_of(source.url) or source.url)
        parts.append(Link(source.url, (name,)) if source.url else name)
    parts += (Text(author) for author in metadata.authors if author != words.author)
    if metadata.published is not None:
        parts.append(Text(format_date(words.language, metadata.published, words.zone)))
    if section:
        parts.append(Text(section))
    if metadata.url:
        parts.append(Link(metadata.url, (Text(label(words.language, "original")),)))
    return joined(parts)


def joined(parts: list[Inline]) -> tuple[Inline, ...]:
    """Return parts of a line with a dot between them."""
    return tuple(node for part in parts for node in (Text(BETWEEN), part))[1:]


def opening(metadata: Metadata, level: int, anchor: str, about: tuple[Inline, ...], form: Form) -> str:
    """Return what stands above the body of a post. `anchor` is empty where readers derive it."""
    blocks: list[model.Block] = [Heading(level, (Text(metadata.title),), anchor)]
    if metadata.subtitle:
        blocks.append(Paragraph((Emphasis((Text(metadata.subtitle),)),)))
    written = write_blocks(blocks, form)
    if not about:
        return written
    line = write_blocks((Paragraph(about),), form)
    if form.dialect.callout:
        line = f"> [!{form.dialect.callout}]\n> {line}"
    return f"{written}\n\n{line}"


def notes_of(notes: tuple[Note, ...], form: Form) -> str:
    """Return the definitions of notes, which belong at the end of a file."""
    return "\n\n".join(_note(note, form) for note in notes)


def _note(note: Note, form: Form) -> str:
    written = write_blocks(note.blocks, form)
    if not form.dialect.notes:
        mark = f"{note.id}. "
        return f'{mark}<a id="note-{note.id}"></a>{indented(written, len(mark))}'
    if note.blocks and not isinstance(note.blocks[0], Paragraph):
        return f"[^{note.id}]:\n    {indented(written, 4)}"
    return f"[^{note.id}]: {indented(written, 4)}"


def header_of(post: Post) -> dict[str, Value]:
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
    """Return text as it must stand in a header, which sites print into their pages without escaping it."""
    means_more = html.unescape(text) != text or re.search("<[A-Za-z/]", text)
    return html.escape(text, quote=False) if means_more else text


def headings_of(post: Post) -> Iterator[Heading]:
    """Yield the headings of the body in reading order."""
    for block in post.blocks:
        if isinstance(block, Heading):
            yield block
        elif not isinstance(block, Paragraph):
            yield from (node for node in query(block) if isinstance(node, Heading))
