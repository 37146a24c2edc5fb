"""The posts of a site -> the blocks that most of them share: what a template left, and no rule has named yet."""

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from converter.model import Block, Heading, Paragraph, Post, Quote
from converter.model.walk import text_of

_FEWEST = 3
"""Posts that must share a block before it can be called repeated."""
_LONGEST = 400
"""Characters: what is longer is text, not furniture."""


class Repeated(Struct, frozen=True):
    """A block that many posts have in common."""

    words: str
    posts: int
    """In how many posts it stands."""
    example: str
    """The path of the first of them."""


def find_repeated(posts: Sequence[Post], *, share: float = 0.5) -> tuple[Repeated, ...]:
    """Return the blocks that at least `share` of the posts have, the most common first.

    Nothing is left out because of it: a person decides, and writes a rule.
    """
    counts: Counter[str] = Counter()
    examples: dict[str, str] = {}
    for post in posts:
        for words in dict.fromkeys(filter(None, map(_words, post.blocks))):
            counts[words] += 1
            examples.setdefault(words, post.path)
    fewest = max(_FEWEST, share * len(posts))
    return tuple(Repeated(words, count, examples[words]) for words, count in counts.most_common() if count >= fewest)


def _words(block: Block) -> str:
    """Return the words of a block that may be furniture, empty for every other."""
    if not isinstance(block, Heading | Paragraph | Quote):
        return ""
    words = " ".join(text_of(block).split())
    return words if len(words) <= _LONGEST else ""
