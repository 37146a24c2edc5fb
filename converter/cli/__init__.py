"""The command line: arguments to pipeline to report. The only package that prints or exits.

Nothing heavy is imported before a command runs, so that `--help` answers at once.
"""

from __future__ import annotations

import os
import sys
import warnings
from typing import TYPE_CHECKING

import click

from converter import __version__
from converter.cli.build import build
from converter.cli.check import check
from converter.cli.completion import completion
from converter.cli.doctor import doctor
from converter.cli.explain import explain
from converter.cli.init import init
from converter.cli.listing import list_editions
from converter.cli.mail import mail
from converter.cli.messages import print_diagnostic, reported
from converter.cli.one_post import convert, inspect
from converter.cli.signals import ending_the_run
from converter.cli.streams import forget_output, prepare
from converter.cli.theme import theme
from converter.cli.verify import verify
from converter.cli.watch import watch
from converter.cli.withdraw import withdraw
from converter.limits import process

if TYPE_CHECKING:
    from converter.plugins import Plugin

BUG, INTERRUPTED, BROKEN_PIPE = 70, 130, 141


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", message="converter %(version)s")
def cli() -> None:
    """Turn posts with front matter into EPUB, PDF and Markdown digests."""
    try:
        os.getcwd()  # noqa: PTH109  (whether there is one)
    except OSError as error:
        from converter.diagnostics import Code, UsageError

        message = f"the working directory cannot be used: {error.strerror}"
        raise UsageError(Code.USAGE, message, hint="change to a folder that is there") from error


@cli.command()
def plugins() -> None:
    """List the writers, catalogues and executors that are installed, built-in ones included; the passes of reading."""
    from converter.catalogues.registry import plugins as catalogues
    from converter.normalize import PASSES
    from converter.pipeline.clusters import plugins as executors
    from converter.writers.registry import plugins as writers

    _list(writers())
    click.echo("\nCatalogues of finished editions; `catalogues` in [publish] of converter.toml names those to make:")
    _list(catalogues())
    click.echo("\nExecutors; --executor NAME://ADDRESS has one do the work:")
    _list(executors())
    click.echo("\nPasses over each post, in their order; `skip` in [normalize] of converter.toml leaves them out:")
    for name, change in PASSES.items():
        click.echo(f"{name:<22} {(change.__doc__ or '').partition('.')[0]}")


def _list(found: tuple[Plugin, ...]) -> None:
    for plugin in found:
        click.echo(f"{plugin.name:<12} {plugin.distribution} {plugin.version}  ({plugin.target})")


COMMANDS = (
    build, check, completion, convert, doctor, explain, init, inspect, list_editions, mail, theme, verify, watch,
    withdraw,
)  # fmt: skip
for command in COMMANDS:
    cli.add_command(reported(command))


def main() -> None:
    """Run the command line and exit with the status of docs/cli.md."""
    process.claim()
    prepare()
    if not sys.warnoptions:  # warnings of libraries are for programmers; workers know by the environment
        warnings.simplefilter("ignore")
        os.environ.setdefault("PYTHONWARNINGS", "ignore")
    try:
        with ending_the_run():
            _run()
    except KeyboardInterrupt:  # after the command, or before
        sys.exit(INTERRUPTED)


def _run() -> None:
    from converter.diagnostics import ConverterError, bug

    try:
        cli.main(standalone_mode=False)
    except ConverterError as error:
        print_diagnostic(error.diagnostic)
        sys.exit(error.exit_status)
    except click.exceptions.Abort:
        click.echo("interrupted", err=True)
        sys.exit(INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of our output went away, as `head` does.
        forget_output()
        sys.exit(BROKEN_PIPE)
    except Exception as error:  # the last boundary: nobody is shown a traceback
        print_diagnostic(bug(error))
        sys.exit(BUG)
