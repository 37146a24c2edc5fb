"""Text to words: what counts as one, whatever the punctuation, the case and the form of the letters."""

import re
import unicodedata
from collections import Counter

_HAN = (
    r"\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # scripts without spaces
)
_WORD = re.compile(rf"[{_HAN}]|\d+|[^\W\d_{_HAN}]+")


def words(text: str) -> list[str]:
    """Return the words of a text in order: each Han character or kana, each run of other letters, each of digits.

    Letters and digits are apart, because the mark of a note may follow a word directly.
    Compatibility forms are unified (NFKC) and cases folded; soft hyphens and other invisible characters do not divide.
    """
    plain = unicodedata.normalize("NFKC", text)
    visible = "".join(character for character in plain if unicodedata.category(character) not in ("Cf", "Mn"))
    return _WORD.findall(visible.casefold())


def count(text: str) -> Counter[str]:
    """Return how often each word stands in a text."""
    return Counter(words(text))
