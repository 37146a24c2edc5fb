"""A file -> a post: its header as metadata, its body of Markdown and HTML as blocks."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from msgspec.structs import replace

from converter.diagnostics import Code, Diagnostic, Warn
from converter.errors import SourceError
from converter.model import Metadata, Post, Site, Source
from converter.reading.context import Context
from converter.reading.front_matter import read_header
from converter.reading.header import Parts, split_header
from converter.reading.html import Body, Clean, Cleaned, fault_of, line_mark, prepare, read_html, rules_for
from converter.reading.language import language_of
from converter.reading.liquid import Page, has_liquid, render, values_of_page, values_of_site
from converter.reading.markdown import to_html
from converter.reading.metadata import read_metadata
from converter.reading.site import read_site
from converter.reading.source import MAX_SIZE, SourceFile, decode
from converter.reading.titles import find_title
from converter.walk import text_of

__all__ = ["Clean", "Context", "SourceFile", "fault_of", "read", "read_site"]

_MAX_QUOTED = 200
_NAME = re.compile(r"^[^:：]{0,8}[:：]\s*")
_URL = re.compile(r"https?://\S+")
_NO_CONTEXT = Context()
_HTML = frozenset({".htm", ".html", ".xhtml"})


def read(source: SourceFile, site: Site, warn: Warn, *, context: Context = _NO_CONTEXT) -> Post:
    """Return the post of a file. Raises `SourceError` for a file that is empty or too large."""
    if not source.data.strip():
        raise SourceError(Code.EMPTY_FILE, "the file is empty", file=source.path, hint="write the post, or delete it")
    if len(source.data) > MAX_SIZE:
        hint = "split the post, or leave it out"
        raise SourceError(Code.TOO_LARGE, "the file is larger than 32 MiB", file=source.path, hint=hint)
    parts = split_header(decode(source.data, file=source.path, warn=warn))
    _warn_of_header(parts, source.path, warn)
    entries = read_header(parts, file=source.path, warn=warn)
    metadata = read_metadata(entries, key=source.key, file=source.path, site=site, warn=warn)
    rules = rules_for(parts.body, site.url, context.rules)
    body = _read_body(_without_liquid(parts, metadata, site, context, source, warn), rules, source.path, warn)
    metadata = _completed(metadata, body, site, source, warn)
    return Post(key=source.key, path=source.path, metadata=metadata, blocks=body.blocks, notes=body.notes)


def _warn_of_header(parts: Parts, file: str, warn: Warn) -> None:
    if parts.format is None:
        hint = "begin the post with ---, lines such as title: and date:, and again ---"
        warn(Diagnostic(code=Code.FRONT_MATTER_MISSING, message="the post has no header", file=file, line=1, hint=hint))
    elif parts.blank_lines:
        message, hint = "the header does not begin in the first line", "delete the empty lines before it"
        warn(Diagnostic(code=Code.FRONT_MATTER_REPAIRED, message=message, file=file, line=1, hint=hint))


def _without_liquid(
    parts: Parts, metadata: Metadata, site: Site, context: Context, source: SourceFile, warn: Warn
) -> Parts:
    """Return the post with the Liquid of its body done; Jekyll looks for it only behind a header."""
    if not has_liquid(parts.body) or parts.format is None or metadata.extra.get("render_with_liquid") == "false":
        return parts
    values = values_of_page(metadata, source.path, source.key)
    page = Page(source.path, parts.body_line, values, values_of_site(site, context.variables))
    rendered = render(parts.body, page, context, warn)
    return replace(parts, body=rendered.text, body_origins=rendered.lines)


def _read_body(parts: Parts, rules: Sequence[Clean], file: str, warn: Warn) -> Body:
    is_html = PurePosixPath(file).suffix.lower() in _HTML
    html = f"{line_mark(parts.body_line)}{parts.body}" if is_html else to_html(parts.body, first_line=parts.body_line)
    markup = prepare(html)
    body = read_html(markup.html, rules, origin=parts.origin)
    if markup.too_deep is not None or body.too_deep is not None:
        line = parts.origin(markup.too_deep) if markup.too_deep else body.too_deep
        hint = "look for elements that are opened and never closed"
        message = "elements are nested too deeply; the innermost were left out, their text was kept"
        warn(Diagnostic(code=Code.NESTING_TOO_DEEP, message=message, file=file, line=line or None, hint=hint))
    for name, line in body.dropped:
        message, hint = f"<{name}> and its words were left out", "say it in text"
        warn(Diagnostic(code=Code.ELEMENT_DROPPED, message=message, file=file, line=line, hint=hint))
    for cleaned in body.cleaned:
        warn(_report_of(cleaned, file))
    if not body.blocks:
        warn(Diagnostic(code=Code.EMPTY_BODY, message="the post has no text", file=file, line=parts.body_line))
    return body


def _report_of(cleaned: Cleaned, file: str) -> Diagnostic:
    words = cleaned.words if len(cleaned.words) <= _MAX_QUOTED else f"{cleaned.words[:_MAX_QUOTED]}…"
    verb = {"source": "became the source of the post", "summary": "became the summary of the post"}
    message = f"'{words}' {verb.get(cleaned.rule.action, 'was left out')} by the rule '{cleaned.rule.name}'"
    return Diagnostic(code=Code.CLEANED, message=message, file=file, line=cleaned.line, hint="change the rule")


def _completed(metadata: Metadata, body: Body, site: Site, source: SourceFile, warn: Warn) -> Metadata:
    """Return the metadata with what the header does not say and the body does."""
    title = metadata.title
    if not title:
        title, origin = find_title(body.blocks, source.key)
        message = f"the post has no title; '{title}' comes from {origin}"
        hint = "add a line to the header: title: …"
        warn(Diagnostic(code=Code.TITLE_MISSING, message=message, file=source.path, hint=hint))
    taken = {cleaned.rule.action: cleaned.words for cleaned in reversed(body.cleaned)}
    names = [cleaned.words for cleaned in body.cleaned if cleaned.rule.action == "source"]
    language = metadata.language or site.language or language_of(f"{title}\n{text_of(body.blocks)}")
    return replace(
        metadata,
        title=title,
        language=language,
        summary=metadata.summary or taken.get("summary", ""),
        source=_source(names) if names else metadata.source,
    )


def _source(lines: Sequence[str]) -> Source:
    """Return the source that lines name: an address, or a name behind a colon, in brackets or not."""
    urls = [line for line in lines if _URL.fullmatch(line)]
    names = [_NAME.sub("", line.strip("（）()[]【】 ")) for line in lines if not _URL.fullmatch(line)]
    return Source(next(iter(names), ""), next(iter(urls), ""))
