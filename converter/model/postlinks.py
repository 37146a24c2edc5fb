"""Links to posts of the same site, as the `href` of a link has them, -> a key and a place; and back."""

from typing import NamedTuple

SCHEME = "post:"


class PostLink(NamedTuple):
    """A link to another post, or to a place in it: `post:KEY` or `post:KEY#id`."""

    key: str
    fragment: str = ""
    """The id of a place in the post; empty for its beginning."""

    @classmethod
    def parse(cls, href: str) -> "PostLink | None":
        """Return what an `href` means, `None` where it is no link to a post."""
        if not href.startswith(SCHEME):
            return None
        key, _, fragment = href.removeprefix(SCHEME).partition("#")
        return cls(key, fragment)

    def __str__(self) -> str:
        return f"{SCHEME}{self.key}" + (f"#{self.fragment}" if self.fragment else "")
