"""Progress: bars on a terminal, a line a stage elsewhere, nothing when quiet."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from converter.pipeline.report import Stage


@contextmanager
def progress(*, quiet: bool) -> Iterator[Callable[[Stage, int, int], None]]:
    """Yield what `pipeline.build` is to tell its progress to."""
    if quiet:
        yield lambda _stage, _done, _total: None
    elif sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        with _bars() as draw:
            yield draw
    else:
        yield _line


def _line(stage: Stage, done: int, total: int) -> None:
    if done == total:
        click.echo(f"{stage.value}: {total} {'post' if total == 1 else 'posts'}", err=True)


@contextmanager
def _bars() -> Iterator[Callable[[Stage, int, int], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as display:
        tasks: dict[Stage, Any] = {}

        def draw(stage: Stage, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = display.add_task(stage.value, total=total)
            display.update(tasks[stage], completed=done, total=total)

        yield draw
