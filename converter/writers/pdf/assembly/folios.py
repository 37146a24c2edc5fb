"""Draws page numbers: the theme sets a few of them, and all others are made from these by changing the digits."""

import io
from collections.abc import Iterable

import pikepdf
from msgspec import Struct

from converter.writers.pdf.fragment import FontUse, Fragment

SIDES = ("recto", "verso")
DIGITS = "0123456789"


class Folio(Struct, frozen=True):
    """The drawing of one page number, cut where its glyphs are named."""

    before: bytes
    glyphs: tuple[str, ...]
    """Hexadecimal numbers of the glyphs."""
    after: bytes

    def drawn(self, glyphs: Iterable[str]) -> bytes:
        return self.before + b"[<" + "".join(glyphs).encode() + b">] TJ" + self.after


class FolioStyle(Struct, frozen=True):
    """The page numbers of a book."""

    set: dict[str, Folio]
    """By side and text, as in `recto:xii`. Numbers of each length are there with zeros for digits."""
    digits: tuple[str, ...]
    """The glyphs of the ten digits."""
    fonts: tuple[FontUse, ...]
    states: dict[str, dict[str, float]]
    """The graphics states that the drawings name."""
    sealed: bytes = b""
    """The PDF that has the resources of the drawings, one a page, where its fragment is a sealed one."""

    def pattern(self, text: str, side: str) -> str:
        """Return the key of the drawing that a page number is made from."""
        return f"{side}:{'0' * len(text) if text.isdecimal() else text}"

    def draw(self, text: str, side: str) -> bytes:
        """Return the code that draws a page number on a page."""
        folio = self.set[self.pattern(text, side)]
        return folio.drawn((self.digits[int(digit)] for digit in text) if text.isdecimal() else folio.glyphs)


def wanted(longest: int, others: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return the page numbers that the theme has to set, as side and text: up to `longest` digits, and `others`."""
    texts = (DIGITS, *("0" * length for length in range(1, longest + 1)), *others)
    return tuple((side, text) for text in texts for side in SIDES)


def read_folios(fragment: Fragment, numbers: Iterable[tuple[str, str]]) -> FolioStyle:
    """Return the style of the page numbers that a fragment shows, one a page, in the order of `numbers`."""
    found: dict[str, Folio] = {}
    with pikepdf.open(io.BytesIO(fragment.data)) as source:
        for page, (side, text) in zip(source.pages, numbers, strict=True):
            found[f"{side}:{text}"] = _read(page)
        states = {
            str(name): {str(key).lstrip("/"): float(value) for key, value in state.items()}
            for name, state in source.pages[0].obj.Resources.get("/ExtGState", {}).items()
        }
    digits = found[f"{SIDES[0]}:{DIGITS}"].glyphs
    sealed = fragment.data if fragment.sealed else b""
    return FolioStyle(set=found, digits=digits, fonts=fragment.fonts, states=states, sealed=sealed)


def _read(page: pikepdf.Page) -> Folio:
    """Return the drawing of the one text on a page, cut at its glyphs."""
    instructions = list(pikepdf.parse_content_stream(page))
    place = next(index for index, each in enumerate(instructions) if str(each.operator) in ("TJ", "Tj"))
    operand = instructions[place].operands[0]
    texts = operand if isinstance(operand, pikepdf.Array) else [operand]
    shown = b"".join(bytes(text) for text in texts if isinstance(text, pikepdf.String))
    codes = shown.hex()
    return Folio(
        before=pikepdf.unparse_content_stream(instructions[:place]) + b"\n",
        glyphs=tuple(codes[start : start + 4] for start in range(0, len(codes), 4)),
        after=b"\n" + pikepdf.unparse_content_stream(instructions[place + 1 :]),
    )
