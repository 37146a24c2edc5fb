"""Finds the images of posts inside their site, or among those that a caller gives."""

import posixpath
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from unicodedata import normalize
from urllib.parse import unquote

from msgspec.structs import replace

from converter.diagnostics import Code, Diagnostic, SourceError, Warn
from converter.images.identify import MAX_BYTES, described, invalid, is_embedded, refused, shortened_src, unpacked
from converter.model import Asset, BlockNode, Image, Post, Site
from converter.model.urls import split_url
from converter.model.walk import query
from converter.storage import Fault, RefusedError, Tree
from converter.storage.blobs import MemoryBlob, StoredBlob


def attach(post: Post, site: Site, tree: Tree, warn: Warn) -> Post:
    """Return the post with an asset for every image that is in the folder of its site; report each that is not."""
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


def attach_named(post: Post, images: Mapping[str, bytes], site: Site, warn: Warn) -> Post:
    """Return the post with an asset for every image whose bytes are in `images`, by its URL in the post.

    A URL may be written in other ways, too: `./a.png` and `a.png`, `%20` and a space.
    """
    by_name = {_plain_name(name): data for name, data in images.items()}
    assets = []
    for src, line in _sources(post).items():
        data = images.get(src, by_name.get(_plain_name(src)))
        try:
            if data is None:
                warn(replace(_remote(src, post) if is_remote(src, site) else _missing(src, post).diagnostic, line=line))
            else:
                assets.append(described(src, bytes(data), post, MemoryBlob(bytes(data))))
        except SourceError as error:
            warn(replace(error.diagnostic, line=line))
    return replace(post, assets=tuple(assets)) if assets else post


def candidates(post: Post, site: Site) -> tuple[str, ...]:
    """Return the names, relative to the root of the site, of all files that may be an image of a post."""
    if not site.root:
        return ()
    paths = (_local_path(src, site) for src in _sources(post) if not is_embedded(src))
    return tuple(dict.fromkeys(name for path in paths if path and path.strip("/") for name in _names(path, post, site)))


def _plain_name(url: str) -> str:
    return normalize("NFC", posixpath.normpath(unquote(url)).lstrip("/"))


def is_remote(src: str, site: Site) -> bool:
    """Say whether the URL of an image leads to another site."""
    return not is_embedded(src) and _local_path(src, site) is None


def _sources(post: Post) -> dict[str, int | None]:
    """Return the `src` of every image in reading order, with the line of the block that shows it first."""
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
        message=f"the image '{shortened_src(src)}' is on the web and was not fetched",
        file=post.path,
        hint="save it in the site to have it in the book; a link stands in its place",
    )


def _find(src: str, post: Post, site: Site, tree: Tree) -> Asset | None:
    """Return the asset for `src`, or `None` for an image on another site. Raises `SourceError`."""
    if is_embedded(src):
        try:
            return described(src, unpacked(src), post)
        except ValueError as error:
            raise invalid(src, post, f"cannot be unpacked: {error}") from error
    local = _local_path(src, site)
    if local is None:
        return None
    for name in _names(local, post, site) if site.root and local.strip("/") else ():
        try:
            data = tree.read(name, MAX_BYTES)
        except RefusedError as error:
            if error.fault is Fault.MISSING:
                continue
            raise refused(error, src, post) from error
        return described(src, data, post, StoredBlob(tree, name))
    raise _missing(src, post)


def _missing(src: str, post: Post) -> SourceError:
    return SourceError(
        Code.IMAGE_MISSING,
        f"there is no image '{shortened_src(src)}'",
        file=post.path,
        hint="put it there, or correct its URL; its text alternative stands in its place",
    )


def _local_path(src: str, site: Site) -> str | None:
    """Return the path that a URL has in the site, with a leading `/` where it is absolute; else `None`.

    A broken URL leads nowhere: its path is empty.
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


def _names(local: str, post: Post, site: Site) -> Iterator[str]:
    """Yield the names that the file for a URL may have in the site: as it is written, then in Unicode's forms.

    Some systems write é into the names of files as one character, some as two, and read either.
    """
    for folder, path in _places(local, post, site):
        name = posixpath.normpath(folder / path)  # as browsers do, whether or not the folders between are there
        yield from dict.fromkeys((name, normalize("NFC", name), normalize("NFD", name)))


def _places(local: str, post: Post, site: Site) -> Iterator[tuple[PurePosixPath, str]]:
    """Yield the folders where a file may lie, relative to the root, and its path in each: the likeliest first.

    A relative URL is looked for beside the post, in the folder that has its name, and in the root. An absolute one
    is looked for in the root and the folders that the site shows there, and, where it begins with the URL of the
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
