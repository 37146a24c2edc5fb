"""Says which programs and libraries of the system are missing, with the command that installs them; changes nothing.

Needs nothing but Python itself, because it runs before anything is installed.
"""

import ctypes.util
import importlib.util
import shutil
import subprocess
import sys

LIBRARIES = {"pango-1.0": "libpango-1.0-0", "pangoft2-1.0": "libpangoft2-1.0-0", "harfbuzz-subset": "libharfbuzz-subset0"}
PROGRAMS = {
    "java": "default-jre-headless",
    "pdftotext": "poppler-utils",
    "mutool": "mupdf-tools",
    "chromium": "chromium",
    "npm": "npm",
}


KRAMDOWN = ("ruby", "-e", "require 'kramdown-parser-gfm'")


def missing_libraries() -> list[str]:
    """Return the Debian packages of the libraries that the converter needs and does not find."""
    found = [package for name, package in LIBRARIES.items() if ctypes.util.find_library(name) is None]
    if importlib.util.find_spec("ensurepip") is None:
        found.append("python3-venv")
    return found


def missing_programs() -> list[str]:
    """Return the Debian packages of the programs that `make conformance` needs and does not find."""
    found = [package for name, package in PROGRAMS.items() if shutil.which(name) is None]
    if shutil.which("ruby") is None or subprocess.run(KRAMDOWN, capture_output=True, check=False).returncode:
        found.append("ruby-kramdown-parser-gfm")
    return found


def main() -> int:
    """Print what is missing; with `--all` the programs of the conformance checks too. Returns the exit status."""
    if sys.version_info < (3, 11):
        print(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}", file=sys.stderr)
        return 2
    found = missing_libraries() + (missing_programs() if "--all" in sys.argv[1:] else [])
    if "--packages" in sys.argv[1:]:
        print(" ".join(found))
        return 0
    if found:
        print("Libraries of the system are missing. On Debian and Ubuntu:", file=sys.stderr)
        print(f"  sudo apt-get install {' '.join(found)}", file=sys.stderr)
        print("elsewhere, install Pango and HarfBuzz: https://doc.courtbouillon.org/weasyprint/stable/first_steps.html", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
