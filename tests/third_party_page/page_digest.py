"""Writes a digest as one HTML page that needs no other file."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import ClassVar

from msgspec import Struct

from converter.diagnostics import SourceError, Warn
from converter.images.identify import read
from converter.model import Digest, Image, Link, Post, Site
from converter.model.postlinks import PostLink
from converter.model.walk import query
from converter.themes import Theme
from converter.writers import File, Results, xhtml
from converter.writers.book import BETWEEN, Book, Entry
from converter.writers.urls import web_url
from converter.writers.xhtml import ImageFiles, NoteStyle, Placeholder, Rendering, element, escape, language_attributes

BLOCKS = frozenset("p li dt dd td th h2 h3 h4 h5 h6 pre br figcaption blockquote".split())


class PagePart(Struct, frozen=True):
    """A post with all that its part of the page depends on."""

    post: Post
    entry: Entry
    prefix: str
    """Begins each id of the post; alone, without its dash, the id of the post itself."""
    targets: dict[str, str]
    """The places on the page that the links to other posts lead to."""
    language: str
    site: Site

    @property
    def keys(self) -> tuple[str, ...]:
        return (self.post.key,)


class PageWriter(Struct, frozen=True, forbid_unknown_fields=True):
    """The writer; its field is what `[output.page]` may hold."""

    suffix: ClassVar[str] = ".html"

    style: str = "body { max-width: 40em; margin: auto; padding: 1em } img { max-width: 100% }"
    """The style sheet of the page."""

    def split(self, digest: Digest, theme: Theme) -> tuple[PagePart, ...]:
        book = Book(digest)
        prefixes = {post.key: f"p{number}-" for number, post in enumerate(digest.posts, start=1)}
        places = {post.key: xhtml.place_ids(post, prefix=prefixes[post.key]) for post in digest.posts}
        return tuple(
            PagePart(post, entry, prefixes[post.key], _targets(post, prefixes, places), book.language, digest.site)
            for post, entry in zip(digest.posts, book.entries, strict=True)
        )

    def render(self, part: PagePart, theme: Theme, warn: Warn) -> str:
        rendering = Rendering(
            image=_shown(part.post, warn),
            link=lambda href: part.targets.get(href) or web_url(href, part.site),
            math=xhtml.mathml,
            language=part.language,
            warn=warn,
            notes=NoteStyle.LIST,
            heading_offset=1,
            id_prefix=part.prefix,
        )
        written = xhtml.write_post(part.post, rendering)
        heading = element("h2", escape(part.entry.title))
        line = element("p", escape(BETWEEN.join((*part.entry.names, part.entry.day))), {"class": "byline"})
        attributes = {"id": part.prefix.rstrip("-"), **language_attributes(part.entry.language, part.entry.direction)}
        return element("article", "\n".join((heading, line, written.body, written.notes)), attributes)

    def assemble(self, digest: Digest, theme: Theme, rendered: Results[str], warn: Warn) -> tuple[File, ...]:
        book = Book(digest)
        rows = "\n".join(
            element("li", element("a", escape(entry.title), {"href": f"#p{number}"}))
            for number, entry in enumerate(book.entries, start=1)
        )
        contents = "" if book.is_lone else element("nav", element("ol", rows))
        style = element("style", self.style)
        head = xhtml.void("meta", {"charset": "utf-8"}) + element("title", escape(book.title)) + style
        title = element("h1", escape(book.masthead)) + element("p", escape(book.dateline))
        body = element("body", "\n".join((title, contents, *rendered, element("footer", escape(book.made_with())))))
        page = element("html", element("head", head) + body, language_attributes(book.language, book.direction))
        return (File(digest.key + self.suffix, f"<!DOCTYPE html>\n{page}\n".encode()),)

    def passages(self, file: File) -> Iterator[tuple[str, str]]:
        """Yield the title and the words of each post: `--verify` compares them with the sources."""
        articles = _Articles()
        articles.feed(file.data.decode())
        for words in articles.found:
            whole = "".join(words)
            yield whole.strip().partition("\n")[0], whole


def _targets(post: Post, prefixes: dict[str, str], places: dict[str, dict[str, str]]) -> dict[str, str]:
    found = {}
    for node in query(post):
        if isinstance(node, Link) and (link := PostLink.parse(node.href)) and link.key in prefixes:
            place = places[link.key].get(link.fragment, prefixes[link.key].rstrip("-"))
            found[node.href] = f"#{place}"
    return found


def _shown(post: Post, warn: Warn) -> Callable[[Image], xhtml.Shown]:
    assets = {asset.src: asset for asset in post.assets}

    def shown(image: Image) -> xhtml.Shown:
        try:
            asset = assets[image.src]
            data = b64encode(read(asset)).decode()
            return ImageFiles((f"data:{asset.media_type};base64,{data}",), asset.width, asset.height)
        except KeyError:
            return Placeholder("missing_image", web_url(image.src, Site()))
        except SourceError as error:
            warn(error.diagnostic)
            return Placeholder("missing_image")

    return shown


class _Articles(HTMLParser):
    """Takes the words out of each article of a page; those of a formula are its TeX."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[list[str]] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "article":
            self.found.append([])
        if tag in ("article", "math"):
            self._open.append(tag)
        if self._open:
            self.found[-1].append(dict(attrs).get("alttext") or ("\n" if tag in BLOCKS else ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            self._open.remove(tag)

    def handle_data(self, data: str) -> None:
        if self._open == ["article"]:
            self.found[-1].append(data)
