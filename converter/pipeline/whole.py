"""A small digest -> its files, made by one worker: where there are many, all workers are busy, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from converter.diagnostics import Warn
from converter.limits.guard import attempt, report_outcome
from converter.model import Digest
from converter.pipeline.cache import encoded
from converter.pipeline.intake import PartLostError
from converter.pipeline.keys import part_key
from converter.themes import Theme
from converter.writers import File, Quick, Results

MOST = 256
"""Posts of a digest that is small."""
ENOUGH = 4
"""Digests for each worker: with fewer, some would have nothing to do towards the end."""


class Whole(Struct, frozen=True):
    """A job as a worker gets it."""

    job: int
    """Its number."""
    digest: Digest
    writer: Any
    context: str
    """What the results of the writer depend on besides their parts; empty where nothing is cached."""


class Finished(Struct, frozen=True):
    """What a worker made."""

    files: tuple[File, ...]
    parts: tuple[tuple[str, bytes], ...]
    """What the cache keeps of the parts, under their keys: the next run takes those that have not changed."""


class MakeWhole(Struct, frozen=True):
    """The task: all three steps of a writer."""

    theme: Theme

    def __call__(self, item: Whole, warn: Warn, /) -> Finished:
        """Return what a digest became. Raises where a part is lost: which, the parts say one by one."""
        kept: list[tuple[str, bytes]] = []
        rendered = tuple(enumerate(self._rendered(item, kept, warn)))
        files: tuple[File, ...] = item.writer.assemble(item.digest, self.theme, Results(rendered), warn)
        return Finished(files, tuple(kept))

    def _rendered(self, item: Whole, kept: list[tuple[str, bytes]], warn: Warn) -> Iterator[object]:
        if not item.digest.posts:  # none of them could be read again
            raise PartLostError
        is_cached = item.context and item.writer.kind() is not None
        for part in item.writer.split(item.digest, self.theme):
            outcome = attempt(lambda part, warn: item.writer.render(part, self.theme, warn), part)
            if outcome.value is None:
                raise PartLostError
            report_outcome(replace(outcome, value=None), paths_of(item.digest, part.keys) or item.digest.key, warn)
            if is_cached and (data := encoded(outcome)) is not None:
                kept.append((part_key(item.context, part), data))
            yield outcome.value


def is_small(digest: Digest, writer: object) -> bool:
    """Say whether a worker may make a digest alone."""
    return isinstance(writer, Quick) and 0 < len(digest.posts) <= MOST


def paths_of(digest: Digest, keys: Sequence[str]) -> str:
    """Return how messages name the sources of these posts."""
    return ", ".join(post.path for post in digest.posts if post.key in keys)
