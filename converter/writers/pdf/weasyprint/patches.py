"""Patches WeasyPrint from outside: Chinese and Japanese justification, shorter drafts of lines, fonts embedded once.

Everything here reaches into private parts. What it replaces is known by its source (see `versions`): of a WeasyPrint
in which that reads differently, the patches that depend on it are left out, each by itself; the book is still right.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from math import inf
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pydyf
import tinyhtml5

from converter.languages.letters import SQUARES
from converter.writers.pdf.weasyprint.instance import module, weasyprint
from converter.writers.pdf.weasyprint.versions import applies

boxes = module("formatting_structure.boxes")
ffi_module = module("text.ffi")
inline = module("layout.inline")
layout = module("layout")
leader = module("layout.leader")
line_break = module("text.line_break")
page = module("layout.page")
pdf = module("pdf")
pdf_fonts = module("pdf.fonts")
pdf_tags = module("pdf.tags")

TO_UNITS, ffi = ffi_module.TO_UNITS, ffi_module.ffi
fontconfig, pango, pangoft2 = ffi_module.fontconfig, ffi_module.pango, ffi_module.pangoft2

HAN = re.compile(f"[{SQUARES}\u2014\u2018\u2019\u201c\u201d\u2026]+")
"""Runs of characters that stand in squares, so that a line may be opened between any two of them."""

_OPENING, _CLOSING = "“‘（《〈「『【〔｛［", "、。，；：”’）》〉」』】〕｝］"
_HALVES = re.compile(f"(?<=[{_OPENING}{_CLOSING}])[{_OPENING}]|[{_CLOSING}](?=[{_CLOSING}！？])")
"""Marks that lose the empty half of their square, because another mark stands beside it.

No line can end between a closing mark and the one behind it, and it is the opening one of two that gives way: so a line
is as wide when it is drawn as it was when its end was looked for.
"""

_BRACKETS = "”’）》〉」』】〕｝］"
_SPACES = " \u00a0"
_STRETCHED = frozenset({"zh", "ja"})
"""Languages whose lines are opened between characters. Korean is set on its spaces."""
_DRAFTS = (1.5, 6.0)
"""How many lines of squares are drafted to find the end of the first one: of Chinese, then of anything else."""

_MARGIN_BOXES = tuple(sorted(f"@{name}" for name in module("css").PAGE_MARGIN_BOXES - {"footnote", "note-area"}))

# The originals, taken before anything is replaced.
_justify_line = inline.justify_line
_text_align = inline.text_align
_set_text = line_break.Layout.set_text
_split_first_line = line_break.split_first_line
_handle_leader = leader.handle_leader
_make_margin_boxes = layout.make_margin_boxes
_resolve_percentages = page.resolve_percentages
_build_fonts = pdf_fonts.build_fonts_dictionary
_face_data = pdf_fonts.get_hb_object_data
_init_font = pdf_fonts.Font.__init__
_build_box_tree = pdf_tags._build_box_tree  # noqa: SLF001  (this is what the module is for)


# ---- justification between characters ----


def justify_line(context: Any, line: Any, extra_width: float) -> None:
    """Spread `extra_width` over a line: between the squares of Chinese and Japanese, at the spaces of the rest."""
    texts = tuple(_texts(line))
    if extra_width <= 0 or not any(_is_stretched(box) for box in texts):
        _justify_line(context, line, extra_width)
        return
    gaps = sum(_gaps(box.text) for box in texts) + sum(_meet(left.text, right.text) for left, right in pairwise(texts))
    if gaps:
        _Spreading(extra_width / gaps).spread(line, 0)


class _Spreading:
    """The walk along a line that moves and widens its boxes."""

    def __init__(self, spacing: float) -> None:
        self._spacing = spacing
        self._before = ""

    def spread(self, box: Any, shift: float) -> float:
        """Move a box by `shift`, widen it, and return the shift of what follows."""
        if isinstance(box, boxes.TextBox):
            return self._spread_text(box, shift)
        if not isinstance(box, boxes.LineBox | boxes.InlineBox):
            box.translate(shift, 0)
            self._before = ""
            return shift
        box.position_x += shift
        start = shift
        children = box.children[::-1] if box.style["direction"] == "rtl" else box.children
        for child in children:
            if child.is_in_normal_flow():
                shift = self.spread(child, shift)
        box.width += shift - start
        return shift

    def _spread_text(self, box: Any, shift: float) -> float:
        if not box.text:
            return shift
        if _meet(self._before, box.text):
            shift += self._spacing
        box.position_x += shift
        # Drawing makes the Pango layout anew with this spacing; for the time being only the width counts.
        box.justification_spacing = box.pango_layout.justification_spacing = self._spacing
        box.pango_layout.stretched = True
        grown = _gaps(box.text) * self._spacing
        box.width += grown
        self._before = box.text
        return shift + grown


def set_text(self: Any, text: str, justify: bool = False) -> None:  # noqa: FBT001, FBT002  (WeasyPrint's signature)
    """Give a layout its text, its punctuation half squares, and its squares the spacing of a justified line."""
    _set_text(self, text, justify)
    halves = tuple(_HALVES.finditer(text)) if _is_stretched(self) else ()
    is_spread = justify and self.justification_spacing and getattr(self, "stretched", False)
    if not (halves or is_spread):
        return
    attributes = pango.pango_layout_get_attributes(self.layout)
    if attributes == ffi.NULL:
        attributes = ffi.gc(pango.pango_attr_list_new(), pango.pango_attr_list_unref)
    for half in halves:
        attribute = pango.pango_attr_font_features_new(b"halt=1")
        pango.pango_attr_list_insert(attributes, _over(attribute, text, half))
    if is_spread:
        letter_spacing = self.style["letter_spacing"]
        spacing = self.justification_spacing + (0 if letter_spacing == "normal" else letter_spacing)
        for run in HAN.finditer(text):
            attribute = pango.pango_attr_letter_spacing_new(int(spacing * TO_UNITS))
            pango.pango_attr_list_change(attributes, _over(attribute, text, run))
    pango.pango_layout_set_attributes(self.layout, attributes)


def _over(attribute: Any, text: str, found: re.Match[str]) -> Any:
    """Return an attribute for what was found in a text."""
    attribute.start_index = len(text[: found.start()].encode())
    attribute.end_index = attribute.start_index + len(found[0].encode())
    return attribute


def _texts(box: Any) -> Iterator[Any]:
    if isinstance(box, boxes.TextBox):
        if box.text:
            yield box
    elif isinstance(box, boxes.LineBox | boxes.InlineBox):
        for child in box.children:
            if child.is_in_normal_flow():
                yield from _texts(child)


def _is_stretched(box: Any) -> bool:
    return (box.style["lang"] or "").partition("-")[0].lower() in _STRETCHED


def _gaps(text: str) -> float:
    """Return by how many spacings a text grows. Pango spaces a run on both sides, but not at the ends of the text."""
    squares = sum(len(run) for run in HAN.findall(text))
    ends = (bool(HAN.match(text)) + bool(HAN.match(text[-1]))) / 2 if squares else 0
    return squares - ends + sum(text.count(space) for space in _SPACES)


def _meet(before: str, after: str) -> bool:
    """Return whether two texts meet in two squares, so that there is a gap between them."""
    return bool(before and after and HAN.match(before[-1]) and HAN.match(after[0]))


# ---- half squares at the ends of lines ----


def text_align(context: Any, line: Any, available_width: float, last: bool) -> Any:  # noqa: FBT001  (WeasyPrint's signature)
    """Align a line by what is seen of it: the empty halves of marks at its ends hang over."""
    before, after = _hanging(line)
    if not (before or after):
        return _text_align(context, line, available_width, last)
    return _text_align(context, line, available_width + before + after, last) - before


def _hanging(line: Any) -> tuple[float, float]:
    """Return how much of a line's width is the empty half of a mark: at its beginning, and at its end."""
    if line.style["direction"] == "rtl" or line.style["white_space"] not in ("normal", "nowrap", "pre-line"):
        return 0, 0
    first, last = _outermost(line, 0), _outermost(line, -1)
    before = first is not None and _is_stretched(first) and first.text[0] in _OPENING
    after = last is not None and _is_stretched(last) and last.text.rstrip(_SPACES)[-1:] in _hanging_marks(last)
    return (first.style["font_size"] / 2 if before else 0), (last.style["font_size"] / 2 if after else 0)


def _outermost(box: Any, end: int) -> Any:
    """Return the text at an end of a line; `None` where something else stands there, such as an image."""
    while isinstance(box, boxes.LineBox | boxes.InlineBox):
        children = [child for child in box.children if child.is_in_normal_flow() and child.width]
        box = children[end] if children else None
    return box if isinstance(box, boxes.TextBox) and box.text else None


def _hanging_marks(box: Any) -> tuple[str, ...]:
    """Return the marks whose right half is empty; in Taiwan and Hong Kong, stops stand in the middle."""
    language = (box.style["lang"] or "").lower()
    centred = any(each in language for each in ("hant", "-tw", "-hk", "-mo"))
    return tuple(
        _BRACKETS if centred else _CLOSING.replace("；", "").replace("：", "") if language[:2] == "ja" else _CLOSING
    )


# ---- less work ----


def parse_page(file: Any, **options: Any) -> Any:
    """Read a page as XML, which takes a tenth of the time; as HTML where a theme does not write well-formed markup."""
    text = file.read()
    try:
        return ElementTree.fromstring(text)  # noqa: S314  (our own markup: what a post says is escaped in it)
    except ElementTree.ParseError:
        return tinyhtml5.parse(text, **options)


def make_margin_boxes(context: Any, page_box: Any, state: Any) -> Any:
    """Make the boxes in the margins of a page that has any.

    WeasyPrint prepares all sixteen for every page, which takes a tenth of the time of a page of text.
    """
    styles = (context.style_for(page_box.page_type, name) for name in _MARGIN_BOXES)
    if any(style is not None and "content" in style.cascaded for style in styles):
        return _make_margin_boxes(context, page_box, state)
    return ()


def resolve_percentages(box: Any, *rest: Any) -> None:
    """Give a box its lengths. A margin box without content gets none: they would be set to zero at once."""
    if isinstance(box, boxes.MarginBox) and not box.is_generated:
        box.min_width = box.min_height = 0
        box.max_width = box.max_height = inf
        return
    _resolve_percentages(box, *rest)


def split_first_line(
    text: str, style: Any, context: Any, max_width: float | None, spacing: float, *rest: Any, **named: Any
) -> Any:
    """Find the first line in a short beginning of the text, where that is enough.

    WeasyPrint shapes four times as much text as a line of squares holds, for every line; and all of a text that
    cannot be broken, so that the time for a long one grows with its square.
    """
    if max_width is not None and max_width != inf and style["font_size"]:
        for lines in _DRAFTS:
            length = int(max_width / style["font_size"] * lines) + 8
            if len(text) <= length:
                break
            found = _split_first_line(text[:length], style, context, max_width, spacing, *rest, **named)
            if found[2] is not None:  # there is a second line, so the first one is complete
                return found
        if _fits_but_for_a_space(text, style, context, max_width, spacing):
            max_width = None
    return _split_first_line(text, style, context, max_width, spacing, *rest, **named)


def _fits_but_for_a_space(text: str, style: Any, context: Any, max_width: float, spacing: float) -> bool:
    """Return whether a text has room in a line without the space at its end, which hangs over.

    WeasyPrint counts the space, finds the line too long, and hyphenates its first word to repair that.
    """
    if not text.endswith(" ") or style["white_space"] not in ("normal", "pre-line"):
        return False
    found = _split_first_line(text.rstrip(" "), style, context, max_width, spacing)
    return found[2] is None and bool(found[3] <= max_width)


def handle_leader(context: Any, line: Any, containing_block: Any) -> None:
    """Make one text of the dots that lead to a page number: WeasyPrint shapes and draws each by itself."""
    _handle_leader(context, line, containing_block)
    _, box = leader.leader_index(line)
    if box is None or len(box.children) < 2:
        return
    dots = box.children
    one = dots[-1].copy()  # the leftmost
    one.text *= len(dots)
    one.pango_layout, *_ = _split_first_line(one.text, one.style, context, None, 0)
    one.width *= len(dots)
    box.children = (one,)


# ---- fonts ----


def init_font(self: Any, pango_font: Any, description: Any, font_size: float) -> None:
    """Make a font that knows the file it came from, without a copy of that file: it would be made for every post."""
    pdf_fonts.get_hb_object_data = _no_data
    try:
        _init_font(self, pango_font, description, font_size)
    finally:
        pdf_fonts.get_hb_object_data = _face_data
    pattern = pangoft2.pango_fc_font_get_pattern(ffi.cast("PangoFcFont *", pango_font))
    path = ffi.new("FcChar8 **")
    found = fontconfig.FcPatternGetString(pattern, b"file", 0, path) == fontconfig.FcResultMatch
    self.path = ffi.string(path[0]).decode("utf-8", "surrogateescape") if found else ""


def _no_data(_face: Any) -> bytes:
    return b""


def build_fonts(pdf: Any, fonts: dict[Any, Any], compress: bool, subset: bool, options: Any) -> Any:  # noqa: FBT001
    """Embed only the fonts that the posts of a book cannot share; the others are embedded when it is joined."""
    own = {key: font for key, font in fonts.items() if not is_shared(font)}
    for font in own.values():
        font.file_content = _face_data(font.hb_face)
    return _build_fonts(pdf, own, compress, subset, options) if own else pydyf.Dictionary()


def is_shared(font: Any) -> bool:
    """Return whether one subset of this font can serve all posts: it is static, drawn by outlines, and complete."""
    odd = font.bitmap or font.png or font.svg or font.colr or font.missing or font.used_in_forms
    return bool(font.path) and not odd and "fvar" not in font.tables


# ---- tags ----


def build_box_tree(box: Any, *rest: Any) -> Iterator[Any]:
    """Yield the structure elements of a box, each with the HTML element it is made from, and with its language."""
    for element in _build_box_tree(box, *rest):
        if box.element is not None and not hasattr(element, "source"):
            element.source = box.element
            element.is_leader = box.is_leader
            if language := box.element.get("lang"):
                element["Lang"] = pydyf.String(language)
        yield element


def is_leader(element: Any) -> bool:
    """Return whether a structure element holds the dots that lead to a page number."""
    return getattr(element, "is_leader", False)


def source_of(element: Any) -> Any:
    """Return the HTML element that a structure element is made from, or `None` where that is not known."""
    return getattr(element, "source", None)


# What each patch replaces, by its name in `versions`, and what by.
PATCHES: tuple[tuple[str, Any, str, Any], ...] = (
    ("justification", inline, "justify_line", justify_line),
    ("hanging", inline, "text_align", text_align),
    ("justification", line_break.Layout, "set_text", set_text),
    ("drafts", inline, "split_first_line", split_first_line),
    ("leaders", inline, "handle_leader", handle_leader),
    ("margins", layout, "make_margin_boxes", make_margin_boxes),
    ("margins", page, "resolve_percentages", resolve_percentages),
    ("parsing", weasyprint, "tinyhtml5", SimpleNamespace(parse=parse_page)),
    ("fonts", pdf_fonts.Font, "__init__", init_font),
    ("fonts", pdf, "build_fonts_dictionary", build_fonts),  # by a name of its own there
    ("tags", pdf_tags, "_build_box_tree", build_box_tree),
)

# Once, in the instance of WeasyPrint that is the converter's own.
for _patch, _target, _name, _replacement in PATCHES:
    if applies(_patch):
        setattr(_target, _name, _replacement)
