"""Lays out the pages that only the whole book knows, for the assembly: its values become what Typst pages read."""

from collections.abc import Mapping
from typing import Any

from converter.diagnostics import Warn
from converter.writers import Results
from converter.writers.book import Book
from converter.writers.pdf.fragment import Laid, RenderedRun
from converter.writers.pdf.style import Style
from converter.writers.pdf.typst.compiler import program
from converter.writers.pdf.typst.layout import lay_out_page
from converter.writers.pdf.typst.tongues import tongue
from converter.writers.pdf.typst.values import MASTHEAD


class Typesetter:
    """Cover and contents, index and colophon, page numbers."""

    name = program()

    def __init__(self, style: Style, results: Results[RenderedRun]) -> None:
        """`results` may have pages that an earlier run made."""
        self._style = style
        self._results = results

    def prepare(self) -> None:
        """Do nothing: Typst is loaded in no time."""

    def page(self, name: str, values: Mapping[str, Any], warn: Warn) -> Laid:
        """Return the pages that `pdf/NAME.typ` makes of values."""
        style, shown = self._style, {**values, **_plain(values, self._style)}

        def typeset(warn: Warn) -> Laid:
            return lay_out_page(f"{name}.typ", shown, style, warn)

        return self._results.once((name, shown, style.language, style.sections), Laid, typeset, warn)


def _plain(values: Mapping[str, Any], style: Style) -> dict[str, Any]:
    """Return the values that JSON cannot say, or Typst has other names for."""
    found: dict[str, Any] = {}
    if isinstance(book := values.get("book"), Book):
        found["book"] = {
            "title": book.title,
            "masthead": style.headline(book.masthead, MASTHEAD),
            "dateline": book.dateline,
            "publisher": book.publisher if book.publisher != book.masthead else book.description,
            "sources": [[source.name, source.posts] for source in book.sources],
            "license": book.license,
        }
    if "headlines" in values:
        found["headlines"] = [
            {**_tongued(line, style), "title": style.headline(line["title"], 1)} for line in values["headlines"]
        ]
    if "tags" in values:
        found["tags"] = [{**tag, "name": style.isolated((tag["name"],))[0]} for tag in values["tags"]]
    if "sections" in values:
        found["sections"] = [
            {**section, "entries": [_tongued(row, style) for row in section["entries"]]}
            for section in values["sections"]
        ]
    return found


def _tongued(line: Mapping[str, Any], style: Style) -> dict[str, Any]:
    return {**line, "lang": tongue(line["language"] or style.language)}
