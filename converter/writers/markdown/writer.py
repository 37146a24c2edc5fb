"""The Markdown writer: a digest as one file, or as a folder with a file for each post."""

from typing import ClassVar

from msgspec import Struct

from converter.diagnostics import SourceError, Warn
from converter.images import identify as assets
from converter.model import Digest, Post
from converter.storage.fingerprint import code_fingerprint
from converter.themes import Theme
from converter.writers import File, Results
from converter.writers.book import Book
from converter.writers.markdown.assembly import RenderedPost, index_file, post_file, single_file
from converter.writers.markdown.blocks import write_blocks
from converter.writers.markdown.context import TableMode, WriteContext, ignore
from converter.writers.markdown.dialects import DIALECTS, DialectName
from converter.writers.markdown.names import Names, image_names, post_names
from converter.writers.markdown.plain import plain_file, plain_index, plain_post
from converter.writers.markdown.plan import MarkdownPart, Shape, outline_of, plan_folder, plan_single
from converter.writers.markdown.post import line_about, notes_of, opening
from converter.writers.markdown.references import (
    AbsentImages,
    MissingImages,
    RemoteImages,
    placed,
    with_written_anchors,
)

PACKAGES = ("babel", "pyyaml", "pygments", "latex2mathml")
"""The packages that the bytes of a digest depend on."""


class MarkdownWriter(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The options of Markdown: the table `[output.markdown]`."""

    suffix: ClassVar[str] = ".md"
    is_quick: ClassVar[bool] = True

    dialect: DialectName = "gfm"
    """Which readers the output is for."""
    shape: Shape = "single"
    """One file, or an index with a folder of posts."""
    front_matter: bool = True
    """Whether files begin with their metadata as YAML."""
    tables: TableMode = "html"
    """What becomes of tables with spans, blocks in cells, captions or row heads: HTML, fewer means, or an error."""
    plain: bool = False
    """Whether to write text without markup, for language models and search."""
    remote_images: RemoteImages = "link"
    """Whether an image on the web is shown, or linked to, so that nothing is fetched when the output is read."""
    missing_images: MissingImages = "image"
    """Whether the reference to an image that is nowhere stays, or words say that it is missing."""

    def split(self, digest: Digest, theme: Theme) -> tuple[MarkdownPart, ...]:  # noqa: ARG002  # Markdown has no look
        """Return a part for each post."""
        book = Book(digest)
        plan = plan_single if self._is_single(book) else plan_folder
        absent = AbsentImages(self.remote_images, "words" if self.plain else self.missing_images)
        return tuple(plan(book, DIALECTS[self.dialect], absent))

    def render(self, part: MarkdownPart, theme: Theme, warn: Warn) -> RenderedPost:  # noqa: ARG002
        """Return the Markdown of a post. Raises `WriterError` for a table that the options forbid."""
        context = self._form(part.post, warn)
        post = placed(part.post, part.places)
        entry = part.entry
        when = (
            entry.day if part.file or self.plain else entry.when
        )  # a file, or a piece for a machine, is read by itself
        if self.plain:
            text = plain_post(post, entry, when, part.section, part.places.language)
            return RenderedPost(post.key, part.file, text, "")
        about = line_about(entry, when, part.section, part.places.language)
        anchor = part.anchor if part.places.explicit else ""
        above = opening(entry.title, entry.subtitle, part.places.level, anchor, about, context)
        pieces = (above, write_blocks(post.blocks, context))
        return RenderedPost(post.key, part.file, "\n\n".join(filter(None, pieces)), notes_of(post.notes, context))

    def assemble(
        self,
        digest: Digest,
        theme: Theme,  # noqa: ARG002
        rendered: Results[RenderedPost],
        warn: Warn,
    ) -> tuple[File, ...]:
        """Return the main file, the files of posts if they have their own, and the images."""
        book = Book(digest)
        parts = tuple(rendered)
        metadata = self.front_matter and not self.plain
        names = Names()
        if not self._is_single(book):
            post_names(digest, names)
        posts = {post.key: post for post in digest.posts}
        files = (
            File(f"{digest.key}/{part.file}", post_file(posts[part.key], part, metadata=metadata).encode())
            for part in parts
            if part.file
        )
        images = () if self.plain else _images(digest, names, warn)
        return File(f"{digest.key}{self.suffix}", self._main(book, parts).encode()), *files, *images

    def kind(self) -> type[RenderedPost]:
        """Return the type of what `render` returns."""
        return RenderedPost

    def fingerprint(self, theme: Theme) -> str:  # noqa: ARG002
        """Return a hash of the libraries that files depend on."""
        return code_fingerprint(*PACKAGES)

    def _is_single(self, book: Book) -> bool:
        """Whether the posts are in one file: a post by itself needs no index."""
        return self.shape == "single" or book.is_lone

    def _main(self, book: Book, rendered: tuple[RenderedPost, ...]) -> str:
        """Return the main file."""
        context = WriteContext(dialect=DIALECTS[self.dialect])
        match self._is_single(book), self.plain:
            case True, False:
                return single_file(
                    book, outline_of(book, context.dialect), rendered, context, metadata=self.front_matter
                )
            case True, True:
                return plain_file(book, rendered)
            case False, False:
                return index_file(book, rendered, context, metadata=self.front_matter)
            case _:
                return plain_index(book, rendered)

    def _form(self, post: Post, warn: Warn) -> WriteContext:
        return WriteContext(dialect=DIALECTS[self.dialect], tables=self.tables, file=post.path, warn=warn)


def to_markdown(
    post: Post,
    *,
    dialect: DialectName = "gfm",
    tables: TableMode = "html",
    front_matter: bool = True,
    warn: Warn = ignore,
) -> str:
    """Return a post by itself: front matter, title, body and notes. Images and links point where they pointed.

    Raises `WriterError` for a table that `tables` forbids.
    """
    context = WriteContext(dialect=DIALECTS[dialect], tables=tables, file=post.path, warn=warn)
    kept = with_written_anchors(post, context.dialect)
    subtitle = "" if front_matter else post.metadata.subtitle
    pieces = (opening(post.metadata.title, subtitle, 1, "", (), context), write_blocks(kept.blocks, context))
    text = "\n\n".join(filter(None, pieces))
    return post_file(post, RenderedPost(post.key, "", text, notes_of(kept.notes, context)), metadata=front_matter)


def _images(digest: Digest, names: Names, warn: Warn) -> tuple[File, ...]:
    """Return the images of a digest, each once; one that cannot be read any more is reported and left out."""
    given = image_names(digest, names)
    files: dict[str, File] = {}
    for post in digest.posts:
        for asset in post.assets:
            name = f"{digest.key}/{given[post.key, asset.src]}"
            if name not in files:
                try:
                    files[name] = File(name, assets.read(asset))
                except SourceError as error:
                    warn(error.diagnostic)
    return tuple(files.values())
