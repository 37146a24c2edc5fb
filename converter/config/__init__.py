"""Turns `converter.toml`, the environment and options into one frozen `Config`, checked by name and type."""

import difflib
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta, Struct
from msgspec.structs import replace

from converter.config.mail import Mail, mail_of
from converter.config.publish import Publish, publish_of
from converter.config.renamed import with_new_names
from converter.config.state import State as State
from converter.config.tables import TomlFile, at, beside, check_names, convert, line_of
from converter.diagnostics import Code, Diagnostic, UsageError, Warn
from converter.digest import DigestSpec, GroupBy, file_name
from converter.images.policy import ImagePolicy
from converter.limits.values import DEFAULT, Limits
from converter.model import PeriodKind, Site
from converter.normalize import PASSES
from converter.reading import CleaningRule, fault_of
from converter.storage import LocalTree, RefusedError, Tree, is_url
from converter.storage.cache import LIMIT, Cache
from converter.writers.registry import plugins, writer_type

FILE_NAME = "converter.toml"
MAX_SIZE = 1 << 20
"""Bytes of the file."""
DEFAULT_FORMATS = ("epub", "markdown", "pdf")
DEFAULT_OUTPUT = "out"
DEFAULT_THEME = "default"
SITE_FIELDS = tuple(field for field in Site.__struct_fields__ if field != "root")


class Config(Struct, frozen=True, kw_only=True):
    """All that `build` needs to know."""

    sources: tuple[str | Tree, ...]
    """Folders, files or globs, as the user names them; trees, from other programs."""
    output: str = DEFAULT_OUTPUT
    """The folder for finished files."""
    writers: dict[str, Any] = {}
    """The writers to use, by name: values of the types that `plugins.writer_type` returns."""
    named: tuple[str, ...] = ()
    """The formats that somebody asked for by name: one that cannot be written on this machine is an error. Of the
    others it is a warning."""
    digests: tuple[DigestSpec, ...] = (DigestSpec(),)
    editions: tuple[str, ...] = ()
    """The editions that are wanted, by key or by period as keys have it (`2024-W22`); all, where it is empty."""
    last: bool = False
    """Whether only the newest edition of each set of digests is wanted whose last day is over."""
    theme: str = DEFAULT_THEME
    """The name of a theme that comes with the converter, or a folder."""
    site: dict[str, str] = {}
    """What replaces the values of the site's `_config.yml`, by the names of `model.Site`."""
    clean: tuple[CleaningRule, ...] = ()
    """What of the posts is not the post, besides what the rules that ship with the converter say."""
    skip: tuple[str, ...] = ()
    """The passes of `normalize` that are left out, by name."""
    images: ImagePolicy = ImagePolicy()
    """What becomes of images that are missing or on the web."""
    limits: Limits = DEFAULT
    """How much one post may ask for."""
    jobs: int = 1
    """How many processes may work at once; with 1, all happens in this one."""
    executor: str = ""
    """The URL of a cluster that does the work in the place of these processes: `dask://HOST:PORT`."""
    timeout: float = 600.0
    """Seconds that one task may take, where there are several processes."""
    verify: bool = False
    """Whether the words of each file are compared with the sources before it is put in place."""
    max_lost_words: int = 0
    """How many missing words of each file are only warned of, where files are compared with the sources."""
    follow_links: bool = False
    """Whether links in the site may lead out of it."""
    cache: Cache = Cache()
    """The results of earlier runs, and those of this one; without a folder, nothing is kept."""
    state: State = State()
    publish: Publish = Publish()
    mail: Mail = Mail()
    """What a run makes for readers besides the editions."""
    notices: tuple[Diagnostic, ...] = ()
    """What there is to say about the file itself."""
    now: datetime | None = None
    """What stands for now: posts with a later date are of the future, and no digest has one. Never the clock."""


class _File(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The tables and keys of `converter.toml`."""

    sources: tuple[str, ...] = ()
    output_folder: str = ""
    formats: tuple[str, ...] = ()
    theme: str = ""
    cache: str | None = None
    cache_limit: Annotated[int, Meta(ge=1)] = LIMIT
    follow_links: bool = False
    site: dict[str, str] = {}
    clean: tuple[dict[str, Any], ...] = ()
    normalize: dict[str, Any] = {}
    images: dict[str, Any] = {}
    limits: dict[str, Any] = {}
    state: dict[str, Any] = {}
    publish: dict[str, Any] | None = None
    mail: dict[str, Any] = {}
    output: dict[str, dict[str, Any]] = {}
    digest: tuple[dict[str, Any], ...] = ()


class _Normalize(Struct, frozen=True, forbid_unknown_fields=True):
    """The keys of `[normalize]`."""

    skip: tuple[str, ...] = ()


class Options(Struct, frozen=True, kw_only=True):
    """What the command line, the environment or a caller may set; `None` or empty leaves it to the file."""

    sources: tuple[str, ...] = ()
    output: str | None = None
    formats: tuple[str, ...] = ()
    period: PeriodKind | None = None
    group_by: GroupBy | None = None
    since: date | None = None
    until: date | None = None
    drafts: bool | None = None
    future: bool | None = None
    unpublished: bool | None = None
    theme: str | None = None
    pdf_engine: str | None = None
    jobs: int | None = None
    executor: str | None = None
    timeout: float | None = None
    verify: bool = False
    digests: tuple[str, ...] = ()
    """The names of those that are wanted; all, where it is empty."""
    editions: tuple[str, ...] = ()
    last: bool = False
    cache: str | None = None
    """A folder; empty for none."""
    default_cache: str = ""
    """The folder where nobody names one."""
    cache_limit: int | None = None
    """Megabytes."""
    follow_links: bool = False


def load_config(path: str | None = None, options: Options | None = None) -> Config:
    """Return the configuration for a run.

    `path` names a `converter.toml`; without it, the nearest one upward from the first source is taken, if there is
    one. Paths in the file are relative to its folder. Options win over the file, the file over the defaults.
    `SOURCE_DATE_EPOCH` in the environment stands for now. Raises `UsageError` with file and line for what is misspelt,
    of the wrong type or not installed.
    """
    options = options or Options()
    file = _opened(Path(path), named=True) if path else _nearest(options.sources or (".",))
    notices: list[Diagnostic] = []
    table = _File() if file is None else _read(file, notices.append)
    base = file.path.parent if file else Path()
    formats = options.formats or table.formats or tuple(table.output) or DEFAULT_FORMATS
    config = Config(
        sources=options.sources or tuple(at(base, source) for source in table.sources) or (str(base),),
        output=options.output or (at(base, table.output_folder) if table.output_folder else DEFAULT_OUTPUT),
        writers={name: _writer(name, _options_of(name, table, options), file) for name in dict.fromkeys(formats)},
        named=options.formats or table.formats,
        digests=_digests(table, options, file),
        editions=options.editions,
        last=options.last,
        theme=options.theme or _theme(table.theme, base),
        site=table.site,
        clean=tuple(_rule(rule, file) for rule in table.clean),
        skip=_skipped(table.normalize, file),
        images=beside(convert(table.images, ImagePolicy, file, None, "[images]"), table.images, base),
        limits=convert(table.limits, Limits, file, None, "[limits]"),
        cache=_cache(table, options, base),
        state=beside(convert(table.state, State, file, None, "[state]"), table.state, base),
        publish=publish_of(table.publish, file, notices.append),
        mail=beside(
            mail_of(table.mail, table.digest, base / str(table.state.get("folder", "")), file), table.mail, base
        ),
        follow_links=options.follow_links or table.follow_links,
        notices=tuple(notices),
        now=_source_date(),
    )
    _check_suffixes(config.writers, file)
    if config.publish.catalogues:
        _check_lists(config.digests, file)
    given = {"jobs": options.jobs, "executor": options.executor, "timeout": options.timeout, "verify": options.verify}
    return replace(config, **{name: value for name, value in given.items() if value is not None})


def _source_date() -> datetime | None:
    """Return `SOURCE_DATE_EPOCH` (reproducible-builds.org). Raises `UsageError` when that variable is no number."""
    written = os.environ.get("SOURCE_DATE_EPOCH")
    if not written:
        return None
    try:
        return datetime.fromtimestamp(int(written), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(
            Code.CONFIG_INVALID, f"SOURCE_DATE_EPOCH is '{written}'", hint="it is a whole number of seconds since 1970"
        ) from error


def _nearest(sources: Iterable[str | Tree]) -> TomlFile | None:
    """Return the `converter.toml` in the folder of the first source or in one above it."""
    first = next(iter(sources))
    start = Path() if not isinstance(first, str) or is_url(first) else Path(first)
    start = start.absolute()
    found = next((file for folder in (start, *start.parents) if (file := folder / FILE_NAME).is_file()), None)
    return _opened(found, named=False) if found else None


def _opened(path: Path, *, named: bool) -> TomlFile:
    """Return a file; one that the user names may be a link, one that lies in a site may not lead out of its folder."""
    try:
        data = LocalTree(str(path.parent), follow_links=named).read(path.name, MAX_SIZE)
        return TomlFile(path, data.decode("utf-8"))
    except (RefusedError, UnicodeDecodeError) as error:
        hint = error.hint if isinstance(error, RefusedError) else "save it as UTF-8"
        message = f"the configuration cannot be read: {error}"
        raise UsageError(Code.CONFIG_INVALID, message, file=str(path), hint=hint) from error


def _read(file: TomlFile, warn: Warn) -> _File:
    text = file.text
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise UsageError(
            Code.CONFIG_INVALID, f"this is not valid TOML: {error}", file=str(file), line=int(line[1]) if line else None
        ) from error
    table = with_new_names(table, warn, str(file), lambda key, where: line_of(key, text, where))
    found = convert(table, _File, file, text, "")
    check_names(found.site, SITE_FIELDS, file, text, "[site]")
    check_names(found.output, [plugin.name for plugin in plugins()], file, text, "[output]")
    return found


def _digests(table: _File, options: Options, file: TomlFile | None) -> tuple[DigestSpec, ...]:
    """Return the digests of the file with the options of the command line laid over each."""
    specs = [_digest(digest, table, file) for digest in table.digest] or [DigestSpec()]
    names = ("period", "group_by", "since", "until", "drafts", "future", "unpublished")
    given = {name: value for name in names if (value := getattr(options, name)) is not None}
    for name in options.digests:
        _check_digest(name, [spec.name for spec in specs if spec.name], file)
    specs = [replace(spec, **given) for spec in specs if not options.digests or spec.name in options.digests]
    keys = [(spec.name, spec.period) for spec in specs]
    if clash := next((key for key in keys if keys.count(key) > 1), None):
        raise UsageError(
            Code.CONFIG_INVALID,
            f"two digests by {clash[1]} have the same name '{clash[0]}' and would overwrite each other",
            file=str(file) if file else None,
            hint="give each [[digest]] a `name` of its own",
        )
    return tuple(specs)


def _digest(digest: dict[str, Any], table: _File, file: TomlFile | None) -> DigestSpec:
    """Return one `[[digest]]`. Raises `UsageError` for one that is to be sealed where nothing lasts."""
    name, line = (str(file), line_of("seal", file.text, "[[digest]]")) if file else (None, None)
    try:
        spec = convert(digest, DigestSpec, file, None, "[[digest]]")
    except UsageError as error:
        found = error.diagnostic
        if found.file:
            raise
        raise UsageError(found.code, found.message, file=name, line=line, hint=found.hint) from error
    if spec.seal and not table.state.get("folder"):
        message = "`seal` needs a state: what is sealed must not be lost"
        raise UsageError(Code.CONFIG_INVALID, message, file=name, line=line, hint="name a `folder` in [state]")
    return spec


def _check_lists(specs: Iterable[DigestSpec], file: TomlFile | None) -> None:
    """Raise `UsageError` where the editions of two digests would be in one list of a catalogue."""
    names = [file_name(spec.name) for spec in specs]
    clash = next((name for name in names if names.count(name) > 1), None)
    if clash is not None:
        raise UsageError(
            Code.CONFIG_INVALID,
            f"two digests have the name '{clash}', and would be one in the catalogues of [publish]",
            file=str(file) if file else None,
            hint="give each [[digest]] a `name` of its own",
        )


def _check_digest(name: str, known: list[str], file: TomlFile | None) -> None:
    """Raise `UsageError` for a name that no `[[digest]]` has, with the one that was meant."""
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        listed = f"known are: {', '.join(known)}" if known else "give [[digest]] of converter.toml a `name`"
        hint = f"did you mean '{near[0]}'?" if near else listed
        raise UsageError(Code.USAGE, f"there is no [[digest]] '{name}'", file=str(file) if file else None, hint=hint)


def _options_of(name: str, table: _File, options: Options) -> Mapping[str, object]:
    """Return the table of a writer with the options of the command line laid over it."""
    found = table.output.get(name, {})
    return {**found, "engine": options.pdf_engine} if name == "pdf" and options.pdf_engine else found


def _cache(table: _File, options: Options, base: Path) -> Cache:
    """Return the cache that the command line, the file or the default names, in this order."""
    limit = options.cache_limit or table.cache_limit
    if options.cache is not None:
        return Cache(options.cache, limit)
    if table.cache is not None:
        return Cache(str(base / table.cache) if table.cache else "", limit)
    return Cache(options.default_cache, limit, is_named=False)


def _writer(name: str, table: Mapping[str, object], file: TomlFile | None) -> Struct:
    """Return a writer with the options of `table`."""
    writer: Struct = convert(dict(table), writer_type(name), file, None, f"[output.{name}]")
    return beside(writer, table, file.path.parent if file else Path())


def _check_suffixes(writers: Mapping[str, Any], file: TomlFile | None) -> None:
    """Raise `UsageError` where two writers make files of one name, which would replace each other."""
    by_suffix: dict[str, list[str]] = {}
    for name, writer in writers.items():
        by_suffix.setdefault(writer.suffix.lower(), []).append(name)
    for suffix, names in by_suffix.items():
        if len(names) > 1:
            raise UsageError(
                Code.CONFIG_INVALID,
                f"the writers {' and '.join(names)} would replace each other's files: all end in '{suffix}'",
                file=str(file) if file else None,
                hint="name one of them in `formats` or with --to, and write the other into another folder",
            )


def writer_of(name: str, options: Mapping[str, object], warn: Warn) -> Any:
    """Return the writer of that name. Raises `UsageError` for a wrong option, with the name that was meant."""
    table = with_new_names({"output": {name: options}}, warn)["output"][name]
    return convert(table, writer_type(name), None, None, f"the writer '{name}'")


def _rule(table: dict[str, Any], file: TomlFile | None) -> CleaningRule:
    return check_rule(convert(table, CleaningRule, file, None, "[[clean]]"), file)


def check_rule(rule: CleaningRule, file: TomlFile | None = None) -> CleaningRule:
    """Return the rule. Raises `UsageError` for one that can match nothing."""
    if fault := fault_of(rule):
        raise UsageError(
            Code.CONFIG_INVALID,
            f"[[clean]] {rule.name}: {fault}",
            file=str(file) if file else None,
            hint="see docs/configuration.md for the forms of a rule",
        )
    return rule


def _skipped(table: dict[str, Any], file: TomlFile | None) -> tuple[str, ...]:
    """Return the passes to leave out. Raises `UsageError` for a name that no pass has, with the one that was meant."""
    names = convert(table, _Normalize, file, None, "[normalize]").skip
    for name in names:
        if name not in PASSES:
            near = difflib.get_close_matches(name, PASSES, 1)
            raise UsageError(
                Code.CONFIG_INVALID,
                f"[normalize] skip: unknown pass '{name}'",
                file=str(file) if file else None,
                hint=f"did you mean '{near[0]}'?" if near else "`converter plugins` lists the passes",
            )
    return names


def _theme(name: str, base: Path) -> str:
    """Return the theme of the file: a folder relative to it, else a name."""
    return str(base / name) if name and (base / name).is_dir() else name or DEFAULT_THEME
