"""Diagnostics -> what other programs read: commands of GitHub's runner, SARIF, JUnit, JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from converter.cli.formats.places import Places
from converter.cli.streams import STREAM, write
from converter.diagnostics import Diagnostic
from converter.pipeline.report import Report, json_of, table_of

if TYPE_CHECKING:
    from collections.abc import Callable


class Findings(Struct, frozen=True, kw_only=True):
    """What one command found."""

    command: str
    diagnostics: tuple[Diagnostic, ...]
    """Those that are wanted."""
    places: Places = Places()
    strict: bool = False
    """Whether warnings are failures."""
    status: int = 0
    """The exit status."""
    sentence: str = ""
    """What the command says that it did."""
    report: Report | None = None
    """Of a build: its files."""


def write_document(name: str, findings: Findings) -> None:
    """Write a report to standard output. Raises `WriterError` where it cannot be written."""
    from converter.cli.formats import junit, sarif

    documents: dict[str, Callable[[Findings], bytes]] = {
        "sarif": sarif.document,
        "junit": junit.document,
        "json": _json,
    }
    write(STREAM, documents[name](findings))


def _json(findings: Findings) -> bytes:
    table = {"schema": "converter/diagnostics/1", "command": findings.command, "status": findings.status}
    return json_of({**table, **table_of(findings.diagnostics)})
