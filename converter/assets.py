"""Finds the pictures of posts inside their site, and says by content what they are."""

import hashlib
import io
import os
import posixpath
import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, unquote_to_bytes

from msgspec.structs import replace
from PIL import Image as Pillow

from converter.diagnostics import Code, Diagnostic, Warn
from converter.errors import ConverterError, SourceError
from converter.model import Asset, BlockNode, Image, Post, Site
from converter.storage import Fault, LocalTree, RefusedError, read_named
from converter.urls import split_url
from converter.walk import query

MAX_BYTES = 64 * 1024 * 1024
"""A picture file above this many bytes is not read."""
MAX_PIXELS = 100_000_000
"""A picture that unpacks to more pixels than this is a bomb or a mistake."""
MAX_SIDE = 65_500
"""Pixels of a side: JPEG ends here, and what is longer takes gigabytes to be cut into pages."""

_MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",  # JPEG with more pictures behind the first
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


def attach(post: Post, site: Site, warn: Warn, *, follow_links: bool = False) -> Post:
    """Return the post with an asset for every picture that is at hand; report each that is not, and why."""
    tree = LocalTree(site.root, follow_links)
    assets = []
    for src, line in _sources(post).items():
        try:
            if (asset := _find(src, post, site, tree)) is not None:
                assets.append(asset)
            else:
                warn(replace(_remote(src, post), line=line))
        except SourceError as error:
            warn(replace(error.diagnostic, line=line))
    return replace(post, assets=tuple(assets)) if assets else post


def attach_named(post: Post, pictures: Mapping[str, bytes], site: Site, warn: Warn) -> Post:
    """Return the post with an asset for every picture whose bytes are in `pictures`, by its address in the post.

    An address may be written in other ways, too: `./a.png` and `a.png`, `%20` and a space.
    """
    by_name = {_plain_name(name): data for name, data in pictures.items()}
    assets = []
    for src, line in _sources(post).items():
        data = pictures.get(src, by_name.get(_plain_name(src)))
        try:
            if data is None:
                warn(replace(_remote(src, post) if is_remote(src, site) else _missing(src, post).diagnostic, line=line))
            else:
                assets.append(replace(_described(src, "", bytes(data), post), data=bytes(data)))
        except SourceError as error:
            warn(replace(error.diagnostic, line=line))
    return replace(post, assets=tuple(assets)) if assets else post


def _plain_name(address: str) -> str:
    return posixpath.normpath(unquote(address)).lstrip("/")


def read(asset: Asset) -> bytes:
    """Return the bytes of an asset. Raises `SourceError` where its file is gone or is no longer the same."""
    if is_embedded(asset.src):
        return _unpacked(asset.src)
    if asset.data:
        return asset.data
    if not asset.path:
        raise SourceError(
            Code.IMAGE_MISSING,
            f"the picture '{_shortened(asset.src)}' is not at hand: the JSON form of a post has no pictures",
            hint="find them anew, with `converter.with_pictures`",
        )
    try:
        data = read_named(asset.path, MAX_BYTES)
    except RefusedError as error:
        raise SourceError(Code.IMAGE_MISSING, f"the picture cannot be read: {error}", file=asset.path) from error
    if hashlib.sha256(data).hexdigest() != asset.sha256:
        raise SourceError(
            Code.IMAGE_INVALID, "the picture changed while it was used", file=asset.path, hint="run again"
        )
    return data


def is_embedded(src: str) -> bool:
    """Say whether the address of a picture is the picture itself (RFC 2397)."""
    return src[:5].lower() == "data:"


def _unpacked(src: str) -> bytes:
    """Return what a `data:` address holds. Raises `ValueError` for one that is cut short."""
    head, comma, body = src.partition(",")
    if not comma:
        raise ValueError("the address has no data")
    if head.lower().rstrip().endswith(";base64"):
        written = re.sub(r"[\s=]+", "", unquote(body)).replace("-", "+").replace("_", "/")
        return b64decode(written + "=" * (-len(written) % 4))
    return unquote_to_bytes(body)


def is_remote(src: str, site: Site) -> bool:
    """Say whether the address of a picture leads to another site."""
    return not is_embedded(src) and _local_path(src, site) is None


def _sources(post: Post) -> dict[str, int | None]:
    """Return the `src` of every picture in reading order, with the line of the block that shows it first."""
    found: dict[str, int | None] = {}
    line = None
    for node in query(post):
        if isinstance(node, BlockNode):
            line = node.line or line
        elif isinstance(node, Image):
            found.setdefault(node.src, line)
    return found


def _remote(src: str, post: Post) -> Diagnostic:
    return Diagnostic(
        code=Code.IMAGE_REMOTE,
        message=f"the picture '{_shortened(src)}' is on the web and was not fetched",
        file=post.path,
        hint="save it in the site to have it in the book; a link stands in its place",
    )


def _find(src: str, post: Post, site: Site, tree: LocalTree) -> Asset | None:
    """Return the asset for `src`, or `None` for a picture on another site. Raises `SourceError`."""
    if is_embedded(src):
        try:
            return _described(src, "", _unpacked(src), post)
        except ValueError as error:
            raise _invalid(src, post, f"cannot be unpacked: {error}") from error
    local = _local_path(src, site)
    if local is None:
        return None
    for folder, path in _places(local, post, site) if site.root and local.strip("/") else ():
        name = posixpath.normpath(folder / path)  # as browsers do, whether or not the folders between are there
        try:
            data = tree.read(name, MAX_BYTES)
        except RefusedError as error:
            if error.fault is Fault.MISSING:
                continue
            raise _refused(error, src, post) from error
        return _described(src, os.path.realpath(f"{site.root}/{name}"), data, post)
    raise _missing(src, post)


def _refused(error: RefusedError, src: str, post: Post) -> SourceError:
    if error.fault is Fault.OUTSIDE:
        return SourceError(
            Code.IMAGE_OUTSIDE,
            f"the picture '{_shortened(src)}' lies outside of the site",
            file=post.path,
            hint="move it into the site; a post may not read other files",
        )
    if error.fault is Fault.UNREADABLE:
        return SourceError(
            Code.IMAGE_MISSING, f"the picture '{_shortened(src)}' cannot be read: {error}", file=post.path
        )
    return _invalid(src, post, f"cannot be shown: {error}")


def _missing(src: str, post: Post) -> SourceError:
    return SourceError(
        Code.IMAGE_MISSING,
        f"there is no picture '{_shortened(src)}'",
        file=post.path,
        hint="put it there, or mend its address; its text alternative stands in its place",
    )


def _local_path(src: str, site: Site) -> str | None:
    """Return the path that an address has in the site, with a leading `/` where it is absolute; else `None`.

    A broken address leads nowhere: its path is empty.
    """
    parts = split_url(src.strip())
    if parts is None:
        return ""
    if parts.scheme or parts.netloc:
        own = split_url(site.url)
        if own is None or not own.netloc or parts.netloc.lower() != own.netloc.lower():
            return None
    path = unquote(parts.path)
    base = site.baseurl.strip("/")
    if base and path.startswith(f"/{base}/"):
        path = path[len(base) + 1 :]
    return path


def _places(local: str, post: Post, site: Site) -> Iterator[tuple[PurePosixPath, str]]:
    """Yield the folders where a file may lie, relative to the root, and its path in each: the likeliest first.

    A relative address is looked for beside the post, in the folder that has its name, and in the root. An absolute one
    is looked for in the root and the folders that the site shows there, and, where it begins with the address of the
    post, beside the post.
    """
    path = PurePosixPath(post.path)
    beside = (path.parent, path.with_suffix(""))
    name = local.lstrip("/")
    if not local.startswith("/"):
        yield from ((folder, name) for folder in beside)
    yield PurePosixPath(), name
    if site.shown:
        own = unquote(next(iter(post.metadata.addresses), "")).strip("/")
        if local.startswith("/") and own and name.startswith(f"{own}/"):
            yield from ((folder, name[len(own) + 1 :]) for folder in beside)
        if not local.startswith("/") and own:
            yield from ((PurePosixPath(folder, own), name) for folder in site.shown)
        yield from ((PurePosixPath(folder), name) for folder in site.shown)


def describe(src: str, path: Path, post: Post) -> Asset:
    """Return the asset for a file that the post shows as `src`. Raises `SourceError` for one that is no picture."""
    try:
        data = read_named(str(path), MAX_BYTES)
    except RefusedError as error:
        raise _refused(error, src, post) from error
    return _described(src, str(path), data, post)


def _described(src: str, path: str, data: bytes, post: Post) -> Asset:
    media_type, width, height = _measure(data, src, post)
    return Asset(
        src=src,
        path=path,
        media_type=media_type,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        width=width,
        height=height,
    )


def _measure(data: bytes, src: str, post: Post) -> tuple[str, int, int]:
    """Return media type, width and height in pixels, by content."""
    if _SVG.match(data[:4096]):
        return "image/svg+xml", 0, 0
    try:
        with opened(data) as picture:
            kind = _MEDIA_TYPES.get(picture.format or "")
            if kind is None:
                raise _invalid(src, post, f"is of a kind that books cannot show ({picture.format})")
            picture.verify()
            return kind, *picture.size
    except DamagedError as error:
        raise _invalid(src, post, str(error)) from error


class DamagedError(Exception):
    """The bytes are no picture that can be shown; the message continues "the picture …"."""


@contextmanager
def opened(data: bytes) -> Iterator[Pillow.Image]:
    """Yield the picture in some bytes; its size is asked before anything is unpacked.

    Raises `DamagedError` for whatever goes wrong with it while it is open: libraries that unpack pictures raise all
    kinds of exceptions for damaged ones. Those of our own get through.
    """
    try:
        with Pillow.open(io.BytesIO(data)) as picture:
            width, height = picture.size
            if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
                raise DamagedError(f"has {width} × {height} pixels")
            yield picture
    except (ConverterError, DamagedError):
        raise
    except Exception as error:
        raise DamagedError("is no picture, or a damaged one") from error


def _invalid(src: str, post: Post, what: str) -> SourceError:
    return SourceError(
        Code.IMAGE_INVALID,
        f"the file of the picture '{_shortened(src)}' {what}",
        file=post.path,
        hint="replace the file; its text alternative stands in its place",
    )


def _shortened(src: str) -> str:
    longest = 40 if is_embedded(src) else 120
    return src if len(src) <= longest else src[: longest - 3] + "…"
