"""Digests and the formats that they are wanted in -> jobs, with the bodies of their posts while they are done."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from converter.diagnostics import Diagnostic, Severity, ignore
from converter.model import Digest
from converter.pipeline.report import Written
from converter.pipeline.selection import selected
from converter.site.folding import Folded


class Job(Struct, frozen=True):
    """A digest to be written by one writer."""

    digest: Digest
    """Its posts have no bodies before it is begun."""
    format: str
    writer: Any
    context: str
    """What the results of the writer depend on besides their parts; empty where nothing is cached."""
    key: str
    """Of its finished files, in the cache."""
    duplicates: Folded = ()
    """The posts that others of the digest stand for, or name."""
    is_sealed: bool = False
    """Whether its posts are as they were published, and not as their sources are."""
    apart: frozenset[str] = frozenset()
    """The keys of posts whose parts were lost with others in them: each is a part of its own now, where it can be."""


class Made(Struct, frozen=True):
    """What became of a digest in one format."""

    digest: str
    """Its key."""
    format: str
    files: tuple[Written, ...]
    """None where it could not be made."""
    diagnostics: tuple[Diagnostic, ...]

    @property
    def is_whole(self) -> bool:
        """Whether all of it could be made."""
        return bool(self.files) and all(one.severity is not Severity.ERROR for one in self.diagnostics)


class UnderWay:
    """The jobs that are begun and not finished: the only ones whose posts are in memory."""

    def __init__(self, jobs: Sequence[Job], opened: Callable[[Digest], Digest]) -> None:
        self._jobs = jobs
        self._opened = opened
        self._begun: dict[int, Job] = {}
        self._last: tuple[str, Digest] | None = None

    def jobs(self, skip: Container[int]) -> Iterator[tuple[int, Job]]:
        """Yield the jobs that are not to be skipped, with the bodies of their posts, and note that they are begun."""
        for number, job in enumerate(self._jobs):
            if number not in skip:
                self._begun[number] = self.begun(job)
                yield number, self._begun[number]
        self._last = None

    def begun(self, job: Job) -> Job:
        """Return a job with the bodies of its posts; its formats share them."""
        if self._last is None or self._last[0] != job.digest.key:
            self._last = job.digest.key, self._opened(job.digest)
        return replace(job, digest=selected(self._last[1], job.writer, ignore))

    def taken(self, number: int) -> Job:
        """Return a job that was begun, and let go of it."""
        return self._begun.pop(number)
