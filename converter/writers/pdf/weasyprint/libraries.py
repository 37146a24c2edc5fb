"""The libraries of the system that WeasyPrint loads: looked for before any work, without importing it.

WeasyPrint prints a banner to standard output and fails in its import where one is missing; a run would meet that once
for every post. The names are those of `weasyprint/text/ffi.py`, tried as it tries them; a test compares the two.
"""

import ctypes
import ctypes.util
import os
import sys

from converter.diagnostics import Code, UsageError

LIBRARIES: dict[str, tuple[str, ...]] = {
    "GObject": (
        "libgobject-2.0-0", "gobject-2.0-0", "gobject-2.0", "libgobject-2.0.so.0", "libgobject-2.0.0.dylib",
        "libgobject-2.0-0.dll",
    ),
    "Pango": (
        "libpango-1.0-0", "pango-1.0-0", "pango-1.0", "libpango-1.0.so.0", "libpango-1.0.dylib", "libpango-1.0-0.dll",
    ),
    "HarfBuzz": (
        "libharfbuzz-0", "harfbuzz", "harfbuzz-0.0", "libharfbuzz.so.0", "libharfbuzz.0.dylib", "libharfbuzz-0.dll",
    ),
    "fontconfig": (
        "libfontconfig-1", "fontconfig-1", "fontconfig", "libfontconfig.so.1", "libfontconfig.1.dylib",
        "libfontconfig-1.dll",
    ),
    "PangoFT2": (
        "libpangoft2-1.0-0", "pangoft2-1.0-0", "pangoft2-1.0", "libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib",
        "libpangoft2-1.0-0.dll",
    ),
}  # fmt: skip
"""What is needed, each with its names on Linux, macOS and Windows. libharfbuzz-subset is not among them: without it
fonts are cut down by slower code."""

HINT = "install Pango, for example with: sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0, or brew install pango"


def missing_libraries() -> tuple[str, ...]:
    """Return the names of the libraries that are not on this machine, such as `("Pango", "PangoFT2")`."""
    _add_folders_of_windows()
    return tuple(name for name, names in LIBRARIES.items() if not _loads(names))


def require_libraries() -> None:
    """Raise `UsageError` where a library is missing that WeasyPrint cannot do without."""
    if missing := missing_libraries():
        raise UsageError(
            Code.LIBRARY_MISSING,
            f"PDF needs Pango, and {'this library is' if len(missing) == 1 else 'these libraries are'} "
            f"not on this machine: {', '.join(missing)}",
            hint=HINT,
        )


def _loads(names: tuple[str, ...]) -> bool:
    return any(_opens(name) for name in names) or (
        sys.platform != "linux" and any(_opens(ctypes.util.find_library(name)) for name in names if "." not in name)
    )


def _opens(name: str | None) -> bool:
    if name:
        try:
            ctypes.CDLL(name)
        except OSError:
            return False
    return bool(name)


def _add_folders_of_windows() -> None:
    """Let Windows look where WeasyPrint will: it finds no libraries by `PATH`."""
    if hasattr(os, "add_dll_directory"):
        for folder in os.getenv("WEASYPRINT_DLL_DIRECTORIES", r"C:\msys64\ucrt64\bin;C:\msys64\mingw64\bin").split(";"):
            if os.path.isdir(folder):  # noqa: PTH112  (a name for the loader, not a path of ours)
                os.add_dll_directory(folder)
