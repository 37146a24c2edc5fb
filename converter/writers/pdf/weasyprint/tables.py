"""Marks the tables that would be wider than the page, so that the style sheet may break their words."""

import re
from html import unescape

from converter.writers.pdf.style import ems

SIZE = 0.8
"""The size of text in tables, in text sizes."""
PADDING = 1.2
"""What a cell adds to the width of its words, in font sizes."""

_TABLE = re.compile(r'<div class="table( wide)?">(.*?)</div>', re.DOTALL)
_CELL = re.compile(r"<t[dh][^>]*>(.*?)</t[dh]>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_HAN = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")


def mark_dense(markup: str, measure: float) -> str:
    """Return markup in which a table has the class `dense` if its longest words do not fit side by side.

    `measure` is the length of a line in text sizes.
    """

    def marked(table: re.Match[str]) -> str:
        if _narrowest(table[2]) * SIZE <= measure:
            return table[0]
        return f'<div class="table{table[1] or ""} dense">{table[2]}</div>'

    return _TABLE.sub(marked, markup)


def _narrowest(table: str) -> float:
    """Return the width below which a word would have to be broken, in font sizes."""
    columns: list[float] = []
    for row in table.split("</tr>"):
        for number, cell in enumerate(_CELL.findall(row)):
            columns += [0.0] * (number + 1 - len(columns))
            columns[number] = max(columns[number], _longest_word(unescape(_TAG.sub("", cell))))
    return sum(width + PADDING for width in columns)


def _longest_word(text: str) -> float:
    """Return the width of the longest stretch without a place for a line break; Han breaks anywhere."""
    return max((ems(word) for word in _HAN.sub(" ", text).split()), default=1.0)
