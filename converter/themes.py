"""Finds a theme by name or folder, follows what it extends, and opens its templates and style sheets."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path

import msgspec
from jinja2 import Environment, FunctionLoader, StrictUndefined, TemplateError, select_autoescape
from msgspec import Struct

from converter.diagnostics import Code
from converter.errors import UsageError, WriterError
from converter.storage import Fault, LocalTree, RefusedError

_PACKAGED = Path(__file__).parent / "_themes"
BUILT_IN = _PACKAGED if _PACKAGED.is_dir() else Path(__file__).parent.parent / "themes"
"""The folder of the themes that come with the converter: inside an installed wheel, else beside the sources."""

MAX_CHAIN = 10
MAX_SIZE = 32 << 20
"""Bytes of a file of a theme: fonts are the largest."""


class Theme(Struct, frozen=True):
    """A look: where its templates and style sheets are, and the tokens (sizes, colours, fonts) they share."""

    name: str
    folders: tuple[str, ...]
    """The theme's own folder first, then that of each theme it extends."""
    tokens: dict[str, str]
    """By name; a child's token replaces its parent's. Style sheets write `{{ tokens.accent }}`."""
    fingerprint: str = ""
    """A hash of all files when the theme was opened."""

    def read(self, name: str) -> bytes:
        """Return the nearest file of that name in the chain. Raises `WriterError` where none can be read."""
        try:
            return read_file(self.folders, name)
        except RefusedError as error:
            missing = error.fault is Fault.MISSING
            what = f"has no file '{name}'" if missing else f"has a file '{name}' that cannot be read: {error}"
            hint = "add it, or extend a theme that has" if missing else error.hint
            raise WriterError(Code.CONFIG_INVALID, f"theme '{self.name}' {what}", hint=hint) from error

    def fill(self, name: str, values: Mapping[str, object]) -> str:
        """Return the template `name` (a path in the theme) filled with `values` and the tokens.

        Names ending in `.xhtml`, `.html` or `.svg` escape what they insert. Raises `WriterError` for a faulty template.
        """
        try:
            return _environment(self.folders).get_template(name).render(tokens=self.tokens, **values)
        except (TemplateError, RefusedError) as error:
            raise WriterError(
                Code.CONFIG_INVALID, f"template '{name}' of theme '{self.name}': {error}", hint="mend the template"
            ) from error


class _Description(Struct, frozen=True, forbid_unknown_fields=True):
    """The file `theme.toml`."""

    name: str
    extends: str | None = None
    tokens: dict[str, str] = {}


def open_theme(name: str) -> Theme:
    """Return the theme `name`: a folder with a `theme.toml`, else one that comes with the converter.

    Raises `UsageError` when there is none, when `theme.toml` is faulty, or when themes extend each other in a circle.
    """
    folders: list[str] = []
    tokens: dict[str, str] = {}
    base: Path | None = None
    wanted: str | None = name
    while wanted is not None:
        folder = _find(wanted, base)
        if str(folder) in folders or len(folders) == MAX_CHAIN:
            raise UsageError(Code.CONFIG_INVALID, f"theme '{name}' extends itself: {' → '.join([*folders, wanted])}")
        description = _describe(folder)
        folders.append(str(folder))
        tokens = description.tokens | tokens
        base, wanted = folder, description.extends
    fingerprint = " ".join(LocalTree(folder).fingerprint() for folder in folders)
    return Theme(name=Path(name).name, folders=tuple(folders), tokens=tokens, fingerprint=fingerprint)


def read_file(folders: Sequence[str], name: str) -> bytes:
    """Return the file of that name in the first folder that has one, where links stay inside. Raises `RefusedError`."""
    for number, folder in enumerate(folders, 1):
        try:
            # A distribution may install our own files as links.
            return LocalTree(folder, follow_links=Path(folder).parent == BUILT_IN).read(name, MAX_SIZE)
        except RefusedError as error:
            if error.fault is not Fault.MISSING or number == len(folders):
                raise
    raise RefusedError(Fault.MISSING, "there is no such file", "add it")


def built_in_themes() -> tuple[str, ...]:
    """Return the names of the themes that come with the converter."""
    return tuple(sorted(path.parent.name for path in BUILT_IN.glob("*/theme.toml")))


def _find(name: str, base: Path | None) -> Path:
    beside = [base / name] if base else []
    for folder in (*beside, Path(name), BUILT_IN / name):
        if (folder / "theme.toml").is_file():
            return folder.resolve()
    known = ", ".join(built_in_themes())
    raise UsageError(
        Code.CONFIG_INVALID, f"no theme '{name}'", hint=f"name a folder with a theme.toml, or one of: {known}"
    )


def _describe(folder: Path) -> _Description:
    path = folder / "theme.toml"
    try:
        text = read_file((str(folder),), path.name).decode("utf-8")
        return msgspec.convert(tomllib.loads(text), _Description)
    except (RefusedError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise UsageError(Code.CONFIG_INVALID, f"this theme cannot be used: {error}", file=str(path)) from error


def _template(folders: Sequence[str], name: str) -> tuple[str, None, Callable[[], bool]] | None:
    """Return the text of a template, and what says whether it is still the same; `None` where there is none."""
    try:
        data = read_file(folders, name)
    except RefusedError as error:
        if error.fault is Fault.MISSING:
            return None
        raise
    return data.decode("utf-8", "replace"), None, lambda: read_file(folders, name) == data


@cache
def _environment(folders: tuple[str, ...]) -> Environment:
    return Environment(
        loader=FunctionLoader(partial(_template, folders)),
        autoescape=select_autoescape(enabled_extensions=("xhtml", "html", "svg")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
