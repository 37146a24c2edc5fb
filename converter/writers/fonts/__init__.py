"""Finds the fonts that a book can use: one place for the pages of a PDF, the cover of an EPUB, and tests."""

from converter.writers.fonts.faces import Face
from converter.writers.fonts.families import ALIASES, CODE, FACES, SYMBOLS, Faces, entry_for
from converter.writers.fonts.library import (
    INSTALL_HINT,
    FontLibrary,
    choose,
    is_unseen,
    open_library,
    report_unserved,
    require_fonts,
)

__all__ = (
    "ALIASES",
    "CODE",
    "FACES",
    "INSTALL_HINT",
    "SYMBOLS",
    "Face",
    "Faces",
    "FontLibrary",
    "choose",
    "entry_for",
    "is_unseen",
    "open_library",
    "report_unserved",
    "require_fonts",
)
