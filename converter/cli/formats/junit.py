"""Diagnostics -> a report of tests in the XML of JUnit: a suite a file, a case a diagnostic."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from converter.diagnostics import Diagnostic, Severity, one_line
from converter.languages.unicode import clean

if TYPE_CHECKING:
    from converter.cli.formats import Findings


def document(findings: Findings) -> bytes:
    """Return the report. An error is a failure, and so is a warning under `--strict`; other cases have passed."""
    suites: dict[str, list[Diagnostic]] = {}
    for diagnostic in map(findings.places.located, findings.diagnostics):
        suites.setdefault(diagnostic.file or findings.command, []).append(diagnostic)
    root = Element("testsuites", {"name": f"converter {findings.command}"})
    for name, found in suites.items():
        _add_suite(root, name, found, strict=findings.strict)
    if not suites:
        suite = SubElement(root, "testsuite", {"name": findings.command, **_counts(1, 0)})
        SubElement(suite, "testcase", {"name": "nothing was found", "classname": findings.command})
    for key in ("tests", "failures"):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in root)))
    indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(root, encoding="unicode")}\n'.encode()


def _add_suite(root: Element, name: str, found: list[Diagnostic], *, strict: bool) -> None:
    failing = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    failures = sum(diagnostic.severity in failing for diagnostic in found)
    suite = SubElement(root, "testsuite", {"name": _text(name), **_counts(len(found), failures)})
    for diagnostic in found:
        line = {"line": str(diagnostic.line)} if diagnostic.line else {}
        place = {"classname": _text(name), **({"file": _text(diagnostic.file)} if diagnostic.file else {}), **line}
        case = SubElement(suite, "testcase", {"name": diagnostic.code.value, **place})
        if diagnostic.severity in failing:
            about = {"message": _text(diagnostic.message), "type": diagnostic.severity.value}
            SubElement(case, "failure", about).text = _text(str(diagnostic))
        else:
            SubElement(case, "system-out").text = _text(str(diagnostic))


def _counts(tests: int, failures: int) -> dict[str, str]:
    return {"tests": str(tests), "failures": str(failures), "errors": "0", "skipped": "0"}


def _text(text: str) -> str:
    return clean(one_line(text))
