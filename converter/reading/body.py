"""The body of a post -> blocks and notes: Liquid, then Markdown, then HTML; and what there is to say about it."""

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from msgspec.structs import replace

from converter.diagnostics import Code, Diagnostic, SourceError, Warn, shortened
from converter.model import Metadata, Site
from converter.reading.context import Context
from converter.reading.data import read_data
from converter.reading.front_matter.split import Parts
from converter.reading.html import Body, Markup, Removal, line_mark, prepare, read_html, rules_for
from converter.reading.liquid import Page, has_liquid, line_origins, render, values_of_page, values_of_site
from converter.reading.markdown import Dialect, to_html
from converter.reading.page import is_page
from converter.reading.site import MATHS
from converter.reading.source import SourceFile
from converter.reading.systems import expand, has_calls, without_components
from converter.reading.systems.keys import lead_image
from converter.reading.systems.tags import image
from converter.reading.yaml_values import Value

_MDX = ".mdx"
_HTML = frozenset({".htm", ".html", ".xhtml"})


def read_body(
    parts: Parts,
    metadata: Metadata,
    front_matter: Mapping[str, Value],
    source: SourceFile,
    *,
    site: Site,
    context: Context,
    warn: Warn,
) -> Body:
    """Return what the body says; Liquid sees `front matter`. Whatever had to be left out or changed is reported.

    Raises `SourceError` for one that is too large to be read.
    """
    profile = context.profile
    rules = rules_for(parts.body, site.url, context.rules, profile.name)
    # A body with Hugo's calls is Hugo's.
    runs_liquid = profile.liquid and not any(one.in_code and has_calls(parts.body, one) for one in profile.syntaxes)
    if PurePosixPath(source.path).suffix.lower() == _MDX:
        parts = _without_components(parts, metadata, source, warn)
    parts = _without_calls(parts, metadata, source, context, warn)
    if runs_liquid and _wants_liquid(parts, metadata):
        values = values_of_page(metadata, front_matter, source.path, source.key, site)
        data = read_data(source.beside.data, warn) if source.beside.data else {}
        around = values_of_site(site, context.variables, data)
        page = Page(source.path, parts.body_line, values, around, source.beside)
        rendered = render(parts.body, page, context, warn)
        parts = _rewritten(parts, rendered.text, rendered.lines)
    limits = context.limits
    if (marks := limits.marks_in(parts.body)) > limits.marks:
        message = f"the body has {marks} ends of lines and marks of Markdown and HTML, which is too much to read"
        raise SourceError(Code.TOO_LARGE, message, file=source.path, hint=limits.hint("marks"))
    shown = lead_image(metadata, parts.body, profile)
    above = f"<p>{image(*shown)}</p>" if shown else ""
    markup = prepare(above + _html(parts, metadata, source, context, warn))
    is_page = is_saved_page(parts, source.path)
    body = read_html(
        markup.html,
        rules,
        origin=parts.origin,
        is_page=is_page,
        language=metadata.language,
        dollars=_is_html(source) and _has_dollars(metadata, context),
    )
    _report_body(body, markup, parts, source, warn)
    return body


def _report_body(body: Body, markup: Markup, parts: Parts, source: SourceFile, warn: Warn) -> None:
    """Report what had to be left out of a body."""
    too_deep = parts.origin(markup.too_deep) if markup.too_deep else body.too_deep
    if too_deep is not None:
        _report_nesting(source.path, too_deep or None, warn)
    for dropped in body.dropped:
        message, hint = f"<{dropped.name}> and its words were left out", "say it in text"
        if dropped.name == "a":
            message, hint = _links_of_code(dropped.words.split("\n")), "put the link beside the code"
        _report(Code.ELEMENT_DROPPED, message, source.path, dropped.line, hint, dropped.words, warn)
    for cleaned in body.cleaned:
        message = _message_of(cleaned)
        removed = "\n".join(filter(None, (cleaned.words, *cleaned.images)))
        _report(Code.CLEANED, message, source.path, cleaned.line, "change the rule", removed, warn)
    if not body.blocks:
        hint = "write the post, or delete it"
        _report(Code.EMPTY_BODY, "the post has no text", source.path, parts.body_line, hint, "", warn)


def _links_of_code(hrefs: Sequence[str]) -> str:
    first, count = f"to '{shortened(hrefs[0])}'", len(hrefs) - 1
    links = f"links {first} and {count} more were" if count else f"link {first} was"
    return f"the {links} left out: a block of code holds none"


def is_saved_page(parts: Parts, file: str) -> bool:
    """Whether a post is a whole page of HTML without front matter of its own."""
    return parts.format is None and PurePosixPath(file).suffix.lower() in _HTML and is_page(parts.body)


def _without_components(parts: Parts, metadata: Metadata, source: SourceFile, warn: Warn) -> Parts:
    """Return a post in MDX as Markdown."""

    def unknown(noun: str, name: str, line: int) -> None:
        message = f"the {noun} '{name}' is not known; it was left out, and what is in it kept"
        _report(
            Code.LIQUID_UNKNOWN, message, source.path, parts.body_line + line, "say it in Markdown or HTML", "", warn
        )

    params = {"title": metadata.title, "description": metadata.summary, **metadata.extra}
    body = without_components(parts.body, params, unknown)
    return _rewritten(parts, body, line_origins(parts.body.split("\n"), body.split("\n")))


def _without_calls(parts: Parts, metadata: Metadata, source: SourceFile, context: Context, warn: Warn) -> Parts:
    """Return the post with the shortcodes of its system done."""
    for syntax in context.profile.syntaxes:
        if not has_calls(parts.body, syntax):
            continue
        body, origin = parts.body, parts.origin

        def unknown(name: str, position: int, noun: str = syntax.noun) -> None:
            message = f"the {noun} '{name}' is not known; it was left out, and what is in it kept"
            line = origin(parts.body_line + body.count("\n", 0, position))  # noqa: B023  # called within the round
            _report(Code.LIQUID_UNKNOWN, message, source.path, line, "say it in Markdown or HTML", "", warn)

        params = {**_texts(context.variables), **metadata.extra}
        text = expand(body, syntax, context.profile, params, unknown)
        if text != body:
            parts = _rewritten(parts, text, line_origins(body.split("\n"), text.split("\n")))
    return parts


def _texts(values: Mapping[str, Value]) -> dict[str, str]:
    return {key: value.strip() for key, value in values.items() if isinstance(value, str)}


def _rewritten(parts: Parts, body: str, lines: Sequence[int]) -> Parts:
    """Return the post with another body, of which each line comes from one of the body before it."""
    first = parts.body_line
    return replace(parts, body=body, body_origins=tuple(parts.origin(first + line) - first for line in lines))


def _wants_liquid(parts: Parts, metadata: Metadata) -> bool:
    """Whether there may be Liquid; Jekyll looks for it only behind front matter."""
    written = parts.format is not None and has_liquid(parts.body)
    return written and metadata.extra.get("render_with_liquid") != "false"


def _html(parts: Parts, metadata: Metadata, source: SourceFile, context: Context, warn: Warn) -> str:
    if _is_html(source):
        return f"{line_mark(parts.body_line)}{parts.body}"
    dialect: Dialect = "mdx" if PurePosixPath(source.path).suffix.lower() == _MDX else context.dialect

    def report(line: int, words: str) -> None:
        message = f"'{shortened(words)}' has no column in its table, so it was left out, as on the site"
        hint = "give the header row as many cells"
        _report(Code.CELLS_DROPPED, message, source.path, parts.origin(line), hint, words, warn)

    return to_html(
        parts.body,
        first_line=parts.body_line,
        dialect=dialect,
        dollars=_has_dollars(metadata, context),
        files=context.files,
        options=context.options,
        report=report,
    )


def _is_html(source: SourceFile) -> bool:
    return PurePosixPath(source.path).suffix.lower() in _HTML


def _has_dollars(metadata: Metadata, context: Context) -> bool:
    """Whether the site or the post asks for formulas between dollar signs."""
    return context.dollars or any(metadata.extra.get(key) == "true" for key in MATHS)


def _report_nesting(file: str, line: int | None, warn: Warn) -> None:
    message = "elements are nested too deeply; the innermost were left out, their text stays"
    hint = "check for elements that are opened and never closed"
    _report(Code.NESTING_TOO_DEEP, message, file, line, hint, "", warn)


def _message_of(cleaned: Removal) -> str:
    if cleaned.links:
        became = "1 link became plain words" if cleaned.links == 1 else f"{cleaned.links} links became plain words"
        return f"{became} by the rule '{cleaned.rule.name}'"
    what = f"'{shortened(cleaned.words)}'" if cleaned.words else "an image"
    verbs = {"source": "became the source of the post", "summary": "became the summary of the post"}
    return f"{what} {verbs.get(cleaned.rule.action, 'was left out')} by the rule '{cleaned.rule.name}'"


def _report(code: Code, message: str, file: str, line: int | None, hint: str, removed: str, warn: Warn) -> None:
    warn(Diagnostic(code=code, message=message, file=file, line=line, hint=hint, removed=removed))
