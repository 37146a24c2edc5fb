"""Where the bytes of an image are -> these bytes, in whatever process asks for them."""

import os

from msgspec import Struct

from converter.storage.tree import Fault, LocalTree, RefusedError, Tree


class MemoryBlob(Struct, frozen=True):
    """Bytes that are at hand."""

    data: bytes
    name: str = ""

    def read(self, most: int) -> bytes:
        """Return them. Raises `RefusedError` for more than `most`."""
        if len(self.data) > most:
            message = f"it has {len(self.data)} bytes, more than {most}"
            raise RefusedError(Fault.TOO_LARGE, message, "make it smaller, or leave it out")
        return self.data


class StoredBlob(Struct, frozen=True):
    """A file of a tree."""

    tree: Tree
    name: str
    """Its path in the tree."""

    def read(self, most: int) -> bytes:
        """Return the bytes of the file. Raises `RefusedError`."""
        return self.tree.read(self.name, most)

    def place_in(self, tree: Tree) -> str:
        """Return what `blob_at` finds it by: its path in `tree`, or an absolute one where it is elsewhere."""
        return self.name if self.tree == tree else os.path.join(self.tree.root, self.name)


def blob_at(place: str, tree: Tree) -> StoredBlob:
    """Return the file at a path in a tree, or at an absolute one of this machine."""
    if not os.path.isabs(place):
        return StoredBlob(tree, place)
    folder, name = os.path.split(place)
    return StoredBlob(LocalTree(folder), name)
