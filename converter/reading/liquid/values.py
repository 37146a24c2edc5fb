"""Headers and configurations -> what Liquid sees of them: lists, tables, numbers, truth values, dates, text."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, tzinfo
from pathlib import PurePosixPath

from converter.languages.zones import zone_named
from converter.model import Metadata, Site
from converter.reading.dates import parse_date
from converter.reading.yaml_values import Plain, Value

_TRUE, _FALSE = frozenset({"true", "yes", "on"}), frozenset({"false", "no", "off"})
_INTEGER = re.compile(r"[-+]?(?:0|[1-9](?:,?[0-9]|_[0-9])*)")
_OTHER_BASE = re.compile(r"[-+]?0(?:b[01_]+|x[0-9a-fA-F_]+|o?[0-7_]+)")
_FLOAT = re.compile(r"[-+]?(?:[0-9][0-9_,]*\.[0-9]*|\.[0-9]+)(?:[eE][-+][0-9]+)?")
_DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_TIME = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}(?:[Tt]|[ \t]+)\d{1,2}:\d\d:\d\d(?:\.\d*)?[ \t]*(?:Z|[-+]\d{1,2}:?(?:\d\d)?)?"
)
_LONGEST = 64
"""Characters of a number, a truth value or a date."""


class Moment(datetime):
    """A point in time that prints as in Ruby."""

    def __str__(self) -> str:
        return f"{self.year:04}" + self.strftime("-%m-%d %H:%M:%S %z")


def moment(value: datetime) -> Moment:
    """Return a point in time as Liquid prints it."""
    return Moment(*value.timetuple()[:6], tzinfo=value.tzinfo)


def typed(value: Value, zone: tzinfo, known: dict[int, object] | None = None) -> object:
    """Return a value as Jekyll hands it to Liquid: what stands without quotes may be more than text.

    `known` holds what was made of each list and table, by identity: aliases of YAML share them, and lists of aliases of
    lists would grow without an end if each were made anew.
    """
    known = {} if known is None else known
    match value:
        case Plain():
            return _scalar(str(value), zone)
        case tuple() | dict():
            if id(value) not in known:
                known[id(value)] = (
                    [typed(one, zone, known) for one in value]
                    if isinstance(value, tuple)
                    else {key: typed(one, zone, known) for key, one in value.items()}
                )
            return known[id(value)]
        case _:
            return value


def _scalar(text: str, zone: tzinfo) -> object:
    """Return what YAML 1.1 makes of a plain scalar, but for numbers to the base of sixty: `12:30` is a time of day."""
    word = text.lower()
    if len(text) > _LONGEST:
        return text
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    if not (text[0].isdecimal() or text[0] in "-+."):
        return text
    if _INTEGER.fullmatch(text):
        return int(text.replace(",", "").replace("_", ""))
    if _OTHER_BASE.fullmatch(text):
        digits = re.sub(r"^([-+]?)0(?=[0-7_])", r"\g<1>0o", text)
        return int(digits, 0)
    if _FLOAT.fullmatch(text):
        return float(text.replace(",", "").replace("_", ""))
    if _DAY.fullmatch(text) or _TIME.fullmatch(text):
        found = parse_date(text, zone)
        if found:
            return moment(found) if ":" in text else date(found.year, found.month, found.day)
    return text


def values_of_page(
    metadata: Metadata, header: Mapping[str, Value], path: str, key: str, site: Site
) -> dict[str, object]:
    """Return what `{{ page.KEY }}` gives."""
    zone = zone_named(site.timezone) or UTC
    found: dict[str, object] = {
        "author": ", ".join(metadata.authors) or None,
        "description": metadata.summary or None,
        "excerpt": metadata.summary or None,
        "lang": metadata.language or None,
        "subtitle": metadata.subtitle or None,
        **{name: typed(value, zone) for name, value in header.items()},
        "categories": list(metadata.categories),
        "collection": _collection(path),
        "date": moment(metadata.published.astimezone(zone)) if metadata.published else None,
        "draft": metadata.draft,
        "ext": PurePosixPath(path).suffix,
        "name": PurePosixPath(path).name,
        "path": path,
        "relative_path": path,
        "slug": metadata.slug,
        "tags": list(metadata.tags),
        "title": metadata.title,
        "url": next(iter(metadata.addresses), ""),
    }
    found["id"] = str(found["url"]).removesuffix(".html") or f"/{key}"
    return found


def _collection(path: str) -> str | None:
    folders = path.split("/")[:-1]
    if "_posts" in folders or "_drafts" in folders:
        return "posts"
    return folders[0].removeprefix("_") if folders and folders[0].startswith("_") else None


def values_of_site(site: Site, variables: Mapping[str, Value], data: Mapping[str, Value]) -> dict[str, object]:
    """Return what `{{ site.KEY }}` gives: what the configuration says, and what is known of the site all the same."""
    zone = zone_named(site.timezone) or UTC
    known = {
        "author": site.author,
        "baseurl": site.baseurl,
        "description": site.description,
        "lang": site.language,
        "timezone": site.timezone,
        "title": site.title,
        "url": site.url,
    }
    written = {key: typed(value, zone) for key, value in variables.items()}
    tables = {key: value for key, value in written.items() if isinstance(value, dict | list)}
    more = {"data": {key: typed(value, zone) for key, value in data.items()}}
    return {**written, **{key: value for key, value in known.items() if value}, **tables, **more}
