"""A file -> a post, in the order in which its parts depend on each other."""

import re
from collections.abc import Sequence
from itertools import islice
from pathlib import PurePosixPath

from msgspec import Struct
from msgspec.structs import replace

from converter.diagnostics import Code, Diagnostic, SourceError, Warn, ignore
from converter.languages.unicode import has_words
from converter.limits.values import Limits
from converter.model import Block, CodeBlock, Inline, Metadata, Post, Site, Source, Text
from converter.model.walk import query, text_of, walk
from converter.reading.body import is_saved_page, read_body
from converter.reading.context import Context
from converter.reading.defaults import with_defaults
from converter.reading.front_matter.parse import Entry, read_front_matter
from converter.reading.front_matter.split import Parts, split_front_matter
from converter.reading.html import Body
from converter.reading.language import language_of
from converter.reading.metadata import read_metadata
from converter.reading.page import entries_of_page, with_base
from converter.reading.permalinks import with_urls
from converter.reading.source import LARGE_SIZE, SourceFile, decode
from converter.reading.systems import Profile
from converter.reading.systems.keys import with_known_keys
from converter.reading.systems.urls import with_plain_urls
from converter.reading.titles import find_title

_NO_CONTEXT = Context()
_NAME = re.compile(r"^[^:：]{0,8}[:：]\s*")
_TAG = re.compile(r"(?<![^\s(\[（，。])#([\w/-]*[^\W\d][\w/-]*)")
"""A tag of Obsidian: not only digits."""
_URL = re.compile(r"https?://\S+")


def read(source: SourceFile, site: Site, warn: Warn, *, context: Context = _NO_CONTEXT) -> Post:
    """Return the post of a file, its headings with the levels of the markup: `normalize` numbers them from 2.

    Raises `SourceError` for a file that is empty or too large.
    """
    if not source.data.strip():
        raise SourceError(Code.EMPTY_FILE, "the file is empty", file=source.path, hint="write the post, or delete it")
    limits = context.limits
    if len(source.data) > limits.source_bytes:
        message = f"the file is larger than {limits.source_bytes / 2**20:g} MiB"
        raise SourceError(Code.TOO_LARGE, message, file=source.path, hint=limits.hint("source_bytes"))
    if len(source.data) > LARGE_SIZE:
        message = f"the file has {len(source.data) // 2**20} MiB of text; it takes as long as a thousand posts"
        hint = "split the post, or leave it out"
        warn(Diagnostic(code=Code.LARGE_POST, message=message, file=source.path, hint=hint))
    parts, entries, metadata = _head(source, site, warn, context)
    values = {name: entry.value for name, entry in entries.items()}
    body = read_body(parts, metadata, values, source, site=site, context=context, warn=warn)
    metadata = _completed(metadata, body, site, source, warn)
    metadata = _within_title(metadata, source.path, limits, warn)
    if not metadata.summary:
        metadata = replace(metadata, summary=_excerpt(parts, metadata, body, context))
    post = Post(key=source.key, path=source.path, metadata=metadata, blocks=body.blocks, notes=body.notes)
    if is_saved_page(parts, source.path):
        post = with_base(post, parts.body)
    if context.profile.tags_in_text:
        post = _with_tags_in_text(post)
    if len(parts.body) > limits.code:
        post = walk(post, _Plain(source.path, limits, warn))
    return with_plain_urls(post, context.profile, site.baseurl) if context.profile.prefixes else post


def url_of(source: SourceFile, site: Site, *, context: Context) -> str:
    """Return the path of a post on its site, an empty string where it has none."""
    *_, metadata = _head(source, site, ignore, context)
    return next(iter(metadata.addresses), "")


def _head(source: SourceFile, site: Site, warn: Warn, context: Context) -> tuple[Parts, dict[str, Entry], Metadata]:
    """Return the post cut in two, the entries of its front matter, and what they say."""
    profile = context.profile
    language, declared = site.language, context.encoding
    text = decode(source.data, file=source.path, warn=warn, language=language, declared=declared)
    parts = split_front_matter(text, profile.front_matter_forms)
    if source.path not in context.records and not is_saved_page(parts, source.path):
        _warn_of_front_matter(parts, source.path, warn)
    entries = _within_keys(read_front_matter(parts, file=source.path, warn=warn), source.path, context.limits, warn)
    if is_saved_page(parts, source.path):
        entries = entries_of_page(parts.body)
    entries = with_known_keys(entries, profile)
    entries = with_defaults(entries, file=source.path, line=parts.front_matter_line, context=context)
    metadata = read_metadata(entries, key=source.key, file=source.path, site=site, warn=warn, profile=profile)
    metadata = _by_its_system(metadata, source.path, profile)
    metadata = with_urls(metadata, file=source.path, site=site, context=context)
    return parts, entries, metadata


def _by_its_system(metadata: Metadata, file: str, profile: Profile) -> Metadata:
    """Return the metadata with what a system takes for granted: a title that is the file's name, tags that are none."""
    title = metadata.title or (PurePosixPath(file).stem if profile.titled_by_file else "")
    written = (tag.lstrip("#") if profile.tags_in_text else tag for tag in metadata.tags)
    tags = tuple(tag for tag in written if tag.lower() not in profile.collections)
    return replace(metadata, title=title, tags=tags)


def _with_tags_in_text(post: Post) -> Post:
    """Return the post with the tags that stand in its text."""
    found = (tag for node in query(post) if isinstance(node, Text) for tag in _TAG.findall(node.value))
    tags = tuple(dict.fromkeys((*post.metadata.tags, *found)))
    return replace(post, metadata=replace(post.metadata, tags=tags))


def _warn_of_front_matter(parts: Parts, file: str, warn: Warn) -> None:
    if parts.format is None:
        hint = "begin the post with ---, lines such as title: and date:, and again ---"
        warn(
            Diagnostic(
                code=Code.FRONT_MATTER_MISSING, message="the post has no front matter", file=file, line=1, hint=hint
            )
        )
    elif parts.blank_lines:
        message, hint = "the front matter does not begin in the first line", "delete the empty lines before it"
        warn(Diagnostic(code=Code.FRONT_MATTER_REPAIRED, message=message, file=file, line=1, hint=hint))


def _within_keys(entries: dict[str, Entry], file: str, limits: Limits, warn: Warn) -> dict[str, Entry]:
    if len(entries) <= limits.front_matter_keys:
        return entries
    first = limits.front_matter_keys
    message = f"the front matter has {len(entries)} keys; those behind the first {first} were left out"
    hint = limits.hint("front_matter_keys")
    warn(Diagnostic(code=Code.FRONT_MATTER_VALUE, message=message, file=file, hint=hint))
    return dict(islice(entries.items(), first))


def _within_title(metadata: Metadata, file: str, limits: Limits, warn: Warn) -> Metadata:
    title, rest = metadata.title[: limits.title], metadata.title[limits.title :]
    if not rest:
        return metadata
    message = f"the title has {len(metadata.title)} characters; those behind the first {limits.title} were left out"
    hint = limits.hint("title")
    warn(Diagnostic(code=Code.FRONT_MATTER_VALUE, message=message, file=file, hint=hint, removed=rest))
    return replace(metadata, title=f"{title}…")


class _Plain(Struct, frozen=True):
    """Takes the language from code that is too long for colours: to find the words of some takes the square of it."""

    file: str
    limits: Limits
    warn: Warn

    def __call__(self, node: Inline | Block) -> Inline | Block:
        if not isinstance(node, CodeBlock) or not node.language or len(node.text) <= self.limits.code:
            return node
        message, hint = f"code of {len(node.text)} characters is set without colours", self.limits.hint("code")
        self.warn(Diagnostic(code=Code.LARGE_POST, message=message, file=self.file, line=node.line, hint=hint))
        return replace(node, language="")


def _excerpt(parts: Parts, metadata: Metadata, body: Body, context: Context) -> str:
    """Return the words before the mark that ends a summary, where the site or the post has one."""
    mark = metadata.extra.get("excerpt_separator") or context.excerpt_separator
    before, found, _ = parts.body.partition(mark) if mark else ("", "", "")
    if not found or not mark.strip():  # empty lines part all paragraphs: they end no summary that an author chose
        return ""
    line = parts.origin(parts.body_line) + before.count("\n")
    return " ".join(" ".join(text_of(block).split()) for block in body.blocks if block.line and block.line < line)


def _completed(metadata: Metadata, body: Body, site: Site, source: SourceFile, warn: Warn) -> Metadata:
    """Return the metadata with what the front matter does not say and the body does."""
    title = metadata.title
    if not has_words(title):
        title, origin = find_title(body.blocks, source.key)
        message = f"the post has no title; '{title}' comes from {origin}"
        hint = "add a line to the front matter: title: …"
        warn(Diagnostic(code=Code.TITLE_MISSING, message=message, file=source.path, hint=hint))
    summaries = [cleaned.words for cleaned in body.cleaned if cleaned.rule.action == "summary"]
    sources = [cleaned.words for cleaned in body.cleaned if cleaned.rule.action == "source"]
    return replace(
        metadata,
        title=title,
        language=metadata.language or site.language or language_of(f"{title}\n{text_of(body.blocks)}"),
        summary=metadata.summary or next(iter(summaries), ""),
        source=_source(sources) if sources else metadata.source,
    )


def _source(lines: Sequence[str]) -> Source:
    """Return the source that lines name: a URL, or a name behind a colon, in brackets or not."""
    urls = [line for line in lines if _URL.fullmatch(line)]
    names = [_NAME.sub("", line.strip("（）()[]【】 ")) for line in lines if not _URL.fullmatch(line)]
    return Source(next(iter(names), ""), next(iter(urls), ""))
