"""The command line: arguments to pipeline to report. The only module that prints or exits.

Nothing heavy is imported before a command runs, so that `--help` answers at once.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from converter import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from converter.diagnostics import Diagnostic
    from converter.model import Post, Site
    from converter.report import Stage

INTERRUPTED, TERMINATED, BROKEN_PIPE = 130, 143, 141
STREAM = "-"


def _option(*names: str, **settings: Any) -> Callable[[Any], Any]:
    """Return a click option that the environment variable `CONVERTER_NAME` sets too."""
    longest = max(names, key=len).lstrip("-").split("/")[0]
    variable = "CONVERTER_" + longest.replace("-", "_").upper()
    return click.option(*names, envvar=variable, show_default=settings.pop("show_default", True), **settings)


def _message_options(command: Any) -> Any:
    """Add the options that say how much is told, and how."""
    for option in (
        _option("--strict", is_flag=True, help="Exit with 3 when there are warnings."),
        _option("-q", "--quiet", is_flag=True, help="Print errors only."),
        _option("-v", "--verbose", is_flag=True, help="Print notices too."),
        _option(
            "--color",
            type=click.Choice(["auto", "always", "never"]),
            default="auto",
            help="Colour messages; NO_COLOR turns it off too.",
        ),
    ):
        command = option(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", message="converter %(version)s")
def cli() -> None:
    """Turn posts with front matter into EPUB, PDF and Markdown digests."""


@cli.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@_option("-o", "--output", metavar="FOLDER", help="Where finished files go.  [default: out]", show_default=False)
@_option("-t", "--to", "formats", multiple=True, metavar="FORMAT", help="A format to write; may be repeated.")
@_option(
    "--period", type=click.Choice(["none", "day", "week", "month", "quarter", "year"]), help="One digest for each."
)
@_option("--group-by", type=click.Choice(["category", "tag", "none"]), help="What sections are made of.")
@_option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Take no posts before this day.")
@_option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Take no posts after this day.")
@_option("--theme", metavar="NAME|FOLDER", help="The look.  [default: default]", show_default=False)
@_option("-c", "--config", metavar="FILE", help="The configuration.  [default: the nearest converter.toml]")
@_option("-j", "--jobs", metavar="N|auto", default="auto", help="How many processes work at once.")
@_option("--timeout", type=click.FloatRange(min=0.1), metavar="SECONDS", help="The time one task may take.")
@_option("--report", metavar="FILE", help="Write a report as JSON; - for standard output.")
@_option("--fail-on-empty", is_flag=True, help="Exit with 4 when nothing was written.")
@_option("-n", "--dry-run", is_flag=True, help="Say which digests would be written, and write nothing.")
@_message_options
def build(
    sources: tuple[str, ...],
    output: str | None,
    formats: tuple[str, ...],
    period: str | None,
    group_by: str | None,
    since: datetime | None,
    until: datetime | None,
    theme: str | None,
    config: str | None,
    jobs: str,
    timeout: float | None,
    report: str | None,
    fail_on_empty: bool,
    dry_run: bool,
    strict: bool,
    quiet: bool,
    verbose: bool,
    color: str,
) -> None:
    """Convert posts into digests.

    SOURCE is a site, a folder of posts, a file or a glob; without one, the site of the working directory.
    """
    from converter.config import Options, load_config
    from converter.digest import GroupBy
    from converter.model import PeriodKind
    from converter.pipeline import build as run
    from converter.report import summary

    options = Options(
        sources=sources,
        output=output,
        formats=formats,
        period=PeriodKind(period) if period else None,
        group_by=GroupBy(group_by) if group_by else None,
        since=since.date() if since else None,
        until=until.date() if until else None,
        theme=theme,
        jobs=_jobs(jobs),
        timeout=timeout,
    )
    settings = load_config(config, options)
    with _progress(quiet) as progress:
        outcome = run(settings, progress=progress, dry_run=dry_run)
    _print_diagnostics(outcome.diagnostics, quiet, verbose, color)
    if dry_run:
        click.echo("\n".join(outcome.digests))
    if report:
        _write(report, outcome.to_json())
    if not quiet:
        click.echo(summary(outcome), err=True)
    sys.exit(outcome.exit_status(strict=strict, fail_on_empty=fail_on_empty))


@cli.command()
@click.argument("source", metavar="IN")
@click.argument("target", metavar="[OUT]", default=STREAM)
@_option("-t", "--to", metavar="FORMAT", help="The format.  [default: by the suffix of OUT, else markdown]")
@_option("--theme", metavar="NAME|FOLDER", default="default", help="The look.")
@_option("--name", metavar="FILE", default="post.md", help="The file name of a post from standard input.")
@_message_options
def convert(
    source: str,
    target: str,
    to: str | None,
    theme: str,
    name: str,
    strict: bool,
    quiet: bool,
    verbose: bool,
    color: str,
) -> None:
    """Convert one post. IN and OUT may be - for standard input and output."""
    from converter.digest import digest_of
    from converter.library import render_all
    from converter.publish import publish

    post, site, found = _read_one(source, name)
    files = render_all(digest_of(post, site), to or _writer_for(target), theme=theme, warn=found.append)
    if target == STREAM:
        _write(STREAM, files[0].data)
    else:
        publish(_renamed(files, Path(target).name), str(Path(target).parent))
    _print_diagnostics(found, quiet, verbose, color)
    sys.exit(_status(found, strict))


@cli.command()
@click.argument("source", metavar="POST")
@click.option("--json", "as_json", is_flag=True, help="Print the whole model as JSON.")
@_option("--name", metavar="FILE", default="post.md", help="The file name of a post from standard input.")
@_message_options
def inspect(source: str, as_json: bool, name: str, strict: bool, quiet: bool, verbose: bool, color: str) -> None:
    """Show what was read: metadata, outline and diagnostics of POST; - for standard input."""
    post, _, found = _read_one(source, name)
    if as_json:
        click.echo(post.to_json())
    else:
        click.echo(_described(post))
    _print_diagnostics(found, quiet, verbose=not quiet or verbose, color=color)
    sys.exit(_status(found, strict))


@cli.command()
def plugins() -> None:
    """List the writers that are installed, built-in ones included."""
    from converter.plugins import plugins as installed

    for plugin in installed():
        click.echo(f"{plugin.name:<12} {plugin.distribution} {plugin.version}  ({plugin.target})")


# ---- one post ----


def _read_one(source: str, name: str) -> tuple[Post, Site, list[Diagnostic]]:
    """Return the post of a file, or of standard input under the name `name`, with its site and its diagnostics.

    Raises `SourceError` when the file is no post.
    """
    from converter.diagnostics import Code
    from converter.errors import SourceError
    from converter.library import read_post
    from converter.model import Site
    from converter.pipeline import load_posts

    found: list[Diagnostic] = []
    if source == STREAM:
        return read_post(sys.stdin.buffer.read(), name=name, warn=found.append), Site(), found
    loaded = load_posts(source)
    if loaded.posts:
        return loaded.posts[0], loaded.site, list(loaded.diagnostics)
    for last in loaded.diagnostics[-1:]:
        raise SourceError(last.code, last.message, file=last.file, line=last.line, hint=last.hint)
    raise SourceError(Code.NO_POSTS, f"there is no post in '{source}'")


def _writer_for(target: str) -> str:
    """Return the writer whose files have the suffix of `target`. Raises `UsageError` where there is none."""
    from converter.diagnostics import Code
    from converter.errors import UsageError
    from converter.plugins import plugins as installed
    from converter.plugins import writer_type

    if target == STREAM:
        return "markdown"
    suffix = Path(target).suffix.lower()
    by_suffix = {writer_type(plugin.name).suffix: plugin.name for plugin in installed()}
    if suffix not in by_suffix:
        raise UsageError(
            Code.USAGE,
            f"no writer makes files that end in '{suffix}'",
            hint=f"end the name in one of {', '.join(sorted(by_suffix))}, or name a format with --to",
        )
    return by_suffix[suffix]


def _renamed(files: Sequence[Any], name: str) -> tuple[Any, ...]:
    """Return the files with the main one named `name`."""
    from msgspec.structs import replace

    return (replace(files[0], name=name), *files[1:])


def _described(post: Post) -> str:
    from converter.model import Heading
    from converter.walk import query, text_of

    meta = post.metadata
    source = " ".join(filter(None, (meta.source.name, meta.source.url))) if meta.source else ""
    rows = {
        "title": meta.title,
        "authors": ", ".join(meta.authors),
        "published": meta.published.isoformat(" ") if meta.published else "",
        "language": meta.language,
        "categories": ", ".join(meta.categories),
        "tags": ", ".join(meta.tags),
        "source": source,
        "key": post.key,
        "size": f"{sum(len(text_of(block)) for block in post.blocks)} characters, {len(post.blocks)} blocks, "
        f"{len(post.notes)} notes, {len(post.assets)} pictures",
    }
    lines = [f"{name:<11} {value}" for name, value in rows.items() if value]
    outline = ["  " * (node.level - 2) + text_of(node) for node in query(post) if isinstance(node, Heading)]
    return "\n".join([*lines, *(["", *outline] if outline else [])])


# ---- messages ----


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[Stage, int, int], None] | None]:
    """Yield what draws progress: bars on a terminal, a line a stage elsewhere, nothing when quiet."""
    if quiet:
        yield None
    elif sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        with _bars() as bars:
            yield bars
    else:
        yield _lines


def _lines(stage: Stage, done: int, total: int) -> None:
    if done == total:
        click.echo(f"{stage.value}: {total} posts", err=True)


@contextmanager
def _bars() -> Iterator[Callable[[Stage, int, int], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as display:
        tasks: dict[Stage, Any] = {}

        def draw(stage: Stage, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = display.add_task(stage.value, total=total)
            display.update(tasks[stage], completed=done, total=total)

        yield draw


COLORS = {"error": "red", "warning": "yellow", "notice": "cyan"}


def _print_diagnostics(found: Sequence[Diagnostic], quiet: bool, verbose: bool, color: str) -> None:
    from converter.diagnostics import Severity

    shown = {Severity.ERROR}
    if not quiet:
        shown.add(Severity.WARNING)
    if verbose:
        shown.add(Severity.NOTICE)
    for diagnostic in found:
        if diagnostic.severity in shown:
            _print_diagnostic(diagnostic, color)


def _print_diagnostic(diagnostic: Diagnostic, color: str = "auto") -> None:
    wanted = {"always": True, "never": False}.get(color, False if os.environ.get("NO_COLOR") else None)
    text = str(diagnostic)
    word = f"{diagnostic.severity.value}:"
    styled = click.style(word, fg=COLORS[diagnostic.severity.value], bold=True)
    click.echo(text.replace(word, styled, 1), err=True, color=wanted)


def _status(found: Sequence[Diagnostic], strict: bool) -> int:
    from converter.report import exit_status

    return exit_status(found, strict=strict)


def _write(target: str, data: bytes) -> None:
    """Write to a file, whole or not at all, or to standard output."""
    from converter.publish import publish
    from converter.writers import File

    if target == STREAM:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        publish((File(Path(target).name, data),), str(Path(target).parent))


def _jobs(value: str) -> int:
    from converter.diagnostics import Code
    from converter.errors import UsageError
    from converter.executors import cores

    if value == "auto":
        return cores()
    if value.isdecimal() and int(value) > 0:
        return int(value)
    raise UsageError(Code.USAGE, f"--jobs is '{value}'", hint="give a number from 1, or auto")


def main() -> None:
    """Run the command line and exit with the status of docs/cli.md."""
    from converter.errors import ConverterError

    signal.signal(signal.SIGTERM, _terminate)
    try:
        cli.main(standalone_mode=False)
    except ConverterError as error:
        _print_diagnostic(error.diagnostic)
        sys.exit(error.exit_status)
    except click.exceptions.Abort:
        click.echo("interrupted", err=True)
        sys.exit(INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of our output went away, as `head` does; the interpreter must not complain about it on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(BROKEN_PIPE)


def _terminate(_signal: int, _frame: object) -> None:
    sys.exit(TERMINATED)
