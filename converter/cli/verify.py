"""`converter verify`: are the words of the posts in the finished files?"""

from __future__ import annotations

import sys
from pathlib import PurePath

import click

from converter.cli.messages import Messages, message_options
from converter.cli.options import max_lost_words_option, option, read


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@option("--against", "sources", multiple=True, metavar="SOURCE", help="Where the posts are; may be repeated.")
@option("-c", "--config", metavar="FILE", help="The configuration.  [default: the nearest converter.toml]")
@max_lost_words_option
@message_options
def verify(
    *,
    files: tuple[str, ...],
    sources: tuple[str, ...],
    config: str | None,
    max_lost_words: int,
    messages: Messages,
) -> None:
    """Compare the words of finished EPUB, HTML, PDF and Markdown files with those of the posts.

    Every post must be in one of the files of each format. Words that a diagnostic declares as left out are not missed.
    """
    from msgspec.structs import replace

    from converter.config import Options, load_config
    from converter.diagnostics import counted
    from converter.pipeline.editions import NAME as EDITIONS
    from converter.pipeline.run import verify as run

    books = [name for name in files if PurePath(name).name != EDITIONS]  # a glob of a folder of books takes it along
    settings = replace(load_config(config, Options(sources=sources)), max_lost_words=max_lost_words)
    messages.under(settings.sources)
    results = run({name: read(name) for name in books}, settings)
    found = [diagnostic for result in results for diagnostic in result.diagnostics]
    messages.show(found)
    missing, words = sum(result.missing for result in results), sum(result.words for result in results)
    messages.tell(f"{words - missing} of {counted(words, 'word')} kept")
    sys.exit(messages.status(found))
