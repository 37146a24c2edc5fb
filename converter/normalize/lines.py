"""Apply a change to every run of inlines of a post."""

from collections.abc import Callable

from msgspec.structs import replace

from converter.model import Block, Inline, Post
from converter.walk import walk

Line = tuple[Inline, ...]

_FIELDS = ("children", "caption", "base")


def rewrite_lines(post: Post, change: Callable[[Line], Line]) -> Post:
    """Return the post with `change` made to the inlines of every paragraph, heading, caption and format.

    Inner runs come before outer ones. A change that returns its argument leaves the node as it is.
    """

    def rewrite(node: Inline | Block) -> Inline | Block:
        changes = {}
        for name in _FIELDS:
            old = getattr(node, name, None)
            if old and (new := change(old)) is not old:
                changes[name] = new
        return replace(node, **changes) if changes else node

    return walk(post, rewrite)
