"""The front matter of a post -> its entries: scalars as they are written, each with its line."""

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from converter.diagnostics import Code, Diagnostic, Warn
from converter.languages.unicode import well_formed
from converter.reading.front_matter.recovery import Parse, Repair, recover
from converter.reading.front_matter.split import Format, Parts
from converter.reading.yaml_values import MAX_DEPTH, FrontMatterError, Pair, Plain, Value, read_yaml

CUT_BY_HASH = re.compile(
    r"[ \t]*(?P<key>title|subtitle|description|summary|excerpt)[ \t]*:[ \t]+"
    r"(?P<value>[^\s\"'|>#&*!%@`\[{](?:(?![ \t]#).)*[ \t]#\S.*)"
)
"""A text of which YAML would take the end for a comment; a comment has a space after its mark."""


class Entry(Struct, frozen=True):
    """A key of front matter."""

    value: Value
    line: int
    """One-based line in the file."""


def read_front_matter(parts: Parts, *, file: str, warn: Warn) -> dict[str, Entry]:
    """Return the entries in their order. What is no YAML, TOML or JSON is read line by line, with diagnostics."""
    pairs, repairs = read_pairs(parts)
    offset = parts.front_matter_line - 1
    for repair in repairs:
        warn(
            Diagnostic(
                code=Code.FRONT_MATTER_REPAIRED,
                message=repair.message,
                file=file,
                line=repair.line + offset,
                column=repair.column,
                hint="run converter doctor --fix",
            )
        )
    return {key: Entry(value, line + offset) for key, value, line in pairs}


def read_pairs(parts: Parts) -> tuple[list[Pair], list[Repair]]:
    """Return the keys with their values and lines in the front matter, and what had to be repaired to read them."""
    repairs: list[Repair] = []
    if not parts.closed:
        repairs.append(Repair("the front matter has no closing line", parts.front_matter.count("\n"), 1))
    parse = PARSERS[parts.format]
    try:
        pairs = parse(parts.front_matter)
    except FrontMatterError as error:
        chunks = recover(parts.front_matter, parse)
        found = [chunk.repair for chunk in chunks if chunk.repair]
        repairs += found or [Repair(f"the front matter cannot be parsed: {error}", error.line, error.column)]
        pairs = [(chunk.key, chunk.value, chunk.first) for chunk in chunks if chunk.key]
    repairs += _repeated(pairs)
    if parts.format == "yaml":
        lines = parts.front_matter.split("\n")
        pairs = [_restore_hash(pair, lines, repairs) for pair in pairs]
    return pairs, repairs


def _repeated(pairs: list[Pair]) -> Iterator[Repair]:
    seen: set[str] = set()
    for key, _, line in pairs:
        if key in seen:
            yield Repair(f"the key '{key}' stands twice; the last one counts", line, 1)
        seen.add(key)


def _restore_hash(pair: Pair, lines: list[str], repairs: list[Repair]) -> Pair:
    key, _, line = pair
    found = CUT_BY_HASH.fullmatch(lines[line - 1]) if line <= len(lines) else None
    if found is None or found["key"] != key:
        return pair
    column = found.start("value") + re.search(r"[ \t]#", found["value"]).start() + 2  # type: ignore[union-attr]  # it matched
    repairs.append(Repair(f"'#' after a space would cut the value of '{key}'; it was kept whole", line, column))
    return key, found["value"].rstrip(), line


def _read_json(front_matter: str) -> list[Pair]:
    # `split_front_matter` took the text for front matter because it decodes to an object.
    loaded: dict[str, object] = json.loads(front_matter, parse_int=Plain, parse_float=Plain, parse_constant=Plain)
    line_of = _lines(front_matter)
    return [(key, plain(value), line_of(f'"{key}"')) for key, value in loaded.items()]


def _read_toml(front_matter: str) -> list[Pair]:
    try:
        loaded = tomllib.loads(front_matter, parse_float=Plain)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+), column (\d+)", str(error))
        line, column = (int(place[1]), int(place[2])) if place else (1, 1)
        raise FrontMatterError(str(error).partition(" (at ")[0].lower(), line, column) from error
    except RecursionError as error:
        raise FrontMatterError("it is nested too deeply") from error
    line_of = _lines(front_matter)
    return [(key, plain(value), line_of(key)) for key, value in loaded.items()]


def _read_lines(front_matter: str) -> list[Pair]:
    """Read `Key: value`; tags are one text a comma."""
    found: list[tuple[str, list[str], int]] = []
    for number, line in enumerate(front_matter.split("\n"), 1):
        key, colon, value = line.partition(":")
        if colon and not line.startswith("    "):
            found.append((key.strip(), [value.strip()], number))
        elif found and line.strip():
            found[-1][1].append(line.strip())
    return [(key, _terms(values) if key.lower() == "tags" else " ".join(values), line) for key, values, line in found]


def _terms(values: list[str]) -> Value:
    return tuple(term.strip() for value in values for term in value.split(",") if term.strip())


def _lines(front_matter: str) -> Callable[[str], int]:
    """Return what gives the line of a key. Keys are asked for in their order, each looked for behind the one before."""
    position, line = 0, 1

    def line_of(key: str) -> int:
        nonlocal position, line
        found = front_matter.find(key, position)
        if found < 0:  # escaped, dotted or out of order: it is somewhere
            return line
        line += front_matter.count("\n", position, found)
        position = found
        return line

    return line_of


def plain(value: object, depth: int = 0) -> Value:
    """Return a value of TOML or JSON with its scalars as they would stand in YAML."""
    match value:
        case None:
            return None
        case str():
            return value
        case bool():
            return Plain(str(value).lower())
        case dict() if depth < MAX_DEPTH:
            return {str(key): plain(inner, depth + 1) for key, inner in value.items()}
        case list() if depth < MAX_DEPTH:
            return tuple(plain(inner, depth + 1) for inner in value)
        case _:
            return Plain(value)


def _well_formed(value: Value) -> Value:
    match value:
        case str():
            return well_formed(value)
        case tuple():
            return tuple(map(_well_formed, value))
        case dict():
            return {well_formed(key): _well_formed(inner) for key, inner in value.items()}
        case _:
            return value


def _parser(read: Parse) -> Parse:
    """Return a parser whose texts are well-formed: an escape in JSON or YAML may name half of a character."""

    def parse(text: str) -> list[Pair]:
        pairs = read(text)
        return [(well_formed(key), _well_formed(value), line) for key, value, line in pairs] if "\\" in text else pairs

    return parse


PARSERS: Mapping[Format | None, Parse] = {
    "json": _parser(_read_json),
    "lines": _read_lines,
    "toml": _read_toml,
    "yaml": _parser(read_yaml),
    None: lambda _front_matter: [],
}
