"""A digest -> `llms.txt`, which lists its posts (llmstxt.org), and its whole text in parts."""

from collections.abc import Iterator, Mapping, Sequence

from converter.languages.labels import label
from converter.model import Block, Heading, Link, List, ListItem, Paragraph, Quote, Text
from converter.writers.book import BETWEEN, Book, SectionPlan
from converter.writers.corpus.cutting import LEVELS, packed, paragraphs
from converter.writers.markdown.assembly import RenderedPost
from converter.writers.markdown.blocks import write_blocks
from converter.writers.markdown.context import WriteContext

WHOLE = "llms-full.txt"
"""The whole text, or its first part."""
_TITLE = 200
"""Characters of the title that stand above each part of the whole text."""


def index_of(book: Book, files: Mapping[str, str], whole: Sequence[str]) -> str:
    """Return `llms.txt`: a title, a line about the book, links to `whole`, and the posts by section."""
    about = BETWEEN.join(filter(None, (book.count, book.dateline)))
    blocks: list[Block] = [Heading(1, (Text(book.title),)), Quote((Paragraph((Text(about),)),))]
    if book.description:
        blocks.append(Paragraph((Text(book.description),)))
    blocks.append(List(tuple(ListItem((Paragraph((Link(name, (Text(name),)),)),)) for name in whole)))
    for section in book.sections:
        blocks.append(Heading(2, (Text(section.title or label(book.language, "contents")),)))
        blocks.append(List(tuple(_items(section, files))))
    return write_blocks(blocks, WriteContext()) + "\n"


def _items(section: SectionPlan, files: Mapping[str, str]) -> Iterator[ListItem]:
    for entry in section.entries:
        link = Link(files[entry.key], (Text(entry.title),))
        yield ListItem((Paragraph((link, Text(f": {entry.lead}")) if entry.lead else (link,)),))


def whole_texts(book: Book, posts: Sequence[RenderedPost], most: int) -> list[str]:
    """Return the Markdown of all posts in parts of at most so many characters, each under the title of the book.

    A part ends between posts; within one that is too long by itself, between paragraphs.
    """
    title = book.title[:_TITLE]
    room = most - len(f"# {title} (99999/99999)\n\n\n")
    texts = ("\n\n".join(filter(None, (post.text, post.notes))) + "\n\n" for post in posts)
    found = packed(texts, room, room, (paragraphs, *LEVELS))
    many = len(found) > 1
    return [
        f"# {title}{f' ({number}/{len(found)})' if many else ''}\n\n{text.rstrip()}\n"
        for number, text in enumerate(found, 1)
    ]
