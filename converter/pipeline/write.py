"""The second fan-out: digests to files in place, a task a part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from concurrent.futures import Executor
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from converter.diagnostics import Code, Diagnostic, Outcome, Severity, Warn, WriterError, counted
from converter.digest import without
from converter.limits.guard import attempt, report_outcome
from converter.model import Digest, Post
from converter.pipeline.bisection import find_culprits
from converter.pipeline.cache import Pages, TaskCache
from converter.pipeline.executors import cores, outcomes
from converter.pipeline.intake import Intake, Known, Rendered, Work, is_usage, pieces_of
from converter.pipeline.jobs import Job, Made, UnderWay
from converter.pipeline.keys import book_key, part_key
from converter.pipeline.output import Change, Put, open_output, publish
from converter.pipeline.plan import Edition
from converter.pipeline.report import Progress, Stage, Written, written
from converter.pipeline.selection import selected
from converter.pipeline.whole import ENOUGH, Finished, MakeWhole, Whole, is_small, paths_of
from converter.site.folding import sources_of
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
    digest = selected(digest, writer, warn)
    parts = writer.split(digest, theme)
    here = ((number, writer.render(part, theme, warn)) for number, part in enumerate(parts))
    rendered = here if executor is None else _rendered_by(executor, writer, parts, theme, warn)
    files: tuple[File, ...] = writer.assemble(digest, theme, Results(rendered), warn)
    return files


def _rendered_by(
    executor: Executor, writer: Any, parts: Sequence[Any], theme: Theme, warn: Warn
) -> Iterator[tuple[int, object]]:
    works = ((Work(0, number, writer, part),) for number, part in enumerate(parts))
    for work, outcome in outcomes(executor, _Render(theme), works, window=4 * cores()):
        if outcome.value is None:
            *_, fault = outcome.diagnostics
            place = fault.file or ", ".join(work.part.keys)
            raise WriterError(fault.code, fault.message, file=place, line=fault.line, hint=fault.hint)
        report_outcome(outcome, "", warn)
        yield work.number, outcome.value


class _Render(Struct, frozen=True):
    """The task of this fan-out."""

    theme: Theme

    def __call__(self, item: Work, warn: Warn, /) -> object:
        return item.writer.render(item.part, self.theme, warn)

    def key(self, item: Work, /) -> str:
        """Return a hash of everything that the pages or the markup of a part depend on."""
        return part_key(item.context, item.part) if item.context and item.writer.kind() is not None else ""

    def kind(self, item: Work, /) -> Any:
        """Return the type of what the writer renders."""
        return item.writer.kind()


def _is_same_job(one: Work, other: Work) -> bool:
    return one.job == other.job


class WriteStage(Struct, frozen=True):
    """What all jobs of a run share."""

    executor: Executor
    config: Config
    theme: Theme
    texts: Mapping[str, SourceText] | None
    """What the sources say, by key, where finished files are to be compared with it."""
    warn: Warn
    cache: TaskCache
    contexts: Mapping[str, str] = {}
    """What the results of each writer depend on besides their parts, by the writer's name: see `keys.context_of`."""
    taken: dict[str, str] = {}
    """The files that are in place, by name without regard to case, and who made them."""
    put: Put | None = None
    """What becomes of finished files; they are put into the output folder where it is not given."""
    force: bool = False
    """Whether finished files are put together again that are cached."""

    def write(
        self, editions: Sequence[Edition], progress: Progress, opened: Callable[[Digest], Digest] | None = None
    ) -> Iterator[Made]:
        """Write every edition in each of its formats, and yield what became of it, one after the other.

        `opened` returns a digest with the bodies of its posts; those of the digests that are under way are in memory.
        """
        jobs = [self._job(edition, name) for edition in editions for name in edition.formats or self.config.writers]
        known = {number for number, job in enumerate(jobs) if job.key and self.cache.has(job.key)}
        cached = set[int]() if self.force else known
        total = sum(len(job.digest.posts) for job in jobs)
        under_way = UnderWay(jobs, opened or (lambda digest: digest))
        whole = self._whole(jobs, cached)
        results = self._rendered(under_way.jobs(skip=cached | whole))
        done = {(number, post.key) for number in cached for post in jobs[number].digest.posts}
        tell = partial(_tell, done, total, progress)
        reported = _with_progress(results, tell)
        finished = self._made_whole(jobs, whole, under_way)
        groups = groupby(reported, key=lambda pair: pair[0].job)
        group = next(groups, None)
        for number, job in enumerate(jobs):
            said: list[Diagnostic] = []
            stage, files = replace(self, warn=said.append), tuple[Written, ...]()
            selected(job.digest, job.writer, said.append)  # said of a book that is cached, too
            if number in cached:
                files = stage._again(job, under_way)  # noqa: SLF001  (its own class)
            elif number in whole:
                files = stage._of_whole(job, next(finished), under_way)  # noqa: SLF001
                tell((number, post.key) for post in job.digest.posts)
            elif group is not None and group[0] == number:
                files = stage._finish(under_way.taken(number), group[1])  # noqa: SLF001
                group = next(groups, None)
            yield Made(job.digest.key, job.format, files, tuple(said))
        if jobs:
            progress(Stage.WRITE, total, total)

    def _job(self, edition: Edition, name: str) -> Job:
        """Return a job; where words are to be compared with the sources, its files are made anew."""
        context = self.contexts.get(name, "") if self.cache.is_on else ""
        key = book_key(context, edition.fingerprint) if self.texts is None and edition.fingerprint else ""
        return Job(edition.digest, name, self.config.writers[name], context, key, edition.duplicates, edition.is_sealed)

    def _again(self, job: Job, under_way: UnderWay) -> tuple[Written, ...]:
        """Put the files in place that an earlier run made, or make them if they turn out to be damaged."""
        found = self.cache.get(job.key, tuple[File, ...])
        if found is None or found.value is None:
            return self._anew(under_way.begun(job))
        report_outcome(found, job.digest.key, self.warn)
        return self._published(job, found.value)

    def _anew(self, job: Job) -> tuple[Written, ...]:
        """Make one job, part by part."""
        return self._finish(job, self._rendered([(0, job)])) if job.digest.posts else ()

    def _whole(self, jobs: Sequence[Job], cached: Set[int]) -> Set[int]:
        """Return the jobs that workers make alone: small ones, where there are enough of them for all workers."""
        rest = [number for number in range(len(jobs)) if number not in cached]
        if self.texts is not None or self.config.jobs == 1 or len(rest) < ENOUGH * self.config.jobs:
            return set()
        return {number for number in rest if is_small(jobs[number].digest, jobs[number].writer)}

    def _made_whole(
        self, jobs: Sequence[Job], whole: Set[int], under_way: UnderWay
    ) -> Iterator[tuple[Whole, Outcome[Finished]]]:
        """Yield what becomes of them, one after the other. Those of one digest go together, so that it is sent once."""

        def batches() -> Iterator[list[Whole]]:
            for _, numbers in groupby(sorted(whole), key=lambda number: jobs[number].digest.key):
                begun = [(number, under_way.begun(jobs[number])) for number in numbers]
                yield [Whole(number, job.digest, job.writer, job.context) for number, job in begun]

        return outcomes(self.executor, MakeWhole(self.theme), batches(), window=2 * self.config.jobs)

    def _of_whole(self, job: Job, made: tuple[Whole, Outcome[Finished]], under_way: UnderWay) -> tuple[Written, ...]:
        """Put in place what a worker made; where it failed, the parts one by one cost no more than they must."""
        _, outcome = made
        if outcome.value is None:
            return self._anew(under_way.begun(job))
        for key, data in outcome.value.parts:
            self.cache.put_encoded(key, data)
        book = Outcome(outcome.value.files, outcome.diagnostics)
        self.cache.put(job.key, book)
        report_outcome(book, job.digest.key, self.warn)
        return self._published(job, outcome.value.files)

    def _rendered(self, jobs: Iterable[tuple[int, Job]], lookup: Known | None = None) -> Iterator[Rendered]:
        """Yield the parts of one job after another; those of a job as they are ready."""
        return outcomes(
            self.executor,
            _Render(self.theme),
            self._batches(jobs),
            lookup=lookup or self.cache,
            same=_is_same_job,
            window=4 * self.config.jobs,
        )

    def _batches(self, jobs: Iterable[tuple[int, Job]]) -> Iterator[list[Work]]:
        """Yield the parts of all jobs, small ones together, so that every worker is busy across digests and formats."""
        for number, job in jobs:
            parts = self._parts(job)
            start = 0
            while start < len(parts):
                # Fewer towards the end, so that no worker has the last ones to itself.
                size = max(1, min(BATCH, (len(parts) - start) // (4 * self.config.jobs)))
                works = enumerate(parts[start : start + size], start)
                yield [Work(number, place, job.writer, part, job.context) for place, part in works]
                start += size

    def _parts(self, job: Job) -> Sequence[Any]:
        """Return the parts of a job; none, and a report, where the writer fails."""
        if not job.digest.posts:  # none of them could be read again
            return ()
        outcome = attempt(lambda digest, _warn: tuple(job.writer.split(digest, self.theme)), job.digest)
        report_outcome(outcome, job.digest.key, self.warn)
        parts = outcome.value or ()
        return [each for part in parts for each in (pieces_of(part) if job.apart & {*part.keys} else (part,))]

    def _finish(self, job: Job, results: Iterator[Rendered]) -> tuple[Written, ...]:
        """Assemble and publish what is rendered; leave out the posts that could not be, and do the rest again."""
        intake = Intake(results, Known(self.cache))
        outcome = attempt(_Assemble(self, job), intake.values())
        said_of_all = intake.all()
        if apart := {key for work in intake.divisible for key in work.part.keys}:
            rest = replace(job, apart=job.apart | apart, key="")
            return self._finish(rest, self._rendered([(0, rest)], intake.known))
        said: list[Diagnostic] = []
        for work, each in said_of_all:
            report_outcome(each, paths_of(job.digest, work.part.keys) or job.digest.key, said.append)
        for diagnostic in said:
            self.warn(diagnostic)
        lost = {key for work in intake.lost for key in work.part.keys or [post.key for post in job.digest.posts]}
        if lost:
            rest = replace(job, digest=without(job.digest, lost), key="")
            return self._finish(rest, self._rendered([(0, rest)], intake.known)) if rest.digest.posts else ()
        if outcome.value is None and len(job.digest.posts) > 1 and not is_usage(outcome):
            job, outcome = self._without_culprits(job, outcome)
        self.cache.put(job.key, replace(outcome, diagnostics=(*said, *outcome.diagnostics)))
        report_outcome(outcome, job.digest.key, self.warn)
        return self._published(job, outcome.value) if outcome.value is not None else ()

    def _published(self, job: Job, files: tuple[File, ...]) -> tuple[Written, ...]:
        put = self.put or partial(publish, open_output(self.config.output))

        def checked(files: tuple[File, ...], _warn: Warn, /) -> tuple[Change, ...]:
            _check_names(files, job, self.taken)
            return put(files)

        outcome = attempt(checked, files)
        report_outcome(outcome, job.digest.key, self.warn)
        return tuple(_written(*each, job) for each in zip(files, outcome.value or (), strict=bool(outcome.value)))

    def _without_culprits(self, job: Job, failed: Outcome[tuple[File, ...]]) -> tuple[Job, Outcome[tuple[File, ...]]]:
        """Return the job without the posts because of which its book was refused, which are named, and the book.

        Where none of the posts is to blame, that is the job as it was, and `failed`, which became of it.
        """
        known = Known(self.cache)

        def trial(keys: Sequence[str]) -> Outcome[tuple[File, ...]]:
            some = replace(job, digest=without(job.digest, {post.key for post in job.digest.posts} - {*keys}))
            intake = Intake(self._rendered([(0, some)], known), known, keeps=True)
            outcome = attempt(_Assemble(self, some), intake.values())
            intake.all()
            return outcome

        found = find_culprits([post.key for post in job.digest.posts], trial, _named(job.digest, failed))
        if found.outcome is None:
            return job, failed
        for post in job.digest.posts:
            if (outcome := found.culprits.get(post.key)) is not None:
                report_outcome(outcome, post.path, self.warn)
                self.warn(_left_out(post))
        return replace(job, digest=without(job.digest, {*found.culprits}), key=""), found.outcome


Done = Iterable[tuple[int, str]]
"""Posts that are done, by the numbers of jobs."""


def _tell(done: set[tuple[int, str]], total: int, progress: Progress, new: Done) -> None:
    """Tell how many posts of `total` are done; one is left until all files are in place."""
    done.update(new)
    progress(Stage.WRITE, min(len(done), total - 1), total)


def _with_progress(rendered: Iterator[Rendered], tell: Callable[[Done], None]) -> Iterator[Rendered]:
    """Yield what was rendered, telling which posts are."""
    for work, outcome in rendered:
        tell((work.job, key) for key in work.part.keys)
        yield work, outcome


class _Assemble(Struct, frozen=True):
    """Joins the parts of a job, and compares the result with the sources where that is wanted."""

    stage: WriteStage
    job: Job

    def __call__(self, rendered: Iterator[tuple[int, object]], warn: Warn, /) -> tuple[File, ...]:
        digest, stage = self.job.digest, self.stage
        pages = Pages(stage.cache, self.job.context) if self.job.context else None
        files: tuple[File, ...] = self.job.writer.assemble(digest, stage.theme, Results(rendered, pages), warn)
        if stage.texts is not None and not self.job.is_sealed:
            _verify(files, self.job, stage.texts, warn, stage.config.max_lost_words)
        return files


def _named(digest: Digest, failed: Outcome[tuple[File, ...]]) -> dict[str, Outcome[tuple[File, ...]]]:
    """Return the posts of which a failure says that something is wrong with them, each with what it says."""
    errors = [each for each in failed.diagnostics if each.severity is Severity.ERROR]
    said = {post.key: tuple(each for each in errors if each.file == post.path) for post in digest.posts}
    return {key: Outcome(None, found) for key, found in said.items() if found}


def _left_out(post: Post) -> Diagnostic:
    return Diagnostic(
        code=Code.POST_LEFT_OUT,
        message="the book would be refused with this post in it, so the post was left out",
        file=post.path,
        hint="the errors before this one say why; please report them with the post",
    )


def _verify(files: Sequence[File], job: Job, texts: Mapping[str, SourceText], warn: Warn, max_lost: int) -> None:
    """Report words of the posts that are not in the files. Raises `WriterError` for more than `max_lost`."""
    from converter.verify import can_read, compare, passages

    keys, writer = [post.key for post in job.digest.posts], job.writer
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
    sources = sources_of(keys, [one for one in job.duplicates if one.kept in keys], texts)
    result = compare(sources, found, file=files[0].name, max_lost=max_lost)
    for diagnostic in result.diagnostics:
        warn(diagnostic)
    errors = [each.code for each in result.diagnostics if each.severity is Severity.ERROR]
    if errors:
        raise WriterError(
            errors[0],
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
    taken.update((file.name.casefold(), taken_by(job.format, job.digest.key)) for file in files)


def taken_by(format_: str, digest: str) -> str:
    """Return what a message says of whoever made a file."""
    return f"the writer '{format_}' for {digest}"


def _written(file: File, change: Change, job: Job) -> Written:
    return written(file, change, job.format, digest=job.digest.key, posts=len(job.digest.posts))
