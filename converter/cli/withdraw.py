"""`converter withdraw`: posts that no edition has any more, although their sources are gone."""

from __future__ import annotations

import click

from converter.cli.options import option


@click.command()
@click.argument("keys", nargs=-1, required=True, metavar="KEY...")
@option("-c", "--config", metavar="FILE", help="The configuration.  [default: the nearest converter.toml]")
@option("--undo", is_flag=True, help="Take posts in again.")
def withdraw(*, keys: tuple[str, ...], config: str | None, undo: bool) -> None:
    """Take posts out of their editions: the next run makes these anew.

    KEY is that of a post, as `editions.json` and `converter list` have it. The folder of the state must be in the
    configuration; a post whose source is there can say `published: false` instead.
    """
    from converter.config import load_config
    from converter.diagnostics import counted
    from converter.pipeline.run import withdraw as run

    run(keys, load_config(config), undo=undo)
    click.echo(f"{counted(len(keys), 'post')} {'taken in again' if undo else 'withdrawn'}", err=True)
