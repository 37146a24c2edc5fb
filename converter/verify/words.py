"""Text to words: what counts as one, whatever the punctuation, the case and the form of the letters."""

import re
import unicodedata
from collections import Counter

from converter.languages.letters import HAN, KANA

_HAN = f"{KANA}{HAN}\u3005-\u3007"
"""Letters of scripts without spaces, and the marks that repeat or stand for one."""
_RUN = rf"\d+|[^\W\d_{_HAN}]+"
_WORD = re.compile(rf"[{_HAN}]|{_RUN}")
_RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_DIGITS_OF_NOTE = 3
_LAST, _FIRST = re.compile(rf"(?:{_RUN})\Z"), re.compile(_RUN)


def words(text: str) -> list[str]:
    """Return the words of a text in order: each Han character or kana, each run of other letters, each of digits.

    Letters and digits are apart, because the mark of a note may follow a word directly.
    Compatibility forms are unified (NFKC) and cases folded; soft hyphens and other invisible characters do not divide.
    """
    return _WORD.findall(plain(text).casefold())


def plain(text: str) -> str:
    """Return a text without what does not make another word of a word: its form, marks above and below, joiners."""
    unified = unicodedata.normalize("NFKC", text)
    return "".join(character for character in unified if unicodedata.category(character) not in ("Cf", "Mn"))


def count(text: str) -> Counter[str]:
    """Return how often each word stands in a text, by its letters."""
    return Counter(map(letters, words(text)))


def letters(word: str) -> str:
    """Return what a word is counted by. Letters of scripts from right to left are taken without their order.

    Programs that read PDF turn such words around character by character, and so turn ligatures inside out.
    """
    return "".join(sorted(word)) if _RTL.match(word) else word


def in_pieces(lack: Counter[str], surplus: Counter[str]) -> Counter[str]:
    """Return the words of `lack` that are there otherwise than as words.

    Programs that read PDF cut words from right to left at the marks above and below their letters, and move the pieces;
    and the number of a note stands behind a number as if it were a part of it.
    """
    left = Counter(letter for word in surplus.elements() if _RTL.match(word) for letter in word)
    found: Counter[str] = Counter()
    numbers = [word for word in surplus.elements() if word.isdigit()]
    for word in lack.elements():
        longer = next((one for one in numbers if one.startswith(word) and len(one) - len(word) <= _DIGITS_OF_NOTE), "")
        if word.isdigit() and longer:
            numbers.remove(longer)
            found[word] += 1
            continue
        needed = Counter(word)
        if _RTL.match(word) and needed <= left:
            left -= needed
            found[word] += 1
    return found


def cut_word(before: str, after: str) -> str:
    """Return the word that is cut in two where a line ends; empty where none may be. Han characters are never cut."""
    left, right = _LAST.search(before), _FIRST.match(after)
    return left[0] + right[0] if left and right and left[0].isdigit() == right[0].isdigit() else ""
