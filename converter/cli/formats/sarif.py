"""Diagnostics -> SARIF 2.1.0, which GitHub's code scanning and editors read.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/
"""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from converter import __version__
from converter.cli.explain import explanation, meaning
from converter.diagnostics import Code, Diagnostic, Severity, one_line
from converter.pipeline.report import json_of

if TYPE_CHECKING:
    from converter.cli.formats import Findings

LEVELS = {Severity.NOTICE: "note", Severity.WARNING: "warning", Severity.ERROR: "error"}
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "SRCROOT"
"""What paths are relative to: the folder of the repository."""


def document(findings: Findings) -> bytes:
    """Return the log of one run, with the rules that were broken, and what the documentation says of them."""
    codes = sorted({diagnostic.code for diagnostic in findings.diagnostics})
    driver = {
        "name": "digest-converter",
        "semanticVersion": __version__,
        "rules": [_rule(code) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": findings.status in (0, 1, 3), "exitCode": findings.status}],
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The folder of the repository."}}},
        "results": _results(findings, codes),
    }
    return json_of({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(code: Code) -> dict[str, Any]:
    text = explanation(code.value)
    return {
        "id": code.value,
        "name": "".join(word.capitalize() for word in code.value.split("-")),
        "shortDescription": {"text": meaning(code.value)},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": LEVELS[code.severity]},
    }


def _results(findings: Findings, codes: list[Code]) -> list[dict[str, Any]]:
    seen: Counter[str] = Counter()
    results = []
    for diagnostic in map(findings.places.located, findings.diagnostics):
        text = f"{diagnostic.message} ({diagnostic.hint})" if diagnostic.hint else diagnostic.message
        print_ = _fingerprint(diagnostic)
        seen[print_] += 1
        results.append(
            {
                "ruleId": diagnostic.code.value,
                "ruleIndex": codes.index(diagnostic.code),
                "level": LEVELS[diagnostic.severity],
                "message": {"text": one_line(text)},
                "locations": [_location(diagnostic)] if diagnostic.file else [],
                "partialFingerprints": {"diagnostic/v1": f"{print_}:{seen[print_]}"},
            }
        )
    return results


def _fingerprint(diagnostic: Diagnostic) -> str:
    """Return what stays when lines move: the same finding is no new alert then."""
    told = "\0".join((diagnostic.code.value, diagnostic.file or "", diagnostic.message))
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:16]


def _location(diagnostic: Diagnostic) -> dict[str, Any]:
    region = {"startLine": diagnostic.line, "startColumn": diagnostic.column}
    known = {name: value for name, value in region.items() if value} if diagnostic.line else {}
    place = {"artifactLocation": _artifact(diagnostic.file or "")}
    return {"physicalLocation": {**place, "region": known} if known else place}


def _artifact(file: str) -> dict[str, str]:
    if PurePath(file).is_absolute():
        return {"uri": PurePath(file).as_uri()}
    return {"uri": quote(file, errors="replace"), "uriBaseId": _ROOT}
