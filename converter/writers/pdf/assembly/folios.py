"""Draws page numbers: the theme sets a few of them, and all others are made from these by changing the digits."""

import zlib
from collections.abc import Iterable

import pikepdf
from msgspec import Struct
from msgspec.structs import replace

from converter.writers.pdf.fragment import Laid

SIDES = ("recto", "verso")
DIGITS = "0123456789"


class Folio(Struct, frozen=True):
    """The drawing of one page number, cut where its glyphs are named."""

    before: bytes
    glyphs: tuple[str, ...]
    """Hexadecimal numbers of the glyphs."""
    after: bytes
    form: bytes
    """The dictionary of what draws it, with references as in `Objects`."""

    def drawn(self, glyphs: Iterable[str]) -> bytes:
        return self.before + b"[<" + "".join(glyphs).encode() + b">] TJ" + self.after


class FolioStyle(Struct, frozen=True):
    """The page numbers of a book."""

    set: dict[str, Folio]
    """By side and text, as in `recto:xii`. Numbers of each length are there with zeros for digits."""
    digits: tuple[str, ...]
    """The glyphs of the ten digits."""
    laid: Laid
    """What the drawings need, without them."""

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


def read_folios(laid: Laid, numbers: Iterable[tuple[str, str]]) -> FolioStyle:
    """Return the style of the page numbers that a fragment has as overlays, named from 1 as in `numbers`."""
    lines, data = laid.objects.bodies.split(b"\n"), laid.objects.data
    found = {}
    for name, (side, text) in enumerate(numbers, 1):
        form = laid.fragment.overlays[str(name)]
        found[f"{side}:{text}"] = _read(lines[form], zlib.decompress(data[form]))
    drawings = {*laid.fragment.overlays.values()}
    rest = replace(
        laid.objects,
        bodies=b"\n".join(b"" if number in drawings else line for number, line in enumerate(lines)),
        data={number: each for number, each in data.items() if number not in drawings},
    )
    digits = found[f"{SIDES[0]}:{DIGITS}"].glyphs
    return FolioStyle(set=found, digits=digits, laid=Laid(rest, replace(laid.fragment, overlays={})))


def _read(form: bytes, code: bytes) -> Folio:
    """Return the drawing of the one text in a form, cut at its glyphs."""
    with pikepdf.new() as pdf:
        instructions = list(pikepdf.parse_content_stream(pikepdf.Stream(pdf, code)))
        place = next(index for index, each in enumerate(instructions) if str(each.operator) in ("TJ", "Tj"))
        operand = instructions[place].operands[0]
        texts = operand if isinstance(operand, pikepdf.Array) else [operand]
        codes = b"".join(bytes(text) for text in texts if isinstance(text, pikepdf.String)).hex()
        return Folio(
            before=pikepdf.unparse_content_stream(instructions[:place]) + b"\n",
            glyphs=tuple(codes[start : start + 4] for start in range(0, len(codes), 4)),
            after=b"\n" + pikepdf.unparse_content_stream(instructions[place + 1 :]),
            form=form,
        )
