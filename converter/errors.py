"""The exceptions of the converter: each carries the diagnostic that a user sees and the exit status it leads to."""

import traceback

from converter.diagnostics import Code, Diagnostic


class ConverterError(Exception):
    """Stop the job at hand: a post, a picture, a digest, or the run.

    What can go on reports a `Diagnostic` instead. A child of this class says how much is lost.
    """

    exit_status = 1

    def __init__(
        self, code: Code, message: str, *, file: str | None = None, line: int | None = None, hint: str | None = None
    ) -> None:
        self.diagnostic = Diagnostic(code=code, message=message, file=file, line=line, hint=hint)
        super().__init__(message)

    def __str__(self) -> str:
        return str(self.diagnostic)

    def __reduce__(self) -> tuple[object, ...]:
        # Exceptions cross process borders; pickle would otherwise call __init__ with the message alone.
        return _rebuild, (type(self), self.diagnostic)


class SourceError(ConverterError):
    """One source cannot become a post."""


class WriterError(ConverterError):
    """One digest cannot be written in one format."""


class UsageError(ConverterError):
    """The command line, the configuration or the installation is wrong; nothing was written."""

    exit_status = 2


def _rebuild(kind: type[ConverterError], diagnostic: Diagnostic) -> ConverterError:
    return kind(diagnostic.code, diagnostic.message, file=diagnostic.file, line=diagnostic.line, hint=diagnostic.hint)


def bug(error: Exception) -> Diagnostic:
    """Return what to tell about an exception that nobody expected."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {frames[-1].name}, line {frames[-1].lineno}" if frames else ""
    return Diagnostic(
        code=Code.INTERNAL_ERROR,
        message=f"a bug in the converter: {type(error).__name__}: {error}{where}",
        hint="please report it with the post that caused it",
    )
