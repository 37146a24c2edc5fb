"""Turns the images of posts into files that every reader of a format shows, of a sane size; SVG is clean."""

import io
from collections.abc import Callable, Mapping

from msgspec import Struct
from msgspec.structs import replace
from PIL import Image as Pillow
from PIL import ImageOps

from converter.diagnostics import Code, ConverterError, Warn, WriterError
from converter.images import identify as assets
from converter.model import Asset, Image, Post, Site
from converter.writers.colours import is_plain, plain_colours
from converter.writers.svg import clean_svg
from converter.writers.tall_images import cut_slices
from converter.writers.urls import web_url
from converter.writers.xhtml import ImageFiles, Placeholder, Shown

SUFFIXES = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/svg+xml": "svg",
}
EVERYWHERE = frozenset({"image/jpeg", "image/png", "image/gif"})
"""What every reading system shows."""

TALL = 3.0
"""An image whose height is more than so many times its width is cut into slices, if it is longer than a screen."""
SLICE = 1.4
"""Height of a slice, in widths: what a phone shows at once."""
QUALITY = 85


class ImageFile(Struct, frozen=True):
    """An image, or a slice of one, as it is stored."""

    name: str
    """`images/`, and what tells it from all others."""
    media_type: str
    data: bytes


class Prepared(Struct, frozen=True):
    """An image as it goes into an output."""

    files: tuple[ImageFile, ...]
    """One, or the slices of a tall one from top to bottom."""
    width: int
    """Pixels of the whole; 0 where the format has none."""
    height: int


class ImageOptions(Struct, frozen=True):
    """How images are stored."""

    longest_side: int
    """Pixels; a larger image is made smaller. Of a tall image, the width counts."""
    grey: bool
    rasters_in_svg: bool = True
    """Whether drawings may hold photographs."""
    types: frozenset[str] = EVERYWHERE
    """Media types that stay as they are; others become JPEG or PNG."""
    progressive: bool = True
    """Whether JPEG that comes in several passes may stay as it is."""
    slices: bool = True
    """Whether a very tall image is cut, so that it can be read page by page."""


def prepare(asset: Asset, options: ImageOptions) -> Prepared:
    """Return the files for an image. Raises `ConverterError` where its bytes are gone or cannot be shown."""
    data = assets.read(asset)
    stem = f"images/{asset.sha256[:16]}"
    if asset.media_type == "image/svg+xml":
        drawing = clean_svg(data)
        if drawing.holds_photographs and not options.rasters_in_svg:
            raise WriterError(
                Code.IMAGE_INVALID,
                f"the SVG image '{asset.src}' holds a photograph, which the profile of the book does not allow",
                hint="save it as PNG or JPEG; its text alternative stands in its place",
            )
        return Prepared((ImageFile(f"{stem}.svg", asset.media_type, drawing.data),), 0, 0)
    try:
        if _fits(asset, options) and _shows_alike(data, options):
            file = ImageFile(f"{stem}.{SUFFIXES[asset.media_type]}", asset.media_type, data)
            return Prepared((file,), asset.width, asset.height)
        return _converted(data, stem, options)
    except assets.DamagedError as error:
        raise WriterError(
            Code.IMAGE_INVALID,
            f"the image '{asset.src}' {error}",
            hint="its text alternative stands in its place",
        ) from error


def prepare_all(post: Post, options: ImageOptions, warn: Warn) -> dict[str, Prepared]:
    """Return the images of a post that can be shown, by the `src` of the images that show them; report the others."""
    found = {}
    for asset in post.assets:
        try:
            found[asset.src] = prepare(asset, options)
        except ConverterError as error:
            warn(replace(error.diagnostic, file=post.path))
    return found


def shown_images(images: Mapping[str, Prepared], url_of: Callable[[ImageFile], str]) -> Callable[[Image], Shown]:
    """Return what says what stands for an image, of those that are prepared by their `src`."""

    def shown(image: Image) -> Shown:
        prepared = images.get(image.src)
        if prepared is not None:
            return ImageFiles(tuple(map(url_of, prepared.files)), prepared.width, prepared.height)
        if image.src.startswith(("http:", "https:", "//")):
            return Placeholder("remote_image", web_url(image.src, Site()))
        return Placeholder("missing_image")

    return shown


def _fits(asset: Asset, options: ImageOptions) -> bool:
    """Say whether an image may stay as it is."""
    return (
        asset.media_type in options.types
        and not options.grey
        and _decisive(asset.width, asset.height) <= options.longest_side
        and not (options.slices and _tall(asset.width, asset.height))
    )


def _shows_alike(data: bytes, options: ImageOptions) -> bool:
    """Say whether every reading system shows an image alike: few turn one that a camera says is to be turned."""
    with assets.opened(data) as image:
        passes = options.progressive or not image.info.get("progressive")
        return bool(passes and is_plain(image) and image.getexif().get(0x0112, 1) == 1)


def _tall(width: int, height: int) -> bool:
    return height > TALL * width and height > 1000


def _decisive(width: int, height: int) -> int:
    """Return the side that says whether an image is too large: of a tall one, the width."""
    return width if _tall(width, height) else max(width, height)


def _converted(data: bytes, stem: str, options: ImageOptions) -> Prepared:
    with assets.opened(data) as opened:
        lossless = opened.format in ("PNG", "GIF", "BMP", "ICO") or (opened.format, opened.mode) == ("TIFF", "1")
        image = _scaled(_plain(plain_colours(ImageOps.exif_transpose(opened)), grey=options.grey), options.longest_side)
        lossless = lossless or image.mode in ("LA", "RGBA")
        cut = options.slices and _tall(*image.size)
        slices = cut_slices(image, round(image.width * SLICE)) if cut else (image,)
        files = tuple(
            _stored(piece, stem if len(slices) == 1 else f"{stem}-{number}", lossless=lossless)
            for number, piece in enumerate(slices, 1)
        )
        return Prepared(files, *image.size)


def reduced(data: bytes, options: ImageOptions) -> bytes:
    """Return a JPEG no larger than the options say, and without colours where they say so."""
    with assets.opened(data) as image:
        if max(image.size) <= options.longest_side and not options.grey:
            return data
        found = _scaled(_plain(image, grey=options.grey), options.longest_side)
    return _stored(found, "", lossless=False).data


def _plain(image: Pillow.Image, *, grey: bool) -> Pillow.Image:
    """Return the image in grey or RGB, with its transparency if it has any."""
    clear = image.mode in ("LA", "PA", "RGBA", "RGBa", "La") or "transparency" in image.info
    if clear:
        image = image.convert("RGBA")
        clear = image.getchannel("A").getextrema() != (255, 255)
    target = ("LA" if clear else "L") if grey or image.mode in ("1", "L", "LA") else "RGBA" if clear else "RGB"
    return image if image.mode == target else image.convert(target)


def _scaled(image: Pillow.Image, longest: int) -> Pillow.Image:
    width, height = image.size
    decisive = _decisive(width, height)
    if decisive <= longest:
        return image
    factor = longest / decisive
    size = max(1, round(width * factor)), max(1, round(height * factor))
    return image.resize(size, Pillow.Resampling.LANCZOS)


def _stored(image: Pillow.Image, stem: str, *, lossless: bool) -> ImageFile:
    stream = io.BytesIO()
    if lossless:
        image.save(stream, "PNG", optimize=True)
        return ImageFile(f"{stem}.png", "image/png", stream.getvalue())
    image.save(stream, "JPEG", quality=QUALITY, optimize=True, progressive=False)
    return ImageFile(f"{stem}.jpg", "image/jpeg", stream.getvalue())
