"""YAML -> values whose scalars are strings as written, without recursion and without copying what aliases name."""

import yaml

Value = str | None | tuple["Value", ...] | dict[str, "Value"]
"""What a key holds: scalars stay as written, so that `007`, `no` and `12:30` remain what they are."""

Pair = tuple[str, Value, int]
"""A key at the top, its value, and its one-based line."""

MAX_DEPTH = 32
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


class HeaderError(Exception):
    """A text is not what it should be; line and column count from one, in that text."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


def read_yaml(text: str) -> list[Pair]:
    """Return the keys at the top in their order, a repeated one as often as it stands there.

    Raises `HeaderError` for what is no YAML, or no mapping. An empty text gives no pairs.
    """
    composer = _Composer()
    try:
        for event in yaml.parse(text, Loader=yaml.CBaseLoader):
            composer.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise HeaderError(error.problem or "it cannot be parsed", *place) from error
    except yaml.YAMLError as error:
        raise HeaderError("it holds characters that YAML forbids") from error
    if not composer.is_mapping and not composer.is_empty:
        raise HeaderError("it is no list of keys and values")
    return composer.pairs


class _Composer:
    """Builds values from the events of one document.

    PyYAML's own composer recurses in C: brackets a hundred thousand deep kill the process. This one has a list for
    a stack, and an alias gives the very value of its anchor, so that nothing can explode.
    """

    def __init__(self) -> None:
        self.pairs: list[Pair] = []
        self.is_empty = True
        self.is_mapping = False
        self._stack: list[tuple[list[tuple[Value, int]], str | None]] = [([], None)]
        self._anchors: dict[str, Value] = {}

    def take(self, event: yaml.Event) -> None:
        """Take the next event."""
        line, column = (event.start_mark.line + 1, event.start_mark.column + 1) if event.start_mark else (1, 1)
        match event:
            case yaml.ScalarEvent():
                plain = not event.style and event.value in _NULLS
                self._add(None if plain else event.value, line, event.anchor)
            case yaml.AliasEvent():
                if event.anchor not in self._anchors:
                    raise HeaderError(f"'*{event.anchor}' names nothing", line, column)
                self._add(self._anchors[event.anchor], line, None)
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                if len(self._stack) > MAX_DEPTH:
                    raise HeaderError("it is nested too deeply", line, column)
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

    def _add(self, value: Value, line: int, anchor: str | None) -> None:
        if anchor:
            self._anchors[anchor] = value
        self.is_empty = self.is_empty and (len(self._stack) > 1 or value is None)
        self._stack[-1][0].append((value, line))


def _pairs(items: list[tuple[Value, int]]) -> list[Pair]:
    return [
        (key if isinstance(key, str) else "", value, line)
        for (key, line), (value, _) in zip(items[::2], items[1::2], strict=True)
    ]
