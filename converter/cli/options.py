"""What the options of several commands have in common."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable


def option(*names: str, **settings: Any) -> Callable[[Any], Any]:
    """Return a click option that the environment variable `CONVERTER_NAME` sets too."""
    longest = max((name.partition("/")[0] for name in names if name.startswith("-")), key=len).lstrip("-")
    variable = "CONVERTER_" + longest.replace("-", "_").upper()
    return click.option(*names, envvar=variable, show_default=settings.pop("show_default", True), **settings)


follow_links_option = option("--follow-links", is_flag=True, help="Take what links lead to outside of the site too.")
name_option = option("--name", metavar="FILE", default="post.md", help="The file name of a post from standard input.")
timeout_option = option(
    "--timeout", type=click.FloatRange(min=0.1), metavar="SECONDS", help="The time that one task may take."
)
max_lost_words_option = option(
    "--max-lost-words", type=click.IntRange(min=0), default=0, metavar="N", help="How many missing words are accepted."
)


def cache_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say where the cache is; the command gets them as `cache` and `cache_limit`."""

    @functools.wraps(command)
    def run(*arguments: Any, cache: str | None, no_cache: bool, **named: Any) -> None:
        command(*arguments, cache=_cache(cache, no_cache=no_cache), **named)

    for add in (
        option(
            "--cache-limit",
            type=click.IntRange(min=1),
            metavar="MB",
            help="How much the cache holds.  [default: 1000]",
            show_default=False,
        ),
        option("--no-cache", is_flag=True, help="Do everything anew, and keep nothing."),
        option(
            "--cache",
            metavar="FOLDER",
            help="Where results are for the next run.  [default: the user's cache]",
            show_default=False,
        ),
    ):
        run = add(run)
    return run


def _cache(folder: str | None, *, no_cache: bool) -> str | None:
    """Return the folder that is asked for, empty for none; the command line wins over the environment."""
    given = click.core.ParameterSource.COMMANDLINE
    source = click.get_current_context().get_parameter_source
    return "" if no_cache and (source("no_cache") is given or source("cache") is not given) else folder


MAX_FILE = 512 * 1024 * 1024
"""Bytes of a finished file that is looked at."""


def read(name: str) -> bytes:
    """Return a file that an argument names. Raises `UsageError` for one that is too large, is none, or may not be read.

    What waits for a writer, or never ends, is no file: a pipe is not waited for.
    """
    from converter.diagnostics import Code, UsageError
    from converter.storage import Fault, RefusedError, read_named

    try:
        return read_named(name, MAX_FILE)
    except RefusedError as error:
        reasons = {
            Fault.NO_FILE: "this is a pipe or a device, not a file",
            Fault.TOO_LARGE: f"the file is larger than {MAX_FILE // 2**20} MiB, and is not looked at",
        }
        message = reasons.get(error.fault, f"the file cannot be read: {error}")
        raise UsageError(Code.USAGE, message, file=name, hint=error.hint) from error
