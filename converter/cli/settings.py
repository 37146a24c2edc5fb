"""The options that say which editions there are and what they depend on: those of `build` and `list`."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import click

from converter.cli.completion import complete_format, complete_theme
from converter.cli.options import cache_options, follow_links_option, option, timeout_option

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from converter.config import Config, Options

PERIODS = ["none", "day", "week", "month", "quarter", "year"]
DAY = click.DateTime(["%Y-%m-%d"])


def settings_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that become a `Config`; the command gets them as one `settings`, and `SOURCE` with them."""

    @functools.wraps(command)
    def run(*arguments: Any, load: Callable[[], Config], **named: Any) -> None:
        command(*arguments, settings=load(), **named)

    return reloaded_options(run)


def reloaded_options(command: Callable[..., None]) -> Callable[..., None]:
    """Do the same for a command that gets what returns the `Config` as it is at the time: `load`."""

    @functools.wraps(command)
    def run(*arguments: Any, config: str | None, **named: Any) -> None:
        from converter.config import load_config

        given = _options(**{name: named.pop(name) for name in _NAMES})
        command(*arguments, load=functools.partial(load_config, config, given), **named)

    added = cache_options(run)
    for add in reversed(_OPTIONS):
        added = add(added)
    return added


_NAMES = (
    "sources", "output", "formats", "period", "group_by", "since", "until", "drafts", "future", "unpublished",
    "digests", "editions", "last", "follow_links", "theme", "pdf_engine", "jobs", "executor", "timeout", "cache",
    "cache_limit",
)  # fmt: skip
"""What the options are called that become one of `config.Options`."""

_OPTIONS = (
    click.argument("sources", nargs=-1, metavar="[SOURCE]..."),
    option("-o", "--output", metavar="FOLDER", help="Where finished files go.  [default: out]", show_default=False),
    option(
        "-t",
        "--to",
        "formats",
        multiple=True,
        metavar="FORMAT",
        shell_complete=complete_format,
        help="A format to write; may be repeated.",
    ),
    option("--period", type=click.Choice(PERIODS), help="One digest for each."),
    option("--group-by", type=click.Choice(["category", "tag", "none"]), help="What sections are made of."),
    option("--since", type=DAY, help="Take no posts before this day."),
    option("--until", type=DAY, help="Take no posts after this day."),
    option("--digest", "digests", multiple=True, metavar="NAME", help="Only this [[digest]]; may be repeated."),
    option(
        "--edition",
        "editions",
        multiple=True,
        metavar="KEY|PERIOD",
        help="Only this edition, such as 2024-W22; may be repeated.",
    ),
    option(
        "--last/--all", help="Only the newest period that is over, or every one.  [default: all]", show_default=False
    ),
    option("--drafts", is_flag=True, help="Take drafts too."),
    option("--future", is_flag=True, help="Take posts that are dated after SOURCE_DATE_EPOCH too."),
    option("--unpublished", is_flag=True, help="Take posts that the site does not publish too."),
    follow_links_option,
    option(
        "--theme",
        metavar="NAME|FOLDER",
        shell_complete=complete_theme,
        help="The theme.  [default: default]",
        show_default=False,
    ),
    option("--pdf-engine", type=click.Choice(["auto", "weasyprint", "typst"]), help="What lays out PDF."),
    option("-c", "--config", metavar="FILE", help="The configuration.  [default: the nearest converter.toml]"),
    option("-j", "--jobs", metavar="N|auto", default="auto", help="How many processes work at once."),
    option("--executor", metavar="URL", help="Have a cluster do the work: dask://HOST:PORT."),
    timeout_option,
)


def _options(
    *,
    period: str | None,
    group_by: str | None,
    since: datetime | None,
    until: datetime | None,
    jobs: str,
    editions: tuple[str, ...],
    last: bool,
    drafts: bool,
    future: bool,
    unpublished: bool,
    **named: Any,
) -> Options:
    """Return the options as the configuration takes them: what is not given is `None`."""
    from converter.cli.folders import default_cache
    from converter.config import Options
    from converter.diagnostics import Code, UsageError
    from converter.digest import GroupBy
    from converter.model import PeriodKind

    if last and editions:
        raise UsageError(Code.USAGE, "--last and --edition exclude each other", hint="leave one of them out")
    return Options(
        period=PeriodKind(period) if period else None,
        group_by=GroupBy(group_by) if group_by else None,
        since=since.date() if since else None,
        until=until.date() if until else None,
        drafts=drafts or None,
        future=future or None,
        unpublished=unpublished or None,
        jobs=_jobs(jobs),
        editions=editions,
        last=last,
        default_cache=default_cache(),
        **named,
    )


def _jobs(value: str) -> int:
    from converter.diagnostics import Code, UsageError
    from converter.pipeline.executors import cores

    if value == "auto":
        return cores()
    if value.isdecimal() and int(value) > 0:
        return int(value)
    raise UsageError(Code.USAGE, f"--jobs is '{value}'", hint="give a number from 1, or auto")
