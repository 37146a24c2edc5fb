"""What a book takes from each face of its fonts."""

from collections.abc import Iterable

from msgspec import Struct

from converter.writers.pdf.fragment import FontUse, Glyph, unpack_glyphs


class Face(Struct):
    """All that a book takes from one face."""

    use: FontUse
    """The one with the first name: what it says about the face as a whole counts."""
    keys: set[str]
    glyphs: set[Glyph]
    """Each with its width and a text that it stands for."""

    @property
    def widths(self) -> dict[int, int]:
        """The widths of the glyphs in thousandths of the font size."""
        return {number: width for number, width, _ in self.glyphs}


def gather(faces: dict[tuple[str, int], Face], uses: Iterable[FontUse]) -> None:
    """Add what a fragment takes from its fonts to `faces`, which are told apart by file and index."""
    for use in uses:
        face = faces.setdefault((use.path, use.index), Face(use, set(), set()))
        face.keys.add(use.key)
        face.glyphs.update(unpack_glyphs(use.glyphs))
        if _rank(use) < _rank(face.use):  # the upright before the slanted, whatever comes first
            face.use = use


def _rank(use: FontUse) -> tuple[str, ...]:
    return use.name, use.key, use.family
