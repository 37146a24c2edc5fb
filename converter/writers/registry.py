"""Finds writers by name in the entry-point group `converter.writers`; the built-in ones come in by the same door."""

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, cast

from msgspec import Struct

from converter.diagnostics import Code, UsageError

GROUP = "converter.writers"


class Plugin(Struct, frozen=True):
    """A writer that is installed: what `converter plugins` lists."""

    name: str
    distribution: str
    version: str
    target: str
    """`module:attribute`."""


def plugins() -> tuple[Plugin, ...]:
    """Return every installed writer, by name. Nothing is imported."""
    return tuple(
        Plugin(
            name=name,
            distribution=point.dist.name if point.dist else "",
            version=point.dist.version if point.dist else "",
            target=point.value,
        )
        for name, point in sorted(_points().items())
    )


def writer_type(name: str) -> type[Any]:
    """Import and return the writer of that name: a frozen `msgspec.Struct` class that follows `writers.Writer`.

    Raises `UsageError` for a name that nobody registered, and for a plug-in that cannot be imported or is no writer.
    """
    point = _points().get(name)
    if point is None:
        known = ", ".join(sorted(_points()))
        raise UsageError(Code.PLUGIN_INVALID, f"unknown writer '{name}'", hint=f"installed are: {known}")
    try:
        found = point.load()
    except UsageError:
        raise
    except Exception as error:  # a plug-in may fail in any way while it is imported
        raise UsageError(
            Code.PLUGIN_INVALID, f"the writer '{name}' ({point.value}) cannot be imported: {error}"
        ) from error
    steps = ("split", "render", "assemble", "suffix")
    if not (isinstance(found, type) and issubclass(found, Struct) and all(hasattr(found, step) for step in steps)):
        raise UsageError(
            Code.PLUGIN_INVALID,
            f"'{point.value}' is registered as the writer '{name}' but is none",
            hint=f"a writer is a msgspec.Struct with {', '.join(steps)}",
        )
    return cast(type[Any], found)


@cache
def _points() -> dict[str, EntryPoint]:
    """Return the entry points by name. Raises `UsageError` when two distributions claim one name."""
    found: dict[str, EntryPoint] = {}
    for point in entry_points(group=GROUP):
        other = found.get(point.name)
        if other is not None and other.value != point.value:
            raise UsageError(
                Code.PLUGIN_INVALID,
                f"two packages register a writer '{point.name}': {other.value} and {point.value}",
                hint="uninstall one of them",
            )
        found[point.name] = point
    return found
