"""Finds a theme by name or folder, follows what it extends, and opens its templates and style sheets."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, select_autoescape
from msgspec import Struct

from converter.diagnostics import Code
from converter.errors import UsageError, WriterError

_PACKAGED = Path(__file__).parent / "_themes"
BUILT_IN = _PACKAGED if _PACKAGED.is_dir() else Path(__file__).parent.parent / "themes"
"""The folder of the themes that come with the converter: inside an installed wheel, else beside the sources."""

MAX_CHAIN = 10


class Theme(Struct, frozen=True):
    """A look: where its templates and style sheets are, and the tokens (sizes, colours, fonts) they share."""

    name: str
    folders: tuple[str, ...]
    """The theme's own folder first, then that of each theme it extends."""
    tokens: dict[str, str]
    """By name; a child's token replaces its parent's. Style sheets write `{{ tokens.accent }}`."""

    def file(self, name: str) -> Path:
        """Return the nearest file of that name in the chain. Raises `WriterError` where there is none."""
        for folder in self.folders:
            if (path := Path(folder) / name).is_file():
                return path
        raise WriterError(
            Code.CONFIG_INVALID, f"theme '{self.name}' has no file '{name}'", hint="add it, or extend a theme that has"
        )

    def fill(self, name: str, values: Mapping[str, object]) -> str:
        """Return the template `name` (a path in the theme) filled with `values` and the tokens.

        Names ending in `.xhtml`, `.html` or `.svg` escape what they insert. Raises `WriterError` for a faulty template.
        """
        try:
            return _environment(self.folders).get_template(name).render(tokens=self.tokens, **values)
        except TemplateError as error:
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
    return Theme(name=Path(name).name, folders=tuple(folders), tokens=tokens)


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
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), _Description)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise UsageError(Code.CONFIG_INVALID, f"this theme cannot be used: {error}", file=str(path)) from error


@cache
def _environment(folders: tuple[str, ...]) -> Environment:
    return Environment(
        loader=FileSystemLoader(folders),
        autoescape=select_autoescape(enabled_extensions=("xhtml", "html", "svg")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
