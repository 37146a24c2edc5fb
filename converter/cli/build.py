"""`converter build`: posts to digests."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from converter.cli.options import Messages, message_options, option
from converter.cli.progress import progress
from converter.cli.settings import settings_options
from converter.cli.streams import write

if TYPE_CHECKING:
    from converter.config import Config


@click.command()
@settings_options
@option("--report", metavar="FILE", help="Write a report as JSON; - for standard output.")
@option("--fail-on-empty", is_flag=True, help="Exit with 4 when nothing was written.")
@option("--verify", is_flag=True, help="Replace a file only when no word of its posts is lost.")
@option("--force", is_flag=True, help="Put every file together again, from cached parts where there are some.")
@option("--frozen", is_flag=True, help="Write nothing, and exit with 1 when a file would change.")
@option("-n", "--dry-run", is_flag=True, help="Say which digests would be written, and write nothing.")
@message_options
def build(
    *,
    settings: Config,
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
    from msgspec.structs import replace

    from converter.diagnostics import Code, UsageError
    from converter.pipeline.report import summary
    from converter.pipeline.run import build as run

    if frozen and dry_run:
        raise UsageError(
            Code.USAGE, "--dry-run makes no files, and --frozen compares them", hint="leave one of them out"
        )
    settings = replace(settings, verify=verify)
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
