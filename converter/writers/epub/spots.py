"""A book -> where each of its posts is: in a file of its own, or in one that short posts share."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from converter.model import Post
from converter.model.walk import text_of
from converter.themes import Theme
from converter.writers.book import Book
from converter.writers.epub.names import chapter_name, place_id, shared_name
from converter.writers.epub.parts import Spot
from converter.writers.runs import begins_page, grouped, is_seam

BRIEF = 600
"""Characters of a post that is over before one wants to go on: links to the next would be longer than it."""
POSTS, BYTES, IMAGES = 48, 100_000, 4_000_000
"""How many posts a file has at the most; how many bytes of text, markup aside; and of images."""
FULL = 0.7
"""How much of that is enough."""


def is_brief(post: Post) -> bool:
    """Return whether a post needs no links to those before and after it."""
    return len(text_of(post.blocks)) < BRIEF


def spots_of(book: Book, theme: Theme) -> dict[str, Spot]:
    """Return where each post is, by its key, in reading order."""
    posts = {post.key: post for post in book.digest.posts}
    found: dict[str, Spot] = {}
    taken: list[str] = []
    for section in book.sections:
        title = section.title
        while title in taken:  # a category may be called like the rest
            title += " "
        taken.append(title)
        before, goes_on = "", False
        for run in _runs([posts[entry.key] for entry in section.entries], theme):
            if len(run) == 1:
                found[run[0].key] = Spot(chapter_name(run[0].key))
            else:
                name = chapter_name(run[0].key) if goes_on else shared_name(title, before)
                found |= {post.key: Spot(name, place_id(post.key)) for post in run}
            before, goes_on = run[-1].key, len(run) > 1
    return found


def _runs(posts: Sequence[Post], theme: Theme) -> Iterator[tuple[Post, ...]]:
    """Yield posts that stand alone, and runs of those that share a file."""
    for alone, some in groupby(posts, lambda post: begins_page(post, theme)):
        if alone:
            yield from ((post,) for post in some)
        else:
            yield from grouped(some, size=1, full=FULL, weigh=_weight, seam=lambda post: is_seam(post.key))


def _weight(post: Post) -> float:
    """Return which part of a file a post fills."""
    text = len(text_of(post.blocks).encode("utf-8", "surrogatepass"))
    return 1 / POSTS + text / BYTES + sum(asset.size for asset in post.assets) / IMAGES
