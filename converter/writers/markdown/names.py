"""Gives the files of an output names that no file system refuses."""

import re
import unicodedata
from urllib.parse import unquote

from converter.images.identify import is_embedded
from converter.model import Asset, Digest, Post
from converter.model.urls import split_url

MAX_LENGTH = 80
"""Characters of a name without its suffix: even if each takes three bytes, it stays below 255."""

_SUFFIXES = {
    "image/jpeg": (".jpg", ".jpeg"),
    "image/svg+xml": (".svg",),
    "image/tiff": (".tif", ".tiff"),
    "image/x-icon": (".ico",),
}


class Names:
    """The names in one folder, each given once; upper and lower case are the same to some file systems."""

    def __init__(self) -> None:
        self._given: dict[str, str] = {}

    def give(self, stem: str, suffix: str, owner: str) -> str:
        """Return a name made of `stem`. The same owner gets the same name again."""
        safe = re.sub(r"[^\w.-]+", "-", unicodedata.normalize("NFC", stem)).strip(".-")[:MAX_LENGTH] or "file"
        name, number = f"{safe}{suffix}", 1
        while self._given.setdefault(name.casefold(), owner) != owner:
            number += 1
            name = f"{safe}-{number}{suffix}"
        return name


def image_names(digest: Digest, names: Names) -> dict[tuple[str, str], str]:
    """Return the name of each image by its post's key and its `src`; equal images are one file."""
    found: dict[str, str] = {}
    given: dict[tuple[str, str], str] = {}
    for post in digest.posts:
        for asset in post.assets:
            if asset.sha256 not in found:
                found[asset.sha256] = names.give(*_split(asset), asset.sha256)
            given[post.key, asset.src] = found[asset.sha256]
    return given


def _split(asset: Asset) -> tuple[str, str]:
    """Return the stem and the suffix that an image should have; the suffix is right for what it is."""
    if is_embedded(asset.src):
        return "picture", _SUFFIXES.get(asset.media_type, (f".{asset.media_type.rpartition('/')[2]}",))[0]
    parts = split_url(asset.src)
    last = unquote(parts.path if parts else "").rpartition("/")[2]
    stem, dot, suffix = last.rpartition(".")
    allowed = _SUFFIXES.get(asset.media_type, (f".{asset.media_type.rpartition('/')[2]}",))
    written = f".{suffix.lower()}"
    return stem if dot else suffix, written if written in allowed else allowed[0]


def post_names(digest: Digest, names: Names) -> dict[str, str]:
    """Return the file name of each post by its key."""
    return {post.key: names.give(_stem(post), ".md", post.key) for post in digest.posts}


def _stem(post: Post) -> str:
    return post.key.rpartition("/")[2]
