"""The entries of front matter -> metadata: dates, lists and names as values, the rest kept as written."""

import html
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, tzinfo

from converter.diagnostics import Code, Diagnostic, Warn
from converter.languages.zones import zone_named
from converter.model import Metadata, Site
from converter.reading.dates import date_in_name, parse_date
from converter.reading.front_matter.parse import Entry
from converter.reading.language import language_tag
from converter.reading.site import text_of_value
from converter.reading.systems import PLAIN, Profile
from converter.reading.yaml_values import Value

Entries = Mapping[str, Entry]

_TITLE = ("title",)
_SUBTITLE = ("subtitle", "sub_title", "tagline")
_AUTHORS = ("author", "authors")
_PUBLISHED = ("date", "publishdate", "pubdate", "published_at", "created", "created_at", "datetime")
_UPDATED = ("last_modified_at", "lastmod", "updated", "updated_at", "modified")
_LANGUAGE = ("lang", "language", "locale")
_CATEGORIES = ("category", "categories")
_TAGS = ("tag", "tags")
_SUMMARY = ("summary", "description", "excerpt")
_SLUG = ("slug",)
_REDIRECTS = ("redirect_from", "aliases")
_KNOWN = frozenset(
    (*_TITLE, *_SUBTITLE, *_AUTHORS, *_PUBLISHED, *_UPDATED, *_LANGUAGE, *_CATEGORIES, *_TAGS, *_SUMMARY, *_SLUG)
).union(_REDIRECTS)
_WHOLE = frozenset({"category", "tag"})
"""Keys whose string is one term, however many words it has: Jekyll's rule for the singular."""
_NAME_KEYS = ("name", "title", "label")
_FALSE, _TRUE = frozenset({"false", "no", "off"}), frozenset({"true", "yes", "on"})
_NO_CATEGORY = frozenset({"", ".", "..", "_drafts", "_posts", "content", "docs", "source", "src"})
_NO_SECTION = frozenset({"blog", "post", "posts"})
_NAME = re.compile(r"(?:\d{2,4}-\d{1,2}-\d{1,2}-)?(?P<slug>.+)", re.DOTALL)
_MARKUP = re.compile(
    r"</?(?:a|abbr|b|br|cite|code|em|font|i|img|kbd|mark|q|s|small|span|strong|sub|sup|u)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)


def read_metadata(
    entries: Entries, *, key: str, file: str, site: Site, warn: Warn, profile: Profile = PLAIN
) -> Metadata:
    """Return what the front matter and the path say; the title may still be empty. Guesses are reported."""
    known = {name.lower(): entry for name, entry in entries.items()}
    zone = zone_named(site.timezone) or UTC
    return Metadata(
        title=_title(known, file, warn),
        subtitle=_first(known, _SUBTITLE),
        authors=_authors(known) or ((site.author,) if site.author else ()),
        published=_published(known, zone, file, warn),
        updated=_date(known, _UPDATED, zone, file, warn),
        language=language_tag(_first(known, _LANGUAGE)),
        categories=_unique((*_folders(file), *_terms(known, _CATEGORIES))) or _section(file, profile),
        tags=_unique(_terms(known, _TAGS)),
        summary=_first(known, _SUMMARY),
        hidden=_says(known, "published", _FALSE),
        draft=_says(known, "draft", _TRUE) or "_drafts" in file.split("/"),
        addresses=_unique(text for _, entry in _values(known, _REDIRECTS) for text in _lines(entry.value)),
        slug=_first(known, _SLUG) or slug_of(key),
        extra=dict(_extra(entries)),
    )


def slug_of(key: str) -> str:
    """Return the file name of a post without its date."""
    name = key.rpartition("/")[2]
    found = _NAME.fullmatch(name)
    return (found["slug"].strip("-_ ") if found else "") or name


def plain_text(written: str) -> str:
    """Return a value that a site would print into a page, as its readers see it: no markup, no entities."""
    return " ".join(html.unescape(_MARKUP.sub("", written)).split())


def _values(known: Entries, names: tuple[str, ...]) -> Iterator[tuple[str, Entry]]:
    return ((name, known[name]) for name in names if name in known and known[name].value is not None)


def _first(known: Entries, names: tuple[str, ...]) -> str:
    return next((text for _, entry in _values(known, names) if (text := plain_text(text_of_value(entry.value)))), "")


def _title(known: Entries, file: str, warn: Warn) -> str:
    for name, entry in _values(known, _TITLE):
        match entry.value:
            case tuple() as parts:
                title = plain_text(f"[{', '.join(text_of_value(part) for part in parts)}]")
            case dict():
                title = ""
            case value:
                return plain_text(text_of_value(value))
        warn(_value(f"the {name} is not text; it was read as '{title}'", file, entry.line, "put the title in quotes"))
        return title
    return ""


def _authors(known: Entries) -> tuple[str, ...]:
    return _unique(name for _, entry in _values(known, _AUTHORS) for name in _names(entry.value))


def _names(value: Value) -> Iterator[str]:
    match value:
        case str():
            yield from (plain_text(name) for name in re.split(r"[,，、;；]", value))
        case tuple():
            yield from (name for one in value for name in _names(one))
        case dict():
            yield plain_text(text_of_value(value.get("name")))
        case None:
            return


def _published(known: Entries, zone: tzinfo, file: str, warn: Warn) -> datetime | None:
    found = _date(known, _PUBLISHED, zone, file, warn) or date_in_name(file, zone)
    if found is None:
        hint = "add a line to the front matter: date: 2024-05-31 08:00:00 +0800"
        message = "the post has no date, neither in its front matter nor in its name; it sorts last"
        warn(Diagnostic(code=Code.UNDATED, message=message, file=file, hint=hint))
    return found


def _date(known: Entries, names: tuple[str, ...], zone: tzinfo, file: str, warn: Warn) -> datetime | None:
    for name, entry in _values(known, names):
        written = text_of_value(entry.value)
        found = parse_date(written, zone)
        if found is not None:
            return found
        hint = "write it as 2024-05-31 08:00:00 +0800"
        message = f"the {name} '{written[:60]}' is not a date"
        warn(Diagnostic(code=Code.DATE_INVALID, message=message, file=file, line=entry.line, hint=hint))
    return None


def _terms(known: Entries, names: tuple[str, ...]) -> Iterator[str]:
    for name, entry in _values(known, names):
        match entry.value:
            case str() as text if name in _WHOLE:
                yield plain_text(text)
            case str() as text:
                # A list that is never closed.
                text = text.removeprefix("[") if "]" not in text else text
                parts = re.split(r"[,，;；]", text)
                yield from (plain_text(term) for term in (parts if len(parts) > 1 else text.split()))
            case value:
                yield from _flat(value)


def _flat(value: Value) -> Iterator[str]:
    """Yield the terms of a list whatever lists are in it, as Jekyll does; a table says a name, or `key: value`."""
    match value:
        case str():
            yield plain_text(value)
        case tuple():
            yield from (term for one in value for term in _flat(one))
        case dict() if name := next((value[key] for key in _NAME_KEYS if isinstance(value.get(key), str)), None):
            yield plain_text(str(name))
        case dict():
            for key, inner in value.items():
                yield from (f"{key}: {term}" for term in _flat(inner)) if inner else (plain_text(key),)
        case None:
            return


def _folders(file: str) -> tuple[str, ...]:
    """Return the folders above `_posts` or `_drafts`, which Jekyll takes for categories."""
    parts = file.split("/")
    marks = [index for index, part in enumerate(parts) if part in {"_posts", "_drafts"}]
    return tuple(part for part in parts[: marks[0]] if part not in _NO_CATEGORY) if marks else ()


def _unique(terms: Iterator[str] | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(term for term in terms if term))


def _section(file: str, profile: Profile) -> tuple[str, ...]:
    """Return the section of a post where sections mean something, unless its name says only that posts are in it."""
    section = profile.inner(file).parent.parts[:1] if profile.sections and profile.owns(file) else ()
    return section if section and section[0] not in _NO_SECTION else ()


def _lines(value: Value) -> Iterator[str]:
    """Yield the texts of a list, or a text alone."""
    yield from (text_of_value(one) for one in (value if isinstance(value, tuple) else (value,)))


def _says(known: Entries, name: str, words: frozenset[str]) -> bool:
    return any(text_of_value(entry.value).lower() in words for _, entry in _values(known, (name,)))


def _extra(entries: Entries) -> Iterator[tuple[str, str]]:
    """Yield the keys without a meaning here; those of a mapping with a dot. What is nested deeper is left out.

    So is what `<<` took from a mapping to the top: it is said there.
    """
    for name, entry in entries.items():
        if name.lower() in _KNOWN:
            continue
        inner = entry.value if isinstance(entry.value, dict) else {}
        own = ((key, value) for key, value in inner.items() if key not in entries or entries[key].value is not value)
        for key, value in ((name, entry.value), *((f"{name}.{key}", value) for key, value in own)):
            match value:
                case str():
                    yield key, value.strip()
                case tuple():
                    yield key, ", ".join(filter(None, map(text_of_value, value)))
                case _:
                    continue


def _value(message: str, file: str, line: int, hint: str) -> Diagnostic:
    return Diagnostic(code=Code.FRONT_MATTER_VALUE, message=message, file=file, line=line, hint=hint)
