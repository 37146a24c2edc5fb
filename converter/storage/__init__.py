"""The one way to files: what is read is read inside of a folder, and what is written is written whole or not at all."""

from converter.storage.index import Index
from converter.storage.sink import remove_leftover, remove_leftovers, write_file, write_quickly
from converter.storage.tree import Entry, Fault, LocalTree, RefusedError, Stamp, read_named, read_start

__all__ = [
    "Entry",
    "Fault",
    "Index",
    "LocalTree",
    "RefusedError",
    "Stamp",
    "read_named",
    "read_start",
    "remove_leftover",
    "remove_leftovers",
    "write_file",
    "write_quickly",
]
