"""The stages in order and the two fan-outs: the table of contents of the program.

paths → discover → read, normalize (a task a source) → compile → split → render (a task a part) → assemble → files
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from converter.assets import attach
from converter.config import Config
from converter.diagnostics import Code, Diagnostic, Warn
from converter.digest import compile_digests, without
from converter.discover import SITE_CONFIG, Location, discover, read_file
from converter.errors import ConverterError
from converter.executors import Outcome, ProcessExecutor, SerialExecutor, attempt, outcomes
from converter.model import Digest, Post, Site
from converter.normalize import normalize
from converter.publish import publish
from converter.reading import SourceFile, read, read_site
from converter.report import Report, Stage, Written
from converter.themes import Theme, open_theme
from converter.writers import File

Progress = Callable[[Stage, int, int], None]
"""Told how many of how many posts a stage has done."""

READ_BATCH = 16
"""Sources that go to a worker together: a post is read in milliseconds, and a message costs about one."""
FEW = 24
"""With fewer sources than this, starting processes takes longer than reading."""


class Loaded(Struct, frozen=True):
    """Posts, and what is known about them."""

    posts: tuple[Post, ...]
    """With their pictures found."""
    site: Site
    """The site of the first post."""
    found: int
    """How many sources there were."""
    diagnostics: tuple[Diagnostic, ...]


def build(config: Config, *, progress: Progress | None = None, dry_run: bool = False) -> Report:
    """Convert everything that `config` names; return what became of it. A dry run stops before digests are written.

    What fails costs itself and is in the report. Raises `UsageError` when nothing can be done at all.
    """
    tell = progress or _silent
    seconds: dict[str, float] = {}
    theme = open_theme(config.theme)
    with _executor(config) as executor:
        with _timed(Stage.READ, seconds):
            loaded = _load(executor, config.sources, config.site, tell)
        diagnostics = list(loaded.diagnostics)
        digests = _digests(config, loaded, diagnostics.append)
        with _timed(Stage.WRITE, seconds):
            files = () if dry_run else _files(executor, config, digests, theme, tell, diagnostics.append)
    return Report(
        output=config.output,
        found=loaded.found,
        posts=len(loaded.posts),
        digests=tuple(digest.key for digest in digests),
        files=files,
        diagnostics=tuple(diagnostics),
        seconds=seconds,
    )


def load_posts(*paths: str, site: Mapping[str, str] | None = None) -> Loaded:
    """Return the posts under `paths`, their site, and all that there is to say about them.

    `site` replaces values of the site's `_config.yml`. Raises `UsageError` for a path that is not there.
    """
    return _load(SerialExecutor(), paths, site or {}, _silent)


def _silent(_stage: Stage, _done: int, _total: int) -> None:
    """Tell nobody."""


def render_files(digest: Digest, writer: Any, theme: Theme, warn: Warn) -> tuple[File, ...]:
    """Return the files that a writer makes of a digest, in this process. Raises `WriterError`."""
    rendered = tuple(writer.render(part, theme, warn) for part in writer.split(digest, theme))
    files: tuple[File, ...] = writer.assemble(digest, theme, rendered, warn)
    return files


# ---- first fan-out: sources to posts ----


def _load(executor: Executor, paths: Sequence[str], overrides: Mapping[str, str], progress: Progress) -> Loaded:
    diagnostics: list[Diagnostic] = []
    locations = discover(paths, diagnostics.append)
    sites = _sites(locations, overrides, diagnostics.append)
    posts = _posts(executor, locations, sites, progress, diagnostics.append)
    site = next(iter(sites.values()), replace(Site(), **overrides))
    return Loaded(posts, site, len(locations), tuple(diagnostics))


class _Read(Struct, frozen=True):
    """The task of the first fan-out."""

    sites: dict[str, Site]

    def __call__(self, item: tuple[Location, SourceFile], warn: Warn, /) -> Post:
        location, source = item
        site = self.sites[location.root]
        return normalize(read(source, site, warn), site, warn)


def _sites(locations: Sequence[Location], overrides: Mapping[str, str], warn: Warn) -> dict[str, Site]:
    """Return the site of each root, from its `_config.yml` if it has one and from the configuration."""
    return {root: replace(_site(root, warn), **overrides) for root in dict.fromkeys(place.root for place in locations)}


def _site(root: str, warn: Warn) -> Site:
    config = Location(root, SITE_CONFIG)
    if not config.file.is_file():
        return Site(root=root)
    try:
        text = read_file(config).decode("utf-8", "replace")
    except ConverterError as error:
        warn(error.diagnostic)
        return Site(root=root)
    return read_site(text, file=SITE_CONFIG, root=root, warn=warn)


def _posts(
    executor: Executor, locations: Sequence[Location], sites: dict[str, Site], progress: Progress, warn: Warn
) -> tuple[Post, ...]:
    if not locations:
        warn(Diagnostic(code=Code.NO_POSTS, message="there are no posts", hint="name a site or a folder of posts"))
    chosen = executor if len(locations) >= FEW else SerialExecutor()
    posts: list[Post] = []
    work = outcomes(chosen, _Read(sites), _source_batches(locations, warn))
    for done, ((location, _), outcome) in enumerate(work, 1):
        _report(outcome, location.path, warn)
        if outcome.value is not None:
            posts.append(attach(outcome.value, sites[location.root], warn))
        progress(Stage.READ, done, len(locations))
    return tuple(posts)


def _source_batches(locations: Sequence[Location], warn: Warn) -> Iterator[list[tuple[Location, SourceFile]]]:
    """Yield the sources in batches; the parent alone reads files, and one that cannot be read is reported."""
    keys = _keys(locations, warn)
    for start in range(0, len(locations), READ_BATCH):
        batch = []
        for location in locations[start : start + READ_BATCH]:
            try:
                data = read_file(location)
            except ConverterError as error:
                warn(error.diagnostic)
            else:
                batch.append((location, SourceFile(path=location.path, key=keys[location], data=data)))
        yield batch


def _keys(locations: Sequence[Location], warn: Warn) -> dict[Location, str]:
    """Return a key for every source that no other has: with the suffix, and the site's name, only where needed."""
    several = len({location.root for location in locations}) > 1
    keys: dict[Location, str] = {}
    taken: set[str] = set()
    for location in locations:
        prefix = f"{Path(location.root).name}/" if several else ""
        key = prefix + location.key
        if key in taken:
            key = prefix + location.path
            warn(
                Diagnostic(
                    code=Code.DUPLICATE_KEY,
                    message=f"another post has the key '{location.key}'; this one is '{key}'",
                    file=location.path,
                    hint="rename one of the files",
                )
            )
        taken.add(key)
        keys[location] = key
    return keys


# ---- posts to digests ----


def _digests(config: Config, loaded: Loaded, warn: Warn) -> tuple[Digest, ...]:
    found = (compile_digests(loaded.posts, spec, site=loaded.site, warn=warn) for spec in config.digests)
    return tuple(digest for digests in found for digest in digests)


# ---- second fan-out: digests to files ----


class _Job(Struct, frozen=True):
    """A digest to be written by one writer."""

    digest: Digest
    format: str
    writer: Any


class _Work(Struct, frozen=True):
    """A part of a job, by the job's number."""

    job: int
    writer: Any
    part: Any


class _Render(Struct, frozen=True):
    """The task of the second fan-out."""

    theme: Theme

    def __call__(self, item: _Work, warn: Warn, /) -> object:
        return item.writer.render(item.part, self.theme, warn)


def _files(
    executor: Executor, config: Config, digests: Sequence[Digest], theme: Theme, progress: Progress, warn: Warn
) -> tuple[Written, ...]:
    jobs = [_Job(digest, name, writer) for digest in digests for name, writer in config.writers.items()]
    total = sum(len(job.digest.posts) for job in jobs)
    done = 0
    files: list[Written] = []
    work = outcomes(executor, _Render(theme), _part_batches(jobs, config.jobs, theme, warn), window=4 * config.jobs)
    for number, results in groupby(work, key=lambda pair: pair[0].job):
        job = jobs[number]
        files.extend(_finish(executor, job, list(results), config, theme, warn))
        done += len(job.digest.posts)
        progress(Stage.WRITE, done, total)
    return tuple(files)


def _part_batches(jobs: Sequence[_Job], workers: int, theme: Theme, warn: Warn) -> Iterator[list[_Work]]:
    """Yield the parts of all jobs, small ones together, so that every worker is busy across digests and formats."""
    for number, job in enumerate(jobs):
        try:
            parts = job.writer.split(job.digest, theme)
        except ConverterError as error:
            warn(replace(error.diagnostic, file=error.diagnostic.file or job.digest.key))
            continue
        size = max(1, min(READ_BATCH, len(parts) // (4 * workers)))
        for start in range(0, len(parts), size):
            yield [_Work(number, job.writer, part) for part in parts[start : start + size]]


def _finish(
    executor: Executor,
    job: _Job,
    results: Sequence[tuple[_Work, Outcome[object]]],
    config: Config,
    theme: Theme,
    warn: Warn,
) -> tuple[Written, ...]:
    """Assemble and publish what was rendered; leave out the posts that could not be, and do the rest again."""
    lost: set[str] = set()
    for work, result in results:
        _report(result, _paths(job.digest, work.part.keys) or job.digest.key, warn)
        if result.value is None:
            lost.update(work.part.keys or [post.key for post in job.digest.posts])
    if lost:
        rest = replace(job, digest=without(job.digest, lost))
        batches = _part_batches([rest], config.jobs, theme, warn)
        again = list(outcomes(executor, _Render(theme), batches)) if rest.digest.posts else []
        return _finish(executor, rest, again, config, theme, warn) if again else ()

    def assemble(digest: Digest, warn: Warn, /) -> tuple[Written, ...]:
        files = job.writer.assemble(digest, theme, tuple(result.value for _, result in results), warn)
        return tuple(_written(file, job) for file in publish(files, config.output))

    outcome = attempt(assemble, job.digest)
    _report(outcome, job.digest.key, warn)
    return outcome.value or ()


def _written(file: File, job: _Job) -> Written:
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


# ---- what both fan-outs share ----


def _report(outcome: Outcome[Any], file: str, warn: Warn) -> None:
    """Hand on the diagnostics of an outcome; one that names no file is about `file`."""
    for diagnostic in outcome.diagnostics:
        warn(diagnostic if diagnostic.file else replace(diagnostic, file=file))


@contextmanager
def _executor(config: Config) -> Iterator[Executor]:
    executor = SerialExecutor() if config.jobs == 1 else ProcessExecutor(config.jobs, timeout=config.timeout)
    try:
        yield executor
    except BaseException:
        executor.shutdown(cancel_futures=True)
        raise
    executor.shutdown()


@contextmanager
def _timed(stage: Stage, seconds: dict[str, float]) -> Iterator[None]:
    start = time.perf_counter()
    yield
    seconds[stage.value] = round(time.perf_counter() - start, 3)
