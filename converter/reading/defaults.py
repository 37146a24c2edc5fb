"""The entries of front matter -> the same with what the site's `defaults` say of posts in that place."""

import re
from collections.abc import Mapping

from converter.reading.context import Context, Defaults
from converter.reading.front_matter.parse import Entry


def with_defaults(entries: Mapping[str, Entry], *, file: str, line: int, context: Context) -> dict[str, Entry]:
    """Return the entries with the defaults for what the front matter leaves out, which begins in line `line`."""
    found: dict[str, Entry] = {}
    kind = _kind_of(file, context)
    for defaults in context.defaults:
        if _holds(defaults, kind, file):
            found |= {key: Entry(value, line) for key, value in defaults.values.items()}
    found |= {key: Entry(value, line) for key, value in context.records.get(file, {}).items()}
    written = {key: entry for key, entry in entries.items() if entry.value is not None or key not in found}
    return found | written


def _kind_of(file: str, context: Context) -> str:
    """Return what Jekyll calls the type of a file."""
    folders = file.split("/")[:-1]
    for mark in ("_drafts", "_posts"):
        if mark in folders:
            return mark[1:]
    if folders and folders[0].startswith("_"):
        return folders[0][1:]
    return "posts" if context.profile.owns(file) else "pages"


def _holds(defaults: Defaults, kind: str, file: str) -> bool:
    # Old sites write the type in the singular.
    kinds = {defaults.type, f"{defaults.type}s"}
    if defaults.type and kind not in kinds and not (kind == "drafts" and "posts" in kinds):
        return False
    if "*" in defaults.path:
        return _glob(defaults.path).match(file) is not None
    return file.startswith(defaults.path)


def _glob(scope: str) -> re.Pattern[str]:
    """Return the pattern of a glob as Ruby's `Dir.glob` has it: it matches a file, or a folder above it."""
    parts = re.split(r"(\*\*/|\*|\?)", scope)
    wild = {"**/": "(?:[^/]+/)*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(wild.get(part, re.escape(part)) for part in parts) + r"(?:/|\Z)")
