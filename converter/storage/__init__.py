"""The one way to files: what is read is read inside of a folder, and what is written is written whole or not at all."""

from converter.storage.index import Index
from converter.storage.memory import MemorySink, MemoryTree
from converter.storage.places import absolute, is_url, open_output, open_tree
from converter.storage.sink import (
    LocalSink,
    Sink,
    append_file,
    remove_leftover,
    remove_leftovers,
    write_file,
    write_quickly,
)
from converter.storage.tree import (
    ABSENT,
    Entry,
    Fault,
    LocalTree,
    RefusedError,
    Stamp,
    Tree,
    read_named,
    read_start,
)

__all__ = [
    "ABSENT",
    "Entry",
    "Fault",
    "Index",
    "LocalSink",
    "LocalTree",
    "MemorySink",
    "MemoryTree",
    "RefusedError",
    "Sink",
    "Stamp",
    "Tree",
    "absolute",
    "append_file",
    "is_url",
    "open_output",
    "open_tree",
    "read_named",
    "read_start",
    "remove_leftover",
    "remove_leftovers",
    "write_file",
    "write_quickly",
]
