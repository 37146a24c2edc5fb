"""Serves WeasyPrint the images of a post and the files of the theme, and refuses everything else.

Posts are untrusted: what they name must not be read from the disk or the web.
"""

import io
import posixpath
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

from converter.images.identify import DamagedError, opened, read
from converter.model import Asset
from converter.themes import Theme
from converter.writers.colours import is_plain, plain_colours
from converter.writers.pdf.images import MadeImage
from converter.writers.pdf.weasyprint.instance import module
from converter.writers.svg import clean_svg

URLFetcher, URLFetcherResponse = module("urls").URLFetcher, module("urls").URLFetcherResponse


class Resources(URLFetcher):  # type: ignore[misc, valid-type]  # WeasyPrint ships no types
    """The only way in which WeasyPrint gets at anything: `asset:` an image, `theme:` a file of the theme."""

    def __init__(self, assets: Iterable[Asset], drawings: Mapping[str, MadeImage], theme: Theme) -> None:
        """Serve `assets` by their digest, `drawings` by their names, and the files of `theme`."""
        super().__init__(allowed_protocols=set(), allow_redirects=False)
        self._assets = {asset.sha256: asset for asset in assets}
        self._drawings = drawings
        self._theme = theme
        self.damaged: dict[str, str] = {}
        """The URL of each image that was asked for and cannot be shown, with the reason."""

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:  # noqa: ARG002
        """Return the bytes at `url`. Raises `ValueError` for what may not be read: WeasyPrint then goes on without."""
        scheme, _, name = url.partition(":")
        match f"{scheme}:":
            case "asset:":
                return self._asset(url, name)
            case "theme:":
                return URLFetcherResponse(url, self._theme_file(unquote(name)))
        raise ValueError(f"not an image of the digest or a file of the theme: {url[:200]}")

    def _asset(self, url: str, name: str) -> Any:
        if (drawing := self._drawings.get(name)) is not None:
            return URLFetcherResponse(url, drawing.data, {"Content-Type": drawing.media_type})
        if name not in self._assets:
            raise ValueError(f"not an image of this post: {url[:200]}")
        asset = self._assets[name]
        try:
            data = _printable(read(asset), asset)
        except DamagedError as error:
            self.damaged[asset.src] = str(error)
            raise ValueError(f"the image {error}") from error
        return URLFetcherResponse(url, data, {"Content-Type": asset.media_type})

    def _theme_file(self, name: str) -> bytes:
        """Return a file of the theme; the name cannot lead out of it."""
        if posixpath.isabs(name) or ".." in name.split("/"):
            raise ValueError(f"not a file of the theme: {name[:200]}")
        return self._theme.read(name)


def _printable(data: bytes, asset: Asset) -> bytes:
    """Return the image in a form that PDF/A allows: no CMYK beside an sRGB output intent (PDF/A-2, 6.2.4.3).

    Raises `DamagedError`.
    """
    if asset.media_type == "image/svg+xml":
        return clean_svg(data).data
    with opened(data) as image:
        if is_plain(image) and image.mode != "PA":
            if image.format != "JPEG":  # those are put into the file as they are
                image.load()  # one that is damaged would end the layout
            return data
        converted = io.BytesIO()
        plain_colours(image).save(converted, "PNG")
        return converted.getvalue()
