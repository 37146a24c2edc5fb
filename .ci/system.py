"""Provides what the system lacks: Pango for `make demo` where that may be installed, and the tools of `make conformance`.

Needs nothing but Python itself, because it runs before anything is installed.

    system.py python        exits with 2 and a sentence where this Python is too old or has no venv
    system.py pango         installs Pango if it is missing and may be installed, and says so in one line
    system.py conformance   prints the Debian packages of the tools and fonts that CI needs and does not find
"""

import ctypes
import ctypes.util
import importlib.util
import os
import shutil
import subprocess
import sys

PANGO = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz.so.0", "libfontconfig.so.1")
"""The libraries that WeasyPrint cannot do without, as Linux names them; elsewhere Pango stands for all."""
MANAGERS = {
    "apt-get": ("install", "-y", "-qq", "--no-install-recommends", "libpango-1.0-0", "libpangoft2-1.0-0"),
    "dnf": ("install", "-y", "-q", "pango"),
    "zypper": ("--non-interactive", "--quiet", "install", "libpango-1_0-0"),
    "pacman": ("-S", "--noconfirm", "--needed", "pango"),
    "apk": ("add", "-q", "pango", "fontconfig"),
    "brew": ("install", "-q", "pango"),
}
"""The commands that install Pango, by the program of the system."""
REFRESH = {"apt-get": ("update", "-qq"), "apk": ("update", "-q"), "pacman": ("-Sy", "--noconfirm")}
"""How lists of packages are brought up to date, where installing fails on a system that has none yet."""
SECONDS = 300
"""How long the package manager may take."""

PROGRAMS = {
    "fc-list": "fontconfig",
    "java": "default-jre-headless",
    "pdftotext": "poppler-utils",
    "mutool": "mupdf-tools",
    "chromium": "chromium",
    "npm": "npm",
    "jq": "jq",
}
KRAMDOWN = ("ruby", "-e", "require 'kramdown-parser-gfm'")
FONTS = {"Noto Serif CJK SC": "fonts-noto-cjk", "Noto Naskh Arabic": "fonts-noto-core"}


def python_fault() -> str:
    """Return what is wrong with this Python; empty if it can be used."""
    if sys.version_info < (3, 11):
        return f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}. Name another one: make PYTHON=python3.13"
    if importlib.util.find_spec("ensurepip") is None:
        return "this Python lacks its module venv; on Debian and Ubuntu: sudo apt-get install python3-venv"
    return ""


def has_pango() -> bool:
    """Return whether the libraries are there that WeasyPrint loads."""
    if sys.platform != "linux":
        return ctypes.util.find_library("pango-1.0") is not None
    return all(_opens(name) for name in PANGO)


def _opens(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def provide_pango() -> bool:
    """Install Pango where it is missing and may be installed, and say so in one line. Return whether it is there.

    Where it stays missing, the converter says what PDF needs.
    """
    manager = next((name for name in MANAGERS if shutil.which(name)), "")
    if has_pango() or not manager or (prefix := _rights(manager)) is None:
        return has_pango()
    print(f"PDF needs Pango; installing it with {manager} …", end="", flush=True)
    done = _install(prefix, manager) and has_pango()
    print("" if done else " which failed")
    return done


def _rights(manager: str) -> tuple[str, ...] | None:
    """Return what goes before a command that installs: nothing, or sudo where it asks for no password; else `None`."""
    if manager == "brew" or os.name != "posix" or os.geteuid() == 0:
        return ()
    free = shutil.which("sudo") and _succeeds(("sudo", "-n", "true"))
    return ("sudo", "-n") if free else None


def _install(prefix: tuple[str, ...], manager: str) -> bool:
    install = (*prefix, manager, *MANAGERS[manager])
    if _succeeds(install):
        return True
    return manager in REFRESH and _succeeds((*prefix, manager, *REFRESH[manager])) and _succeeds(install)


def _succeeds(command: tuple[str, ...]) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        run = subprocess.run(
            command, capture_output=True, check=False, env=environment, stdin=subprocess.DEVNULL, timeout=SECONDS
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return run.returncode == 0


def conformance_packages() -> list[str]:
    """Return the Debian packages of the tools and fonts that the whole of CI needs and does not find."""
    found = [package for name, package in PROGRAMS.items() if shutil.which(name) is None]
    if not _succeeds(KRAMDOWN):
        found.append("ruby-kramdown-parser-gfm")
    found += [package for family, package in FONTS.items() if not _has_font(family)]
    return found if has_pango() else [*found, "libpango-1.0-0", "libpangoft2-1.0-0"]


def _has_font(family: str) -> bool:
    try:
        listed = subprocess.run(("fc-list", family), capture_output=True, check=False)
    except OSError:
        return False
    return bool(listed.stdout.strip())


def main(task: str) -> int:
    """Do one of the tasks of the module. Returns the exit status."""
    if fault := python_fault():
        print(fault, file=sys.stderr)
        return 2
    if task == "pango":
        provide_pango()
    if task == "conformance":
        print(" ".join(conformance_packages()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "python"))
