"""The stages in order: the table of contents of the program.

paths → discover → read, normalize (a task a source) → compile → split → render (a task a part) → assemble → files
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from converter.config import Config
from converter.diagnostics import Code, Diagnostic, SourceError, UsageError, Warn
from converter.digest import DigestSpec, compile_digests
from converter.limits.bounds import Bounds
from converter.model import Digest
from converter.pipeline.cache import TaskCache
from converter.pipeline.executors import ProcessExecutor, SerialExecutor
from converter.pipeline.load import Loaded, LoadOptions, load, source_texts
from converter.pipeline.report import Progress, Report, Stage, silent
from converter.pipeline.write import WriteStage
from converter.site.crosslinks import lead_out
from converter.storage import remove_leftovers
from converter.themes import open_theme
from converter.writers import Demanding
from converter.writers.registry import plugins, writer_type

if TYPE_CHECKING:  # its parsers are not loaded unless something is to be verified
    from converter.verify import Comparison, Passage


def build(
    config: Config, *, progress: Progress = silent, dry_run: bool = False, executor: Executor | None = None
) -> Report:
    """Convert everything that `config` names; return what became of it. A dry run stops before digests are written.

    `executor` does the work of `config.jobs` workers, and is not shut down: a pool of threads or processes, or that of
    another library with the interface of `concurrent.futures.Executor`. Without one, it is processes of our own.
    What fails costs itself and is in the report. Raises `UsageError` when nothing can be done at all.
    """
    seconds: dict[str, float] = {}
    theme = open_theme(config.theme)
    faults: list[Diagnostic] = [*config.notices]
    cache = TaskCache(config.cache, faults.append)
    if not dry_run:
        remove_leftovers(Path(config.output), depth=2)
    config = replace(config, writers=_available(config, faults.append))
    with _executor(config, executor) as workers:
        with _timed(Stage.READ, seconds):
            loaded = _loaded(workers, config, progress, cache)
        diagnostics: list[Diagnostic] = [*loaded.diagnostics]
        warn = diagnostics.append
        compiled = (_compiled(loaded, spec, config, warn) for spec in config.digests)
        digests = [lead_out(digest, loaded.posts) for found in compiled for digest in found]
        with _timed(Stage.WRITE, seconds):
            texts = source_texts(workers, loaded, warn, config.limits) if config.verify else None
            stage = WriteStage(workers, config, theme, texts, warn, cache)
            files = () if dry_run else stage.write(digests, progress)
        cache.close()
    return Report(
        output=config.output,
        found=len(loaded.locations),
        posts=len(loaded.posts),
        selected=len({post.key for digest in digests for post in digest.posts}),
        digests=tuple(digest.key for digest in digests),
        files=files,
        diagnostics=tuple(dict.fromkeys((*faults, *diagnostics))),  # two sets of digests may pass over one post
        seconds=seconds,
    )


def verify(files: Mapping[str, bytes], config: Config) -> tuple[Comparison, ...]:
    """Compare finished files, by name, with the posts that `config` names: one comparison for each format.

    Every post that belongs into a digest must be in one of the files of each format; where one of these cannot be read,
    its comparison says so, and no more. Raises `UsageError` for a file that is of no known format.
    """
    from converter.verify import Comparison, compare, passages

    with _executor(config) as executor:
        loaded = _loaded(executor, config, silent)
        texts = source_texts(executor, loaded, _ignore, config.limits)
    taken = {
        post.key
        for spec in config.digests
        for digest in _compiled(loaded, spec, config, _ignore)
        for post in digest.posts
    }
    sources = [texts[post.key] for post in loaded.posts if post.key in taken and post.key in texts]
    by_format: dict[str, list[Passage]] = {}
    faults: dict[str, list[Diagnostic]] = {}
    for name, data in files.items():
        suffix = PurePath(name).suffix.lower()
        found = by_format.setdefault(suffix, [])
        try:
            found.extend(passages(data, name=name, writer=_writer_of(suffix, config)))
        except SourceError as error:
            faults.setdefault(suffix, []).append(error.diagnostic)
    return tuple(
        Comparison(0, 0, tuple(faults[suffix]))
        if suffix in faults
        else compare(sources, found, file=", ".join(name for name in files if name.lower().endswith(suffix)))
        for suffix, found in by_format.items()
    )


def _available(config: Config, warn: Warn) -> dict[str, Any]:
    """Return the writers that find what they need on this machine; each of the others is named, once and now.

    Raises `UsageError` when there is none left.
    """
    found: dict[str, Any] = {}
    for name, writer in config.writers.items():
        try:
            if isinstance(writer, Demanding) and (said := writer.require()) is not None:
                warn(said)
        except UsageError as error:
            if len(config.writers) == 1:
                raise
            left_out = error.diagnostic if name in config.named else _left_out(name, error.diagnostic)
            warn(left_out)
        else:
            found[name] = writer
    if config.writers and not found:
        raise UsageError(Code.LIBRARY_MISSING, "none of the formats can be written on this machine")
    return found


def _left_out(name: str, cause: Diagnostic) -> Diagnostic:
    message = f"no {name} is written: {cause.message}"
    return Diagnostic(code=Code.FORMAT_LEFT_OUT, message=message, hint=cause.hint)


def _writer_of(suffix: str, config: Config) -> object:
    """Return a writer of the configuration, else an installed one, that takes the words out of files of this suffix."""
    from converter.verify import can_read

    configured = [writer for writer in config.writers.values() if hasattr(writer, "passages")]
    own = next((writer for writer in configured if writer.suffix.lower() == suffix), None)
    if own is not None or can_read(f"a{suffix}"):
        return own
    kinds = (writer_type(plugin.name) for plugin in plugins())
    return next((kind() for kind in kinds if hasattr(kind, "passages") and kind.suffix.lower() == suffix), None)


def _loaded(executor: Executor, config: Config, progress: Progress, cache: TaskCache | None = None) -> Loaded:
    drafts = any(spec.drafts for spec in config.digests)
    options = LoadOptions(
        site=config.site,
        rules=config.clean,
        skip=config.skip,
        images=config.images,
        limits=config.limits,
        drafts=drafts,
        cache=cache,
        follow_links=config.follow_links,
    )
    return load(executor, config.sources, options, progress)


def _compiled(loaded: Loaded, spec: DigestSpec, config: Config, warn: Warn) -> tuple[Digest, ...]:
    return compile_digests(loaded.posts, spec, site=loaded.site, now=config.now, warn=warn)


def _ignore(_diagnostic: Diagnostic) -> None:
    """Take no notice: the build reported it."""


@contextmanager
def _executor(config: Config, given: Executor | None = None) -> Iterator[Executor]:
    if given is not None:
        yield given
        return
    bounds = Bounds(config.timeout, config.limits.memory)
    executor: Executor = (
        SerialExecutor(bounds)
        if config.jobs == 1
        else ProcessExecutor(config.jobs, timeout=bounds.seconds, memory=bounds.memory)
    )
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
