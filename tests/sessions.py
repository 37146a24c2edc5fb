"""Sessions in pages: blocks of `console` with commands and what they print, which tests play in a folder of their own.

`$ cat FILE` writes what follows it into the file; any other command is one of the shell, and what follows it is all
that it prints, with `/home/ana` for the folder.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

FOLDER = "/home/ana"
_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def played(page: str, folder: Path) -> str:
    """Return a page with what its commands really print. All of its blocks are one session."""
    return _BLOCK.sub(lambda block: f"```console\n{_session(block[1], folder)}```", page)


def _session(text: str, folder: Path) -> str:
    pieces = re.split(r"^\$ (.*)\n", text, flags=re.MULTILINE)
    steps = zip(pieces[1::2], pieces[2::2], strict=True)
    return "".join(f"$ {command}\n{_step(command, printed, folder)}" for command, printed in steps)


def _step(command: str, text: str, folder: Path) -> str:
    if command.startswith("cat ") and text:
        path = folder / command.removeprefix("cat ")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return text
    environment = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "HOME": str(folder / ".home"),
        "PYTHONPATH": str(ROOT),
        "CONVERTER_JOBS": "1",
        "LANG": "C.UTF-8",
        **{name: os.environ[name] for name in ("LD_LIBRARY_PATH", "FONTCONFIG_FILE") if name in os.environ},
    }
    run = subprocess.run(
        ["bash", "-c", f"({command}) 2>&1"],
        cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    return run.stdout.replace(str(folder), FOLDER)
