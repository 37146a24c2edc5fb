"""The pages that stand around the posts: cover, title page, contents, sections, colophon."""

from collections.abc import Sequence
from importlib.metadata import version

from converter.languages.labels import format_date, label
from converter.model import Digest, Post, Section, Site, direction_of
from converter.themes import Theme
from converter.writers.epub.chapter import XHTML, byline, properties_of
from converter.writers.epub.names import COLOPHON, CONTENTS, COVER, COVER_PICTURE, STYLE, TITLE_PAGE
from converter.writers.epub.navigation import section_names
from converter.writers.epub.parts import Chapter, Item
from converter.writers.reading_time import whole_minutes
from converter.writers.xhtml import clean, element, escape, foreign_attributes, language_attributes, web_address

MAKER = f"digest-converter {version('digest-converter')}"


def page(name: str, template: str, digest: Digest, theme: Theme, title: str, values: dict[str, object]) -> Item:
    """Return a page of the book, in its language."""
    common = {
        "language": digest.language,
        "direction": direction_of(digest.language),
        "style": STYLE,
        "title": f"{title} – {clean(digest.title)}",
    }
    markup = theme.fill(template, common | values)
    return Item(name, XHTML, markup.encode(), properties_of(markup))


def cover_page(digest: Digest, theme: Theme) -> Item:
    """Return the page that shows the picture of the cover."""
    title = label(digest.language, "cover")
    values: dict[str, object] = {"label": title, "picture": COVER_PICTURE, "alt": clean(digest.title)}
    return page(COVER, "epub/cover.xhtml", digest, theme, title, values)


def title_page(digest: Digest, chapters: Sequence[Chapter], edition: str, theme: Theme) -> Item:
    """Return the page with what the book is: masthead, edition, extent."""
    values: dict[str, object] = {
        "masthead": masthead(digest),
        "edition": edition,
        "description": clean(digest.site.description),
        "extent": extent(digest.language, chapters),
        "author": clean(digest.site.author),
    }
    return page(TITLE_PAGE, "epub/title.xhtml", digest, theme, label(digest.language, "title_page"), values)


def masthead(digest: Digest) -> str:
    """Return the name that the digests of a site share, or the digest's own."""
    return clean(digest.site.title or digest.title)


def extent(language: str, chapters: Sequence[Chapter]) -> str:
    """Return how many posts there are and how long they take to read."""
    minutes = whole_minutes(sum(chapter.minutes for chapter in chapters))
    return f"{label(language, 'posts', len(chapters))} · {label(language, 'reading_time', minutes)}"


def contents_page(digest: Digest, chapters: Sequence[Chapter], theme: Theme) -> Item:
    """Return the table of contents that stands in the book, with source and day beside each title."""
    by_key = {chapter.key: chapter for chapter in chapters}
    addresses = section_names(digest) or ("",) * len(digest.sections)
    sections = [
        {
            "title": clean(section.title) if address else "",
            "address": address,
            "posts": [_line(post, by_key[post.key], digest) for post in section.posts if post.key in by_key],
        }
        for section, address in zip(digest.sections, addresses, strict=True)
    ]
    heading = label(digest.language, "contents")
    values: dict[str, object] = {"heading": heading, "sections": [entry for entry in sections if entry["posts"]]}
    return page(CONTENTS, "epub/contents.xhtml", digest, theme, heading, values)


def _line(post: Post, chapter: Chapter, digest: Digest) -> dict[str, str]:
    return {
        "title": chapter.title,
        "address": chapter.item.name,
        "language": chapter.language if chapter.language != digest.language else "",
        "direction": direction_of(chapter.language),
        "byline": byline(post, "", digest.language, digest.site, surrounding=digest.language),
    }


def section_page(name: str, section: Section, chapters: Sequence[Chapter], digest: Digest, theme: Theme) -> Item:
    """Return the page that opens a section, which has these chapters."""
    title = clean(section.title)
    values: dict[str, object] = {"heading": title, "extent": extent(digest.language, chapters)}
    return page(name, "epub/section.xhtml", digest, theme, title, values)


def colophon(digest: Digest, theme: Theme) -> Item:
    """Return the last page: where the posts come from, on what terms, and what made the book."""
    language, site = digest.language, digest.site
    heading = label(language, "colophon")
    when = format_date(language, digest.updated, site.timezone)
    facts = [
        (label(language, "website"), _link(site.url, clean(site.title))),
        (label(language, "sources"), _sources(digest)),
        (label(language, "license"), (escape(site.license),) if site.license else ()),
        (label(language, "updated"), (escape(when),) if digest.is_dated else ()),
    ]
    values: dict[str, object] = {
        "heading": heading,
        "book": clean(digest.title),
        "facts": [(term, meanings) for term, meanings in facts if meanings],
        "made": label(language, "made_with", MAKER),
    }
    return page(COLOPHON, "epub/colophon.xhtml", digest, theme, heading, values)


def _link(url: str, words: str) -> tuple[str, ...]:
    address = web_address(url, Site()) if url else None
    return (element("a", escape(words or url), {"href": address}),) if address else ()


def _sources(digest: Digest) -> tuple[str, ...]:
    """Return each source with the number of its posts, the largest first."""
    counts: dict[str, int] = {}
    for post in digest.posts:
        if post.metadata.source and post.metadata.source.name:
            counts[post.metadata.source.name] = counts.get(post.metadata.source.name, 0) + 1
    ordered = sorted(counts, key=lambda name: (-counts[name], name))
    return tuple(f"{escape(name)} ({escape(label(digest.language, 'posts', counts[name]))})" for name in ordered)


def neighbours(before: Chapter | None, after: Chapter | None, language: str) -> str:
    """Return links to the chapters before and after one."""
    links = [
        _step(chapter, key, relation, language)
        for chapter, key, relation in ((before, "previous", "prev"), (after, "next", "next"))
        if chapter is not None
    ]
    if not links:
        return ""
    attributes = {
        "class": "neighbours",
        "aria-label": label(language, "landmarks"),
        **language_attributes(language, direction_of(language)),
    }
    return element("nav", "\n" + "".join(f"{link}\n" for link in links), attributes)


def _step(chapter: Chapter, key: str, relation: str, language: str) -> str:
    title = element("span", escape(chapter.title), {**foreign_attributes(chapter.language, language), "class": "title"})
    words = f"{escape(label(language, key))} {title}"
    return element("p", element("a", words, {"href": chapter.item.name, "rel": relation}), {"class": relation})
