"""Diagnostics and sentences of one command -> standard error, or a report in the format of another program."""

from __future__ import annotations

import functools
import os
import sys
from typing import TYPE_CHECKING, Any

import click

from converter.cli.options import option

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from converter.cli.formats import Findings
    from converter.diagnostics import Diagnostic
    from converter.pipeline.report import Report

FORMATS = ("text", "github", "sarif", "junit", "json")
DOCUMENTS = ("sarif", "junit", "json")
"""Those that are one document, on standard output; the others are lines among the messages."""
COLORS = {"error": "red", "warning": "yellow", "notice": "cyan"}
_OPTIONS = ("output_format", "max_errors", "strict", "quiet", "verbose", "color")


def message_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say how much is told, and how; `reported` makes one `messages` of them."""
    for add in (
        option(
            "--color",
            type=click.Choice(["auto", "always", "never"]),
            default="auto",
            help="Colour messages; NO_COLOR turns it off too.",
        ),
        option("-v", "--verbose", is_flag=True, help="Print notices too."),
        option("-q", "--quiet", is_flag=True, help="Print errors only."),
        option("--strict", is_flag=True, help="Exit with 3 when there are warnings."),
        option(
            "--max-errors", type=click.IntRange(min=0), default=0, metavar="N", help="How many errors are accepted."
        ),
        option("--output-format", type=click.Choice(FORMATS), default="text", help="What diagnostics are printed as."),
    ):
        command = add(command)
    return command


def reported(command: click.Command) -> click.Command:
    """Return a command whose diagnostics are printed as its options say, those of what ends it included."""
    if command.callback is not None and any(param.name == "output_format" for param in command.params):
        command.callback = _with_messages(command.callback, command.name or "")
    return command


def _with_messages(callback: Callable[..., None], name: str) -> Callable[..., None]:
    @functools.wraps(callback)
    def run(**params: Any) -> None:
        messages = Messages(name, **{each: params.pop(each) for each in _OPTIONS})
        status = _ended(functools.partial(callback, messages=messages, **params), messages)
        sys.exit(messages.close(status))

    return run


def _ended(command: Callable[[], None], messages: Messages) -> int:
    """Return the exit status of a command, whatever ended it but who uses it: that is the matter of `cli.main`."""
    from converter.diagnostics import ConverterError, bug
    from converter.pipeline.report import BUG

    try:
        command()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except ConverterError as error:
        messages.show([error.diagnostic])
        return error.exit_status
    except (BrokenPipeError, click.ClickException, click.Abort, click.exceptions.Exit):
        raise
    except Exception as error:  # nobody is shown a traceback
        messages.show([bug(error)])
        return BUG
    return 0


class Messages:
    """What one command has to say: how much, how, and what follows from it."""

    def __init__(
        self,
        command: str,
        *,
        output_format: str = "text",
        max_errors: int = 0,
        strict: bool = False,
        quiet: bool = False,
        verbose: bool = False,
        color: str = "auto",
    ) -> None:
        self.quiet = quiet
        self.max_errors = max_errors
        self._command = command
        self._format = output_format
        self._strict = strict
        self._verbose = verbose
        self._color = color
        self._sources: tuple[str, ...] = ()
        self._held: list[Diagnostic] = []
        self._sentence = ""
        self._report: Report | None = None

    @property
    def is_document(self) -> bool:
        """Whether standard output gets a report, and nothing else may be written there."""
        return self._format in DOCUMENTS

    def print_data(self, what: str) -> None:
        """Say that standard output gets data. Raises `UsageError` where it is to get a report, too."""
        if self.is_document:
            from converter.diagnostics import Code, UsageError

            asked, self._format = self._format, "text"
            message = f"standard output cannot have {what} and --output-format {asked}"
            raise UsageError(Code.USAGE, message, hint="write one of them to a file, or leave one out")

    def under(self, sources: Iterable[object]) -> None:
        """Say where posts are looked for: a report names files as they lie in the repository."""
        self._sources = tuple(source for source in sources if isinstance(source, str))

    def show(self, found: Iterable[Diagnostic]) -> None:
        """Print the diagnostics that are wanted to standard error, or hold them for the report."""
        for diagnostic in found:
            severity = diagnostic.severity.value
            if severity == "error" or (severity == "warning" and not self.quiet) or self._verbose:
                if self._format == "text":
                    print_diagnostic(diagnostic, self._color)
                else:
                    self._held.append(diagnostic)

    def tell(self, sentence: str, report: Report | None = None) -> None:
        """Say what was done: to standard error unless that is to be quiet, and in a report."""
        self._sentence, self._report = sentence, report
        if not self.quiet:
            click.echo(sentence, err=True)

    def status(self, found: Iterable[Diagnostic]) -> int:
        """Return the exit status that the diagnostics lead to."""
        from converter.pipeline.report import exit_status

        return exit_status(found, strict=self._strict, max_errors=self.max_errors)

    def exit_status(self, report: Report, *, fail_on_empty: bool) -> int:
        """Return the exit status that a run leads to."""
        return report.exit_status(strict=self._strict, fail_on_empty=fail_on_empty, max_errors=self.max_errors)

    def close(self, status: int) -> int:
        """Print what was held. Return the exit status: another one where a file of the CI system cannot be written."""
        if self._format == "text":
            return status
        from converter.cli.formats import Findings
        from converter.cli.formats.places import Places

        findings = Findings(
            command=self._command,
            diagnostics=tuple(self._held),
            places=Places(self._sources),
            strict=self._strict,
            status=status,
            sentence=self._sentence,
            report=self._report,
        )
        return self._printed(findings)

    def _printed(self, findings: Findings) -> int:
        from converter.cli.formats import github, github_files, write_document

        if self.is_document:
            write_document(self._format, findings)
            return findings.status
        click.echo(github.commands(findings), err=True, nl=False)
        faults = github_files.append_all(findings)
        for fault in faults:
            click.echo(github.command(fault, findings.places), err=True)
        return findings.status or self.status(faults)


def print_diagnostic(diagnostic: Diagnostic, color: str = "auto") -> None:
    """Print one diagnostic to standard error, its severity in colour where that is wanted and can be seen."""
    wanted = {"always": True, "never": False}.get(color, False if os.environ.get("NO_COLOR") else None)
    word = diagnostic.severity.value
    place, text = diagnostic.place, str(diagnostic)  # a path may hold the word too, so it is taken where it stands
    styled = click.style(f"{word}:", fg=COLORS[word], bold=True)
    click.echo(f"{place}{styled}{text[len(place) + len(word) + 1 :]}", err=True, color=wanted)
