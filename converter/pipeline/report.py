"""What a run did: the files it made, what it found, and the exit status that follows."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from hashlib import sha256

import msgspec
from msgspec import Struct

from converter.diagnostics import Code, Diagnostic, Severity, counted
from converter.languages.unicode import file_name
from converter.pipeline.output import Change
from converter.site.duplicates import Duplicate
from converter.writers import File

OK, FAILED, WARNED, EMPTY, BUG = 0, 1, 3, 4, 70


class Written(Struct, frozen=True, kw_only=True):
    """A finished file."""

    path: str
    """Relative to the output folder."""
    format: str
    """The name of its writer, or of its catalogue."""
    digest: str
    """The digest's key; empty for a file of a catalogue."""
    size: int
    """Bytes."""
    sha256: str
    posts: int
    change: Change
    """Whether it is new, changed, or the same as before, and then was not written again."""


def written(file: File, change: Change, format_: str, *, digest: str = "", posts: int = 0) -> Written:
    """Return what there is to say of a file that is in place."""
    return Written(
        path=file.name,
        format=format_,
        digest=digest,
        size=len(file.data),
        sha256=sha256(file.data).hexdigest(),
        posts=posts,
        change=change,
    )


class Stage(StrEnum):
    """The phases of a run, as progress and timings name them."""

    READ = "read"
    WRITE = "write"


Progress = Callable[[Stage, int, int], None]
"""Told how many of how many posts a stage has done."""


def silent(_stage: Stage, _done: int, _total: int) -> None:
    """Tell nobody."""


class Report(Struct, frozen=True, kw_only=True):
    """The whole outcome of `build`."""

    output: str
    """The output folder."""
    found: int
    """How many sources there were."""
    posts: int
    """How many of them became posts."""
    selected: int
    """How many of the posts are in digests."""
    digests: tuple[str, ...]
    """The keys of the digests that were wanted."""
    files: tuple[Written, ...]
    diagnostics: tuple[Diagnostic, ...]
    """In the order of the sources, then of the digests."""
    seconds: dict[str, float]
    """Wall time by stage."""
    catalogues: tuple[Written, ...] = ()
    """The files of catalogues."""
    duplicates: tuple[Duplicate, ...] = ()
    """The posts that another of their digest stands for."""

    def exit_status(self, *, strict: bool = False, fail_on_empty: bool = False, max_errors: int = 0) -> int:
        """Return the exit status of docs/cli.md."""
        status = exit_status(self.diagnostics, strict=strict, max_errors=max_errors)
        return EMPTY if status == OK and fail_on_empty and not self.files else status

    def to_json(self) -> bytes:
        """Return the report as indented JSON, for `--report`."""
        return json_of({"schema": "converter/report/1", **msgspec.to_builtins(self), **table_of(self.diagnostics)})


def table_of(diagnostics: Iterable[Diagnostic]) -> dict[str, object]:
    """Return diagnostics as reports have them: `diagnostics`, each with its severity, and their `counts`."""
    found = tuple(diagnostics)
    counts = Counter(diagnostic.severity for diagnostic in found)
    rows = [{"severity": diagnostic.severity.value, **msgspec.to_builtins(diagnostic)} for diagnostic in found]
    return {"counts": {severity.value: counts[severity] for severity in Severity}, "diagnostics": rows}


def json_of(table: Mapping[str, object]) -> bytes:
    """Return a report as indented JSON."""
    try:
        data = msgspec.json.encode(table)
    except UnicodeEncodeError:  # the name of a folder that is no Unicode
        data = msgspec.json.encode(_named(table))
    return msgspec.json.format(data, indent=2) + b"\n"


def _named(value: object) -> object:
    """Return a value with every text as people can read it."""
    match value:
        case str():
            return file_name(value)
        case list() | tuple():
            return [_named(one) for one in value]
        case dict():
            return {key: _named(one) for key, one in value.items()}
        case _:
            return value


def exit_status(diagnostics: Iterable[Diagnostic], *, strict: bool = False, max_errors: int = 0) -> int:
    """Return the exit status that the diagnostics lead to. Errors that are accepted count as warnings."""
    found = tuple(diagnostics)
    counts = Counter(diagnostic.severity for diagnostic in found)
    if any(diagnostic.code is Code.INTERNAL_ERROR for diagnostic in found):
        return BUG
    if counts[Severity.ERROR] > max_errors:
        return FAILED
    return WARNED if strict and counts[Severity.WARNING] + counts[Severity.ERROR] else OK


def summary(report: Report) -> str:
    """Return one sentence for people: what was made, and how much there is to look at."""
    counts = Counter(diagnostic.severity for diagnostic in report.diagnostics)
    posts, digests, files = (
        counted(number, noun)
        for number, noun in ((report.posts, "post"), (len(report.digests), "digest"), (len(report.files), "file"))
    )
    if report.selected != report.posts:
        posts = f"{report.selected} of {posts}"
    made = f"{posts} in {digests}: {files} in {report.output}"
    found = [counted(counts[severity], severity.value) for severity in reversed(tuple(Severity)) if counts[severity]]
    return f"{made} ({', '.join(found)})" if found else made
