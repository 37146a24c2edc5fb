"""Sources and what was read of them <-> records of the index."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from converter.model import Asset, Post
from converter.pipeline.discover import Location
from converter.site.cards import Card
from converter.storage import Index, Stamp, Tree, is_url, open_tree, write_quickly

_MOST = 1 << 30
"""Bytes of an image."""


class Row(Struct, frozen=True, array_like=True, gc=False):
    """What the index knows of a source."""

    stamp: Stamp
    seen: int
    """When it was looked at: nanoseconds since 1970."""
    asks: bool
    """Whether it may depend on other files than those of `looked`."""
    reader: str
    """A hash of what reading depends on besides the source: code, site, policy of images."""
    source: str
    """The key under which the cache has what was read."""
    content: str
    """A hash of its bytes."""
    card: Card
    looked: tuple[tuple[str, Stamp], ...]
    """The files where its images may be, relative to the root, there or not."""
    assets: tuple[Asset, ...]
    said: msgspec.Raw
    """The diagnostics, as JSON."""
    withdrawn: bool = False
    """Whether `converter withdraw` took the post back."""
    places: tuple[str, ...] = ()
    """Where the bytes of each image are, as `storage.blobs` finds them in the folder of the site; empty where its URL
    has them."""


_ROW = msgspec.json.Decoder(Row)
_POST = msgspec.json.Decoder(Post)


class Records:
    """The rows of all sources. A state has the posts, too, and copies of their images: sources go away."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._folder = Path(index.path).parent if index.must_last else None
        self._root_at, self._root_name = cache(self._root_of), cache(self._name_of)

    @property
    def must_last(self) -> bool:
        """Whether this is a state, which outlives sources, and not a part of a cache."""
        return self._index.must_last

    def rows(
        self, *, follow_links: bool = False, trees: Mapping[str, Tree] | None = None
    ) -> Iterator[tuple[Location, Row]]:
        """Yield all rows that this version can read, with the locations of a run that follows links or does not.

        `trees` are those that are open, by their roots.
        """
        opened = {**(trees or {})}
        for name, data in self._index.records("sources"):
            root, _, path = name.partition("\0")
            with suppress(msgspec.MsgspecError):
                place = self._root_at(root)
                if place not in opened:
                    opened[place] = open_tree(place, follow_links=follow_links)
                yield Location(opened[place], path), _ROW.decode(data)

    def put(self, location: Location, row: Row, post: Post | None = None, images: Sequence[Asset] = ()) -> bool:
        """Keep a row; where it was read anew, the post, too, and its images. Return whether that could be done."""
        name = self._name(location)
        try:
            data = msgspec.json.encode(row)
            if post is not None and self.must_last:
                self._index.put("posts", name, msgspec.json.encode(post))
                for image in images:
                    self._copy(image)
        except UnicodeEncodeError:  # the name of a file that is not Unicode
            return False
        self._index.put("sources", name, data)
        return True

    def post(self, location: Location) -> Post | None:
        """Return the post as it was read last, without images, where this is a state."""
        data = self._index.get("posts", self._name(location)) if self.must_last else None
        with suppress(msgspec.MsgspecError):
            return _POST.decode(data) if data else None
        return None

    def copies(self, row: Row) -> Row:
        """Return the row of a source that is gone: its images are the copies."""
        copies = map(self._copy_of, row.assets)
        return replace(row, places=tuple(str(copy) if copy.exists() else "" for copy in copies))

    def remove(self, location: Location) -> None:
        """Forget a source."""
        for table in ("sources", "posts"):
            self._index.remove(table, self._name(location))

    def commit(self) -> None:
        """Let what was put so far outlive this process."""
        self._index.commit()

    def _copy(self, asset: Asset) -> None:
        copy = self._copy_of(asset)
        if asset.blob and not copy.exists():
            write_quickly(str(copy), asset.blob.read(_MOST))

    def _copy_of(self, asset: Asset) -> Path:
        return (self._folder or Path()).absolute() / "images" / asset.sha256

    def _name(self, location: Location) -> str:
        return f"{self._root_name(location.root)}\0{location.path}"

    def _name_of(self, root: str) -> str:
        """Return the name of a site: in a state, which may move together with the sources, relative to its folder."""
        return os.path.relpath(root, self._folder) if self._folder and not is_url(root) else root

    def _root_of(self, name: str) -> str:
        return os.path.normpath(self._folder / name) if self._folder and not is_url(name) else name
