"""Chooses the faces that draw the words of a cover: those of the pages of a PDF, bold first."""

import unicodedata
from functools import cache, lru_cache

from PIL import ImageFont, features

from converter.themes import Theme
from converter.writers.fonts import FACES, Face, Faces, choose, entry_for


class Lettering:
    """The faces for the words of one book, in order."""

    def __init__(self, theme: Theme, language: str) -> None:
        library = choose(theme)
        faces = FACES.get(entry_for(language), Faces())
        tokens = theme.tokens
        text = library.chosen(faces.text, tokens["text_face"], faces.sample)
        heading = library.chosen(faces.heading, tokens["heading_face"], faces.sample)
        self.is_empty = not library.faces
        # As in PDF: where the face of text has no bold, that of headings stands in.
        is_bold = not text or text[0] in library.bold_families
        self._rest = library.lettering((*text, *heading) if is_bold else (*heading, *text))
        self._faces: list[Face] = []
        self._found: dict[str, Face | None] = {}

    def face(self, character: str, *, before: Face | None = None) -> Face | None:
        """Return the first face that can draw a character; that of the one before it, where it is a space."""
        if before is not None and character.isspace() and before.has(ord(character)):
            return before
        if character not in self._found:
            self._found[character] = None if needs_shaping(character) and not can_shape() else self._first(character)
        return self._found[character]

    def _first(self, character: str) -> Face | None:
        for face in self._faces:
            if face.has(ord(character)):
                return face
        for face in self._rest:
            self._faces.append(face)
            if face.has(ord(character)):
                return face
        return None


def needs_shaping(character: str) -> bool:
    """Say whether a character belongs to a script from right to left."""
    return unicodedata.bidirectional(character) in ("R", "AL")


@lru_cache(maxsize=64)
def opened(path: str, index: int, size: int) -> ImageFont.FreeTypeFont:
    """Return a face at a size in pixels, with shaping where Pillow can shape."""
    engine = ImageFont.Layout.RAQM if can_shape() else ImageFont.Layout.BASIC
    return ImageFont.truetype(path, size, index=index, layout_engine=engine)


@cache
def can_shape() -> bool:
    """Say whether Pillow can set scripts whose letters join or run from right to left."""
    return bool(features.check_feature("raqm"))
