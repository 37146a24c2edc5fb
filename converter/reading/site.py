"""The text of a `_config.yml` -> what the posts of the site share."""

from collections.abc import Mapping

from converter.diagnostics import Code, Diagnostic, Warn
from converter.model import Site
from converter.reading.dates import zone_named
from converter.reading.language import language_tag
from converter.reading.yaml_values import HeaderError, Value, read_yaml

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
