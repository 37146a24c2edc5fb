"""The second fan-out: digests to files in place, a task a part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from hashlib import sha256
from itertools import groupby
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from converter.diagnostics import Code, Diagnostic, Outcome, Warn, WriterError, counted
from converter.digest import without
from converter.limits.guard import attempt, report_outcome
from converter.model import Digest, Post
from converter.pipeline.bisection import find_culprits
from converter.pipeline.executors import cores, outcomes
from converter.pipeline.output import publish
from converter.pipeline.report import Progress, Stage, Written
from converter.themes import Theme
from converter.writers import File, Results

if TYPE_CHECKING:  # workers import this module, and need neither
    from converter.config import Config
    from converter.verify import SourceText

BATCH = 16
"""Parts that go to a worker together at the most."""


def render_files(
    digest: Digest, writer: Any, theme: Theme, warn: Warn, executor: Executor | None = None
) -> tuple[File, ...]:
    """Return the files that a writer makes of a digest. Raises `WriterError`.

    Its parts are rendered by `executor`, or one after the other in this thread. What a part reports comes in the order
    of the parts.
    """
    parts = writer.split(digest, theme)
    here = ((number, writer.render(part, theme, warn)) for number, part in enumerate(parts))
    rendered = here if executor is None else _rendered_by(executor, writer, parts, theme, warn)
    files: tuple[File, ...] = writer.assemble(digest, theme, Results(rendered), warn)
    return files


def _rendered_by(
    executor: Executor, writer: Any, parts: Sequence[Any], theme: Theme, warn: Warn
) -> Iterator[tuple[int, object]]:
    works = ((_Work(0, number, writer, part),) for number, part in enumerate(parts))
    for work, outcome in outcomes(executor, _Render(theme), works, window=4 * cores()):
        if outcome.value is None:
            *_, fault = outcome.diagnostics
            place = fault.file or ", ".join(work.part.keys)
            raise WriterError(fault.code, fault.message, file=place, line=fault.line, hint=fault.hint)
        report_outcome(outcome, "", warn)
        yield work.number, outcome.value


class Job(Struct, frozen=True):
    """A digest to be written by one writer."""

    digest: Digest
    format: str
    writer: Any
    apart: frozenset[str] = frozenset()
    """The keys of posts whose parts were lost with others in them: each is a part of its own now, where it can be."""


class _Work(Struct, frozen=True):
    """A part of a job, by the job's number."""

    job: int
    number: int
    """Of the part in the job, counted from 0."""
    writer: Any
    part: Any


_USAGE = frozenset({Code.USAGE, Code.CONFIG_INVALID, Code.LIBRARY_MISSING, Code.PLUGIN_INVALID})

_Rendered = tuple[_Work, Outcome[object]]
"""A part and what became of it."""


class _Render(Struct, frozen=True):
    """The task of this fan-out."""

    theme: Theme

    def __call__(self, item: _Work, warn: Warn, /) -> object:
        return item.writer.render(item.part, self.theme, warn)

    def recall(self, item: _Work) -> Outcome[object] | None:
        """Return what an earlier run rendered, where the writer keeps that."""
        recall = getattr(item.writer, "recall", None)
        return recall(item.part, self.theme) if recall else None


def _pieces(part: Any) -> Sequence[Any]:
    """Return what a part can be cut into: what kills a part that holds many posts costs one of them."""
    pieces = getattr(part, "pieces", None)
    return (pieces() if pieces else ()) or (part,)


def _is_same_job(one: _Work, other: _Work) -> bool:
    return one.job == other.job


class Workshop(Struct, frozen=True):
    """What all jobs of a run share."""

    executor: Executor
    config: Config
    theme: Theme
    texts: Mapping[str, SourceText] | None
    """What the sources say, by key, where finished files are to be compared with it."""
    warn: Warn
    taken: dict[str, str] = {}
    """The files that are in place, by name without regard to case, and who made them."""

    def write(self, digests: Sequence[Digest], progress: Progress) -> tuple[Written, ...]:
        """Write every digest in every format; report what could not be written."""
        jobs = [Job(digest, name, writer) for digest in digests for name, writer in self.config.writers.items()]
        total = sum(len(job.digest.posts) for job in jobs)
        files: list[Written] = []
        for number, results in groupby(_told(self._rendered(jobs), total, progress), key=lambda pair: pair[0].job):
            files.extend(self._finish(jobs[number], results))
        if jobs:
            progress(Stage.WRITE, total, total)
        return tuple(files)

    def _rendered(self, jobs: Sequence[Job], known: _Known | None = None) -> Iterator[_Rendered]:
        """Yield the parts of one job after another; those of a job as they are ready."""
        task = _Render(self.theme)
        recall = task.recall if known is None else lambda work: known.get(work) or task.recall(work)
        window = 4 * self.config.jobs
        return outcomes(self.executor, task, self._batches(jobs), recall=recall, same=_is_same_job, window=window)

    def _batches(self, jobs: Sequence[Job]) -> Iterator[list[_Work]]:
        """Yield the parts of all jobs, small ones together, so that every worker is busy across digests and formats."""
        for number, job in enumerate(jobs):
            parts = self._parts(job)
            start = 0
            while start < len(parts):
                # Fewer towards the end, so that no worker has the last ones to itself.
                size = max(1, min(BATCH, (len(parts) - start) // (4 * self.config.jobs)))
                works = enumerate(parts[start : start + size], start)
                yield [_Work(number, place, job.writer, part) for place, part in works]
                start += size

    def _parts(self, job: Job) -> Sequence[Any]:
        """Return the parts of a job; none, and a report, where the writer fails."""
        outcome = attempt(lambda digest, _warn: tuple(job.writer.split(digest, self.theme)), job.digest)
        report_outcome(outcome, job.digest.key, self.warn)
        parts = outcome.value or ()
        return [each for part in parts for each in (_pieces(part) if job.apart & {*part.keys} else (part,))]

    def _finish(self, job: Job, results: Iterator[_Rendered]) -> tuple[Written, ...]:
        """Assemble and publish what is rendered; leave out the posts that could not be, and do the rest again."""
        intake = _Intake(results)
        outcome = attempt(_Assemble(self, job), intake.values())
        said_of_all = intake.all()
        if apart := {key for work in intake.divisible for key in work.part.keys}:
            rest = replace(job, apart=job.apart | apart)
            return self._finish(rest, self._rendered([rest], intake.known))
        for work, said in said_of_all:
            report_outcome(said, _paths(job.digest, work.part.keys) or job.digest.key, self.warn)
        lost = {key for work in intake.lost for key in work.part.keys or [post.key for post in job.digest.posts]}
        if lost:
            rest = replace(job, digest=without(job.digest, lost))
            return self._finish(rest, self._rendered([rest], intake.known)) if rest.digest.posts else ()
        if outcome.value is None and len(job.digest.posts) > 1 and not _is_usage(outcome):
            job, outcome = self._without_culprits(job, outcome)
        report_outcome(outcome, job.digest.key, self.warn)
        return self._published(job, outcome.value) if outcome.value is not None else ()

    def _published(self, job: Job, files: tuple[File, ...]) -> tuple[Written, ...]:
        def put(files: tuple[File, ...], _warn: Warn, /) -> tuple[File, ...]:
            _check_names(files, job, self.taken)
            return publish(files, self.config.output)

        outcome = attempt(put, files)
        report_outcome(outcome, job.digest.key, self.warn)
        return tuple(_written(file, job) for file in outcome.value or ())

    def _without_culprits(self, job: Job, failed: Outcome[tuple[File, ...]]) -> tuple[Job, Outcome[tuple[File, ...]]]:
        """Return the job without the posts because of which its book was refused, which are named, and the book.

        Where none of the posts is to blame, that is the job as it was, and `failed`, which became of it.
        """
        known = _Known()

        def trial(keys: Sequence[str]) -> Outcome[tuple[File, ...]]:
            some = replace(job, digest=without(job.digest, {post.key for post in job.digest.posts} - {*keys}))
            intake = _Intake(self._rendered([some], known), known)
            outcome = attempt(_Assemble(self, some), intake.values())
            intake.all()
            return outcome

        found = find_culprits([post.key for post in job.digest.posts], trial)
        if found.outcome is None:
            return job, failed
        for post in job.digest.posts:
            if (outcome := found.culprits.get(post.key)) is not None:
                report_outcome(outcome, post.path, self.warn)
                self.warn(_left_out(post))
        return replace(job, digest=without(job.digest, {*found.culprits})), found.outcome


class _PartLostError(Exception):
    """A part could not be rendered, so that the digest is to be written without it."""


class _Intake:
    """Takes what was rendered of one job, and hands the values on: they need not all be in memory."""

    def __init__(self, results: Iterator[_Rendered], known: _Known | None = None) -> None:
        self._results = results
        self.known = known or _Known()
        """What was rendered after the first part that was lost, or everything where `known` was given."""
        self._keeps = known is not None
        self._said: list[_Rendered] = []
        self.lost: list[_Work] = []
        self.divisible: list[_Work] = []
        """Those of the lost that may be tried again in pieces."""

    def values(self) -> Iterator[tuple[int, object]]:
        """Yield the numbers and values of parts as they are ready. Raises `_PartLostError` for one without a value."""
        for work, outcome in self._results:
            self._note(work, outcome)
            if outcome.value is None:
                raise _PartLostError
            yield work.number, outcome.value

    def all(self) -> list[_Rendered]:
        """Return the outcomes of all parts without their values, in the order of the parts, when the last is there."""
        for work, outcome in self._results:
            self._note(work, outcome)
        return sorted(self._said, key=lambda said: said[0].number)

    def _note(self, work: _Work, outcome: Outcome[object]) -> None:
        self._said.append((work, replace(outcome, value=None)))
        if outcome.value is None:
            self.lost.append(work)
            if len(_pieces(work.part)) > 1 and not _is_usage(outcome):
                self.divisible.append(work)
        elif self._keeps or self.lost:
            self.known.add(work, outcome)


class _Known:
    """Parts that are rendered and wanted again: a digest less a post has most parts in common with the whole."""

    def __init__(self) -> None:
        self._outcomes: dict[tuple[str, ...], list[tuple[object, Outcome[object]]]] = {}

    def add(self, work: _Work, outcome: Outcome[object]) -> None:
        """Keep what became of a part."""
        if self.get(work) is None:
            self._outcomes.setdefault(tuple(work.part.keys), []).append((work.part, outcome))

    def get(self, work: _Work) -> Outcome[object] | None:
        """Return what became of an equal part."""
        found = self._outcomes.get(tuple(work.part.keys), ())
        return next((outcome for part, outcome in found if part == work.part), None)


def _told(rendered: Iterator[_Rendered], total: int, progress: Progress) -> Iterator[_Rendered]:
    """Yield what was rendered, telling how many posts of `total` were; one is left until all files are in place."""
    posts: set[tuple[int, str]] = set()
    for work, outcome in rendered:
        posts.update((work.job, key) for key in work.part.keys)
        progress(Stage.WRITE, min(len(posts), total - 1), total)
        yield work, outcome


class _Assemble(Struct, frozen=True):
    """Joins the parts of a job, and compares the result with the sources where that is wanted."""

    workshop: Workshop
    job: Job

    def __call__(self, rendered: Iterator[tuple[int, object]], warn: Warn, /) -> tuple[File, ...]:
        digest, shop = self.job.digest, self.workshop
        files: tuple[File, ...] = self.job.writer.assemble(digest, shop.theme, Results(rendered), warn)
        if shop.texts is not None:
            _verify(files, self.job, shop.texts, warn)
        return files


def _is_usage(outcome: Outcome[Any]) -> bool:
    """Whether a book could not be made because of the theme, the configuration or the installation."""
    return any(diagnostic.code in _USAGE for diagnostic in outcome.diagnostics)


def _left_out(post: Post) -> Diagnostic:
    return Diagnostic(
        code=Code.POST_LEFT_OUT,
        message="the book would be refused with this post in it, so the post was left out",
        file=post.path,
        hint="the errors before this one say why; please report them with the post",
    )


def _verify(files: Sequence[File], job: Job, texts: Mapping[str, SourceText], warn: Warn) -> None:
    """Report words of the posts that are not in the files. Raises `WriterError` where there are such."""
    from converter.verify import can_read, compare, passages

    digest, writer = job.digest, job.writer
    if not can_read(files[0].name, writer):
        warn(
            Diagnostic(
                code=Code.NOT_VERIFIED,
                message=f"the words in files of the writer '{job.format}' cannot be compared with the posts",
                file=files[0].name,
                hint="its maintainers may give it the step `passages`; see CONTRIBUTING.md",
            )
        )
        return
    read = (passages(file.data, name=file.name, writer=writer) for file in files if can_read(file.name, writer))
    found = [passage for each in read for passage in each]
    result = compare([texts[post.key] for post in digest.posts if post.key in texts], found, file=files[0].name)
    for diagnostic in result.diagnostics:
        warn(diagnostic)
    if result.diagnostics:
        raise WriterError(
            result.diagnostics[0].code,
            f"{result.missing} of {counted(result.words, 'word')} lost, so the file was not replaced"
            if result.missing
            else "what the file shows is not what the posts show, so it was not replaced",
            file=files[0].name,
            hint="see the errors before this one; without --verify the file is written all the same",
        )


def _check_names(files: Sequence[File], job: Job, taken: dict[str, str]) -> None:
    """Raise `WriterError` where a file would replace one of this run. File systems may not tell `A` from `a`."""
    for file in files:
        other = taken.get(file.name.casefold())
        if other is not None:
            raise WriterError(
                Code.OUTPUT_UNWRITABLE,
                f"'{file.name}' was made in this run by {other}, and was not replaced",
                hint="give each [[digest]] a `name` of its own",
            )
    taken.update((file.name.casefold(), f"the writer '{job.format}' for {job.digest.key}") for file in files)


def _written(file: File, job: Job) -> Written:
    return Written(
        path=file.name,
        format=job.format,
        digest=job.digest.key,
        size=len(file.data),
        sha256=sha256(file.data).hexdigest(),
        posts=len(job.digest.posts),
    )


def _paths(digest: Digest, keys: Sequence[str]) -> str:
    return ", ".join(post.path for post in digest.posts if post.key in keys)
