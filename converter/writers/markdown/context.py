"""How a post is to be written: its dialect, what becomes of tables, and where bad news goes."""

from typing import Literal

from msgspec import Struct

from converter.diagnostics import Diagnostic, Warn
from converter.writers.markdown.dialects import DIALECTS, Dialect

TableMode = Literal["html", "flatten", "error"]


def ignore(_diagnostic: Diagnostic) -> None:
    """Take no notice."""


class WriteContext(Struct, frozen=True, kw_only=True):
    """What all functions that write blocks need to know."""

    dialect: Dialect = DIALECTS["gfm"]
    tables: TableMode = "html"
    """What becomes of a table that Markdown has no form for."""
    file: str | None = None
    """The post, as diagnostics name it."""
    warn: Warn = ignore
