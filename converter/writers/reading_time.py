"""Says how long posts take to read."""

import re
from collections.abc import Iterable

from converter.languages.letters import HAN, KANA
from converter.model import Post
from converter.model.walk import text_of

HAN_A_MINUTE = 400
"""Han characters and kana that an adult reads in a minute."""
WORDS_A_MINUTE = 230
"""Words of an alphabet."""

_HAN = re.compile(f"[{KANA}{HAN}]+")
_WORD = re.compile(r"[^\W_]+")


def minutes_to_read(posts: Iterable[Post]) -> int:
    """Return whole minutes, at least one."""
    return whole_minutes(sum(minutes_of(post) for post in posts))


def whole_minutes(minutes: float) -> int:
    """Return what a reader is told: nobody reads anything in no time."""
    return max(1, round(minutes))


def minutes_of(post: Post) -> float:
    """Return how many minutes one post takes."""
    text = text_of(post.blocks)
    rest, runs = _HAN.subn(" ", text)
    han = len(text) - len(rest) + runs
    return han / HAN_A_MINUTE + len(_WORD.findall(rest)) / WORDS_A_MINUTE
