"""The corpus writer: a digest for language models and search, as chunks, as whole text, and as a file for each post."""

from collections.abc import Iterator
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta, Struct

from converter.diagnostics import Code, SourceError, Warn
from converter.model import Digest, Post
from converter.storage.fingerprint import code_fingerprint
from converter.themes import Theme
from converter.writers import File, Results
from converter.writers.book import Book
from converter.writers.corpus.chunks import GAP, Chunk, Line, chunks_of, lines_of
from converter.writers.corpus.index import WHOLE, index_of, whole_texts
from converter.writers.markdown.assembly import RenderedPost, post_file
from converter.writers.markdown.dialects import DIALECTS
from converter.writers.markdown.plan import MarkdownPart, plan_folder
from converter.writers.markdown.references import AbsentImages, placed
from converter.writers.markdown.writer import PACKAGES as OF_MARKDOWN
from converter.writers.markdown.writer import MarkdownWriter

PACKAGES = (*OF_MARKDOWN, "wcwidth")
"""Libraries that files depend on."""
FOLDER = "llms"
"""Where the files of posts are, beside `llms.txt`: the folder of the digest may have those of the Markdown writer."""
_MARKDOWN = MarkdownWriter(missing_images="words")
_EXCLUDED = ("false", "no", "off", "0")
"""What the key `llms` of the front matter says of a post that is not for language models."""


class RenderedChunks(Struct, frozen=True):
    """What a post became."""

    markdown: RenderedPost
    chunks: tuple[Chunk, ...]


class CorpusWriter(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The options of a corpus: the table `[output.corpus]`."""

    suffix: ClassVar[str] = ".jsonl"
    is_quick: ClassVar[bool] = True

    chunk_chars: Annotated[int, Meta(ge=100, le=1_000_000)] = 1500
    """How many characters a chunk has where blocks are short; one with a long block has four times that at the most."""
    max_chars: Annotated[int, Meta(ge=1000)] = 90_000
    """How many characters a part of the whole text has at the most."""

    def takes(self, post: Post) -> bool:
        """Return whether a post may be in a corpus: not with `llms: false` in its front matter."""
        return post.metadata.extra.get("llms", "").strip().lower() not in _EXCLUDED

    def split(self, digest: Digest, theme: Theme) -> tuple[MarkdownPart, ...]:  # noqa: ARG002  # text has no look
        """Return a part for each post."""
        return tuple(plan_folder(Book(digest), DIALECTS[_MARKDOWN.dialect], AbsentImages(missing="words")))

    def render(self, part: MarkdownPart, theme: Theme, warn: Warn) -> RenderedChunks:
        """Return the Markdown and the chunks of a post."""
        markdown = _MARKDOWN.render(part, theme, warn)
        return RenderedChunks(markdown, chunks_of(placed(part.post, part.places), self.chunk_chars))

    def assemble(
        self,
        digest: Digest,
        theme: Theme,  # noqa: ARG002
        rendered: Results[RenderedChunks],
        warn: Warn,  # noqa: ARG002
    ) -> tuple[File, ...]:
        """Return the chunks, `llms.txt`, the whole text and the posts."""
        book, posts = Book(digest), tuple(rendered)
        sections = [section.title for section in book.sections for _ in section.entries]
        rows = zip(posts, book.entries, sections, strict=True)
        lines = b"".join(
            line for one, entry, section in rows for line in lines_of(one.chunks, entry, section, digest.key)
        )
        markdown = [one.markdown for one in posts]
        whole = whole_texts(book, markdown, self.max_chars)
        named = {(WHOLE if number == 1 else f"llms-full-{number}.txt"): text for number, text in enumerate(whole, 1)}
        index = index_of(book, {one.key: f"{FOLDER}/{one.file}" for one in markdown}, tuple(named))
        texts = {"llms.txt": index, **named} | {
            f"{FOLDER}/{one.file}": post_file(post, one, metadata=True)
            for post, one in zip(digest.posts, markdown, strict=True)
        }
        files = (File(f"{digest.key}/{name}", text.encode()) for name, text in texts.items())
        return File(f"{digest.key}{self.suffix}", lines), *files

    def passages(self, file: File) -> Iterator[tuple[str, str]]:
        """Yield the title and the text of each post in the chunks. Raises `SourceError` for what are none."""
        if not file.name.endswith(self.suffix):
            return
        post, title, text = "", "", ""
        for number, data in enumerate(file.data.splitlines(), 1):
            try:
                line = msgspec.json.decode(data, type=Line)
            except msgspec.MsgspecError as error:
                message = f"the words of the file cannot be extracted: this is no chunk: {error}"
                raise SourceError(Code.BOOK_UNREADABLE, message, file=file.name, line=number) from error
            if line.index == 1:
                if post:
                    yield title, text
                post, title, text = line.post, line.title, " ".join(line.byline)
            text += line.text if line.continues else f"{GAP}{line.text}"
        if post:
            yield title, text

    def kind(self) -> type[RenderedChunks]:
        """Return the type of what `render` returns."""
        return RenderedChunks

    def fingerprint(self, theme: Theme) -> str:  # noqa: ARG002
        """Return a hash of the libraries that files depend on."""
        return code_fingerprint(*PACKAGES)
