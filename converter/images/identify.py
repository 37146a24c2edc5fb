"""Says by content what an image is: its type and size, and whether it can be shown."""

import hashlib
import io
import re
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote, unquote_to_bytes

from PIL import Image as Pillow

from converter.diagnostics import Code, ConverterError, SourceError
from converter.model import Asset, Blob, Post
from converter.storage import Fault, RefusedError

MAX_BYTES = 64 * 1024 * 1024
"""An image file above this many bytes is not read."""
MAX_PIXELS = 100_000_000
"""An image that unpacks to more pixels than this is a bomb or a mistake."""
MAX_SIDE = 65_500
"""Pixels of a side: JPEG ends here, and what is longer takes gigabytes to be cut into pages."""

_MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",  # JPEG with more images behind the first
    "PNG": "image/png",
    "GIF": "image/gif",
    "WEBP": "image/webp",
    "BMP": "image/bmp",
    "TIFF": "image/tiff",
    "AVIF": "image/avif",
    "ICO": "image/x-icon",
}
_SVG = re.compile(
    rb"\A\s*+(?><\?xml.*?\?>\s*+)?+(?>(?><!--.*?-->|<!DOCTYPE[^>\[]*+(?:\[.*?\])?>)\s*+)*+<svg[\s>]", re.DOTALL
)
"""What has matched is not given back: comments could be cut in as many ways as there are subsets of them."""


def describe(src: str, blob: Blob, post: Post) -> Asset:
    """Return the asset for a file that the post shows as `src`. Raises `SourceError` for one that is no image."""
    try:
        data = blob.read(MAX_BYTES)
    except RefusedError as error:
        raise refused(error, src, post) from error
    return described(src, data, post, blob)


def described(src: str, data: bytes, post: Post, blob: Blob | None = None) -> Asset:
    """Return the asset for bytes that the post shows as `src`. Raises `SourceError` for such as are no image."""
    media_type, width, height = _measure(data, src, post)
    return Asset(
        src=src,
        media_type=media_type,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        width=width,
        height=height,
        blob=blob,
    )


def _measure(data: bytes, src: str, post: Post) -> tuple[str, int, int]:
    """Return media type, width and height in pixels, by content."""
    if _SVG.match(data[:4096]):
        return "image/svg+xml", 0, 0
    try:
        with opened(data) as image:
            kind = _MEDIA_TYPES.get(image.format or "")
            if kind is None:
                raise invalid(src, post, f"is of a kind that books cannot show ({image.format})")
            image.verify()
            return kind, *image.size
    except DamagedError as error:
        raise invalid(src, post, str(error)) from error


class DamagedError(Exception):
    """The bytes are no image that can be shown; the message continues "the image …"."""


@contextmanager
def opened(data: bytes) -> Iterator[Pillow.Image]:
    """Yield the image in some bytes; its size is asked before anything is unpacked.

    Raises `DamagedError` for whatever goes wrong with it while it is open: libraries that unpack images raise all
    kinds of exceptions for damaged ones. Those of our own get through.
    """
    try:
        with Pillow.open(io.BytesIO(data)) as image:
            width, height = image.size
            if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
                raise DamagedError(f"has {width} × {height} pixels")
            yield image
    except (ConverterError, DamagedError):
        raise
    except Exception as error:
        raise DamagedError("is not an image, or a damaged one") from error


def invalid(src: str, post: Post, what: str) -> SourceError:
    """Return what to raise for bytes that are no image; `what` continues "the file of the image …"."""
    return SourceError(
        Code.IMAGE_INVALID,
        f"the file of the image '{shortened_src(src)}' {what}",
        file=post.path,
        hint="replace the file; its text alternative stands in its place",
    )


def refused(error: RefusedError, src: str, post: Post) -> SourceError:
    """Return what to raise for an image whose file was refused."""
    if error.fault is Fault.OUTSIDE:
        return SourceError(
            Code.IMAGE_OUTSIDE,
            f"the image '{shortened_src(src)}' lies outside of the site",
            file=post.path,
            hint="move it into the site; a post may not read other files",
        )
    if error.fault is Fault.UNREADABLE:
        return SourceError(
            Code.IMAGE_MISSING, f"the image '{shortened_src(src)}' cannot be read: {error}", file=post.path
        )
    return invalid(src, post, f"cannot be shown: {error}")


def is_embedded(src: str) -> bool:
    """Say whether the URL of an image is the image itself (RFC 2397)."""
    return src[:5].lower() == "data:"


def unpacked(src: str) -> bytes:
    """Return what a `data:` URL holds. Raises `ValueError` for one that is cut short."""
    head, comma, body = src.partition(",")
    if not comma:
        raise ValueError("the URL has no data")
    if head.lower().rstrip().endswith(";base64"):
        written = re.sub(r"[\s=]+", "", unquote(body)).replace("-", "+").replace("_", "/")
        return b64decode(written + "=" * (-len(written) % 4))
    return unquote_to_bytes(body)


def read(asset: Asset) -> bytes:
    """Return the bytes of an asset. Raises `SourceError` where its file is gone or is no longer the same."""
    if is_embedded(asset.src):
        return unpacked(asset.src)
    if asset.blob is None:
        raise SourceError(
            Code.IMAGE_MISSING,
            f"the image '{shortened_src(asset.src)}' has no bytes: the JSON form of a post holds no images",
            hint="find them anew, with `converter.with_images`",
        )
    try:
        data = asset.blob.read(MAX_BYTES)
    except RefusedError as error:
        raise SourceError(Code.IMAGE_MISSING, f"the image cannot be read: {error}", file=asset.blob.name) from error
    if hashlib.sha256(data).hexdigest() != asset.sha256:
        message = "the image changed while it was used"
        raise SourceError(Code.IMAGE_INVALID, message, file=asset.blob.name, hint="run again")
    return data


def shortened_src(src: str) -> str:
    """Return the URL of an image as a message repeats it: 120 characters, of a `data:` URL 40."""
    longest = 40 if is_embedded(src) else 120
    return src if len(src) <= longest else src[: longest - 3] + "…"
