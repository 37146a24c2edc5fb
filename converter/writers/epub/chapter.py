"""Renders a post as a chapter of the book."""

from collections.abc import Callable
from datetime import datetime

from msgspec.structs import replace

from converter.diagnostics import ConverterError, Warn
from converter.languages.labels import format_date, label
from converter.model import Image, Post, Site, direction_of
from converter.model.walk import query
from converter.themes import Theme
from converter.writers.epub.names import STYLE, chapter_name
from converter.writers.epub.parts import NEIGHBOURS, Chapter, ChapterPart, Item
from converter.writers.epub.pictures import PictureOptions, Prepared, prepare
from converter.writers.reading_time import minutes_of
from converter.writers.xhtml import (
    Picture,
    Placeholder,
    Rendering,
    Shown,
    Written,
    clean,
    element,
    escape,
    foreign_attributes,
    is_language,
    mathml,
    original_address,
    web_address,
    write_post,
)

XHTML = "application/xhtml+xml"
RESERVED = ("title", "chapter")
"""Ids of the template."""


def render_chapter(part: ChapterPart, theme: Theme, options: PictureOptions, warn: Warn) -> Chapter:
    """Return the chapter of a post, with its pictures and what the package must say about it."""
    post = part.post
    language = post.metadata.language if is_language(post.metadata.language) else part.language
    pictures = _pictures(post, options, warn)
    written = _written(part, pictures, warn)
    markup = theme.fill("epub/chapter.xhtml", _values(part, language, written))
    shown = [node for node in query(post) if isinstance(node, Image) and node.src in pictures]
    return Chapter(
        key=post.key,
        title=clean(post.metadata.title),
        language=language,
        item=Item(chapter_name(post.key), XHTML, markup.encode(), properties_of(markup)),
        headings=written.headings,
        pictures=tuple({item.name: item for picture in pictures.values() for item in picture.items}.values()),
        described=sum(1 for node in shown if node.alt.strip()),
        undescribed=sum(1 for node in shown if not node.alt.strip()),
        minutes=minutes_of(post),
    )


def _written(part: ChapterPart, pictures: dict[str, Prepared], warn: Warn) -> Written:
    rendering = Rendering(
        image=_shown(pictures),
        link=lambda href: part.targets.get(href) or web_address(href, part.site),
        math=mathml,
        language=part.language,
        warn=warn,
        ruby_brackets=False,
    )
    return write_post(part.post, rendering, reserved=RESERVED)


def _values(part: ChapterPart, language: str, written: Written) -> dict[str, object]:
    """Return what the template of a chapter is filled with."""
    post = part.post
    return {
        "language": language,
        "direction": direction_of(language),
        "style": STYLE,
        "title": clean(post.metadata.title),
        "subtitle": clean(post.metadata.subtitle),
        "byline": byline(post, part.section, part.language, part.site, surrounding=language),
        "body": written.body,
        "notes": written.notes,
        "original": original(post, part.language, part.site, surrounding=language),
        "neighbours": NEIGHBOURS,
    }


def properties_of(markup: str) -> tuple[str, ...]:
    """Return the manifest properties of a content document that we wrote ourselves."""
    return tuple(name for name, mark in (("mathml", "<math "), ("svg", "<svg ")) if mark in markup)


# ---- pictures ----


def _pictures(post: Post, options: PictureOptions, warn: Warn) -> dict[str, Prepared]:
    """Return the pictures that can be shown, by the `src` of the images that show them."""
    found = {}
    for asset in post.assets:
        try:
            found[asset.src] = prepare(asset, options)
        except ConverterError as error:
            warn(replace(error.diagnostic, file=post.path))
    return found


def _shown(pictures: dict[str, Prepared]) -> Callable[[Image], Shown]:
    def shown(image: Image) -> Shown:
        prepared = pictures.get(image.src)
        if prepared is not None:
            return Picture(tuple(item.name for item in prepared.items), prepared.width, prepared.height)
        if image.src.startswith(("http:", "https:", "//")):
            return Placeholder("remote_picture", web_address(image.src, Site()))
        return Placeholder("missing_picture")

    return shown


# ---- what stands around the text ----


def byline(post: Post, section: str, language: str, site: Site, *, surrounding: str) -> str:
    """Return source, authors, day and section of a post as a line of markup; empty where nothing is known.

    The author of the whole site stands on the title page, not beside every post.
    """
    meta = post.metadata
    names = dict.fromkeys((meta.source.name if meta.source else "", *meta.authors))
    parts = [escape(name) for name in names if name and name != site.author]
    if meta.published:
        parts.append(_time(meta.published, language, site, surrounding=surrounding))
    if section:
        parts.append(escape(section))
    return " · ".join(parts)


def _time(moment: datetime, language: str, site: Site, *, surrounding: str) -> str:
    attributes = {"datetime": moment.isoformat(), **foreign_attributes(language, surrounding)}
    return element("time", escape(format_date(language, moment, site.timezone)), attributes)


def original(post: Post, language: str, site: Site, *, surrounding: str) -> str:
    """Return a link to where the post was published first, or else to the site's page; empty without either."""
    address = original_address(post, site)
    if not address:
        return ""
    words = escape(label(language, "open_original"))
    return element("a", words, {"href": address, **foreign_attributes(language, surrounding)})
