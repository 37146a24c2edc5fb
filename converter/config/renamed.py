"""Gives the options of earlier versions their names of today, and says so."""

from collections.abc import Callable, Mapping
from typing import Any

from converter.diagnostics import Code, Diagnostic, Warn

RENAMED = {
    "images.max_pictures": "images.max_images",
    "limits.header_keys": "limits.front_matter_keys",
    "output.epub.neighbours": "output.epub.previous_next",
    "output.epub.picture_size": "output.epub.image_size",
    "output.markdown.missing_pictures": "output.markdown.missing_images",
    "output.markdown.remote_pictures": "output.markdown.remote_images",
    "output.pdf.cache": "cache",
}
"""Names of version 0.1, each with that of today: keys under the names of their tables. 0.3 will not know them."""


def with_new_names(
    table: Mapping[str, Any],
    warn: Warn,
    file: str | None = None,
    line_of: Callable[[str, str], int | None] = lambda _key, _table: None,
) -> dict[str, Any]:
    """Return the tables of a `converter.toml` with the options of `RENAMED` under their names of today.

    Where both are set, that of today counts. `warn` is told of each old name, with `file` and the line that `line_of`
    finds for the key and its table (as in `[images]`).
    """
    result = dict(table)
    for old, new in RENAMED.items():
        (*old_path, old_key), (*new_path, new_key) = old.split("."), new.split(".")
        source = _table(result, old_path)
        if source is None or old_key not in source:
            continue
        result = _with_table(result, old_path, {key: value for key, value in source.items() if key != old_key})
        result = _with_table(result, new_path, {new_key: source[old_key], **(_table(result, new_path) or {})})
        message, hint = _said(old_key, _name(old_path), new_key, _name(new_path))
        line = line_of(old_key, _name(old_path))
        warn(Diagnostic(code=Code.OPTION_RENAMED, message=message, file=file, line=line, hint=hint))
    return result


def _said(old: str, old_table: str, new: str, new_table: str) -> tuple[str, str]:
    """Return message and hint."""
    if old_table == new_table:
        return f"`{old}` of {old_table} is `{new}` now", "rename it: 0.3 will not know the old name"
    return (
        f"`{old}` of {old_table} is `{new}` of {new_table or 'the file'} now",
        f"move it to {new_table or 'the top of the file, before the first table'}",
    )


def _name(path: list[str]) -> str:
    return f"[{'.'.join(path)}]" if path else ""


def _table(tables: Mapping[str, Any], path: list[str]) -> Mapping[str, Any] | None:
    """Return the table of that name, or `None` where there is none."""
    found: Any = tables
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else None


def _with_table(tables: Mapping[str, Any], path: list[str], table: Mapping[str, Any]) -> dict[str, Any]:
    """Return the tables with one of them replaced."""
    if not path:
        return dict(table)
    name, *rest = path
    return {**tables, name: _with_table(tables.get(name, {}), rest, table)}
