"""Finds writers by name in the entry-point group `converter.writers`; the built-in ones come in by the same door."""

from converter.plugins import Group, Plugin

__all__ = ["Plugin", "plugins", "writer_type"]

_WRITERS = Group("converter.writers", "writer", ("split", "render", "assemble", "suffix"))

plugins = _WRITERS.plugins
writer_type = _WRITERS.load
