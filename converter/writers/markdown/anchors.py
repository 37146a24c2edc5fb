"""Gives headings the anchors that links reach them by."""

import re
import unicodedata

from converter.writers.markdown.dialects import Dialect

_KEPT = frozenset({"Pc", "Nd", "Nl"})


class Anchors:
    """The anchors of one file, given in the order of its headings."""

    def __init__(self, dialect: Dialect) -> None:
        self._by_words = dialect.anchors == "text"
        self._times: dict[str, int] = {}

    def add(self, words: str) -> str:
        """Return the anchor of the next heading, as readers derive it: on GitHub a repeated one gets a number."""
        if self._by_words:
            # Obsidian finds a heading by its words, less what means something in a link.
            return " ".join(re.sub(r"[#^|\[\]:%\\]", " ", words).split())
        base = slug(words)
        anchor = base
        while anchor in self._times:
            self._times[base] += 1
            anchor = f"{base}-{self._times[base]}"
        self._times[anchor] = 0
        return anchor


def slug(words: str) -> str:
    """Return the words of a heading as GitHub makes a URL of them: lower case, no punctuation, hyphens."""
    return "".join(char for char in words.lower().strip() if _stays(char)).replace(" ", "-")


def _stays(char: str) -> bool:
    return char in "- " or char.isalpha() or unicodedata.category(char) in _KEPT or unicodedata.category(char)[0] == "M"
