"""Posts -> text without markup, with separators that never change: for language models and search."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from converter import model
from converter.model import Block, Inline, Post
from converter.model.walk import query
from converter.writers.book import BETWEEN, Book, Entry
from converter.writers.markdown.assembly import RenderedPost
from converter.writers.markdown.flat import lines_of
from converter.writers.markdown.post import line_about

SEPARATOR = "=" * 20
"""The line between two posts. A line of a post that is the same gets a space in front of it."""


def plain_post(post: Post, entry: Entry, when: str, section: str, language: str) -> str:
    """Return a post: title, a line about it with its URL, blocks and notes, with empty lines between."""
    about = words_of(line_about(replace(entry, page=""), when, section, language))
    line = BETWEEN.join(filter(None, (about, entry.page)))
    head = (entry.title, entry.subtitle, line)
    notes = (f"[{note.id}] {plain_blocks(note.blocks)}" for note in post.notes)
    text = "\n\n".join(filter(None, (*head, plain_blocks(post.blocks), *notes)))
    return text.replace(f"\n{SEPARATOR}\n", f"\n {SEPARATOR}\n")


def plain_file(book: Book, rendered: Sequence[RenderedPost]) -> str:
    """Return a digest as one text: its title, then the posts, each after a separator; of a lone post, its text."""
    head = () if book.is_lone else (f"{book.title}\n\n{book.count}",)
    return f"\n\n{SEPARATOR}\n\n".join((*head, *(post.text for post in rendered))) + "\n"


def plain_index(book: Book, rendered: Sequence[RenderedPost]) -> str:
    """Return the index of a digest whose posts are files: a title, a tab and a file a line."""
    titles = {entry.key: entry.title for entry in book.entries}
    lines = (f"{titles[post.key]}\t{book.digest.key}/{post.file}\n" for post in rendered)
    return f"{book.title}\n\n{''.join(lines)}"


def words_of(inlines: tuple[Inline, ...]) -> str:
    """Return the words of a line, with the texts of images and the numbers of notes."""
    return "".join(_words(inlines))


def _words(inlines: tuple[Inline, ...]) -> Iterator[str]:
    for node in query(inlines):
        match node:
            case model.Text(value) | model.Code(value) | model.Math(value) | model.Image(alt=value):
                yield value
            case model.Ruby(reading=reading):
                yield f"({reading})"
            case model.NoteReference(id_):
                yield f"[{id_}]"
            case model.LineBreak():
                yield "\n"
            case _:
                continue


def plain_blocks(blocks: tuple[Block, ...]) -> str:
    """Return the words of blocks, with empty lines between."""
    return "\n\n".join(text for block in blocks if (text := plain_block(block)))


def plain_block(block: Block) -> str:
    """Return the words of a block: an item, a row of a table, a line of code in a line each."""
    match block:
        case model.CodeBlock(text=text) | model.MathBlock(tex=text):
            return text
        case model.Quote(blocks=blocks):
            return plain_blocks(blocks)
        case _:
            return "\n".join(filter(None, map(words_of, lines_of((block,)))))
