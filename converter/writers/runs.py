"""The posts of a book -> runs: which of them begin a page or a file, and which go on below the one before."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar
from zlib import crc32

from converter.model import Post
from converter.model.walk import text_of
from converter.themes import Theme

ItemT = TypeVar("ItemT")

_SEAM = 4
"""One post in so many begins a new run, where the one before it is large enough."""


def begins_page(post: Post, theme: Theme) -> bool:
    """Return whether a post begins a page (PDF), or has a file of its own (EPUB): the token `new_page` of the theme."""
    rule = theme.tokens["new_page"]
    if rule in ("always", "never"):
        return rule == "always"
    return len(text_of(post.blocks)) > int(rule.split()[1])


def is_seam(key: str) -> bool:
    """Return whether a run may begin with the post of this key.

    The key alone says so: a post that comes or goes leaves the runs before it and most after it as they were.
    """
    return crc32(key.encode("utf-8", "surrogatepass")) % _SEAM == 0


def grouped(
    items: Iterable[ItemT], *, size: float, full: float, weigh: Callable[[ItemT], float], seam: Callable[[ItemT], bool]
) -> Iterator[tuple[ItemT, ...]]:
    """Yield items in runs. One ends before a seam once it weighs `full`, and at the latest when it weighs `size`."""
    group: list[ItemT] = []
    total = 0.0
    for item in items:
        weight = weigh(item)
        if group and (total + weight > size or (total > full and seam(item))):
            yield tuple(group)
            group, total = [], 0.0
        group.append(item)
        total += weight
    if group:
        yield tuple(group)
