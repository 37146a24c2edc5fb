"""The text of a `_config.yml` -> what the posts of the site share."""

from collections.abc import Iterator, Mapping

from converter.diagnostics import Code, Diagnostic, Warn
from converter.model import Site
from converter.reading.context import Context, Defaults
from converter.reading.dates import zone_named
from converter.reading.html import Clean
from converter.reading.language import language_tag
from converter.reading.yaml_values import HeaderError, Value, read_yaml

MATHS = ("katex", "math", "mathjax", "use_math")
"""Keys by which themes ask for formulas."""
_NONE: Mapping[str, str] = {}
_LANGUAGE_KEYS = ("lang", "language", "locale")


def read_site(text: str, *, file: str, root: str, warn: Warn) -> Site:
    """Return the site. What cannot be used is reported and left empty: a post is still a post without its site."""
    try:
        values = {key: value for key, value, _ in read_yaml(text)}
        lines = {key: line for key, _, line in read_yaml(text)}
    except HeaderError as error:
        hint = "correct the file; until then the posts are read without it"
        warn(_invalid(f"the file is no valid YAML: {error}", file, error.line, error.column, hint))
        return Site(root=root)
    zone = text_of_value(values.get("timezone"))
    if zone and zone_named(zone) is None:
        hint = "use a name of the IANA database, such as Asia/Shanghai"
        warn(_invalid(f"'{zone}' is no time zone; UTC is used", file, lines["timezone"], None, hint))
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
    )


def read_context(text: str, *, includes: Mapping[str, str] = _NONE, rules: tuple[Clean, ...] = ()) -> Context:
    """Return what the text of a `_config.yml` means to posts besides the facts that `read_site` gives.

    A text that cannot be read means nothing here: `read_site` reports it.
    """
    try:
        values = {key: value for key, value, _ in read_yaml(text)}
    except HeaderError:
        values = {}
    markdown = text_of_value(values.get("markdown")).lower()
    return Context(
        variables=dict(_variables(values)),
        includes=includes,
        rules=rules,
        defaults=_defaults(values.get("defaults")),
        permalink=text_of_value(values.get("permalink")) or "date",
        dialect="commonmark" if markdown.startswith("commonmark") else "kramdown",
        dollars=any(text_of_value(values.get(key)) == "true" for key in MATHS),
    )


def _variables(values: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    """Yield the scalars of the site."""
    for key, value in values.items():
        if isinstance(value, str):
            yield key, value.strip()


def _defaults(value: Value) -> tuple[Defaults, ...]:
    found = []
    for one in value if isinstance(value, tuple) else ():
        scope, values = (one.get("scope"), one.get("values")) if isinstance(one, dict) else (None, None)
        kind = text_of_value(scope.get("type")) if isinstance(scope, dict) else ""
        if isinstance(values, dict) and kind in {"", "posts", "drafts"}:
            path = text_of_value(scope.get("path")).strip("/") if isinstance(scope, dict) else ""
            found.append(Defaults(path, values))
    return tuple(sorted(found, key=lambda defaults: len(defaults.path)))


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
