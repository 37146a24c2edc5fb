"""YAML -> values whose scalars are strings as written, without recursion and without copying what aliases name."""

import base64
from collections.abc import Iterator

import yaml

Value = str | None | tuple["Value", ...] | dict[str, "Value"]
"""What a key holds: scalars stay as written, so that `007`, `no` and `12:30` remain what they are."""

Pair = tuple[str, Value, int]
"""A key at the top, its value, and its one-based line."""

MAX_DEPTH = 32
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_STANDARD = "tag:yaml.org,2002:"
_TYPED = frozenset(f"{_STANDARD}{name}" for name in ("bool", "float", "int", "timestamp"))
_MERGE = "<<"


class Plain(str):
    """A scalar as it is written, without quotes: only such a one may be a number, a truth value or a date."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Plain({super().__repr__()})"


class FrontMatterError(Exception):
    """A text is not what it should be; line and column count from one, in that text."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


def read_yaml(text: str) -> list[Pair]:
    """Return the keys at the top in their order, a repeated one as often as it stands there.

    Raises `FrontMatterError` for what is no YAML, or no mapping. An empty text gives no pairs.
    """
    composer = _composed(text)
    if not composer.is_mapping and not composer.is_empty:
        raise FrontMatterError("it is not a mapping of keys to values")
    return composer.pairs


def read_value(text: str) -> Value:
    """Return the value of a text, whatever it is. Raises `FrontMatterError` for what is no YAML."""
    return _composed(text).value


def _composed(text: str) -> "_Composer":
    composer = _Composer(text)
    try:
        for event in yaml.parse(text, Loader=yaml.CBaseLoader):
            composer.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise FrontMatterError(error.problem or "it cannot be parsed", *place) from error
    except yaml.YAMLError as error:
        raise FrontMatterError("it holds characters that YAML forbids") from error
    return composer


class _Composer:
    """Builds values from the events of one document.

    PyYAML's own composer recurses in C: brackets a hundred thousand deep kill the process. This one has a list for
    a stack, and an alias gives the very value of its anchor, so that nothing can explode.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self.pairs: list[Pair] = []
        self.is_empty = True
        self.is_mapping = False
        self._stack: list[tuple[list[tuple[Value, int]], str | None]] = [([], None)]
        self._anchors: dict[str, Value] = {}

    @property
    def value(self) -> Value:
        """What the document is, when all events were taken."""
        return next((value for value, _ in self._stack[0][0]), None)

    def take(self, event: yaml.Event) -> None:
        """Take the next event."""
        line, column = (event.start_mark.line + 1, event.start_mark.column + 1) if event.start_mark else (1, 1)
        match event:
            case yaml.ScalarEvent():
                self._add(self._scalar(event), line, event.anchor)
            case yaml.AliasEvent():
                if event.anchor not in self._anchors:
                    raise FrontMatterError(f"'*{event.anchor}' names nothing", line, column)
                self._add(self._anchors[event.anchor], line, None)
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                if len(self._stack) > MAX_DEPTH:
                    raise FrontMatterError("it is nested too deeply", line, column)
                self._stack.append(([], event.anchor))
            case yaml.SequenceEndEvent():
                items, anchor = self._stack.pop()
                self._add(tuple(value for value, _ in items), line, anchor)
            case yaml.MappingEndEvent():
                items, anchor = self._stack.pop()
                pairs = _pairs(items)
                if len(self._stack) == 1 and self.is_empty:
                    self.pairs, self.is_mapping = pairs, True
                self._add({key: value for key, value, _ in pairs}, line, anchor)
            case _:
                return

    def _scalar(self, event: yaml.ScalarEvent) -> Value:
        """Return the value of a scalar. A tag that the standard does not know is what the author wrote."""
        tag, value, start, end = event.tag, event.value, event.start_mark, event.end_mark
        if tag is None:
            if event.style:
                return str(value)
            return None if value in _NULLS else Plain(value)
        if tag in _TYPED:
            return Plain(value)
        match tag.removeprefix(_STANDARD):
            case "!" | "str":
                return str(value)
            case "null":
                return None
            case "binary":
                return _of_base64(value)
            case _ if start is None or end is None or event.style in ("|", ">"):
                return str(value)
            case _:
                written = self._text[start.index : end.index]
                return written.replace(f"&{event.anchor}", "", 1).strip() if event.anchor else written.strip()

    def _add(self, value: Value, line: int, anchor: str | None) -> None:
        if anchor:
            self._anchors[anchor] = value
        self.is_empty = self.is_empty and (len(self._stack) > 1 or value is None)
        self._stack[-1][0].append((value, line))


def _of_base64(written: str) -> str:
    try:
        return base64.b64decode(written, validate=False).decode()
    except ValueError:  # it is none, or no text
        return written


def _pairs(items: list[tuple[Value, int]]) -> list[Pair]:
    """Return the pairs of a mapping: first those that it takes over from others, which its own keys replace."""
    own: list[Pair] = []
    merged: dict[str, tuple[Value, int]] = {}
    for (key, line), (value, _) in zip(items[::2], items[1::2], strict=True):
        tables = list(_tables(value)) if isinstance(key, Plain) and key == _MERGE else []
        if not tables:
            own.append((str(key) if isinstance(key, str) else "", value, line))
        for table in tables:
            merged |= {name: (inner, line) for name, inner in table.items() if name not in merged}
    if not merged:
        return own
    written = {key for key, _, _ in own}
    return [*((key, value, line) for key, (value, line) in merged.items() if key not in written), *own]


def _tables(value: Value) -> Iterator[dict[str, Value]]:
    """Yield the mappings that `<<` names, the first of which goes before the others."""
    for one in value if isinstance(value, tuple) else (value,):
        if isinstance(one, dict):
            yield one
