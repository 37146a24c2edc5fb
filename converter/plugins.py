"""Names -> what is installed under them in an entry-point group; what is built in comes in by the same door."""

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, cast

from msgspec import Struct

from converter.diagnostics import Code, UsageError


class Plugin(Struct, frozen=True):
    """What is installed under a name: a line of `converter plugins`."""

    name: str
    distribution: str
    version: str
    target: str
    """`module:attribute`."""


class Group(Struct, frozen=True):
    """Everything of one kind that is installed: types whose fields are options."""

    name: str
    """That of the entry-point group."""
    noun: str
    """What messages call one of it."""
    steps: tuple[str, ...]
    """The attributes that its protocol asks for."""

    def plugins(self) -> tuple[Plugin, ...]:
        """Return everything that is installed, by name. Nothing is imported."""
        return tuple(
            Plugin(
                name=name,
                distribution=point.dist.name if point.dist else "",
                version=point.dist.version if point.dist else "",
                target=point.value,
            )
            for name, point in sorted(_points(self).items())
        )

    def load(self, name: str) -> type[Any]:
        """Import and return the type of that name: a frozen `msgspec.Struct` class with all the steps.

        Raises `UsageError` for a name that nobody registered, and for a plug-in that cannot be imported or lacks steps.
        """
        point = _points(self).get(name)
        if point is None:
            known = ", ".join(sorted(_points(self)))
            raise UsageError(Code.PLUGIN_INVALID, f"unknown {self.noun} '{name}'", hint=f"installed are: {known}")
        try:
            found = point.load()
        except UsageError:
            raise
        except Exception as error:  # a plug-in may fail in any way while it is imported
            raise UsageError(
                Code.PLUGIN_INVALID, f"the {self.noun} '{name}' ({point.value}) cannot be imported: {error}"
            ) from error
        if not (isinstance(found, type) and issubclass(found, Struct) and all(hasattr(found, s) for s in self.steps)):
            raise UsageError(
                Code.PLUGIN_INVALID,
                f"'{point.value}' is registered as the {self.noun} '{name}' but is none",
                hint=f"a {self.noun} is a msgspec.Struct with {', '.join(self.steps)}",
            )
        return cast(type[Any], found)


@cache
def _points(group: Group) -> dict[str, EntryPoint]:
    """Return the entry points by name. Raises `UsageError` when two distributions claim one name."""
    found: dict[str, EntryPoint] = {}
    for point in entry_points(group=group.name):
        other = found.get(point.name)
        if other is not None and other.value != point.value:
            raise UsageError(
                Code.PLUGIN_INVALID,
                f"two packages register a {group.noun} '{point.name}': {other.value} and {point.value}",
                hint="uninstall one of them",
            )
        found[point.name] = point
    return found
