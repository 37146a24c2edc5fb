"""What a worker hands back for a part of a digest."""

from msgspec import Struct

from converter.writers.pdf.pieces import Piece


class Rendered(Struct, frozen=True):
    """The laid-out pages of a part."""

    key: str
    """The key of its post, which several parts share where it was cut; empty for the page that opens a section."""
    piece: Piece
    opens_section: bool = False
