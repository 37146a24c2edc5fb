"""What the Liquid of one post may make: counted before it is made, so that ten short filters cannot fill the memory."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from io import StringIO
from typing import Any

from liquid import BoundTemplate, RenderContext, Token
from liquid.exceptions import ResourceLimitError

_ITEM = 16
"""Characters that an item of a list counts for besides its own."""
_MAX_BITS = 16_000
"""Of a whole number: as many as Python prints."""


class OverLimitError(ResourceLimitError):
    """The template wants more than the limit named by `limit`."""

    def __init__(self, limit: str) -> None:
        super().__init__(limit, token=None)
        self.limit = limit


class Budget:
    """Characters that may still be made, and rounds that loops may take."""

    def __init__(self, characters: int, loops: int) -> None:
        self._left = characters
        self.loops = loops

    def charge(self, characters: int) -> None:
        """Count what is about to be made. Raises `OverLimitError` when that is too much."""
        self._left -= characters
        if self._left < 0:
            raise OverLimitError("liquid_characters")

    def measure(self, value: object) -> int:
        """Return the characters of a value with all that is in it. Raises `OverLimitError` as soon as it is too large.

        What aliases of YAML name stands in it as often as they name it.
        """
        size, waiting = 0, [value]
        while waiting:
            match waiting.pop():
                case str() as text:
                    size += len(text)
                case int() as number if number.bit_length() > _MAX_BITS:
                    raise OverLimitError("liquid_characters")
                case range() as numbers:
                    size += _ITEM * max(0, numbers.stop - numbers.start)
                case Mapping() as table:
                    waiting.extend(table.values())
                    size += sum(_ITEM + len(str(key)) for key in table)
                case list() | tuple() as items:
                    waiting.extend(items)
                    size += _ITEM * len(items)
                case _:
                    size += _ITEM
            if size > self._left:
                raise OverLimitError("liquid_characters")
        return size


def _after_replace(value: object, arguments: tuple[Any, ...]) -> int:
    text, old, new = str(value), *(str(argument) for argument in (*arguments, "", "")[:2])
    return (text.count(old) if old else len(text) + 1) * len(new)


def _after_join(value: object, arguments: tuple[Any, ...]) -> int:
    return _length(value) * len(str(arguments[0] if arguments else " "))


def _after_split(value: object, arguments: tuple[Any, ...]) -> int:
    text, mark = str(value), str(arguments[0] if arguments else " ")
    return _ITEM * 4 * (len(text) + 1 if mark in ("", " ") else text.count(mark) + 1)


def _after_uniq(value: object, _arguments: tuple[Any, ...]) -> int:
    """Return what it costs to compare each item with all others."""
    return _length(value) ** 2 // 8


def _after_strip_html(value: object, _arguments: tuple[Any, ...]) -> int:
    """Return what it costs to look for the end of each tag, where there may be none."""
    text = str(value)
    return text.count("<") * len(text) // 256


def _length(value: object) -> int:
    if isinstance(value, range):
        return max(0, value.stop - value.start)
    return len(value) if isinstance(value, list | tuple) else 1


_MORE: Mapping[str, Callable[[object, tuple[Any, ...]], int]] = {
    "join": _after_join,
    "replace": _after_replace,
    "split": _after_split,
    "strip_html": _after_strip_html,
    "uniq": _after_uniq,
}
"""Filters that make, or cost, more than a small multiple of what they are given; what it is beyond that."""


_SHORT = frozenset({"first", "last", "printed", "size"})
"""Filters that do not look at the numbers of a range."""


class BudgetContext(RenderContext):
    """Counts what filters return and what is written into any buffer."""

    budget: Budget

    def filter(self, name: str, token: Token | None) -> Callable[..., object]:
        """Return a filter that is asked only for what there is room for."""
        function, budget = super().filter(name, token), self.budget

        def counted(value: object, *arguments: Any, **named: Any) -> object:
            if not (isinstance(value, range) and name in _SHORT):
                given = budget.measure(value) + budget.measure((*arguments, *named.values()))
                more = _MORE[name](value, arguments) if name in _MORE else 0
                # To look at what is there costs a fraction of making it.
                budget.charge(given // 16 + more)
            result = function(value, *arguments, **named)
            # Numbers with exponents print short.
            budget.charge(budget.measure(None if isinstance(result, Decimal) else result))
            return result

        return counted

    def stopindex(self, key: str, index: int | None = None) -> int:
        """Note where a loop stops: a loop that runs backwards makes a list of all before it begins."""
        if index is not None and index > self.budget.loops:
            raise OverLimitError("liquid_loops")
        return super().stopindex(key, index)

    def raise_for_loop_limit(self, length: int = 1) -> None:
        """Raises `OverLimitError` where loops in each other are too long."""
        rounds = length
        for loop in self.loops:
            rounds *= loop.length
        if rounds > self.budget.loops:
            raise OverLimitError("liquid_loops")
        # Loops one after another take time, too.
        self.budget.charge(_ITEM * length)

    def get_buffer(self, _buf: object = None) -> StringIO:
        return _Buffer(self.budget)


class _Buffer(StringIO):
    def __init__(self, budget: Budget) -> None:
        super().__init__()
        self._budget = budget

    def write(self, text: str, /) -> int:
        self._budget.charge(len(text))
        return super().write(text)


def render(template: BoundTemplate, budget: Budget) -> str:
    """Return what a template says. Raises `OverLimitError`, and what python-liquid raises."""
    values = template.make_globals({})
    # What a post says of itself may be printed as it is; lists in it may stand in each other.
    budget.measure(values.get("page"))
    context = BudgetContext(template, globals=values)
    context.budget = budget
    buffer = context.get_buffer()
    template.render_with_context(context, buffer)
    return buffer.getvalue()
