"""Sources, what was read of them, and sealed editions <-> records of the index."""

import os
import zlib
from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import force_setattr, replace

from converter.diagnostics import Diagnostic
from converter.model import Asset, Digest, Post, Section
from converter.pipeline.discover import Location
from converter.site.cards import Card
from converter.site.folding import Folded
from converter.storage import Index, LocalTree, Stamp, Tree, absolute, is_url, open_tree, write_quickly
from converter.storage.blobs import StoredBlob

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
    said: tuple[Diagnostic, ...]
    withdrawn: bool = False
    """Whether `converter withdraw` took the post back."""
    places: tuple[str, ...] = ()
    """Where the bytes of each image are, as `storage.blobs` finds them in the folder of the site; empty where its URL
    has them."""


class Known(Struct, frozen=True, array_like=True, gc=False):
    """How a post is known again, whose file may have moved."""

    key: str
    location: str
    """That of its source, as records are named."""
    content: str
    """The hash of its source."""
    url: str
    """Its path on the site; empty for none."""


class Seal(Struct, frozen=True, kw_only=True):
    """What planning needs to know of a sealed edition."""

    name: str
    """That of its definition."""
    digest: Digest
    """Its posts have no more than titles and dates."""
    fingerprint: str
    """That of the edition."""
    duplicates: Folded = ()
    posts: tuple[Known, ...]
    """All posts of its period: those that are in it, and those that it had to leave out."""


class _Shared:
    """Values that many rows have: each is in memory once.

    What few ask for is not in memory at all: see `Records.signature`.
    """

    def __init__(self) -> None:
        self._values: dict[Hashable, Any] = {}

    def take(self, row: Row) -> Row:
        """Return a row that nobody else has yet, with what it shares with others."""
        post = row.card.post
        self._share(row, "reader")
        force_setattr(row.card, "signature", b"")
        self._share(post.metadata, "language", "categories", "tags", "authors")
        extra = post.metadata.extra
        force_setattr(post.metadata, "extra", self._values.setdefault(msgspec.json.encode(extra), extra))
        if post.metadata.source is not None:
            self._share(post.metadata.source, "name")
        for diagnostic in row.said:
            self._share(diagnostic, "hint")
            force_setattr(diagnostic, "file", post.path if diagnostic.file == post.path else diagnostic.file)
        return row

    def _share(self, struct: Struct, *names: str) -> None:
        for name in names:
            value = getattr(struct, name)
            force_setattr(struct, name, self._values.setdefault(value, value))


_ROW = msgspec.json.Decoder(Row)
_POST = msgspec.json.Decoder(Post)
_SEAL = msgspec.json.Decoder(Seal)
_DIGEST = msgspec.json.Decoder(Digest)


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
        opened, shared = {**(trees or {})}, _Shared()
        for name, data in self._index.records("sources"):
            root, _, path = name.partition("\0")
            with suppress(msgspec.MsgspecError):
                place = self._root_at(root)
                if place not in opened:
                    opened[place] = open_tree(place, follow_links=follow_links)
                yield Location(opened[place], path), shared.take(_ROW.decode(data))

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

    def signature(self, location: Location) -> bytes:
        """Return the signature of a post (see `Card`), which rows that were taken from here have not in memory."""
        data = self._index.get("sources", self._name(location))
        with suppress(msgspec.MsgspecError):
            return _ROW.decode(data).card.signature if data else b""
        return b""

    def copies(self, row: Row) -> Row:
        """Return the row of a source that is gone: its images are the copies."""
        copies = map(self._copy_of, row.assets)
        return replace(row, places=tuple(str(copy) if copy.exists() else "" for copy in copies))

    def known(self, location: Location, row: Row) -> Known:
        """Return how the post of a source is known again."""
        post = row.card.post
        return Known(post.key, self._name(location), row.content, next(iter(post.metadata.addresses), ""))

    def file_of(self, known: Known) -> str:
        """Return where the source of a post was: an absolute path, or a URL."""
        root, _, path = known.location.partition("\0")
        return f"{absolute(self._root_at(root))}/{path}"

    def seals(self) -> Iterator[Seal]:
        """Yield the sealed editions. Raises `UsageError` for one that is damaged."""
        for _, data in self._index.records("seals"):
            with suppress(msgspec.MsgspecError):
                yield _SEAL.decode(data)

    def sealed(self, seal: Seal) -> Digest | None:
        """Return a sealed edition with the bodies of its posts; `None` where it is damaged."""
        data = self._index.get("sealed", seal.digest.key)
        with suppress(msgspec.MsgspecError, zlib.error):
            digest = _DIGEST.decode(zlib.decompress(data)) if data else None
            return digest and self._with_copies(digest)
        return None

    def seal(self, seal: Seal, digest: Digest) -> None:
        """Keep an edition as it was published, with the bodies of its posts and their images."""
        for post in digest.posts:
            for asset in post.assets:
                self._copy(asset)
        self._index.put("sealed", seal.digest.key, zlib.compress(digest.to_json()))
        self._index.put("seals", seal.digest.key, msgspec.json.encode(seal))

    def break_seal(self, key: str) -> None:
        """Forget that an edition was sealed."""
        for table in ("seals", "sealed"):
            self._index.remove(table, key)

    def remove(self, location: Location) -> None:
        """Forget a source."""
        for table in ("sources", "posts"):
            self._index.remove(table, self._name(location))

    def commit(self) -> None:
        """Let what was put so far outlive this process."""
        self._index.commit()

    def _with_copies(self, digest: Digest) -> Digest:
        """Return a digest whose images are the copies."""

        def found(asset: Asset) -> Asset:
            copy = self._copy_of(asset)
            return replace(asset, blob=StoredBlob(LocalTree(str(copy.parent)), copy.name)) if copy.exists() else asset

        def with_images(post: Post) -> Post:
            return replace(post, assets=tuple(map(found, post.assets))) if post.assets else post

        sections = (Section(section.title, tuple(map(with_images, section.posts))) for section in digest.sections)
        return replace(digest, sections=tuple(sections))

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
