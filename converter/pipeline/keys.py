"""A writer, a theme, a part or an edition -> the keys under which results are cached."""

from typing import Any

from msgspec import Struct
from msgspec.structs import asdict, replace

from converter.diagnostics import Warn
from converter.limits.guard import attempt
from converter.storage.fingerprint import key_of
from converter.themes import Theme
from converter.writers import Fingerprinted


def context_of(writer: object, theme: Theme) -> str:
    """Return a hash of what all results of a writer or a catalogue depend on: options, theme, what it says itself.

    Empty for one that says nothing, and for one that fails: its steps fail for the same reason, and say so.
    """
    return attempt(_context, (writer, theme)).value or "" if isinstance(writer, Fingerprinted) else ""


def _context(pair: tuple[Any, Theme], _warn: Warn) -> str:
    writer, theme = pair
    kind = type(writer)
    name = f"{kind.__module__}.{kind.__qualname__}"
    return key_of(name, asdict(writer), theme.tokens, theme.fingerprint, writer.fingerprint(theme))


def part_key(context: str, part: object) -> str:
    """Return the key of a part in what `context_of` says; empty where that says nothing."""
    return key_of("part", context, type(part).__qualname__, portable(part)) if context else ""


def book_key(context: str, fingerprint: str) -> str:
    """Return the key of the files of an edition with this fingerprint."""
    return key_of("book", context, fingerprint) if context else ""


def portable(value: Any) -> Any:
    """Return a part without what holds on this machine only, such as paths."""
    if isinstance(value, tuple):
        return tuple(map(portable, value))
    if not isinstance(value, Struct):
        return value
    if hasattr(value, "portable"):
        return value.portable()
    old = {name: getattr(value, name) for name in value.__struct_fields__}
    new = {name: portable(each) for name, each in old.items()}
    changed = {name: each for name, each in new.items() if each is not old[name]}
    return replace(value, **changed) if changed else value
