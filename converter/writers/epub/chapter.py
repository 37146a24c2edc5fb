"""Renders a post as a chapter of the book."""

from collections.abc import Mapping
from xml.etree import ElementTree

from converter.diagnostics import Warn
from converter.languages.labels import label
from converter.model import Image, Link, Post, direction_of
from converter.model.alternatives import alternative_of
from converter.model.postlinks import PostLink
from converter.model.walk import query
from converter.themes import Theme
from converter.writers.book import BETWEEN, Book, Entry
from converter.writers.epub.names import STYLE
from converter.writers.epub.parts import Chapter, ChapterPart, Neighbour, Spot
from converter.writers.epub.spots import is_brief, spots_of
from converter.writers.images import ImageOptions, Prepared, prepare_all, shown_images
from converter.writers.urls import web_url
from converter.writers.xhtml import (
    Rendering,
    Written,
    element,
    escape,
    foreign_attributes,
    language_attributes,
    mathml,
    place_ids,
    write_post,
)

XHTML = "application/xhtml+xml"
RESERVED = ("title", "chapter")
"""Ids of the template."""
TYPES = {"doc-noteref": {"epub:type": "noteref"}, "doc-footnote": {"epub:type": "footnote"}}
"""What EPUB calls the parts of notes (EPUB Structural Semantics Vocabulary 1.1), by their ARIA roles."""


def parts_of(book: Book, theme: Theme, *, previous_next: bool) -> tuple[ChapterPart, ...]:
    """Return a part for each post of a book; `previous_next` asks for links to the posts before and after."""
    spots = spots_of(book, theme)
    steps = [
        Neighbour(spots[entry.key].url, entry.title, entry.language) if previous_next else None
        for entry in book.entries
    ]
    sections = [section.title for section in book.sections for _ in section.entries]
    rows = zip(book.digest.posts, book.entries, sections, [None, *steps[:-1]], [*steps[1:], None], strict=True)
    posts = {post.key: post for post in book.digest.posts}
    return tuple(
        ChapterPart(
            post,
            entry,
            book.language,
            book.digest.site,
            section,
            spots[post.key],
            _targets(post, posts, spots),
            *((None, None) if is_brief(post) else (before, after)),
        )
        for post, entry, section, before, after in rows
    )


def _targets(post: Post, posts: Mapping[str, Post], spots: Mapping[str, Spot]) -> dict[str, str]:
    """Return the URL in the book for each link of the post that leads to another post of it."""
    found = {}
    for node in query(post):
        if isinstance(node, Link) and (link := PostLink.parse(node.href)) and (target := posts.get(link.key)):
            spot = spots[link.key]
            place = place_ids(target, prefix=spot.prefix, reserved=RESERVED).get(link.fragment)
            found[node.href] = f"{spot.file}#{place}" if place else spot.url
    return found


def render_chapter(part: ChapterPart, theme: Theme, options: ImageOptions, warn: Warn) -> Chapter:
    """Return the chapter of a post, with its images and what the package must say about it."""
    return write_chapter(part, theme, prepare_all(part.post, options, warn), warn)


def write_chapter(part: ChapterPart, theme: Theme, images: dict[str, Prepared], warn: Warn) -> Chapter:
    """Return the chapter of a post with its images, which are prepared."""
    post = part.post
    written = _written(part, images, warn)
    properties = set[str]()
    if part.spot.id:
        markup = theme.fill("epub/article.xhtml", _article_values(part, written))
    else:
        values = _values(part, written)
        markup = theme.fill("epub/chapter.xhtml", values)
        # What the theme draws around the post, whose markup need not be looked at.
        around = theme.fill("epub/chapter.xhtml", {**values, **dict.fromkeys(("body", "notes"), " ")})
        properties = {*properties_of(around), *written.features & {"mathml"}}
    shown = [node for node in query(post) if isinstance(node, Image) and node.src in images]
    return Chapter(
        key=post.key,
        spot=part.spot,
        data=markup.encode(),
        properties=tuple(sorted(properties)),
        features=written.features,
        headings=written.headings,
        shown=images,
        described=sum(1 for node in shown if alternative_of(node.alt)),
        undescribed=sum(1 for node in shown if not alternative_of(node.alt)),
    )


def _written(part: ChapterPart, images: dict[str, Prepared], warn: Warn) -> Written:
    rendering = Rendering(
        image=shown_images(images, lambda file: file.name),
        link=lambda href: part.targets.get(href) or web_url(href, part.site),
        math=mathml,
        language=part.language,
        warn=warn,
        vocabulary=TYPES,
        ruby_brackets=False,
        heading_offset=1 if part.spot.id else 0,
        id_prefix=part.spot.prefix,
    )
    return write_post(part.post, rendering, reserved=RESERVED)


def _values(part: ChapterPart, written: Written) -> dict[str, object]:
    """Return what the template of a chapter is filled with."""
    entry = part.entry
    return {
        "language": entry.language,
        "direction": entry.direction,
        "style": STYLE,
        "title": entry.title,
        "entry": entry,
        "byline": _byline_of(part),
        "body": written.body,
        "notes": written.notes,
        "original": _original(entry, part.language),
        "neighbours": _neighbours(part.before, part.after, part.language),
    }


def _article_values(part: ChapterPart, written: Written) -> dict[str, object]:
    """Return what the template of a post in a file with others is filled with."""
    entry = part.entry
    return {
        "language": part.language,
        "id": part.spot.id,
        "entry": entry,
        "byline": BETWEEN.join(filter(None, (_byline_of(part), _short_original(entry, part.language)))),
        "body": written.body,
        "notes": written.notes,
    }


def properties_of(markup: str) -> tuple[str, ...]:
    """Return the manifest properties of what a theme draws by itself; a page that is no XML has none."""
    try:
        names = {node.tag.rpartition("}")[2] for node in ElementTree.fromstring(markup).iter()}  # noqa: S314  # the theme's
    except ElementTree.ParseError:  # `check` finds what is wrong with it
        return ()
    return tuple(name for name, tag in (("mathml", "math"), ("svg", "svg")) if tag in names)


# ---- what stands around the text ----


def byline(entry: Entry, language: str, *, surrounding: str, section: str = "") -> str:
    """Return source, authors, day and section of a post as a line of markup; empty where nothing is known.

    In a book of one day the time stands in the place of the day.
    """
    parts = [escape(name) for name in entry.names]
    if entry.published and entry.when:
        attributes = {"datetime": entry.published.isoformat(), **foreign_attributes(language, surrounding)}
        parts.append(element("time", escape(entry.when), attributes))
    if section:
        parts.append(escape(section))
    return BETWEEN.join(parts)


def _byline_of(part: ChapterPart) -> str:
    """Return the byline of a post; in a file that opens with the title of its section, that is not said again."""
    section = "" if part.spot.id else part.section
    return byline(part.entry, part.language, surrounding=part.entry.language, section=section)


def _short_original(entry: Entry, language: str) -> str:
    """Return the same link as `_original` in a word, which says to a screen reader whose original it is."""
    if not entry.original:
        return ""
    word = label(language, "original")
    attributes = {"href": entry.original, "aria-label": f"{word}: {entry.title}"}
    return element("a", escape(word), {**attributes, **foreign_attributes(language, entry.language)})


def _original(entry: Entry, language: str) -> str:
    """Return a link to where the post was published first, or else to the site's page; empty without either."""
    if not entry.original:
        return ""
    words = escape(label(language, "open_original"))
    return element("a", words, {"href": entry.original, **foreign_attributes(language, entry.language)})


def _neighbours(before: Neighbour | None, after: Neighbour | None, language: str) -> str:
    """Return links to the chapters before and after one."""
    links = [
        _step(neighbour, key, relation, language)
        for neighbour, key, relation in ((before, "previous", "prev"), (after, "next", "next"))
        if neighbour is not None
    ]
    if not links:
        return ""
    attributes = {
        "class": "neighbours",
        "aria-label": label(language, "landmarks"),
        **language_attributes(language, direction_of(language)),
    }
    return element("nav", "\n" + "".join(f"{link}\n" for link in links), attributes)


def _step(neighbour: Neighbour, key: str, relation: str, language: str) -> str:
    attributes = {**foreign_attributes(neighbour.language, language), "class": "title"}
    words = f"{escape(label(language, key))} {element('span', escape(neighbour.title), attributes)}"
    return element("p", element("a", words, {"href": neighbour.url, "rel": relation}), {"class": relation})
