"""Says how long posts are: in words, and in minutes that reading takes."""

import re
from collections.abc import Iterable

from msgspec import Struct

from converter.model.posts import Post
from converter.model.walk import text_of

HAN_A_MINUTE = 400
"""Han characters and kana that an adult reads in a minute."""
WORDS_A_MINUTE = 230
"""Words of an alphabet."""

_HAN = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
_WORD = re.compile(r"[^\W_]+")


class Length(Struct, frozen=True):
    """How long a text is."""

    words: int
    """Runs of letters and digits; of scripts without spaces between words, every Han character or kana is one."""
    minutes: float


def length_of(post: Post) -> Length:
    """Return the length of what a post says, without its footnotes."""
    text = text_of(post.blocks, between="\n")
    rest, runs = _HAN.subn(" ", text)
    han, words = len(text) - len(rest) + runs, len(_WORD.findall(rest))
    return Length(han + words, han / HAN_A_MINUTE + words / WORDS_A_MINUTE)


def minutes_to_read(posts: Iterable[Post]) -> int:
    """Return whole minutes, at least one."""
    return whole_minutes(sum(minutes_of(post) for post in posts))


def whole_minutes(minutes: float) -> int:
    """Return what a reader is told: nobody reads anything in no time."""
    return max(1, round(minutes))


def minutes_of(post: Post) -> float:
    """Return how many minutes one post takes."""
    return length_of(post).minutes
