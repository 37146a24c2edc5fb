"""Lays out a run of parts with Typst, and reads from the PDF where everything is."""

import io
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from hashlib import sha256

import msgspec
import pikepdf
from msgspec import Struct
from msgspec.structs import replace

from converter.diagnostics import Code, Diagnostic, Warn, WriterError
from converter.writers.pdf.extraction import extract
from converter.writers.pdf.fragment import Bookmark, Fragment, Laid, Objects, Point, Rendered, RenderedRun
from converter.writers.pdf.parts import OpenerPart, PdfPart, PostPart
from converter.writers.pdf.plain import plain
from converter.writers.pdf.style import Style
from converter.writers.pdf.typst.compiler import PLACES, compiled
from converter.writers.pdf.typst.headers import make_ids_unique, mark_row_heads
from converter.writers.pdf.typst.runs import RunPart
from converter.writers.pdf.typst.values import encoded, look, prepare

UNIT, OVERLAY = "unit:", "furniture:"
"""The beginnings of the names of places where a part begins, and of pages that are laid over others."""


class _Spot(Struct, array_like=True):
    """A named place: its page, counted from 1, and the distances from the left and upper edges in points."""

    name: str
    page: int
    x: float
    y: float


class _Level(Struct, array_like=True):
    """A heading that is a bookmark."""

    level: int
    page: int
    x: float
    y: float


class _Places(Struct):
    anchors: list[_Spot]
    headings: list[_Level]


def lay_out_run(run: RunPart, style: Style, warn: Warn) -> RenderedRun:
    """Return the pages of a run. A part that stands alone, and that Typst refuses, is set as plain text.

    Raises `WriterError` where a run is refused, or not even the words of a part alone can be set.
    """
    try:
        return _laid_out(run.parts, style, warn)
    except WriterError as error:
        [part, *others] = run.parts
        if others or not isinstance(part, PostPart) or error.diagnostic.code is not Code.OUTPUT_INVALID:
            raise
        laid_out = _laid_out((replace(part, post=plain(part.post)),), style, warn)
        warn(
            Diagnostic(
                code=Code.LAYOUT_SIMPLIFIED,
                message=f"its layout failed: {error.diagnostic.message}; it is set as plain text",
                file=part.post.path,
                hint="simplify the post, or use the engine 'weasyprint'",
            )
        )
        return laid_out


def _laid_out(parts: Sequence[PdfPart], style: Style, warn: Warn) -> RenderedRun:
    prepared = [prepare(part, style, warn) for part in parts]
    files = {name: data for each in prepared for name, data in each.files.items()}
    lines = [encoded(look(style), style, None, warn), *(each.data for each in prepared)]
    data = compiled("posts.typ", style, b"\n".join(lines), files, warn)
    objects, units = _taken_apart(data, style, [heads for each in prepared for heads in each.row_heads])
    if len(units) != len(parts):
        raise WriterError(Code.CONFIG_INVALID, "'pdf/posts.typ' of the theme does not say where each part begins")
    rendered = (
        Rendered(
            part.post.key if isinstance(part, PostPart) else "",
            fragment,
            opens_section=isinstance(part, OpenerPart),
        )
        for part, fragment in zip(parts, units, strict=True)
    )
    return RenderedRun(objects, tuple(rendered))


def lay_out_page(page: str, values: object, style: Style, warn: Warn) -> Laid:
    """Return the pages that a page of the theme makes of values."""
    lines = (encoded(look(style), style, None, warn), encoded(values, style, None, warn))
    objects, [fragment] = _taken_apart(compiled(page, style, b"\n".join(lines), {}, warn), style, whole=True)
    return Laid(objects, fragment)


def _taken_apart(
    data: bytes, style: Style, row_heads: Sequence[frozenset[int]] = (), *, whole: bool = False
) -> tuple[Objects, tuple[Fragment, ...]]:
    """Return the objects of a PDF, and its fragments: one for each place that says so, or one for all pages."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        units = _units(pdf, style, whole=whole)
        mark_row_heads(pdf, row_heads)
        make_ids_unique(pdf, sha256(data).hexdigest()[:12])
        return extract(pdf, units)


def _units(pdf: pikepdf.Pdf, style: Style, *, whole: bool) -> list[Fragment]:
    height = style.geometry.sheet[1]
    places = msgspec.json.decode(pdf.attachments[PLACES].get_file().read_bytes(), type=_Places)
    titles = list(_titles(pdf.Root.get("/Outlines")))
    pages = len(pdf.pages)
    starts = [0] if whole else [spot.page - 1 for spot in places.anchors if spot.name.startswith(UNIT)]
    over = [spot for spot in places.anchors if spot.name.startswith(OVERLAY)]
    ends = [*starts[1:], min((spot.page - 1 for spot in over), default=pages)]
    anchors: list[dict[str, Point]] = [{} for _ in starts]
    marks: list[list[Bookmark]] = [[] for _ in starts]
    overlays: list[dict[str, int]] = [{} for _ in starts]

    def placed(spot: _Spot | _Level) -> tuple[int, Point]:
        unit = max(bisect_right(starts, spot.page - 1) - 1, 0)
        return unit, Point(spot.page - 1 - starts[unit], round(spot.x, 3), round(height - spot.y, 3))

    for spot in places.anchors:
        if spot.name.startswith(OVERLAY):
            number, _, name = spot.name.removeprefix(OVERLAY).partition(":")
            overlays[int(number)][name] = spot.page - 1
        elif not spot.name.startswith(UNIT):
            unit, place = placed(spot)
            anchors[unit].setdefault(spot.name, place)
    for title, heading in zip(titles, places.headings, strict=True):
        unit, place = placed(heading)
        marks[unit].append(Bookmark(heading.level, title, place))
    return [
        Fragment(end - start, overlays[number], anchors[number], tuple(marks[number]), (), first=start, sealed=True)
        for number, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]


def _titles(outline: pikepdf.Object | None) -> Iterator[str]:
    """Yield the titles of bookmarks, in the order of the pages."""
    item = outline.get("/First") if outline is not None else None
    while item is not None:
        yield " ".join(str(item.Title).split())
        yield from _titles(item)
        item = item.get("/Next")
