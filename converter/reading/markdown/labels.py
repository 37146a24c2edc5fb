"""The text of a link, between brackets, is looked for within a budget.

Brackets that never close cost as many looks as they are deep in each other, and there may be a million of them.
"""

from types import SimpleNamespace

from markdown_it import MarkdownIt
from markdown_it.helpers import parseLinkDestination, parseLinkLabel, parseLinkTitle
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline

_PER_CHARACTER, _LEAST = 4, 10_000
"""Looks for each character of a text, and for any text. A text whose brackets close takes less than one."""


def labels(md: MarkdownIt) -> None:
    """Give the parser its budget: brackets beyond it are text."""
    skip = md.inline.skipToken

    def counted(state: StateInline) -> None:
        state.env["looks"] -= 1
        skip(state)

    def label_end(state: StateInline, start: int, disableNested: bool = False) -> int:  # noqa: FBT001, FBT002, N803  # markdown-it's signature
        return -1 if state.env["looks"] <= 0 else parseLinkLabel(state, start, disableNested)

    md.inline.skipToken = counted  # type: ignore[method-assign]  # this parser's alone
    md.helpers = SimpleNamespace(  # type: ignore[assignment]  # what it has is a module
        parseLinkDestination=parseLinkDestination, parseLinkLabel=label_end, parseLinkTitle=parseLinkTitle
    )
    md.core.ruler.before("block", "label_budget", _set_budget)


def _set_budget(state: StateCore) -> None:
    state.env["looks"] = _PER_CHARACTER * len(state.src) + _LEAST
