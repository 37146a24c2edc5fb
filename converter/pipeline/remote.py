"""Editions -> files in place, a task an edition: on a cluster, the worker that has one makes it and puts it in place.

Neither rendered parts nor finished files come back, only what became of them. A large edition is made part by part, by
all workers; so is one whose worker dies or runs out of time, so that one post is what it costs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from converter.config import Config
from converter.diagnostics import Warn, ignore
from converter.limits.bounds import Bounds
from converter.model import Digest
from converter.pipeline.cache import TaskCache
from converter.pipeline.executors import SerialExecutor, outcomes
from converter.pipeline.jobs import Made
from converter.pipeline.output import Put
from converter.pipeline.plan import Edition
from converter.pipeline.report import Progress, Stage, silent
from converter.pipeline.write import WriteStage, taken_by
from converter.storage import is_url
from converter.storage.cache import Cache
from converter.themes import Theme

MOST_POSTS = 500
"""Posts of an edition that one worker makes alone."""


class _Make(Struct, frozen=True):
    """The task: an edition with the bodies of its posts becomes files in place."""

    config: Config
    theme: Theme
    put: Put | None
    bounds: Bounds

    def __call__(self, edition: Edition, _warn: Warn, /) -> tuple[Made, ...]:
        nothing = TaskCache(Cache(), ignore)
        stage = WriteStage(
            SerialExecutor(self.bounds), self.config, self.theme, None, ignore, nothing, put=self.put, force=True
        )
        return tuple(stage.write([edition], silent))


def made_by_workers(
    stage: WriteStage, editions: Sequence[Edition], progress: Progress, opened: Callable[[Digest], Digest]
) -> Iterator[Made]:
    """Write every edition in each of its formats, as `WriteStage.write` does; where workers can, they do it alone."""
    whole = _whole(stage, editions)
    total, done = sum(map(_count, editions)), 0
    wide = stage.config.jobs
    task = _Make(replace(stage.config, jobs=1), stage.theme, stage.put, getattr(stage.executor, "bounds", Bounds()))
    work = ([replace(edition, digest=opened(edition.digest))] for edition in whole)
    made = {edition.digest.key: False for edition in whole}
    for edition, outcome in outcomes(stage.executor, task, work, window=2 * wide):
        if outcome.value is None:
            continue
        made[edition.digest.key] = True
        for each in outcome.value:
            stage.taken.update((file.path.casefold(), taken_by(each.format, each.digest)) for file in each.files)
            yield each
        done += _count(edition)
        progress(Stage.WRITE, done, total)
    rest = [edition for edition in editions if not made.get(edition.digest.key)]
    if rest:
        yield from stage.write(rest, lambda name, count, _: progress(name, done + count, total), opened)


def _count(edition: Edition) -> int:
    return len(edition.digest.posts) * max(1, len(edition.formats))


def _whole(stage: WriteStage, editions: Sequence[Edition]) -> list[Edition]:
    """Return the editions that a worker makes alone: where it can put them, and no name can be that of another's file.

    Words are compared with sources in the run itself.
    """
    if not (getattr(stage.executor, "is_remote", False) and is_url(stage.config.output)) or stage.texts is not None:
        return []
    keys = sorted(edition.digest.key.casefold() for edition in editions)
    doubtful = {one for one, other in pairwise(keys) if other.startswith(one)}
    return [
        edition
        for edition in editions
        if len(edition.digest.posts) <= MOST_POSTS
        and edition.digest.key.casefold() not in doubtful
        and not _is_taken(stage, edition.digest.key)
    ]


def _is_taken(stage: WriteStage, key: str) -> bool:
    """Say whether a file that another edition has may be in the way of one with this key."""
    names = (name for name, maker in stage.taken.items() if not maker.endswith(f" for {key}"))
    return any(name.startswith(key.casefold()) for name in names)
