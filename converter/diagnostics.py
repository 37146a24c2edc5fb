"""The two channels for bad news.

A `Diagnostic` is what a run goes on after: a stable code, a place, a sentence and a remedy. A `ConverterError` carries
one and stops the job at hand.
"""

import re
import traceback
from collections.abc import Callable
from enum import Enum, StrEnum
from typing import Generic, Self, TypeVar

import msgspec
from msgspec import Struct


class Severity(Enum):
    """How much a diagnostic matters to the person who reads the report."""

    NOTICE = "notice"
    """Something was repaired or chosen; nothing is missing."""
    WARNING = "warning"
    """The output differs from the site in a way that a reader may notice."""
    ERROR = "error"
    """A post, an image under the `fail` policy or a digest was left out."""


class Code(StrEnum):
    """Every diagnostic of the converter; the severity belongs to the code and is never chosen where it is reported."""

    severity: Severity

    def __new__(cls, value: str, severity: Severity) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.severity = severity
        return member

    # the run, the configuration, the files
    USAGE = "usage", Severity.ERROR
    CONFIG_INVALID = "config-invalid", Severity.ERROR
    OPTION_RENAMED = "option-renamed", Severity.NOTICE
    SITE_CONFIG_INVALID = "site-config-invalid", Severity.WARNING
    LIBRARY_MISSING = "library-missing", Severity.ERROR
    FORMAT_LEFT_OUT = "format-left-out", Severity.WARNING
    PLUGIN_INVALID = "plugin-invalid", Severity.ERROR
    NO_POSTS = "no-posts", Severity.WARNING
    SOURCE_UNREADABLE = "source-unreadable", Severity.ERROR
    SOURCE_OUTSIDE = "source-outside", Severity.ERROR
    PUBLISH_URL_MISSING = "publish-url-missing", Severity.WARNING
    OUTPUT_UNWRITABLE = "output-unwritable", Severity.ERROR
    SUMMARY_UNWRITABLE = "summary-unwritable", Severity.WARNING
    CACHE_UNWRITABLE = "cache-unwritable", Severity.WARNING
    SOURCES_GONE = "sources-gone", Severity.NOTICE
    SOURCES_MISSING = "sources-missing", Severity.ERROR
    STATE_UNUSABLE = "state-unusable", Severity.ERROR
    WORKER_DIED = "worker-died", Severity.ERROR
    TASK_TIMED_OUT = "task-timed-out", Severity.ERROR
    TASK_TOO_LARGE = "task-too-large", Severity.ERROR
    INTERNAL_ERROR = "internal-error", Severity.ERROR

    # reading
    EMPTY_FILE = "empty-file", Severity.ERROR
    TOO_LARGE = "too-large", Severity.ERROR
    LARGE_POST = "large-post", Severity.NOTICE
    ENCODING_REPAIRED = "encoding-repaired", Severity.WARNING
    FRONT_MATTER_MISSING = "front-matter-missing", Severity.NOTICE
    FRONT_MATTER_REPAIRED = "front-matter-repaired", Severity.WARNING
    FRONT_MATTER_VALUE = "front-matter-value", Severity.WARNING
    TITLE_MISSING = "title-missing", Severity.NOTICE
    DATE_INVALID = "date-invalid", Severity.WARNING
    UNDATED = "undated", Severity.WARNING
    EMPTY_BODY = "empty-body", Severity.WARNING
    NESTING_TOO_DEEP = "nesting-too-deep", Severity.WARNING
    ELEMENT_DROPPED = "element-dropped", Severity.WARNING
    CELLS_DROPPED = "cells-dropped", Severity.WARNING
    NAVIGATION_REMOVED = "navigation-removed", Severity.NOTICE
    CLEANED = "cleaned", Severity.NOTICE
    SOURCE_MOVED = "source-moved", Severity.NOTICE
    TITLE_REPEATED = "title-repeated", Severity.NOTICE
    LIQUID_UNKNOWN = "liquid-unknown", Severity.WARNING
    LIQUID_FAILED = "liquid-failed", Severity.WARNING
    LIQUID_NOT_REACHED = "liquid-not-reached", Severity.NOTICE
    NOTE_UNDEFINED = "note-undefined", Severity.WARNING

    KIND_NOT_READ = "kind-not-read", Severity.WARNING

    # digests
    POST_SKIPPED = "post-skipped", Severity.NOTICE
    PERIOD_INCOMPLETE = "period-incomplete", Severity.NOTICE
    DUPLICATE_KEY = "duplicate-key", Severity.NOTICE
    DUPLICATE_FOLDED = "duplicate-folded", Severity.NOTICE

    # images
    IMAGE_MISSING = "image-missing", Severity.WARNING
    IMAGE_REMOTE = "image-remote", Severity.NOTICE
    IMAGE_FETCH_FAILED = "image-fetch-failed", Severity.WARNING
    IMAGE_INVALID = "image-invalid", Severity.WARNING
    IMAGE_REFUSED = "image-refused", Severity.ERROR
    IMAGE_OUTSIDE = "image-outside", Severity.WARNING

    # finished books
    BOOK_UNREADABLE = "book-unreadable", Severity.ERROR
    BOOK_ARCHIVE = "book-archive", Severity.ERROR
    BOOK_PACKAGE = "book-package", Severity.ERROR
    BOOK_MARKUP = "book-markup", Severity.ERROR
    BOOK_LINK = "book-link", Severity.ERROR
    BOOK_MEDIA_TYPE = "book-media-type", Severity.ERROR
    BOOK_NAVIGATION = "book-navigation", Severity.ERROR
    BOOK_STYLE = "book-style", Severity.ERROR
    BOOK_ACCESSIBILITY = "book-accessibility", Severity.WARNING
    BOOK_PROFILE = "book-profile", Severity.WARNING
    EPUBCHECK = "epubcheck", Severity.ERROR
    EPUBCHECK_WARNING = "epubcheck-warning", Severity.WARNING

    # writing
    EDITION_OUTDATED = "edition-outdated", Severity.ERROR
    EDITION_SEALED = "edition-sealed", Severity.NOTICE
    EDITION_RESTORED = "edition-restored", Severity.NOTICE
    FILE_KEPT = "file-kept", Severity.NOTICE
    EDITIONS_UNREADABLE = "editions-unreadable", Severity.WARNING
    BOOK_SPLIT = "book-split", Severity.NOTICE
    BOOK_TOO_LARGE = "book-too-large", Severity.WARNING
    LINK_TARGET_MISSING = "link-target-missing", Severity.NOTICE
    MATH_INVALID = "math-invalid", Severity.WARNING
    MISSING_GLYPH = "missing-glyph", Severity.WARNING
    FONT_MISSING = "font-missing", Severity.WARNING
    ENGINE_REPLACED = "engine-replaced", Severity.NOTICE
    LAYOUT_SIMPLIFIED = "layout-simplified", Severity.WARNING
    TYPOGRAPHY_REDUCED = "typography-reduced", Severity.WARNING
    TABLE_FLATTENED = "table-flattened", Severity.WARNING
    TABLE_IRREGULAR = "table-irregular", Severity.ERROR
    OUTPUT_INVALID = "output-invalid", Severity.ERROR
    POST_LEFT_OUT = "post-left-out", Severity.ERROR
    WORDS_LOST = "words-lost", Severity.ERROR
    WORDS_ACCEPTED = "words-accepted", Severity.WARNING
    CONTENT_LOST = "content-lost", Severity.ERROR
    WORDS_REPEATED = "words-repeated", Severity.ERROR
    NOT_VERIFIED = "not-verified", Severity.NOTICE

    # mail
    MAIL_FAILED = "mail-failed", Severity.ERROR
    MAIL_TOO_LARGE = "mail-too-large", Severity.ERROR
    MAIL_UNCERTAIN = "mail-uncertain", Severity.ERROR
    MAIL_UNSUITABLE = "mail-unsuitable", Severity.WARNING


_ONE_LINE = {
    **{number: f"\\x{number:02x}" for number in (*range(0x20), *range(0x7F, 0xA0))},
    **dict.fromkeys(map(ord, "\t\n\r\v\f\x85\u2028\u2029"), " "),
}
"""What posts, files and servers say may hold ends of lines, and orders to a terminal: a message is one line of text."""


def one_line(text: str) -> str:
    """Return a text without ends of lines, and without orders to a terminal."""
    return text.translate(_ONE_LINE)


class Diagnostic(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One finding, ready to be shown, sorted, counted or sent as JSON."""

    code: Code
    message: str
    """A lower-case clause: what is wrong, with the value quoted."""
    file: str | None = None
    """The post or file it is about, as the user would name it (relative to the site or the working directory)."""
    line: int | None = None
    """One-based line in the file."""
    column: int | None = None
    """One-based column in characters."""
    hint: str | None = None
    """What to do about it."""
    removed: str = ""
    """The words and the URLs of images that were left out of the post: `converter verify` does not miss them."""

    @property
    def severity(self) -> Severity:
        return self.code.severity

    @property
    def place(self) -> str:
        """What stands before the severity when it is printed: file, line and column, or nothing."""
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        return one_line(f"{place}: ") if place else ""

    def __str__(self) -> str:
        tail = f" ({self.hint})" if self.hint else ""
        return one_line(f"{self.place}{self.severity.value}: {self.message} [{self.code}]{tail}")


ValueT = TypeVar("ValueT")


class Outcome(Struct, Generic[ValueT], frozen=True):
    """What became of one item: its value, or `None` and an error among the diagnostics."""

    value: ValueT | None
    diagnostics: tuple[Diagnostic, ...] = ()


Warn = Callable[[Diagnostic], None]
"""Where a stage reports what it could get over; it must not be called for what it raises."""


def ignore(_diagnostic: Diagnostic) -> None:
    """Take no notice: whoever wants to know is told elsewhere, or did not ask."""


MAX_QUOTED = 200
"""Characters of a text that a message repeats."""


def counted(number: int, noun: str) -> str:
    """Return a number of things in English: `1 post`, `2 posts`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


_TYPES = {
    "object": "a table", "array": "a list", "str": "a text in quotes", "int": "a whole number", "float": "a number",
    "bool": "true or false", "date": "a date", "datetime": "a date with a time", "time": "a time", "null": "nothing",
}  # fmt: skip
"""The types of msgspec in the words of TOML."""
_BOUNDS = {">=": "of at least", "<=": "of at most", ">": "above", "<": "below"}


def in_plain_words(error: msgspec.ValidationError) -> tuple[str, str]:
    """Return which key of a table is wrong (empty for the table itself, `a[...]` for what is in `a`), and why."""
    text, _, path = str(error).partition(" - at `$")
    key = path.rstrip("`").removeprefix(".")
    if found := re.fullmatch(r"Expected `(.+)`, got `(.+)`", text):
        return key, f"{_named(found[1])} is wanted, and this is {_named(found[2])}"
    if found := re.fullmatch(r"Expected `(.+)` (>=|<=|>|<) (\S+)", text):
        return key, f"{_named(found[1])} {_BOUNDS[found[2]]} {found[3].removesuffix('.0')} is wanted"
    if found := re.fullmatch(r"Invalid enum value (.+)", text, re.DOTALL):
        return key, f"{found[1]:.80} is none of the choices"
    return key, text


def _named(types: str) -> str:
    return " or ".join(_TYPES.get(name, name) for name in types.split(" | "))


def shortened(words: str) -> str:
    """Return a text as a message repeats it: its first 200 characters."""
    return words if len(words) <= MAX_QUOTED else f"{words[:MAX_QUOTED]}…"


class ConverterError(Exception):
    """Stop the job at hand: a post, an image, a digest, or the run.

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
