"""Turns the images of a post into files that Typst reads and PDF/A allows."""

import io
from collections.abc import Iterable, Mapping

from converter.diagnostics import ConverterError
from converter.images.identify import DamagedError, opened, read
from converter.model import Asset
from converter.writers.colours import is_plain, plain_colours
from converter.writers.pdf.images import MadeImage
from converter.writers.svg import clean_svg

_READ = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


class Files:
    """The images and formulas of one post, by the names that its pages have for them."""

    def __init__(self, assets: Iterable[Asset], drawings: Mapping[str, MadeImage]) -> None:
        """`drawings` are slices of assets; more may be put into it later."""
        self._assets = {asset.sha256: asset for asset in assets}
        self._drawings = drawings
        self.found: dict[str, bytes] = {}

    def add(self, name: str, data: bytes) -> None:
        """Take a file that was made here."""
        self.found[name] = data

    def fault(self, name: str) -> str:
        """Take the image of that name, and return an empty text, or why it cannot be shown."""
        if name in self.found:
            return ""
        if name in self._drawings:
            self.found[name] = self._drawings[name].data
            return ""
        try:
            self.found[name] = _printable(self._assets[name])
        except (ConverterError, DamagedError, OSError, KeyError) as error:
            return str(error) or type(error).__name__
        return ""


def _printable(asset: Asset) -> bytes:
    data = read(asset)
    if asset.media_type == "image/svg+xml":
        return clean_svg(data).data
    with opened(data) as image:
        image.load()  # Typst refuses a damaged one, and the post with it
        if asset.media_type in _READ and is_plain(image) and image.mode != "PA":
            return data
        converted = io.BytesIO()
        plain_colours(image).save(converted, "PNG")
        return converted.getvalue()
