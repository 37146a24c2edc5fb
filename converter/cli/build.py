"""`converter build`: posts to digests."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from converter.cli.completion import complete_format, complete_theme
from converter.cli.options import (
    Messages,
    cache_options,
    follow_links_option,
    message_options,
    option,
    timeout_option,
)
from converter.cli.progress import progress
from converter.cli.streams import write

if TYPE_CHECKING:
    from datetime import datetime

PERIODS = ["none", "day", "week", "month", "quarter", "year"]
DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@option("-o", "--output", metavar="FOLDER", help="Where finished files go.  [default: out]", show_default=False)
@option(
    "-t",
    "--to",
    "formats",
    multiple=True,
    metavar="FORMAT",
    shell_complete=complete_format,
    help="A format to write; may be repeated.",
)
@option("--period", type=click.Choice(PERIODS), help="One digest for each.")
@option("--group-by", type=click.Choice(["category", "tag", "none"]), help="What sections are made of.")
@option("--since", type=DAY, help="Take no posts before this day.")
@option("--until", type=DAY, help="Take no posts after this day.")
@option("--drafts", is_flag=True, help="Take drafts too.")
@option("--future", is_flag=True, help="Take posts that are dated after SOURCE_DATE_EPOCH too.")
@option("--unpublished", is_flag=True, help="Take posts that the site does not publish too.")
@follow_links_option
@option(
    "--theme",
    metavar="NAME|FOLDER",
    shell_complete=complete_theme,
    help="The theme.  [default: default]",
    show_default=False,
)
@option("--pdf-engine", type=click.Choice(["auto", "weasyprint", "typst"]), help="What lays out PDF.")
@option("-c", "--config", metavar="FILE", help="The configuration.  [default: the nearest converter.toml]")
@option("-j", "--jobs", metavar="N|auto", default="auto", help="How many processes work at once.")
@timeout_option
@cache_options
@option("--report", metavar="FILE", help="Write a report as JSON; - for standard output.")
@option("--fail-on-empty", is_flag=True, help="Exit with 4 when nothing was written.")
@option("--verify", is_flag=True, help="Replace a file only when no word of its posts is lost.")
@option("--force", is_flag=True, help="Put every file together again, from cached parts where there are some.")
@option("--frozen", is_flag=True, help="Write nothing, and exit with 1 when a file would change.")
@option("-n", "--dry-run", is_flag=True, help="Say which digests would be written, and write nothing.")
@message_options
def build(
    *,
    sources: tuple[str, ...],
    output: str | None,
    formats: tuple[str, ...],
    period: str | None,
    group_by: str | None,
    since: datetime | None,
    until: datetime | None,
    drafts: bool,
    future: bool,
    unpublished: bool,
    follow_links: bool,
    theme: str | None,
    pdf_engine: str | None,
    config: str | None,
    jobs: str,
    timeout: float | None,
    cache: str | None,
    cache_limit: int | None,
    report: str | None,
    fail_on_empty: bool,
    verify: bool,
    force: bool,
    frozen: bool,
    dry_run: bool,
    messages: Messages,
) -> None:
    """Convert posts into digests.

    SOURCE is a site, a folder of posts, a file or a glob; without one, the site of the working directory.
    """
    from converter.cli.folders import default_cache
    from converter.config import Options, load_config
    from converter.diagnostics import Code, UsageError
    from converter.digest import GroupBy
    from converter.model import PeriodKind
    from converter.pipeline.report import summary
    from converter.pipeline.run import build as run

    options = Options(
        sources=sources,
        output=output,
        formats=formats,
        period=PeriodKind(period) if period else None,
        group_by=GroupBy(group_by) if group_by else None,
        since=since.date() if since else None,
        until=until.date() if until else None,
        drafts=drafts or None,
        future=future or None,
        unpublished=unpublished or None,
        follow_links=follow_links,
        theme=theme,
        pdf_engine=pdf_engine,
        jobs=_jobs(jobs),
        timeout=timeout,
        verify=verify,
        cache=cache,
        default_cache=default_cache(),
        cache_limit=cache_limit,
    )
    if frozen and dry_run:
        raise UsageError(
            Code.USAGE, "--dry-run makes no files, and --frozen compares them", hint="leave one of them out"
        )
    settings = load_config(config, options)
    with progress(quiet=messages.quiet) as tell:
        outcome = run(settings, progress=tell, dry_run=dry_run, force=force, frozen=frozen)
    messages.show(outcome.diagnostics)
    if dry_run:
        click.echo("\n".join(outcome.digests))
    if report:
        write(report, outcome.to_json())
    if not messages.quiet:
        click.echo(summary(outcome), err=True)
    sys.exit(outcome.exit_status(strict=messages.strict, fail_on_empty=fail_on_empty))


def _jobs(value: str) -> int:
    from converter.diagnostics import Code, UsageError
    from converter.pipeline.executors import cores

    if value == "auto":
        return cores()
    if value.isdecimal() and int(value) > 0:
        return int(value)
    raise UsageError(Code.USAGE, f"--jobs is '{value}'", hint="give a number from 1, or auto")
