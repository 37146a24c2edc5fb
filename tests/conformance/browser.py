"""Pages of this folder in a headless browser, driven by scripts of this folder, over loopback."""

import os
import shutil
import subprocess
import threading
from collections.abc import Mapping
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
SECONDS = 600
"""After which a script that drives a browser is stuck: far longer than any takes on a busy machine."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


def browser() -> str | None:
    """Return the path of a browser of this machine."""
    named = os.environ.get("PUPPETEER_EXECUTABLE_PATH")
    return named or next((path for name in BROWSERS if (path := shutil.which(name))), None)


def environment() -> dict[str, str]:
    """Return the environment for programs that look for a browser."""
    return {**os.environ, "PUPPETEER_EXECUTABLE_PATH": browser() or ""}


def run_script(script: str, shown: Mapping[str, Path], *arguments: str) -> str:
    """Run a script of this folder with the address of a server and `arguments`; return what it prints.

    The server has the libraries of this folder and the files of `shown`, by their names in addresses.
    """

    class Handler(SimpleHTTPRequestHandler):
        def translate_path(self, path: str) -> str:
            plain = path.partition("?")[0].removeprefix("/")
            return str(shown[plain]) if plain in shown else super().translate_path(path)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name of the library
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(MODULES)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        return node(HERE / script, f"http://127.0.0.1:{server.server_port}", *arguments)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def node(script: Path, *arguments: str | Path) -> str:
    """Return what a script prints; one that fails, or takes longer than `SECONDS`, fails the test with its words."""
    command = ["node", script, *arguments]
    run = subprocess.run(
        command, env=environment(), capture_output=True, text=True, cwd=HERE, timeout=SECONDS, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout
