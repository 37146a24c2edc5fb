"""The name of a folder, as a user or an index has it -> its tree, and its sink."""

import re
from pathlib import Path

from converter.storage.sink import LocalSink, Sink
from converter.storage.tree import LocalTree, Tree

_URL = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
"""Two letters at least: one is a drive of Windows."""


def is_url(name: str) -> bool:
    """Say whether the name of a file or folder is a URL, and no path of this machine."""
    return _URL.match(name) is not None


def absolute(name: str) -> str:
    """Return the absolute path of a file or folder; a URL is one."""
    return name.rstrip("/") if is_url(name) else str(Path(name).absolute())


def open_tree(root: str, *, follow_links: bool = False) -> Tree:
    """Return the files in a folder, as sources. Raises `UsageError` for a URL that nothing opens."""
    if not is_url(root):
        return LocalTree(root, follow_links)
    from converter.storage.remote import RemoteTree

    return RemoteTree(root)


def open_output(root: str) -> tuple[Tree, Sink]:
    """Return the finished files in a folder, and what puts some there. Raises `UsageError` for a URL that cannot be."""
    if not is_url(root):
        return LocalTree(root, follow_links=True), LocalSink(root)
    from converter.storage.remote import RemoteOutput

    output = RemoteOutput(root)
    return output, output
