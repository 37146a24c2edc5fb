"""The text of a site's configuration -> what the posts of the site share."""

import json
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath

from converter.diagnostics import Code, Diagnostic, Warn
from converter.languages.zones import zone_named
from converter.model import Site
from converter.model.urls import split_url
from converter.reading.context import Context, Defaults
from converter.reading.front_matter.parse import PARSERS
from converter.reading.front_matter.split import Format
from converter.reading.html import CleaningRule
from converter.reading.language import language_tag
from converter.reading.systems import JEKYLL, Profile
from converter.reading.systems.programs import read_python, read_script
from converter.reading.yaml_values import FrontMatterError, Pair, Value

MATHS = ("katex", "math", "mathjax", "use_math")
"""Keys by which themes ask for formulas."""
_NONE: Mapping[str, str] = {}
_LANGUAGE_KEYS = ("lang", "language", "locale")
_PROGRAMS: Mapping[str, Callable[[str], list[Pair]]] = {
    ".py": read_python,
    **dict.fromkeys((".cjs", ".js", ".mjs", ".mts", ".ts"), read_script),
}
_FORMATS: Mapping[str, Format] = {".json": "json", ".toml": "toml"}


def read_site(text: str, *, file: str, root: str, warn: Warn, profile: Profile = JEKYLL) -> Site:
    """Return the site. What cannot be used is reported and left empty: a post is still a post without its site."""
    try:
        pairs = _pairs(text, file)
    except FrontMatterError as error:
        hint = "correct the file; until then the posts are read without it"
        message = f"the file is not valid {_kind_of(file)}: {error}"
        warn(_invalid(message, file, error.line, error.column, hint))
        return Site(root=root, shown=profile.static)
    values = _values(pairs, profile)
    lines = {key.lower(): line for key, _, line in pairs}
    zone = text_of_value(values.get("timezone"))
    if zone and zone_named(zone) is None:
        hint = "use a name of the IANA database, such as Asia/Shanghai"
        warn(_invalid(f"'{zone}' is not a time zone; UTC is used", file, lines["timezone"], None, hint))
        zone = ""
    return Site(
        root=root,
        title=text_of_value(values.get("title") or values.get("name")),
        description=text_of_value(values.get("description")),
        language=_language(values),
        timezone=zone or "UTC",
        url=text_of_value(values.get("url")).rstrip("/"),
        baseurl=_baseurl(text_of_value(values.get("baseurl"))),
        author=_author(values.get("author")),
        license=text_of_value(values.get("license")),
        shown=profile.static,
    )


def read_context(
    text: str,
    *,
    file: str = "_config.yml",
    includes: Mapping[str, str] = _NONE,
    rules: tuple[CleaningRule, ...] = (),
    profile: Profile = JEKYLL,
) -> Context:
    """Return what the text of a configuration means to posts besides the facts that `read_site` gives.

    A text that cannot be read means nothing here: `read_site` reports it.
    """
    try:
        values = _values(_pairs(text, file), profile)
    except FrontMatterError:
        values = {}
    markdown = text_of_value(values.get("markdown")).lower()
    return Context(
        system=profile.name,
        variables=values,
        includes=includes,
        data_folder=text_of_value(values.get("data_dir")).strip("./") or "_data",
        rules=rules,
        defaults=_defaults(values.get("defaults")),
        permalink=text_of_value(values.get("permalink")) or profile.permalink,
        permalinks=_permalinks(values),
        exclude=_texts(values.get("exclude"), but=_texts(values.get("include"))),
        excerpt_separator=text_of_value(values.get("excerpt_separator")),
        encoding=text_of_value(values.get("encoding")),
        dialect="commonmark" if markdown.startswith("commonmark") else profile.dialect,
        options=profile.options(values),
        dollars=any(text_of_value(values.get(key)) == "true" for key in MATHS),
    )


def _kind_of(file: str) -> str:
    return "Python" if file.endswith(".py") else _format_of(file).upper()


def _format_of(file: str) -> Format:
    return _FORMATS.get(PurePosixPath(file).suffix, "yaml")


def _pairs(text: str, file: str) -> list[Pair]:
    """Return the keys of a configuration. Raises `FrontMatterError` for what is not written as its suffix says."""
    suffix = PurePosixPath(file).suffix
    if suffix in _PROGRAMS:
        return _PROGRAMS[suffix](text)
    try:
        return PARSERS[_format_of(file)](text)
    except json.JSONDecodeError as error:
        raise FrontMatterError(error.msg.lower(), error.lineno, error.colno) from error
    except (AttributeError, RecursionError) as error:  # the reader of JSON expects an object
        raise FrontMatterError("it is not a mapping of keys to values") from error


def _values(pairs: list[Pair], profile: Profile) -> dict[str, Value]:
    """Return the values by the names that Jekyll has for them."""
    if not profile.settings:  # Jekyll's, whose keys have cases
        return {key: value for key, value, _ in pairs}
    known = {profile.settings.get(key.lower(), key.lower()): value for key, value, _ in pairs}
    for table in ("params", "extra"):
        inner = known.get(table)
        if isinstance(inner, dict):
            known = {**{key.lower(): value for key, value in inner.items()}, **known}
    url = split_url(text_of_value(known.get("url")))
    known["url"] = f"{url.scheme}://{url.netloc}" if url and url.netloc else ""
    known["baseurl"] = (url.path.strip("/") if url else "") or text_of_value(known.get("baseurl"))
    return known


def _permalinks(values: Mapping[str, Value]) -> dict[str, str]:
    """Return the form of URLs by section of Hugo, and by each collection of Jekyll that has pages of its own."""
    sections, collections = values.get("permalinks"), values.get("collections")
    if isinstance(sections, dict) and isinstance(sections.get("page"), dict):
        sections = sections["page"]  # since Hugo 0.131 the forms of pages and of lists are told apart
    found = {name: text_of_value(form) for name, form in (sections if isinstance(sections, dict) else {}).items()}
    for name, settings in (collections if isinstance(collections, dict) else {}).items():
        if isinstance(settings, dict) and (name == "posts" or settings.get("output") == "true"):
            found[name] = text_of_value(settings.get("permalink"))
    return found


def _texts(value: Value, but: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the texts of a list, or a text alone, less those of `but`."""
    found = value if isinstance(value, tuple) else (value,)
    return tuple(text for one in found if (text := text_of_value(one)) and text not in but)


def _defaults(value: Value) -> tuple[Defaults, ...]:
    """Return the sets of defaults, the heavier later: Jekyll lets the longer path win, then the set with a type."""
    found = []
    for one in value if isinstance(value, tuple) else ():
        scope, values = (one.get("scope"), one.get("values")) if isinstance(one, dict) else (None, None)
        place = scope if isinstance(scope, dict) else {}
        if isinstance(values, dict):
            path = text_of_value(place.get("path")).removeprefix("./").strip("/")
            found.append(Defaults(path, values, text_of_value(place.get("type"))))
    return tuple(sorted(found, key=lambda defaults: (len(defaults.path), bool(defaults.type))))


def text_of_value(value: Value) -> str:
    """Return a scalar on one line, without white space around; empty for everything else."""
    return " ".join(value.split()) if isinstance(value, str) else ""


def _invalid(message: str, file: str, line: int, column: int | None, hint: str) -> Diagnostic:
    return Diagnostic(code=Code.SITE_CONFIG_INVALID, message=message, file=file, line=line, column=column, hint=hint)


def _language(values: Mapping[str, Value]) -> str:
    for key in _LANGUAGE_KEYS:
        if tag := language_tag(text_of_value(values.get(key))):
            return tag
    return ""


def _baseurl(written: str) -> str:
    path = written.strip("/")
    return f"/{path}" if path else ""


def _author(value: Value) -> str:
    if isinstance(value, tuple):
        return ", ".join(filter(None, (_author(one) for one in value)))
    return text_of_value(value.get("name")) if isinstance(value, dict) else text_of_value(value)
