"""The HTML writer: its options, and its three steps."""

from typing import ClassVar

from msgspec import Struct

from converter.diagnostics import Warn
from converter.model import Digest
from converter.storage.fingerprint import code_fingerprint
from converter.themes import Theme
from converter.writers import File, Results
from converter.writers.book import Book
from converter.writers.html.article import render_post
from converter.writers.html.layout import Layout, Shape, layout_of, page_name
from converter.writers.html.pages import fill_page
from converter.writers.html.parts import HtmlPart, RenderedPost, parts_of

PACKAGES = ("babel", "jinja2", "latex2mathml", "pillow", "pygments")
"""The packages that the bytes of a page depend on."""


class HtmlWriter(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The options of HTML: the table `[output.html]`."""

    suffix: ClassVar[str] = ".html"
    is_quick: ClassVar[bool] = True

    shape: Shape = "single"
    """One page, or a page with the contents and a folder with a page for each post."""
    inline_megabytes: int = 10
    """Images are inside of the pages where all of them together have at most so many megabytes, and else beside."""
    image_size: int = 1600
    """Pixels of the longest side; larger images are made smaller."""

    def split(self, digest: Digest, theme: Theme) -> tuple[HtmlPart, ...]:  # noqa: ARG002  # the contract
        """Return a part for each post."""
        book = Book(digest)
        return tuple(parts_of(book, layout_of(book, self.shape), self.inline_megabytes * 1_000_000))

    def render(self, part: HtmlPart, theme: Theme, warn: Warn) -> RenderedPost:
        """Return the article or the page of one post."""
        return render_post(part, theme, self.image_size, warn)

    def assemble(
        self,
        digest: Digest,
        theme: Theme,
        rendered: Results[RenderedPost],
        warn: Warn,  # noqa: ARG002  # the contract
    ) -> tuple[File, ...]:
        """Return the main page, the pages of posts if they have their own, and the images beside them."""
        book = Book(digest)
        layout = layout_of(book, self.shape)
        posts = tuple(rendered)
        markup = {post.key: post.markup for post in posts}
        main = posts[0].markup if layout.shape == "lone" else _edition(book, layout, markup, theme)
        pages = markup if layout.shape == "folder" else {}
        images = {image.name: image.data for post in posts for image in post.images}
        beside = {**{page_name(key): page.encode() for key, page in pages.items()}, **images}
        return (
            File(f"{digest.key}{self.suffix}", main.encode()),
            *(File(f"{digest.key}/{name}", data) for name, data in beside.items()),
        )

    def kind(self) -> type[RenderedPost]:
        """Return the type of what `render` returns."""
        return RenderedPost

    def fingerprint(self, theme: Theme) -> str:  # noqa: ARG002  # fonts are the reader's
        """Return a hash of the libraries that pages depend on."""
        return code_fingerprint(*PACKAGES)


def _edition(book: Book, layout: Layout, markup: dict[str, str], theme: Theme) -> str:
    """Return the main page: the contents, and the articles where they have no pages of their own."""
    values = {
        "book": book,
        "places": {entry.key: layout.from_contents(entry.key) for entry in book.entries},
        "articles": {} if layout.has_pages else markup,
        "title": book.title,
        "description": book.description,
    }
    return fill_page("html/edition.html", theme, book.language, values)
