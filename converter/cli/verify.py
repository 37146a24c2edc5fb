"""`converter verify`: are the words of the posts in the finished files?"""

from __future__ import annotations

import sys
from pathlib import PurePath

import click

from converter.cli.options import Messages, message_options, option, read


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@option("--against", "sources", multiple=True, metavar="SOURCE", help="Where the posts are; may be repeated.")
@option("-c", "--config", metavar="FILE", help="The configuration.  [default: the nearest converter.toml]")
@message_options
def verify(*, files: tuple[str, ...], sources: tuple[str, ...], config: str | None, messages: Messages) -> None:
    """Compare the words of finished EPUB, PDF and Markdown files with those of the posts.

    Every post must be in one of the files of each format. Words that a diagnostic declares as left out are not missed.
    """
    from converter.config import Options, load_config
    from converter.diagnostics import counted
    from converter.pipeline.editions import NAME as EDITIONS
    from converter.pipeline.run import verify as run

    books = [name for name in files if PurePath(name).name != EDITIONS]  # a glob of a folder of books takes it along
    results = run({name: read(name) for name in books}, load_config(config, Options(sources=sources)))
    found = [diagnostic for result in results for diagnostic in result.diagnostics]
    messages.show(found)
    if not messages.quiet:
        missing, words = sum(result.missing for result in results), sum(result.words for result in results)
        click.echo(f"{words - missing} of {counted(words, 'word')} kept", err=True)
    sys.exit(messages.status(found))
