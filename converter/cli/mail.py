"""`converter mail`: finished editions to readers."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from converter.cli.messages import Messages, message_options
from converter.cli.options import option

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from converter.catalogues import PublishedEdition
    from converter.config import Config
    from converter.diagnostics import Warn

_SAID = {
    "sent": "sent {0.file} to {0.to} ({1:.1f} MB)",
    "before": "{0.file} was sent to {0.to} before",
    "wanted": "would send {0.file} to {0.to} ({1:.1f} MB)",
    "failed": "not sent: {0.file} to {0.to}",
}
_STATES = {"sent": "sent", "before": "sent before", "wanted": "to be sent", "failed": "not sent"}


@click.command()
@option("-o", "--output", metavar="FOLDER", help="Where finished files are.  [default: out]", show_default=False)
@option("--digest", "digests", multiple=True, metavar="NAME", help="Only of this [[digest]]; may be repeated.")
@option(
    "--edition",
    "editions",
    multiple=True,
    metavar="KEY|PERIOD",
    help="This edition, such as 2024-W22; may be repeated.",
)
@option(
    "--last/--all",
    default=None,
    help="The newest edition of each digest whose last day is over, or every one there is.",
)
@option(
    "--to", "--reader", "readers", multiple=True, metavar="ADDRESS", help="Who gets them, instead of those of [mail]."
)
@option("--again", is_flag=True, help="Send what was sent before, too.")
@option("-n", "--dry-run", is_flag=True, help="Say what would be sent, and send nothing.")
@option("-c", "--config", metavar="FILE", help="The configuration.  [default: the nearest converter.toml]")
@message_options
def mail(
    *,
    output: str | None,
    config: str | None,
    digests: tuple[str, ...],
    editions: tuple[str, ...],
    last: bool | None,
    readers: tuple[str, ...],
    again: bool,
    dry_run: bool,
    messages: Messages,
) -> None:
    """Send finished editions to readers by mail, each file once.

    The table [mail] of converter.toml says how, and to whom. What editions.json has is sent; nothing is made.
    """
    from collections import Counter
    from datetime import UTC, datetime

    from converter.config import Options, load_config
    from converter.diagnostics import Diagnostic
    from converter.mail.send import send

    settings = load_config(config, Options(output=output))
    said: list[Diagnostic] = []
    now = datetime.now(UTC).astimezone()
    wanted = _wanted(settings, digests, editions, now, said.append, last=last)
    counts: Counter[str] = Counter()
    shown = 0
    for each in send(wanted, settings, said.append, now=now, to=readers, again=again, dry_run=dry_run):
        messages.show(said[shown:])
        shown = len(said)
        counts[each.state] += 1
        if not messages.quiet:
            click.echo(_SAID[each.state].format(each, each.size / 1e6), err=messages.is_document)
    messages.show(said[shown:])
    messages.tell(", ".join(f"{number} {_STATES[state]}" for state, number in counts.items()) or "nothing to send")
    sys.exit(messages.status(said))


def _wanted(
    settings: Config,
    digests: Sequence[str],
    names: Sequence[str],
    now: datetime,
    warn: Warn,
    *,
    last: bool | None,
) -> Sequence[PublishedEdition]:
    """Return the editions that are asked for. Raises `UsageError` where nobody says which."""
    from converter.diagnostics import Code, UsageError
    from converter.mail import editions as choice
    from converter.pipeline.editions import read_manifest

    if bool(names) == (last is not None):
        hint = "give --edition, or --last, or --all"
        raise UsageError(Code.USAGE, "say which editions are to be sent, in one way", hint=hint)
    known = choice.of_digests(read_manifest(settings.output).editions, digests)
    if names:
        return choice.named(known, names)
    return choice.last(known, settings.now or now, warn) if last else known
