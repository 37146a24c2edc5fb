"""The files of a site's `_data` -> what `{{ site.data }}` gives."""

import csv
import io
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import PurePosixPath
from types import MappingProxyType

from converter.diagnostics import Code, Diagnostic, Warn
from converter.reading.front_matter.parse import plain
from converter.reading.yaml_values import FrontMatterError, Plain, Value, read_value

DATA_FORMATS = (".csv", ".json", ".tsv", ".yaml", ".yml")
_NO_NAME = re.compile(r"[^\w\s-]+|(?:^\s+|\s+$)")


def read_data(files: Mapping[str, str], warn: Warn) -> Mapping[str, Value]:
    """Return the values of all files, by folder and by name. A file that cannot be read is reported and left out."""
    found, faults = _read_all(tuple(files.items()))
    for fault in faults:
        warn(fault)
    return found


@lru_cache(maxsize=4)
def _read_all(files: tuple[tuple[str, str], ...]) -> tuple[Mapping[str, Value], tuple[Diagnostic, ...]]:
    """Do what `read_data` does, once for all posts that come with the same files."""
    root: dict[str, Value] = {}
    faults = []
    for path, text in files:
        try:
            value = _read(path, text)
        except (FrontMatterError, ValueError, RecursionError, csv.Error) as error:
            message, hint = f"the data cannot be read: {error}", "correct the file; until then it counts as empty"
            faults.append(Diagnostic(code=Code.SITE_CONFIG_INVALID, message=message, file=f"_data/{path}", hint=hint))
            continue
        *folders, name = PurePosixPath(path).with_suffix("").parts
        place = root
        for folder in folders:
            inner = place.setdefault(_key(folder), {})
            place = inner if isinstance(inner, dict) else {}
        place[_key(name)] = value
    return MappingProxyType(root), tuple(faults)


def _key(name: str) -> str:
    """Return the name of a file as Jekyll has it in Liquid."""
    return re.sub(r"\s+", "_", _NO_NAME.sub("", name))


def _read(path: str, text: str) -> Value:
    text = text.removeprefix("\ufeff")
    match PurePosixPath(path).suffix.lower():
        case ".json":
            return plain(json.loads(text, parse_int=Plain, parse_float=Plain, parse_constant=Plain))
        case ".csv" | ".tsv" as suffix:
            rows = csv.reader(io.StringIO(text), delimiter="\t" if suffix == ".tsv" else ",")
            head, *body = [row for row in rows if row] or [[]]
            return tuple(
                {name: row[number] or None if number < len(row) else None for number, name in enumerate(head)}
                for row in body
            )
        case _:
            return read_value(text)
