"""Runs a template of known tags through python-liquid, within limits; nothing in it reaches files, clock or net."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC
from functools import wraps

from liquid import Environment, Mode, RenderContext, Token
from liquid.exceptions import FilterError, LiquidError, ResourceLimitError
from liquid.expression import Expression
from liquid.filter import with_context

from converter.languages.zones import zone_named
from converter.limits.values import Limits
from converter.reading.liquid.budget import Budget, OverLimitError, render
from converter.reading.liquid.filters import FilterContext, filters, grouped, items_of
from converter.reading.liquid.printed import printed

_MAX_EXPRESSION = 500
"""Characters of an expression that is handed to a filter."""

TOO_MUCH = {
    "liquid_characters": "it makes too many characters",
    "liquid_loops": "its loops take too many rounds",
}
"""What is wrong, by the limit that is met."""


_OF_TEXT = (
    "append", "capitalize", "downcase", "escape", "lstrip", "newline_to_br", "prepend", "remove", "replace", "rstrip",
    "split", "strip", "strip_html", "strip_newlines", "truncate", "truncatewords", "upcase", "url_encode",
)  # fmt: skip


class TemplateError(Exception):
    """The template cannot be run, or wants too much: more than the limit of the name `limit`."""

    def __init__(self, message: str, limit: str = "") -> None:
        super().__init__(message)
        self.limit = limit


class _Harmless(Environment):
    """Skips what it does not understand, and stops at what costs too much."""

    def error(self, exc: type[LiquidError] | LiquidError, msg: str | None = None, token: Token | None = None) -> None:
        if isinstance(exc, ResourceLimitError):
            raise exc
        super().error(exc, msg, token)


def run(template: str, values: Mapping[str, object], limits: Limits) -> str:
    """Return what the template says. Raises `TemplateError`."""
    environment = _Harmless(tolerance=Mode.LAX, strict_filters=False, globals=dict(values))
    site = values.get("site")
    variables: Mapping[str, object] = site if isinstance(site, Mapping) else {}
    zone = zone_named(printed(variables.get("timezone"))) or UTC
    place = FilterContext(printed(variables.get("url")), printed(variables.get("baseurl")), zone)
    own = filters(place) | _EXPRESSIONS | {"printed": printed}
    environment.filters |= {name: _costing_itself(function) for name, function in own.items()}
    environment.filters |= {name: _of_text(environment.filters[name]) for name in _OF_TEXT}
    try:
        budget = Budget(len(template) + limits.liquid_characters, limits.liquid_loops)
        return render(environment.from_string(template), budget)
    except OverLimitError as error:
        raise TemplateError(TOO_MUCH[error.limit], error.limit) from error
    except (LiquidError, RecursionError, ArithmeticError, LookupError, ValueError, TypeError, AttributeError) as error:
        raise TemplateError(str(error).partition("\n")[0] or type(error).__name__) from error


def _of_text(function: Callable[..., object]) -> Callable[..., object]:
    """Return a filter of text that is given other values as Ruby prints them."""

    @wraps(function)
    def call(value: object, *args: object, **named: object) -> object:
        return function(printed(value), *(printed(one) if isinstance(one, bool) else one for one in args), **named)

    return call


def _costing_itself(function: Callable[..., object]) -> Callable[..., object]:
    """Return a filter that costs its output only where it is called with values that it cannot take."""

    @wraps(function)
    def call(*args: object, **named: object) -> object:
        try:
            return function(*args, **named)
        except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
            raise FilterError(str(error), token=None) from error

    return call


# ---- filters with an expression ----


def _parsed(context: RenderContext, template: str, attribute: str) -> Expression | None:
    """Return the expression of the one node of a template, `None` where there is none."""
    if len(template) > _MAX_EXPRESSION:
        return None
    node = next(iter(context.env.from_string(template).nodes), None)
    found = getattr(node, attribute, None)
    return found if isinstance(found, Expression) else None


def _values(context: RenderContext, expression: Expression, name: str, items: Iterable[object]) -> Iterator[object]:
    """Yield what an expression gives for each of the items under a name."""
    for item in items:
        with context.extend({name: item}):
            yield expression.evaluate(context)


def _chosen(value: object, name: object, written: object, context: RenderContext) -> list[object] | None:
    """Return the items for which a condition holds, `None` where there are no items or is no condition."""
    items = items_of(value)
    condition = _parsed(context, f"{{% if {printed(written)} %}}{{% endif %}}", "condition")
    if items is None or condition is None:
        return None
    truths = _values(context, condition, printed(name), items)
    return [item for item, true in zip(items, truths, strict=True) if true]


@with_context
def _where_exp(value: object, name: object, condition: object, *, context: RenderContext) -> object:
    chosen = _chosen(value, name, condition, context)
    return value if chosen is None else chosen


@with_context
def _find_exp(value: object, name: object, condition: object, *, context: RenderContext) -> object:
    chosen = _chosen(value, name, condition, context)
    return value if chosen is None else next(iter(chosen), None)


@with_context
def _group_by_exp(value: object, name: object, written: object, *, context: RenderContext) -> object:
    items = items_of(value)
    expression = _parsed(context, f"{{{{ {printed(written)} }}}}", "expression")
    if items is None or expression is None:
        return value
    names = iter(list(_values(context, expression, printed(name), items)))
    return grouped(items, lambda _item: next(names))


_EXPRESSIONS = {"find_exp": _find_exp, "group_by_exp": _group_by_exp, "where_exp": _where_exp}
