"""Turns a table of TOML into a value of a type; a mistake is named with its line, a misspelt key with its neighbour."""

import difflib
import re
from collections.abc import Iterable, Mapping
from enum import EnumType
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from converter.diagnostics import Code, UsageError, in_plain_words
from converter.storage import is_url

StructT = TypeVar("StructT", bound=Struct)


class TomlFile(Struct, frozen=True):
    """A `converter.toml`."""

    path: Path
    text: str

    def __str__(self) -> str:
        return str(self.path)


def convert(table: dict[str, Any], kind: type[StructT], file: TomlFile | None, text: str | None, where: str) -> StructT:
    """Return `table` as a `kind`. Raises `UsageError` that names the place and, for a misspelt key, its neighbour."""
    if file and text is None:
        text = file.text
    check_names(table, kind.__struct_encode_fields__, file, text or "", where)
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        key, reason = in_plain_words(error)
        name = re.split(r"[.\[]", key)[0]
        raise UsageError(
            Code.CONFIG_INVALID,
            " ".join(filter(None, (where, f"{key.replace('[...]', '.…')}:" if key else "", reason))),
            file=str(file) if file else None,
            line=line_of(name, text or "", where) if name else None,
            hint=_hint(key, get_type_hints(kind).get(name), reason),
        ) from error


def _hint(key: str, kind: Any, reason: str) -> str | None:
    """Return how to write what is wanted, where the reason does not say it."""
    choices = tuple(kind) if isinstance(kind, EnumType) else get_args(kind) if get_origin(kind) is Literal else ()
    if choices:
        return f"it is one of: {', '.join(str(getattr(choice, 'value', choice)) for choice in choices)}"
    if reason.startswith("a table is wanted"):
        return f"its keys stand below a line [{key.replace('[...]', '.NAME')}]"
    return None


def check_names(
    table: Mapping[str, object], known: Iterable[str], file: TomlFile | None, text: str, where: str
) -> None:
    """Raise `UsageError` for a key of the table `where` that is not among those known, with the one that was meant."""
    known = tuple(known)
    for name in table:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"known are: {', '.join(known)}"
            raise UsageError(
                Code.CONFIG_INVALID,
                f"{where} has no key '{name}'" if where else f"there is no key '{name}'",
                file=str(file) if file else None,
                line=line_of(name, text, where),
                hint=hint,
            )


def line_of(key: str, text: str, where: str) -> int | None:
    """Return the one-based line that sets a key of the table `where`, or opens a table of that name."""
    pattern = re.compile(rf"^\s*(?:\[+[^\]]*\b{re.escape(key)}\b|[\"']?{re.escape(key)}[\"']?\s*=)")
    lines = text.splitlines()
    first = next((number for number, line in enumerate(lines) if where and line.strip().startswith(where)), 0)
    return next((number for number, line in enumerate(lines[first:], first + 1) if pattern.match(line)), None)


def at(base: Path, name: str) -> str:
    """Return a path relative to a folder; a URL is relative to nothing."""
    return name if is_url(name) else str(base / name)


def beside(value: StructT, table: Mapping[str, object], base: Path) -> StructT:
    """Return the options with the paths that `table` has relative to the folder `base`."""
    hints = get_type_hints(type(value), include_extras=True)
    paths = {
        name: str(base / given)
        for name, given in table.items()
        if isinstance(given, str)
        and given
        and any(is_path(each) for each in getattr(hints.get(name), "__metadata__", ()))
    }
    return replace(value, **paths) if paths else value


def is_path(annotation: object) -> bool:
    """Say whether an option, by what its type is annotated with, is a path."""
    return isinstance(annotation, msgspec.Meta) and bool((annotation.extra or {}).get("path"))
