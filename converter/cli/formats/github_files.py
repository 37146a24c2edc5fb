"""Findings -> the files that GitHub's runner gives to a step: the summary of the job, and the outputs of the step.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions#environment-files
"""

from __future__ import annotations

import json
import os
from collections import Counter
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from converter.cli.formats.places import in_repository
from converter.diagnostics import Code, Diagnostic, counted, one_line
from converter.storage import append_file, is_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from converter.cli.formats import Findings
    from converter.pipeline.report import Report, Written

MAX_SUMMARY = 1024 * 1024
"""Bytes of the summary of a step; the runner drops a longer one whole."""
MOST_ROWS = 200
"""Diagnostics that a summary names."""


def append_all(findings: Findings) -> tuple[Diagnostic, ...]:
    """Append to the files that the environment names. Return what is wrong with them."""
    faults = []
    for variable, code, text in (
        ("GITHUB_STEP_SUMMARY", Code.SUMMARY_UNWRITABLE, _summary),
        ("GITHUB_OUTPUT", Code.OUTPUT_UNWRITABLE, _outputs),
    ):
        target = os.environ.get(variable)
        if not target or not (told := text(findings, target)):
            continue
        try:
            append_file(target, told.encode("utf-8", "replace"))
        except OSError as error:
            message = f"{variable} names '{target}', which cannot be written: {error.strerror or error}"
            faults.append(Diagnostic(code=code, message=message, hint="check the folder and its permissions"))
    return tuple(faults)


def _outputs(findings: Findings, _target: str) -> str:
    """Return what later steps may ask a build for. A list is JSON in one line, so that no name can end it."""
    if findings.report is None:
        return ""
    report = findings.report
    files = _changed((*report.files, *report.catalogues))
    folder = report.output if is_url(report.output) else in_repository(Path(report.output))
    names = json.dumps([f"{folder.rstrip('/')}/{file.path}" for file in files])
    editions = json.dumps(list(dict.fromkeys(file.digest for file in _changed(report.files))))
    return f"changed={'true' if files else 'false'}\nfiles={names}\neditions={editions}\n"


def _changed(files: Iterable[Written]) -> list[Written]:
    return [file for file in files if file.change != "same"]


def _summary(findings: Findings, target: str) -> str:
    """Return as much as there is room for of what the command did and found, as HTML in Markdown."""
    try:
        room = MAX_SUMMARY - os.stat(target).st_size  # noqa: PTH116  (it is a name here)
    except OSError:
        room = MAX_SUMMARY
    rows = MOST_ROWS
    while len((text := "".join(_parts(findings, rows))).encode("utf-8", "replace")) > room:
        if not rows:
            return ""
        rows //= 2
    return text


def _parts(findings: Findings, rows: int) -> Iterator[str]:
    yield f"## converter {findings.command}\n\n<p>{_text(findings.sentence or 'It did not finish.')}</p>\n\n"
    if findings.report is not None:
        yield _table(("file", "posts", "bytes", "change"), _files(findings.report, rows))
    found = findings.diagnostics
    yield _table(("code", "severity", "times"), _counts(found))
    shown = [findings.places.located(each) for each in found[:rows]]
    lines = [(each.place.rstrip(": "), each.code.value, each.message, each.hint or "") for each in shown]
    if lines:
        yield "<details><summary>Each of them</summary>\n\n"
        yield _table(("where", "code", "what", "what to do"), lines)
        yield "</details>\n\n"
    if len(found) > len(lines):
        yield f"<p>{len(found) - len(lines)} more are in the log of the step.</p>\n\n"


def _files(report: Report, rows: int) -> Iterator[tuple[str, ...]]:
    changed = _changed((*report.files, *report.catalogues))
    for file in changed[:rows]:
        yield file.path, str(file.posts), str(file.size), file.change
    if rest := len(report.files) + len(report.catalogues) - len(changed[:rows]):
        yield counted(rest, "unchanged file") if not changed[rows:] else counted(rest, "more file"), "", "", ""


def _counts(found: Sequence[Diagnostic]) -> Iterator[tuple[str, ...]]:
    for code, number in Counter(diagnostic.code for diagnostic in found).most_common():
        yield code.value, code.severity.value, str(number)


def _table(heads: Iterable[str], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table without empty lines: within it nothing is Markdown."""
    lines = ["".join(f"<td>{_text(cell)}</td>" for cell in row) for row in rows]
    if not lines:
        return ""
    head = "".join(f"<th>{each}</th>" for each in heads)
    return "".join((f"<table><tr>{head}</tr>\n", *(f"<tr>{line}</tr>\n" for line in lines), "</table>\n\n"))


def _text(text: str) -> str:
    return escape(one_line(text))
