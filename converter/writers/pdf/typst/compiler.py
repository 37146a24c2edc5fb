"""Compiles a page of the theme with Typst, in a folder that holds nothing but what it needs: values in, a PDF out."""

import os
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from converter.diagnostics import Code, Diagnostic, Warn, WriterError
from converter.limits import process
from converter.storage import write_quickly
from converter.writers.pdf.style import Style
from converter.writers.pdf.typst.templates import files_of

TRIES = 8
"""How often characters that Typst cannot draw are replaced before the pages are given up."""
DATA, MAIN, PLACES = "data.json", "main.typ", "places.json"
"""What the pages read, what is compiled, and the file in the PDF that says where everything is."""
STANDARD: Any = "a-3a"
"""Typst's strictest standard for pages that are not a whole book, and which may hold a file; the book says its own."""
_UNDRAWN = re.compile(r'error: (?:the PDF contains the codepoint|the text) `"(.*?)"`')
_MARKED = re.compile(r"(?<=[\x00-\x7f])[^\x00-\xff]")
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_DATE = datetime(2000, 1, 1, tzinfo=UTC)
"""Typst wants one; the book gets its own."""
_REPORT = f"""
#context {{
  let place(it) = {{ let at = it.location().position(); (at.page, at.x.pt(), at.y.pt()) }}
  let named = query(metadata).filter(it => type(it.value) == dictionary and "place" in it.value)
  pdf.attach("{PLACES}", bytes(json.encode((
    anchors: named.map(it => (it.value.place, ..place(it))),
    headings: query(heading).filter(it => it.bookmarked != false).map(it => (it.level, ..place(it))),
  ), pretty: false)), relationship: "data", mime-type: "application/json", description: "places")
}}
"""
"""Goes behind the pages of the theme."""


def compiled(page: str, style: Style, data: bytes, files: Mapping[str, bytes], warn: Warn) -> bytes:
    """Return the PDF of the page `page` of the theme, which reads `data` and `files`, with the file `PLACES` in it.

    Raises `WriterError` where Typst refuses it.
    """
    with TemporaryDirectory(prefix="converter-typst-") as name:
        folder = Path(name).resolve()
        for file, content in {**files, **files_of(style.theme, page)}.items():
            write_quickly(str(folder / file), content)
        write_quickly(str(folder / MAIN), f'#include "{page}"\n{_REPORT}'.encode())
        text = data.decode()
        for _ in range(TRIES):
            write_quickly(str(folder / DATA), text.encode())
            found = _attempt(folder, style)
            if isinstance(found, bytes):
                return found
            undrawn = _undrawn(found, text)
            if not undrawn:
                break
            named = ", ".join(f"'{each}' (U+{ord(each):04X})" for each in sorted(undrawn))
            warn(Diagnostic(code=Code.MISSING_GLYPH, message=f"Typst cannot draw {named}; a mark stands in the place"))
            text = text.translate(dict.fromkeys(map(ord, undrawn), "?"))
    raise WriterError(Code.OUTPUT_INVALID, f"Typst refuses it: {_said(found)}")


def _attempt(folder: Path, style: Style) -> Any:
    """Return the PDF, or Typst's error."""
    import typst

    try:
        return typst.Compiler(
            str(folder / MAIN), root=str(folder), font_paths=_fonts(style.library.paths), ignore_system_fonts=True,
            package_path=str(folder), package_cache_path=str(folder),
        ).compile(format="pdf", pdf_standards=[STANDARD], timestamp=_DATE)  # fmt: skip
    except typst.TypstError as error:
        return error


def _said(error: Any) -> str:
    """Return the first line of what Typst says, which is never about a file of the user's."""
    return str(error.message).partition("\n")[0]


def _undrawn(error: Any, text: str) -> set[str]:
    """Return the characters of the pages that Typst says it cannot draw."""
    found = _UNDRAWN.search(error.diagnostic or "")
    if found is None:
        return set()
    named = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), found[1])
    undrawn = {character for character in named if character > "\x7f" and character in text}
    # Of a letter with a mark above it Typst names the letter, where it is the mark that no font has.
    return undrawn or {mark for mark in _MARKED.findall(text) if unicodedata.category(mark) in ("Mn", "Me", "Mc")}


@lru_cache(maxsize=2)
def _fonts(paths: tuple[str, ...]) -> Any:
    """Return the fonts in the folders of the finder's, and those in Typst, which has the only one for formulas."""
    if process.is_own():  # before its threads are started: they save no time, and are in the way of other workers
        os.environ.setdefault("RAYON_NUM_THREADS", "1")
    import typst

    folders = sorted({str(Path(path).resolve().parent) for path in paths})
    roots = [folder for folder in folders if not any(folder.startswith(f"{each}/") for each in folders)]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=roots)


def program() -> str:
    """Return the name of Typst with its version."""
    try:
        return f"Typst {version('typst')}"
    except PackageNotFoundError:
        return "Typst"
