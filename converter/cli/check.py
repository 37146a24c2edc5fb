"""`converter check`: is a finished EPUB what reading systems and shops expect?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from converter.cli.messages import Messages, message_options
from converter.cli.options import option, read

if TYPE_CHECKING:
    from converter.diagnostics import Diagnostic


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@option("--epubcheck", is_flag=True, help="Ask EPUBCheck as well; it must be installed.")
@option("--profile", type=click.Choice(["small"]), help="Look for what small e-readers cannot show, too.")
@message_options
def check(*, files: tuple[str, ...], epubcheck: bool, profile: str | None, messages: Messages) -> None:
    """Look for faults in any EPUB: archive, package, markup, links, media types, contrast. Needs no Java."""
    from converter.check import check_epub, run_epubcheck

    found: list[Diagnostic] = []
    for name in files:
        found.extend(check_epub(read(name), name, small=profile == "small"))
        if epubcheck:
            found.extend(run_epubcheck(Path(name)))
    messages.show(found)
    messages.tell(f"{len(found) or 'no'} {'fault' if len(found) < 2 else 'faults'} found")
    sys.exit(messages.status(found))
