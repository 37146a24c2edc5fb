"""`converter build`: posts to digests."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from converter.cli.messages import Messages, message_options
from converter.cli.options import max_lost_words_option, option
from converter.cli.progress import progress
from converter.cli.settings import settings_options
from converter.cli.streams import STREAM, write

if TYPE_CHECKING:
    from converter.config import Config


@click.command()
@settings_options
@option("--report", metavar="FILE", help="Write a report as JSON; - for standard output.")
@option("--fail-on-empty", is_flag=True, help="Exit with 4 when nothing was written.")
@option("--verify", is_flag=True, help="Replace a file only when no word of its posts is lost.")
@max_lost_words_option
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
    max_lost_words: int,
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

    messages.under(settings.sources)
    if dry_run or report == STREAM:
        messages.print_data("the digests" if dry_run else "--report")
    if frozen and dry_run:
        raise UsageError(
            Code.USAGE, "--dry-run makes no files, and --frozen compares them", hint="leave one of them out"
        )
    settings = replace(settings, verify=verify, max_lost_words=max_lost_words)
    with progress(quiet=messages.quiet) as tell:
        outcome = run(settings, progress=tell, dry_run=dry_run, force=force, frozen=frozen)
    messages.show(outcome.diagnostics)
    if dry_run:
        click.echo("\n".join(outcome.digests))
    if report:
        write(report, outcome.to_json())
    messages.tell(summary(outcome), outcome)
    sys.exit(messages.exit_status(outcome, fail_on_empty=fail_on_empty))
