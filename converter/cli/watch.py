"""`converter watch`: posts in the browser while they are written."""

from __future__ import annotations

import sys
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

import click

from converter.cli.messages import Messages, message_options
from converter.cli.options import option
from converter.cli.progress import progress
from converter.cli.settings import reloaded_options

if TYPE_CHECKING:
    from collections.abc import Callable

    from converter.config import Config
    from converter.diagnostics import Diagnostic
    from converter.pipeline.report import Progress

PORT = 8765


@click.command()
@reloaded_options
@option("--port", type=click.IntRange(0, 65535), default=PORT, help="Where browsers find it; 0: any that is free.")
@message_options
def watch(*, load: Callable[[], Config], port: int, messages: Messages) -> None:
    """Show posts and editions in a browser, and show them anew whenever something is saved.

    Only this machine can see them. Nothing is written. Ctrl-C ends it.
    """
    from converter.pipeline.report import silent
    from converter.preview.changes import changes
    from converter.preview.pages import Preview
    from converter.preview.server import PreviewServer, problems

    load()  # what is wrong from the beginning ends it
    preview, lock, stop = Preview(load), Lock(), Event()
    server = PreviewServer(port, lambda: preview.now, lock)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
    shown: list[Diagnostic] = []

    def look(tell: Progress) -> None:
        """Look, say what is wrong that was not before, and have windows show what there is."""
        with lock:
            found = problems(preview.look(tell).said)
        messages.show(one for one in found if one not in shown)
        if shown and not found:
            messages.tell("nothing is wrong any more")
        shown[:] = found
        server.tell()

    try:
        with progress(quiet=messages.quiet) as tell:
            look(tell)
        messages.tell(f"{len(preview.now.pages)} pages at {server.url} (Ctrl-C ends it)")
        for _ in changes(lambda: preview.now.paths, lambda: preview.now.ignored, stop):
            look(silent)
    except KeyboardInterrupt:
        pass  # it is how one ends it
    finally:
        stop.set()
        server.close()
        preview.close()
    sys.exit(0)
