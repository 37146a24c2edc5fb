"""Where the posts of a book are, on one page or on pages of their own, and the URLs between them."""

from typing import Literal
from urllib.parse import quote

from msgspec import Struct

from converter.writers.book import Book
from converter.writers.names import post_name

Shape = Literal["single", "folder"]
"""One page, or one for each post."""


class Layout(Struct, frozen=True):
    """The names of what a book is made of."""

    key: str
    """Of the digest: its main page is `KEY.html`, and all else lies in the folder `KEY`."""
    shape: Literal["lone", "single", "folder"]
    """A post by itself is a page without contents."""

    @property
    def has_pages(self) -> bool:
        """Whether each post is a page by itself."""
        return self.shape != "single"

    @property
    def contents(self) -> str:
        """The URL of the contents for a post; empty where there are none."""
        return {"lone": "", "single": "#contents", "folder": f"../{quote(self.key)}.html"}[self.shape]

    @property
    def folder(self) -> str:
        """The URL of the folder for a post: empty for one that lies in it."""
        return "" if self.shape == "folder" else f"{quote(self.key)}/"

    def prefix(self, post: str) -> str:
        """Return what the ids of a post begin with: those of one page must differ."""
        return "" if self.has_pages else f"{post_name(post)}-"

    def href(self, post: str, place: str | None = None) -> str:
        """Return the URL of a post, or of a place in it, for the others."""
        if self.shape == "folder":
            return f"{page_name(post)}#{place}" if place else page_name(post)
        return f"#{place or ('main' if self.has_pages else post_name(post))}"

    def from_contents(self, post: str) -> str:
        """Return the URL of a post for the contents."""
        return f"{quote(self.key)}/{page_name(post)}" if self.shape == "folder" else f"#{post_name(post)}"


def layout_of(book: Book, shape: Shape) -> Layout:
    """Return the layout of a book."""
    return Layout(book.digest.key, "lone" if book.is_lone else shape)


def page_name(post: str) -> str:
    """Return the name of the page of the post with this key."""
    return f"{post_name(post)}.html"
