"""How much one post, and the images of a run, may ask for: every bound that a user may move, in one place.

A bound is far above what honest posts have, and keeps a post from costing the run its time or its memory. What is
beyond one is reported with its name.
"""

from typing import Annotated

from msgspec import Meta, Struct

_Count = Annotated[int, Meta(ge=1)]
_MARKS = "\n<*_`[|~$&\\"


class Limits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys of `[limits]` in `converter.toml`."""

    source_bytes: _Count = 32 * 1024 * 1024
    """Bytes of a source; a larger one is something else under a wrong name."""
    title: _Count = 1_000
    """Characters of a title; the rest is left out."""
    front_matter_keys: _Count = 5_000
    """Keys of front matter; the rest is left out."""
    marks: _Count = 400_000
    """Ends of lines and signs with a meaning in Markdown or HTML; a list of so many items takes a gigabyte."""
    code: _Count = 20_000
    """Characters of a block of code; a longer one is set without colours."""
    liquid_tags: _Count = 20_000
    """Tags and outputs of Liquid in a body."""
    liquid_loops: _Count = 10_000
    """Rounds of loops in each other."""
    liquid_characters: _Count = 10_000_000
    """What filters, loops and outputs make altogether, steps between counted."""
    memory: _Count = 1_000 * 1024 * 1024
    """Bytes that a process may take for one task, on Linux."""

    def marks_in(self, body: str) -> int:
        """Return how many marks are in a body, where it may have too many, else 0."""
        return sum(map(body.count, _MARKS)) if len(body) > self.marks else 0

    def hint(self, name: str) -> str:
        """Return what to do about a post beyond the limit of that name."""
        return f"if it is meant so, raise `{name}` in [limits] of converter.toml, now {getattr(self, name)}"


class FetchLimits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What fetching images may cost in one run: keys of `[images]`."""

    allow: tuple[str, ...] = ()
    """Hosts to fetch from, `*.example.org` for all below one, `*` for any; nothing is fetched from others."""
    max_bytes: int = 10_000_000
    """Of one image."""
    max_total_bytes: int = 200_000_000
    """Of all images."""
    max_images: int = 1000
    """How many requests there may be, failed ones included."""
    timeout: float = 20.0
    """Seconds for one image."""
    max_seconds: float = 300.0
    """For all images."""
    referer: str = ""
    """What is sent as the page that shows the image; some servers ask for one."""


DEFAULT = Limits()
