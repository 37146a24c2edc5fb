"""Front matter that is no valid YAML -> its entries all the same, read line by line as its author meant it."""

import re
from collections.abc import Callable, Iterator

from msgspec import Struct

from converter.reading.yaml_values import FrontMatterError, Pair, Value

_KEY = re.compile(
    r"(?P<indent>[ \t]*)(?P<key>[\"']?[^\s:：=#\-\"'<>{}\[\]|*][^:：=\n]{0,80}?)[ \t]*"
    r"(?P<mark>:(?=[ \t]|$)|：|(?<=[A-Za-z_]):(?!//)|(?<![:=])=(?=[ \t\"']))[ \t]*(?P<value>.*)"
)
_WORD = re.compile(r"[\"']?[A-Za-z_][\w.-]*[\"']?")
_ITEM = re.compile(r"[ \t]*-[ \t]+(?P<value>.*)")


Parse = Callable[[str], list[Pair]]
"""Reads a text of keys and values. Raises `FrontMatterError`."""


class Repair(Struct, frozen=True):
    """A line that had to be read otherwise than YAML would."""

    message: str
    line: int
    column: int


class Chunk(Struct, frozen=True):
    """A key with the lines that belong to it."""

    key: str
    value: Value
    first: int
    """One-based line of the front matter."""
    lines: tuple[str, ...]
    repair: Repair | None = None
    """`None` where the lines are valid YAML on their own."""


def recover(front_matter: str, parse: Parse) -> tuple[Chunk, ...]:
    """Return what each line of the front matter means, in order. Lines that name no key become chunks without one.

    `parse` is the parser of the format; it is asked about each key alone.
    """
    return tuple(_read(first, lines, parse) for first, lines in _cut(front_matter.split("\n")))


def _cut(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield runs of lines that begin with a key, each with the number of its first line."""
    first, run, open_value = 1, list[str](), True
    for number, line in enumerate(lines, 1):
        found = _KEY.match(line)
        inner = found is not None and bool(found["indent"]) and (open_value or not _WORD.fullmatch(found["key"]))
        if found is not None and not inner:
            if run:
                yield first, run
            first, run, open_value = number, [line], found["value"] in {"", "|", ">", "|-", ">-"}
        else:
            run.append(line)
    if run:
        yield first, run


def _read(first: int, lines: list[str], parse: Parse) -> Chunk:
    found = _KEY.match(lines[0])
    if found is None:
        said = next(((number, line) for number, line in enumerate(lines, first) if not is_comment(line)), None)
        if said is None:
            return Chunk("", None, first, tuple(lines))
        message = f"the line names no key: '{said[1].strip()[:60]}'"
        return Chunk("", None, first, tuple(lines), Repair(message, said[0], 1))
    try:
        pairs = parse("\n".join(lines))
    except FrontMatterError:
        pairs = []
    if len(pairs) == 1 and pairs[0][0] == found["key"].strip("\"'"):
        return Chunk(pairs[0][0], pairs[0][1], first, tuple(lines))
    value = _meant(found["value"].strip(), [line for line in lines[1:] if not is_comment(line)])
    repair = Repair(_reason(found), first, found.start("value") + 1)
    return Chunk(found["key"].strip(" \t\"'"), value, first, tuple(lines), repair)


def is_comment(line: str) -> bool:
    """Whether a line of front matter says nothing."""
    return not line.strip() or line.lstrip().startswith("#")


def _meant(value: str, more: list[str]) -> Value:
    """Return the value as its author meant it, who knew nothing of YAML's special characters."""
    items = [_ITEM.match(line) for line in more]
    if more and not value and all(items):
        return tuple(_unquote(item["value"]) for item in items if item)
    whole = " ".join([value, *(line.strip() for line in more)]).strip()
    if _is_bracketed(whole):
        return tuple(_unquote(item) for item in whole[1:-1].split(",") if item.strip())
    return _unquote(whole)


def _is_bracketed(value: str) -> bool:
    """Whether the first bracket closes at the very end: `[a, b]` is a list, `[快讯] 央行` a headline."""
    return value.startswith("[") and value.find("]") == len(value) - 1


def _unquote(value: str) -> str:
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        quote = value[0]
        value = value[1:-1]
        return value.replace('\\"', '"') if quote == '"' else value.replace("''", "'")
    return value


_REASONS = {
    "*": "an alias",
    "&": "an anchor",
    "!": "a tag",
    "@": "a reserved mark",
    "`": "a reserved mark",
    "%": "a directive",
    "[": "the start of a list",
    "{": "the start of a mapping",
    "|": "the start of a block",
    ">": "the start of a block",
}


def _reason(found: re.Match[str]) -> str:
    key, value = found["key"].strip(" \t\"'"), found["value"].strip()
    if found["mark"] == "：":
        return f"a full-width colon follows the key '{key}'"
    if found["indent"]:
        return f"the key '{key}' is indented"
    if value[:1] in _REASONS:
        return f"the value of '{key}' begins with '{value[0]}', which YAML reads as {_REASONS[value[0]]}"
    if value[:1] in {'"', "'"}:
        return f"the value of '{key}' holds quotes or backslashes that are not escaped"
    if re.search(r":(?:[ \t]|$)", value):
        return f"the value of '{key}' holds a colon and is not quoted"
    return f"the value of '{key}' is not written as YAML asks"
