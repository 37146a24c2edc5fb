"""`converter completion`, and the values that shells complete: formats and themes that are installed."""

from __future__ import annotations

import sys
from pathlib import PurePath
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from collections.abc import Iterable

PROGRAMS = ("converter", "digest-converter")
"""The names that the program is installed under."""


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(*, shell: str) -> None:
    """Print what makes a shell complete our commands, options and values.

    \b
    bash:  eval "$(converter completion bash)"         in ~/.bashrc
    zsh:   eval "$(converter completion zsh)"          in ~/.zshrc
    fish:  converter completion fish > ~/.config/fish/completions/converter.fish
    """  # noqa: D301  (click keeps the lines after this character as they are)
    from click.shell_completion import get_completion_class

    root = click.get_current_context().find_root()
    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101  (click knows all shells of the choice)
    called = PurePath(sys.argv[0]).stem
    name = called if called in PROGRAMS else PROGRAMS[0]
    click.echo(kind(root.command, {}, name, f"_{name.replace('-', '_').upper()}_COMPLETE").source())


def complete_format(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the writers whose names begin so."""
    from converter.writers.registry import plugins

    return _beginning((plugin.name for plugin in plugins()), incomplete)


def complete_theme(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the themes that come with the converter; where none begins so, let the shell look for folders."""
    from converter.themes import built_in_themes

    return _beginning(built_in_themes(), incomplete) or [CompletionItem(incomplete, type="dir")]


def _beginning(names: Iterable[str], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]
