"""Writes a digest as one UTF-8 text file: the titles, underlined, and the words."""

from collections.abc import Iterator
from itertools import pairwise
from typing import ClassVar

from msgspec import Struct

from converter.diagnostics import Warn
from converter.model import CodeBlock, Digest, Heading, MathBlock, Media, Paragraph, Post
from converter.model.walk import query, text_of
from converter.themes import Theme
from converter.writers import File, Results


class PlainPart(Struct, frozen=True):
    """A post, which can be written without the others."""

    post: Post

    @property
    def keys(self) -> tuple[str, ...]:
        return (self.post.key,)


class PlainWriter(Struct, frozen=True, forbid_unknown_fields=True):
    """The writer; its fields are what `[output.plain]` may hold."""

    suffix: ClassVar[str] = ".txt"

    underline: str = "="
    """What stands under a title, as often as the title has characters."""

    def split(self, digest: Digest, theme: Theme) -> tuple[PlainPart, ...]:
        return tuple(PlainPart(post) for post in digest.posts)

    def render(self, part: PlainPart, theme: Theme, warn: Warn) -> str:
        return "\n\n".join((self._titled(part.post.metadata.title), *_passages(part.post)))

    def assemble(self, digest: Digest, theme: Theme, rendered: Results[str], warn: Warn) -> tuple[File, ...]:
        text = "\n\n\n".join((self._titled(digest.title), *rendered)) + "\n"
        return (File(digest.key + self.suffix, text.encode()),)

    def passages(self, file: File) -> Iterator[tuple[str, str]]:
        """Yield the title and the words of each post: `--verify` compares them with the sources."""
        lines = file.data.decode().split("\n")
        pairs = enumerate(pairwise(lines))
        starts = [number for number, (title, line) in pairs if line and line == self.underline * len(title)]
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
            yield lines[start], "\n".join(lines[start:end])

    def _titled(self, title: str) -> str:
        return f"{title}\n{self.underline * len(title)}"


def _passages(post: Post) -> Iterator[str]:
    """Yield the words of each block that has words of its own."""
    for node in query(post):
        match node:
            case Paragraph() | Heading() | CodeBlock() | MathBlock():
                yield text_of(node)
            case Media(title=title, href=href):
                yield f"{title} <{href}>"
