"""Tells the versions of what pages are made with, without importing it: a book of cached fragments needs none."""

import ctypes
import re
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from converter.storage.fingerprint import code_fingerprint, key_of

MADE_FOR = "70.0"
"""The version of WeasyPrint whose functions are in `ORIGINALS`."""

ENGINE = f"WeasyPrint {version('weasyprint')}"


PACKAGES = (
    "weasyprint", "pydyf", "tinyhtml5", "tinycss2", "cssselect2", "pyphen", "pillow", "ziamath", "Pygments",
    "jinja2", "babel", "pikepdf", "fonttools", "uharfbuzz", "lxml", "latex2mathml",
)  # fmt: skip
"""The packages that the bytes of a fragment, and of a finished file, depend on."""


class Original(NamedTuple):
    """A function of WeasyPrint that `patches` replaces, or depends on, and how it is known."""

    file: str
    """In the folder of the package."""
    name: str
    digest: str
    """The beginning of the SHA-256 of its source."""


ORIGINALS: dict[str, tuple[Original, ...]] = {
    "justification": (
        Original("layout/inline.py", "justify_line", "cbba344b3c57ef10"),
        Original("text/line_break.py", "Layout.set_text", "b1ff0c069c2bf994"),
    ),
    "hanging": (Original("layout/inline.py", "text_align", "79372fc12c3602fd"),),
    "drafts": (Original("text/line_break.py", "split_first_line", "f5cfad56910a1b96"),),
    "leaders": (
        Original("layout/leader.py", "handle_leader", "a7f944a205e41cd0"),
        Original("text/line_break.py", "split_first_line", "f5cfad56910a1b96"),
    ),
    "margins": (
        Original("layout/page.py", "make_margin_boxes", "ff19320efeb0e696"),
        Original("layout/percent.py", "resolve_percentages", "92016b948f740deb"),
    ),
    "parsing": (Original("__init__.py", "HTML.__init__", "5192c9881ab3126c"),),
    "fonts": (
        Original("pdf/fonts.py", "Font.__init__", "64bade0f1b1f8867"),
        Original("pdf/fonts.py", "build_fonts_dictionary", "934910c919b576e9"),
        Original("text/fonts.py", "get_hb_object_data", "a921ed57bd7b3498"),
    ),
    "tags": (Original("pdf/tags.py", "_build_box_tree", "e8338d00c41d15e4"),),
}
"""By the patch that is left out where one of them reads differently. Patches do not depend on each other."""

LOSSES = {
    "justification": "lines of Chinese end ragged",
    "hanging": "marks at the ends of Chinese lines keep their empty halves",
    "drafts": "lines take longer",
    "leaders": "contents take longer",
    "margins": "pages take longer",
    "parsing": "markup takes longer",
    "fonts": "each post brings its own copy of the fonts",
    "tags": "screen readers do not learn the languages of passages",
}
"""What a book lacks without a patch."""


@cache
def applies(patch: str) -> bool:
    """Return whether a patch fits this WeasyPrint: what it replaces reads as it is known."""
    return all(fingerprint(original.file, original.name) == original.digest for original in ORIGINALS[patch])


def fingerprint(file: str, name: str) -> str:
    """Return how a function of WeasyPrint (`function` or `Class.method`) is known; empty where there is none."""
    package = find_spec("weasyprint")
    folders = (package and package.submodule_search_locations) or ()
    path = next((path for folder in folders if (path := Path(folder, file)).is_file()), None)
    lines = path.read_text("utf-8").splitlines() if path else []
    for part in name.split("."):
        lines = _block(lines, part)
    return sha256("\n".join(lines).rstrip().encode()).hexdigest()[:16] if lines else ""


def _block(lines: list[str], name: str) -> list[str]:
    """Return the lines of a function or class."""
    head = re.compile(rf"(\s*)(?:def|class) {re.escape(name)}\b")
    found = next(((number, match) for number, line in enumerate(lines) if (match := head.match(line))), None)
    if found is None:
        return []
    start, match = found
    inside = re.compile(rf"{match[1]}\s|\s*$")
    end = next((number for number, line in enumerate(lines[start + 1 :], start + 1) if not inside.match(line)), None)
    return lines[start:end]


@cache
def libraries() -> str:
    """Return a hash of the converter and of everything outside of it that the bytes of a fragment depend on."""
    return key_of(code_fingerprint(*PACKAGES), *map(applies, ORIGINALS), pango_version())


def pango_version() -> str:
    """Return the version of Pango, as in `Pango 1.52.1`; empty where it is not on this machine."""
    for name in ("libpango-1.0.so.0", "libpango-1.0.0.dylib", "libpango-1.0-0.dll"):
        try:
            pango = ctypes.CDLL(name)
        except OSError:
            continue
        pango.pango_version_string.restype = ctypes.c_char_p
        return f"Pango {pango.pango_version_string().decode()}"
    return ""
