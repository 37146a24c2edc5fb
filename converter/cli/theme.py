"""`converter theme`: the beginning of a theme of one's own."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from converter.cli.options import option

if TYPE_CHECKING:
    from converter.themes import Theme

_FILE = "theme.toml"
_TOKEN = re.compile(r"(\w+) = ")


@click.group()
def theme() -> None:
    """Begin a theme of your own."""


@theme.command()
@click.argument("folder")
@option("--extends", default="default", metavar="THEME", help="The theme that it is built on.")
@option("--file", "files", multiple=True, metavar="FILE", help="Copy this file of that theme, too; may be repeated.")
def new(*, folder: str, extends: str, files: tuple[str, ...]) -> None:
    """Write a theme.toml into FOLDER that names all tokens with their values. Nothing is overwritten."""
    from converter.diagnostics import Code, UsageError, WriterError
    from converter.storage import write_file
    from converter.themes import open_theme

    root, parent = Path(folder), open_theme(extends)
    contents = {_FILE: _description(root, extends, parent).encode(), **{name: parent.read(name) for name in files}}
    for name in contents:
        if (root / name).exists() or (root / name).is_symlink():
            message, hint = f"'{root / name}' is there already", "name another folder, or remove the file"
            raise UsageError(Code.USAGE, message, hint=hint)
    for name, data in contents.items():
        try:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            write_file(root / name, data)
        except OSError as error:
            message = f"'{root / name}' cannot be written: {error.strerror or error}"
            raise WriterError(Code.OUTPUT_UNWRITABLE, message, hint="check the permissions of the folder") from error
        click.echo(f"wrote {root / name}", err=True)
    click.echo(f"take away the # before a token and change it, then: converter build --theme {folder}", err=True)


def _description(root: Path, extends: str, parent: Theme) -> str:
    """Return a `theme.toml` in which every token of the parent is commented out."""
    from converter.themes import built_in_themes

    is_ours = extends in built_in_themes() and not (Path(extends) / _FILE).is_file()
    base = extends if is_ours else os.path.relpath(extends, root).replace(os.sep, "/")
    lines = (
        f"# What is commented out is as in '{parent.name}'. docs/themes.md says what it means.",
        f"name = {_quoted(root.resolve().name)}",
        f"extends = {_quoted(base)}",
        "",
        "[tokens]",
        *_tokens(parent),
    )
    return "\n".join(lines) + "\n"


def _tokens(parent: Theme) -> Iterator[str]:
    """Yield the lines of the tokens, with the comments of the theme that comes with the converter."""
    from converter.themes import BUILT_IN, read_file

    lines = read_file([str(BUILT_IN / "default")], _FILE).decode("utf-8").partition("[tokens]\n")[2].splitlines()
    rest = dict(parent.tokens)
    for line in lines:
        found = _TOKEN.match(line)
        yield f"#{found[1]} = {_quoted(rest.pop(found[1]))}" if found else line
    for name, value in rest.items():
        yield f"#{name} = {_quoted(value)}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
