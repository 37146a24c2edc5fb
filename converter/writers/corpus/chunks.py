"""A post -> chunks of its text for search and language models: bounded, under their headings, cut between blocks."""

from collections.abc import Iterator, Sequence
from hashlib import sha256

import msgspec
from msgspec import Struct

from converter import model
from converter.languages.unicode import clean
from converter.model import Post
from converter.writers.book import Entry
from converter.writers.corpus.cutting import pieces
from converter.writers.markdown.plain import plain_block, plain_blocks, words_of

MOST = 4
"""How many times the size that is asked for a chunk has at the most, so that a block of that length stays whole."""
GAP = "\n\n"
"""Between two blocks."""
_ESCAPED = {"\u0085": b"\\u0085", "\u2028": b"\\u2028", "\u2029": b"\\u2029"}
"""What may stand in JSON as it is, and ends a line to some programs."""


class Chunk(Struct, frozen=True):
    """A piece of a post."""

    headings: tuple[str, ...]
    """Those that it stands under, the outermost first."""
    text: str
    continues: bool
    """Whether it begins within a block that the chunk before has begun: put together, they are the text."""


class Line(Struct, frozen=True, kw_only=True):
    """A line of the file: a chunk, and what is known of it. The keys are those of docs/corpus.schema.json."""

    id: str
    post: str
    digest: str
    url: str
    title: str
    byline: tuple[str, ...]
    date: str | None
    language: str
    section: str
    headings: tuple[str, ...]
    index: int
    of: int
    chars: int
    continues: bool
    text: str


def lines_of(chunks: Sequence[Chunk], entry: Entry, section: str, digest: str) -> Iterator[bytes]:
    """Yield the lines of a post. They depend on nothing but the post, and where it stands in its digest."""
    for number, chunk in enumerate(chunks, 1):
        content = sha256("\0".join((*chunk.headings, chunk.text)).encode()).hexdigest()
        line = Line(
            id=f"{entry.key}#{number}-{content[:8]}",
            post=entry.key,
            digest=digest,
            url=entry.page or entry.original,
            title=entry.title,
            byline=entry.names,
            date=entry.published.isoformat() if entry.published else None,
            language=entry.language,
            section=section,
            headings=chunk.headings,
            index=number,
            of=len(chunks),
            chars=len(chunk.text),
            continues=chunk.continues,
            text=chunk.text,
        )
        data = msgspec.json.encode(line)
        for character, escaped in _ESCAPED.items():
            data = data.replace(character.encode(), escaped)
        yield data + b"\n"


class _Run(Struct, frozen=True):
    """The blocks of a post below its headings: what one chunk never has more than one of."""

    path: tuple[str, ...]
    headings: int
    """How many of the texts are headings; the others follow them."""
    texts: tuple[str, ...]


def chunks_of(post: Post, size: int) -> tuple[Chunk, ...]:
    """Return the chunks of a post, of `size` characters where blocks are short, and never of more than four times that.

    A chunk ends between blocks; within one that is too long by itself, where a line, a sentence, a word or a character
    does, the first of these that serves. Headings stand in the text where they stand in the post.
    """
    return tuple(chunk for run in _runs(post) for chunk in _chunks(run, size))


def _runs(post: Post) -> Iterator[_Run]:
    """Yield the texts of a post, divided before headings; a heading without text of its own goes on to the next one."""
    path: dict[int, str] = {}
    texts: list[str] = []
    headings = 0
    for block in post.blocks:
        text = clean(plain_block(block)).strip("\n")
        if not text.strip():
            continue
        if isinstance(block, model.Heading):
            if len(texts) > headings:
                yield _Run(tuple(path.values()), headings, tuple(texts))
                texts, headings = [], 0
            path = {level: title for level, title in path.items() if level < block.level}
            path[block.level] = clean(words_of(block.children)).strip()
            headings += 1
        texts.append(text)
    yield _Run(tuple(path.values()), headings, tuple(texts))
    notes = (f"[{note.id}] {clean(plain_blocks(note.blocks))}" for note in post.notes)
    yield _Run((), 0, tuple(notes))


def _chunks(run: _Run, size: int) -> Iterator[Chunk]:
    """Yield the chunks of a run. A heading stands with what follows it, as far as there is room."""
    most = MOST * size
    held, continues = "", False
    for number, text in enumerate(run.texts):
        limit = most if number <= run.headings else size
        for place, piece in enumerate(pieces(text, size, most)):
            if held and (place or len(held) + len(GAP) + len(piece) > limit):
                yield Chunk(run.path, held, continues)
                held, continues = "", place > 0
            held = f"{held}{GAP}{piece}" if held else piece
    if held:
        yield Chunk(run.path, held, continues)
