"""Draws the cover of a book: masthead, dateline, length and the first headlines, in the colours of the theme."""

import io
import unicodedata
from bisect import bisect
from collections.abc import Iterator

from msgspec import Struct
from PIL import Image as Pillow
from PIL import ImageDraw

from converter.diagnostics import Code, Diagnostic, Warn
from converter.languages.unicode import clean
from converter.themes import Theme
from converter.writers.book import BETWEEN, Book
from converter.writers.epub.lettering import Lettering, can_shape, needs_shaping, opened
from converter.writers.fonts import INSTALL_HINT, Face, is_unseen

WIDTH, HEIGHT = 1600, 2400
"""Pixels: what shops ask for, two to three."""
MARGIN = 150
QUALITY = 88
ELLIPSIS = "…"
NAMED = 40
"""How many characters that are left out are named."""
UNSHAPED = ("Pillow cannot set letters from right to left", "install FriBiDi: apt-get install libfribidi0")
"""Why words are left out, and what to do."""
MAX_DRAWN = 1_000
"""Characters of a paragraph that are looked at: two or three lines hold a fraction of them."""


class Run(Struct, frozen=True):
    """Characters of a line that one face draws."""

    text: str
    face: Face


class Style(Struct, frozen=True):
    """How a paragraph of the cover is set."""

    size: int
    """Pixels."""
    colour: str
    leading: float
    lines: int
    """More are cut off with an ellipsis."""


class Cover(Struct, frozen=True):
    """A cover that was drawn."""

    data: bytes
    """JPEG."""
    says_title: bool
    """Whether every word of the title stands on it."""


def draw_cover(book: Book, theme: Theme, warn: Warn) -> Cover:
    """Return the cover.

    Words that no font of this machine can draw are left out, and named: a cover without words is better than one of
    boxes.
    """
    tokens = theme.tokens
    image = Pillow.new("RGB", (WIDTH, HEIGHT), tokens["paper"])
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, WIDTH, 36), fill=tokens["accent"])
    canvas = _Canvas(draw, Lettering(theme, book.language), rtl=book.direction == "rtl")
    top = canvas.write(book.masthead, 300, Style(150, tokens["accent"], 1.25, 3))
    says_title = canvas.has_written_all
    if book.dateline:
        top = canvas.write(book.dateline, top + 50, Style(76, tokens["ink"], 1.35, 2))
        says_title = canvas.has_written_all
    canvas.rule(top + 70, tokens["accent"], 8, 240)
    top += 190
    for entry in book.headlines:
        if top > HEIGHT - 620:
            break
        top = canvas.write(entry.title, top, Style(62, tokens["ink"], 1.4, 2)) + 44
    canvas.rule(HEIGHT - 300, tokens["rule"], 3, WIDTH - 2 * MARGIN)
    canvas.write(BETWEEN.join(book.length), HEIGHT - 250, Style(48, tokens["muted"], 1.3, 1))
    canvas.report(warn)
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=QUALITY, optimize=True, dpi=(300, 300))
    return Cover(stream.getvalue(), says_title)


class _Canvas:
    """The drawing, and the faces to write on it with."""

    def __init__(self, draw: ImageDraw.ImageDraw, lettering: Lettering, *, rtl: bool) -> None:
        self._draw = draw
        self._lettering = lettering
        self._rtl = rtl
        self._lost: dict[str, None] = {}
        self._is_cut = False

    @property
    def has_written_all(self) -> bool:
        """Whether all words so far stand there."""
        return not (self._lettering.is_empty or self._lost or self._is_cut)

    def report(self, warn: Warn) -> None:
        """Name the characters that were left out."""
        if self._lettering.is_empty:
            warn(
                Diagnostic(
                    code=Code.FONT_MISSING,
                    message="there is no font on this machine; the cover has no text",
                    hint=INSTALL_HINT,
                )
            )
        elif self._lost:
            shown = ", ".join(f"'{character}' (U+{ord(character):04X})" for character in list(self._lost)[:NAMED])
            more = f" and {len(self._lost) - NAMED} more" if len(self._lost) > NAMED else ""
            unshaped = any(map(needs_shaping, self._lost)) and not can_shape()
            reason, hint = UNSHAPED if unshaped else ("no font has them", INSTALL_HINT)
            message = f"the cover leaves out the lines with {shown}{more}: {reason}"
            warn(Diagnostic(code=Code.MISSING_GLYPH, message=message, hint=hint))

    def rule(self, top: int, colour: str, thickness: int, length: int) -> None:
        """Draw a line from the side where lines of text begin."""
        left = WIDTH - MARGIN - length if self._rtl else MARGIN
        self._draw.rectangle((left, top, left + length, top + thickness), fill=colour)

    def write(self, text: str, top: int, style: Style) -> int:
        """Write a paragraph from `top` down and return where it ends."""
        drawable = self._drawable(clean(text[:MAX_DRAWN]))
        if not drawable:
            return top
        for line in self._lines(drawable, style):
            self._line(line, top, style)
            top += round(style.size * style.leading)
        return top

    def _drawable(self, text: str) -> str:
        """Return the text without what no face has: all of it or nothing, but for symbols."""
        lost = [character for character in text if self._lettering.face(character) is None]
        self._lost |= dict.fromkeys(character for character in lost if not is_unseen(character))
        kept = "".join(character for character in text if self._lettering.face(character) is not None)
        return "" if any(unicodedata.category(each)[0] in "LNM" for each in lost) else " ".join(kept.split())

    def _lines(self, text: str, style: Style) -> list[str]:
        """Break the text so that each line fits; the last one allowed ends in an ellipsis if there is more."""
        lines: list[str] = [""]
        for piece in _pieces(text):
            if self._width(lines[-1] + piece.rstrip(), style.size) <= WIDTH - 2 * MARGIN or not lines[-1]:
                lines[-1] += piece
            elif len(lines) > style.lines:
                break
            else:
                lines.append(piece)
        if len(lines) <= style.lines:
            return [self._fitted(line.strip(), style) for line in lines]
        self._is_cut = True
        kept = [self._fitted(line.strip(), style) for line in lines[: style.lines]]
        return [*kept[:-1], self._fitted(kept[-1] + ELLIPSIS, style)]

    def _fitted(self, line: str, style: Style) -> str:
        """Return a line cut off where it is too wide."""
        if self._width(line, style.size) <= WIDTH - 2 * MARGIN:
            return line
        self._is_cut = True
        too_wide = bisect(
            range(1, len(line) + 1),
            0,
            key=lambda end: self._width(line[:end] + ELLIPSIS, style.size) > WIDTH - 2 * MARGIN,
        )
        return line[:too_wide].rstrip(ELLIPSIS) + ELLIPSIS

    def _width(self, line: str, size: int) -> float:
        return sum(opened(run.face.path, run.face.index, size).getlength(run.text) for run in self._runs(line))

    def _runs(self, line: str) -> tuple[Run, ...]:
        """Cut a line where another face is needed."""
        runs: list[Run] = []
        for character in line:
            face = self._lettering.face(character, before=runs[-1].face if runs else None)
            if runs and face in (None, runs[-1].face):
                runs[-1] = Run(runs[-1].text + character, runs[-1].face)
            elif face is not None:
                runs.append(Run(character, face))
        return tuple(runs)

    def _line(self, line: str, top: int, style: Style) -> None:
        runs = self._runs(line)
        width = sum(opened(run.face.path, run.face.index, style.size).getlength(run.text) for run in runs)
        left = WIDTH - MARGIN - width if self._rtl else float(MARGIN)
        for run in reversed(runs) if self._rtl else runs:
            font = opened(run.face.path, run.face.index, style.size)
            # On the baseline: faces differ in height.
            self._draw.text((left, top + style.size), run.text, font=font, fill=style.colour, anchor="ls")
            left += font.getlength(run.text)


_NO_START = frozenset("，。、；：！？）》」』】〉〕”’…％%,.;:!?)]}·")
_NO_END = frozenset("（《「『【〈〔“‘([{")


def _pieces(text: str) -> Iterator[str]:
    """Yield the pieces between which a line may break: words with the space after them, and single Han characters."""
    piece = ""
    for character in text:
        wide = unicodedata.east_asian_width(character) in "WF"
        joins = not piece or character in _NO_START or piece[-1] in _NO_END or character == " "
        broken = piece and (piece[-1] == " " or wide or unicodedata.east_asian_width(piece[-1]) in "WF")
        if broken and not joins:
            yield piece
            piece = ""
        piece += character
    if piece:
        yield piece
