"""Turns the table `[publish]` into what a run publishes besides its editions."""

from typing import Annotated, Any

from msgspec import Meta, Struct

from converter.catalogues.registry import catalogue_type, plugins
from converter.config.tables import TomlFile, check_names, convert, line_of
from converter.diagnostics import Code, Diagnostic, UsageError, Warn, ignore
from converter.model.urls import split_url

DEFAULT_CATALOGUES = ("opds", "feed", "latest")
TABLE = "[publish]"


class Keep(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many editions of each digest there are; without a number, all of them. One stays that either rule keeps."""

    count: Annotated[int, Meta(ge=0)] = 0
    """The newest ones."""
    days: Annotated[int, Meta(ge=0, le=100_000)] = 0
    """Those whose last day is no more than so many before that of the newest."""


class Publish(Struct, frozen=True, kw_only=True):
    """What there is for readers besides the editions."""

    url: str = ""
    """Where the output folder is on the web, with a slash at its end; empty where nobody says."""
    keep: Keep = Keep()
    """Which editions stay: those beyond are not made, and those that were made are removed."""
    catalogues: dict[str, Any] = {}
    """The catalogues to make, by name: values of the types that `catalogues.registry` returns."""


class _Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys of `[publish]` that are no table of a catalogue."""

    url: str = ""
    keep: dict[str, Any] = {}
    catalogues: tuple[str, ...] | None = None


def publish_of(table: dict[str, Any] | None, file: TomlFile | None, warn: Warn) -> Publish:
    """Return what the table asks for: nothing where there is none. Raises `UsageError` for what is wrong in it."""
    if table is None:
        return Publish()
    own = _Table.__struct_fields__
    check_names(table, (*own, *(plugin.name for plugin in plugins())), file, file.text if file else "", TABLE)
    given = convert({name: value for name, value in table.items() if name in own}, _Table, file, None, TABLE)
    options = {name: value for name, value in table.items() if name not in own}
    names = dict.fromkeys((*(DEFAULT_CATALOGUES if given.catalogues is None else given.catalogues), *options))
    return Publish(
        keep=convert(given.keep, Keep, file, None, "[publish]"),
        url=_checked(given.url, file, warn if names else ignore),
        catalogues={
            name: convert(options.get(name, {}), catalogue_type(name), file, None, f"[publish.{name}]")
            for name in names
        },
    )


def _checked(url: str, file: TomlFile | None, warn: Warn) -> str:
    """Return the URL of a folder. Raises `UsageError` for what is none; a missing one is said."""
    name, line = (str(file), line_of("publish", file.text, "")) if file else (None, None)
    if not url:
        message = "[publish] has no `url`: the links of the catalogues are relative, which not every reader follows"
        hint = 'say where the output folder is on the web, as in url = "https://books.example.org/"'
        warn(Diagnostic(code=Code.PUBLISH_URL_MISSING, message=message, file=name, line=line, hint=hint))
        return ""
    parts = split_url(url)
    is_site = parts and parts.scheme in ("http", "https") and parts.hostname
    if not parts or not is_site or parts.query or parts.fragment or not url.isprintable() or " " in url:
        message = f"[publish] url: '{url}' is not the URL of a folder"
        hint = "it begins with https:// or http:// and a host, and has neither ? nor #"
        raise UsageError(Code.CONFIG_INVALID, message, file=name, line=line, hint=hint)
    return url.rstrip("/") + "/"
