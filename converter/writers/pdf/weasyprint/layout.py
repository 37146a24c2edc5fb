"""Lays out HTML with WeasyPrint: markup and a style sheet in, a fragment of a book out."""

import gc
import io
import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import Any

import pikepdf
import pydyf

from converter.diagnostics import ConverterError
from converter.limits import process
from converter.themes import Theme
from converter.writers.pdf.extraction import extract
from converter.writers.pdf.fragment import Bookmark, FontUse, Fragment, Laid, Point, pack_glyphs
from converter.writers.pdf.weasyprint import patches
from converter.writers.pdf.weasyprint.instance import LOG, module, release, weasyprint
from converter.writers.pdf.weasyprint.resources import Resources
from converter.writers.pdf.weasyprint.tags import POINTS, TagTree
from converter.writers.pdf.weasyprint.turns import turn
from converter.writers.pdf.weasyprint.versions import applies

OVERLAY = "furniture-"
"""The beginning of the ids of pages that only hold what is laid over the pages of text."""

_NOTDEF = re.compile(r'\.notdef glyph .*"(.)" \(U\+', re.DOTALL)
"""What WeasyPrint says of a character that it finds no glyph for."""


class Stylesheet:
    """A parsed style sheet with the fonts it is laid out with; both serve any number of fragments."""

    def __init__(self, css: str, font_files: tuple[str, ...], theme: Theme) -> None:
        self.fonts = module("text.fonts").FontConfiguration()
        for path in font_files:
            patches.fontconfig.FcConfigAppFontAddFile(self.fonts._config, path.encode("utf-8", "surrogateescape"))  # noqa: SLF001
        font_map = patches.ffi.cast("PangoFcFontMap *", self.fonts.font_map)
        patches.pangoft2.pango_fc_font_map_config_changed(font_map)
        self.css = weasyprint.CSS(string=css, font_config=self.fonts, url_fetcher=Resources((), {}, theme))


@lru_cache(maxsize=16)
def open_stylesheet(css: str, font_files: tuple[str, ...], folders: tuple[str, ...], fingerprint: str) -> Stylesheet:
    """Return the style sheet `css`, parsed once for the process.

    `fingerprint` changes with the files of the theme, which the sheet may import, and with the fonts.
    """
    return Stylesheet(css, font_files, Theme(name="", folders=folders, tokens={}, fingerprint=fingerprint))


def lay_out(markup: str, stylesheet: Stylesheet, resources: Resources, unique: str) -> Laid:
    """Return the pages that `markup` (a whole HTML document) makes. `unique` keeps its ids apart from other fragments'.

    Pages from the first one with an anchor that begins with `OVERLAY` on are overlays.
    """
    with turn(), _uncollected():
        LOG.records.clear()
        html = weasyprint.HTML(string=markup, base_url="book:", url_fetcher=resources)
        document = html.render(font_config=stylesheet.fonts, stylesheets=[stylesheet.css])
        overlays = _overlays(document)
        pages = min(overlays.values(), default=len(document.pages))
        data, untagged = _written(document, unique, pages)
        release()
        fragment = Fragment(
            pages=pages,
            overlays=overlays,
            anchors=_anchors(document, pages),
            bookmarks=_bookmarks(document),
            fonts=_fonts(document),
            missing=_missing(LOG.records),
            untagged=untagged,
        )
    with pikepdf.open(io.BytesIO(data)) as pdf:
        objects, [numbered] = extract(pdf, (fragment,))
    return Laid(objects, numbered)


class _TagsError(Exception):
    """The tags of a document cannot be repaired; the message says why."""


def _written(document: Any, unique: str, pages: int) -> tuple[bytes, str]:
    """Return the PDF of a document, and why it has no tags: what goes wrong with them costs them, and not the post."""
    try:
        return document.write_pdf(finisher=partial(_finish, document, unique, pages), pdf_tags=True), ""
    except _TagsError as error:  # half repaired, they are no use
        return document.write_pdf(finisher=lambda _, pdf: _lighten(pdf), pdf_tags=False), str(error)


def _finish(document: Any, unique: str, pages: int, _: Any, pdf: Any) -> None:
    heights = tuple(page.height for page in document.pages)
    try:
        TagTree(pdf, unique, heights, pages).repair()
    except (ConverterError, MemoryError):
        raise
    except Exception as error:  # WeasyPrint may write them in another way than the one that is known
        raise _TagsError(f"{type(error).__name__}: {error}") from error
    _lighten(pdf)


def _lighten(pdf: Any) -> None:
    _mark_printed(pdf)
    _drop_unused(pdf)


def _overlays(document: Any) -> dict[str, int]:
    return {
        name.removeprefix(OVERLAY): number
        for number, page in enumerate(document.pages)
        for name in page.anchors
        if name.startswith(OVERLAY)
    }


def _place(document: Any, number: int, x: float, y: float) -> Point:
    """Return a place for a point in CSS pixels from the top left of a page."""
    return Point(number, round(x * POINTS, 3), round((document.pages[number].height - y) * POINTS, 3))


def _anchors(document: Any, pages: int) -> dict[str, Point]:
    found: dict[str, Point] = {}
    for number, page in enumerate(document.pages[:pages]):
        for name, (left, top, _, _) in page.anchors.items():
            found.setdefault(name, _place(document, number, left, top))
    return found


def _bookmarks(document: Any) -> tuple[Bookmark, ...]:
    return tuple(
        Bookmark(level, re.sub(r"\s+", " ", label).strip(), _place(document, number, x, y))
        for number, page in enumerate(document.pages)
        for level, label, (x, y), _ in page.bookmarks
    )


def _fonts(document: Any) -> tuple[FontUse, ...]:
    return tuple(
        FontUse(
            key=font.hash,
            name=font.name.decode().lstrip("/"),
            family=font.family,
            path=font.path,
            index=font.index,
            flags=font.flags,
            ascent=font.ascent,
            descent=font.descent,
            glyphs=pack_glyphs(font.widths, font.to_unicode),
        )
        for font in sorted(document.fonts.values(), key=lambda font: str(font.hash))
        if applies("fonts") and patches.is_shared(font)
    )


def _missing(messages: Iterable[logging.LogRecord]) -> str:
    """Return the characters that WeasyPrint found no glyph for."""
    found = (_NOTDEF.search(record.getMessage()) for record in messages)
    return "".join(sorted({match[1] for match in found if match}))


def _mark_printed(pdf: Any) -> None:
    """Give every annotation the flag Print (PDF/A-2, 6.3.2)."""
    for found in pdf.objects:
        if isinstance(found, dict) and found.get("Type") == "/Annot":
            found["F"] = 1 << 2


def _drop_unused(pdf: Any) -> None:
    """Leave out what nothing leads to: most elements were spliced, and the book makes outline and names of its own.

    The numbers of these objects become free entries of the table of objects (ISO 32000-1, 7.5.8.3).
    """
    pdf.catalog.pop("Outlines", None)
    pdf.catalog.pop("Names", None)
    used = {0}
    open_values: list[Any] = [pdf.catalog.reference, pdf.info, *pdf.page_references]
    while open_values:
        match open_values.pop():
            case bytes(reference) if reference.endswith(b" R") and (number := int(reference.split()[0])) not in used:
                used.add(number)
                open_values.append(pdf.objects[number])
            case dict(values):
                open_values.extend(values.values())
            case list(values):
                open_values.extend(values)
            case pydyf.Stream(extra=values):
                open_values.append(values)
    for unused in (found for found in pdf.objects if found.number not in used):
        unused.free, unused.generation, unused.number = "f", 1, 0


@contextmanager
def _uncollected() -> Iterator[None]:
    """Put off the search for garbage until a fragment is finished: during layout it takes a tenth of the time."""
    if not (process.is_own() and gc.isenabled()):  # what else runs in the process may depend on it
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
