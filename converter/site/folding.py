"""A digest with posts that are nearly the same -> the digest with one of them, which names the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from msgspec.structs import replace

from converter.diagnostics import Code, Diagnostic, Warn
from converter.digest import DigestSpec, without
from converter.languages.labels import format_date, format_time, label
from converter.languages.unicode import clean
from converter.model import Block, Digest, Inline, Link, Media, Paragraph, Post, Section, Span, Text, direction_of
from converter.model.postlinks import PostLink
from converter.model.walk import walk
from converter.site.duplicates import Duplicate, decide, find_pairs
from converter.writers.urls import original_url

if TYPE_CHECKING:  # its parsers are not loaded unless something is to be verified
    from converter.verify import SourceText

Folded = tuple[Duplicate, ...]
"""What became of the posts of one digest."""
LIKE = 0.5
"""The least similarity of posts that say the same: one that another says in less of its text is a part of it."""


def find_duplicates(signatures: Mapping[str, bytes], post_of: Callable[[str], Post | None], spec: DigestSpec) -> Folded:
    """Return which posts of a digest another one stands for, or names.

    `signatures` has those of all its posts, by key; `post_of` returns a post with its body, and is asked for few.
    """
    if spec.duplicates == "keep":
        return ()
    pairs = find_pairs(signatures, spec.duplicate_threshold)
    posts = {key: post for key in {key for pair in pairs for key in pair} if (post := post_of(key)) is not None}
    there = [pair for pair in pairs if posts.keys() >= {*pair}]
    found = decide(posts, there, spec.duplicate_threshold)
    return tuple(replace(one, stays=True) for one in found) if spec.duplicates == "mark" else found


def with_lines(digest: Digest, found: Folded, warn: Warn) -> Digest:
    """Return the digest without the posts that another of it stands for, which are reported.

    Below the text of a post that stays, each of the others has a line with its headline, source and time. Below those
    that are marked, lines lead from each to the other. The posts of the digest need no bodies.
    """
    posts = {post.key: post for post in digest.posts}
    folded = [one for one in found if not one.stays]
    for one in folded:
        warn(_said(posts[one.folded], posts[one.kept], one))

    def with_own(post: Post) -> Post:
        others = [(one, one.folded if one.kept == post.key else one.kept) for one in found if post.key in _ends(one)]
        lines = tuple(_line(posts[key], post, digest, inside=one.stays) for one, key in others)
        return replace(post, blocks=(*post.blocks, *lines)) if lines else post

    return without(_rewritten(digest, with_own), {one.folded for one in folded}) if found else digest


def with_links_to_kept(post: Post, found: Folded) -> Post:
    """Return a post with links to posts that are left out as links to those that stand for them."""
    stands = {one.folded: one.kept for one in found if not one.stays}

    def rewrite(node: Inline | Block) -> Inline | Block:
        match node:
            case Link(href) | Media(href=href) if (link := PostLink.parse(href)) and link.key in stands:
                return replace(node, href=str(PostLink(stands[link.key])))
            case _:
                return node

    return walk(post, rewrite) if stands else post


def sources_of(
    keys: Iterable[str], duplicates: Iterable[Duplicate], texts: Mapping[str, SourceText]
) -> list[SourceText]:
    """Return what the sources of posts say, by `texts`: those of these keys, and those that some of them stand for."""
    known = [one for one in duplicates if {one.kept, one.folded} <= texts.keys()]
    folded = {one.folded: one for one in known if not one.stays}
    headlines: dict[str, str] = {}
    for one in known:
        for key, other in ((one.kept, one.folded), (one.folded, one.kept)):
            headlines[key] = f"{headlines.get(key, '')}\n{texts[other].title}"
    own = [key for key in keys if key in texts and key not in folded]
    return [
        *(replace(texts[key], added=headlines.get(key, "")) for key in own),
        *(_within(texts[one.folded], texts[one.kept], one) for one in folded.values()),
    ]


def _within(source: SourceText, kept: SourceText, duplicate: Duplicate) -> SourceText:
    return replace(source, within=kept.title, declared=f"{source.declared}\n{duplicate.removed}")


def _rewritten(digest: Digest, rewrite: Callable[[Post], Post]) -> Digest:
    sections = (Section(section.title, tuple(map(rewrite, section.posts))) for section in digest.sections)
    return replace(digest, sections=tuple(sections))


def _ends(duplicate: Duplicate) -> tuple[str, str]:
    return duplicate.kept, duplicate.folded


def _said(post: Post, kept: Post, duplicate: Duplicate) -> Diagnostic:
    relation = "nearly all of the post is in" if duplicate.jaccard < LIKE else "the post is nearly the same as"
    return Diagnostic(
        code=Code.DUPLICATE_FOLDED,
        message=f"{relation} {kept.path}, which names it and stands for it",
        file=post.path,
        hint='`duplicates = "keep"` in [[digest]] keeps both',
        removed=duplicate.removed,
    )


def _line(post: Post, below: Post, digest: Digest, *, inside: bool) -> Paragraph:
    """Return the line that names a post below another one: headline, source, day and time."""
    meta, site, language = post.metadata, digest.site, digest.language
    url = str(PostLink(post.key)) if inside else original_url(post, site)
    headline: Inline = Text(clean(meta.title))
    if meta.language and meta.language != language:
        headline = Span((headline,), meta.language, direction_of(meta.language))
    moment = meta.published
    facts = (
        clean(meta.source.name) if meta.source else "",
        format_date(language, moment, site.timezone) if moment else "",
        format_time(language, moment, site.timezone) if moment else "",
    )
    rest = "".join(f" · {fact}" for fact in facts if fact)
    words: tuple[Inline, ...] = (
        Text(label(language, "also")),
        Link(url, (headline,)) if url else headline,
        *((Text(rest),) if rest else ()),
    )
    if below.metadata.language not in ("", language):
        words = (Span(words, language, direction_of(language)),)
    return Paragraph(words)
