"""Diagnostics -> workflow commands, which GitHub shows beside the lines of the files.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

from converter.diagnostics import Diagnostic, Severity, counted, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from converter.cli.formats import Findings
    from converter.cli.formats.places import Places

MOST = 10
"""GitHub shows so many annotations of each kind for a step, and drops the others."""

_DATA = {ord("%"): "%25", ord("\r"): "%0D", ord("\n"): "%0A"}
_PROPERTY = {**_DATA, ord(":"): "%3A", ord(","): "%2C"}


def commands(findings: Findings) -> str:
    """Return lines for the log of a step: the first annotations of each severity, and the others as a list."""
    shown, rest = _divided(findings.diagnostics)
    lines = [command(diagnostic, findings.places) for diagnostic in shown]
    return "".join(f"{line}\n" for line in (*lines, *_folded(rest)))


def command(diagnostic: Diagnostic, places: Places) -> str:
    """Return the command that shows a diagnostic beside its line."""
    found = places.located(diagnostic)
    place = {"file": found.file, "line": found.line, "col": found.column, "title": found.code.value}
    properties = ",".join(f"{name}={_escaped(str(value))}" for name, value in place.items() if value is not None)
    text = f"{found.message} ({found.hint})" if found.hint else found.message
    return f"::{found.severity.value} {properties}::{one_line(text).translate(_DATA)}"


def _escaped(value: str) -> str:
    return one_line(value).translate(_PROPERTY)


def _divided(found: Sequence[Diagnostic]) -> tuple[list[Diagnostic], list[Diagnostic]]:
    """Return the diagnostics that GitHub shows, and the others."""
    seen: Counter[Severity] = Counter()
    shown: list[Diagnostic] = []
    rest: list[Diagnostic] = []
    for diagnostic in found:
        seen[diagnostic.severity] += 1
        (shown if seen[diagnostic.severity] <= MOST else rest).append(diagnostic)
    return shown, rest


def _folded(rest: Sequence[Diagnostic]) -> Iterable[str]:
    """Yield a group of the log with the diagnostics as text.

    A post must not give orders to the runner, which looks for them anywhere in a line: it stops looking until it sees a
    word that no text between can hold, since it is made of the hash of that text.
    """
    if not rest:
        return
    counts = Counter(diagnostic.severity for diagnostic in rest)
    more = ", ".join(counted(counts[each], f"more {each.value}") for each in reversed(Severity) if counts[each])
    text = "\n".join(map(str, rest))
    word = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    yield from (f"::group::{more}", f"::stop-commands::{word}", text, f"::{word}::", "::endgroup::")
