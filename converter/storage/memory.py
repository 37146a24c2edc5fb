"""Files by name, in memory -> a tree and a sink: for tests, and for programs whose posts are in no folder."""

from collections.abc import Iterator, Mapping
from posixpath import normpath
from zlib import crc32

from converter.storage.tree import ABSENT, Entry, Failed, Fault, Passes, RefusedError, Stamp


class MemoryTree:
    """Files that are in memory. What `files` has is what there is: it may change meanwhile."""

    def __init__(self, files: Mapping[str, bytes], root: str = "memory") -> None:
        """`files` are by their paths, with `/` between folders; `root` is what messages and keys call the folder."""
        self.root = root
        self._files = files

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MemoryTree) and other.root == self.root

    def __hash__(self) -> int:
        return hash(self.root)

    def list(self, under: str, *, passes: Passes, failed: Failed) -> Iterator[Entry]:  # noqa: ARG002  (the seam's own)
        """Yield all files below a folder that are in no folder that is passed over."""
        prefix = f"{under.rstrip('/')}/" if under else ""
        for name in sorted(self._files):
            inner = name.removeprefix(prefix)
            if name.startswith(prefix) and not any(passes(prefix + folder) for folder in folders_of(inner)):
                yield Entry(name)

    def read(self, path: str, most: int) -> bytes:
        """Return the bytes of a file. Raises `RefusedError`."""
        name = normpath(path)
        data = self._files.get(name)
        if data is None:
            fault = Fault.OUTSIDE if name.startswith(("../", "/")) else Fault.MISSING
            raise RefusedError(fault, "there is no such file", "check its name")
        if len(data) > most:
            message = f"it has {len(data)} bytes, more than {most}"
            raise RefusedError(Fault.TOO_LARGE, message, "make it smaller, or leave it out")
        return data

    def stat(self, path: str) -> Stamp:
        """Return the size of a file, and a checksum in the place of a number."""
        name = normpath(path)
        data = self._files.get(name)
        if data is not None:
            return Stamp(len(data), 0, crc32(data))
        is_folder = name == "." or any(file.startswith(f"{name}/") for file in self._files)
        return Stamp(0, is_folder=True) if is_folder else ABSENT


class MemorySink:
    """Takes files into memory."""

    def __init__(self, root: str = "memory") -> None:
        self.root = root
        self.files: dict[str, bytes] = {}

    def put(self, name: str, data: bytes) -> None:
        """Take a file. Raises `RefusedError` for a name that leads out."""
        self.files[inner_name(name)] = data

    def remove(self, name: str) -> None:
        """Forget a file, if it is there."""
        self.files.pop(inner_name(name), None)


def inner_name(name: str) -> str:
    """Return the path of a file below a folder. Raises `RefusedError` for one that leads out."""
    found = normpath(name)
    if found.startswith(("../", "/")) or found in (".", ".."):
        raise RefusedError(Fault.OUTSIDE, f"the name '{name}' points outside the folder", "give the file another name")
    return found


def folders_of(name: str) -> Iterator[str]:
    """Yield the folders that a path leads through, the uppermost first."""
    for place, character in enumerate(name):
        if character == "/":
            yield name[:place]
