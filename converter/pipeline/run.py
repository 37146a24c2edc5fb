"""The stages in order: the table of contents of the program.

paths → scan: read what is new (a task a source) → plan → editions that are not current → split → render (a task a part)
→ assemble → files → editions.json
"""

from __future__ import annotations

import difflib
import time
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from converter.config import Config
from converter.diagnostics import Code, Diagnostic, SourceError, UsageError, Warn, ignore
from converter.limits.bounds import Bounds
from converter.pipeline.cache import TaskCache
from converter.pipeline.catalogues import Catalogues, publish_lists
from converter.pipeline.clusters import open_cluster
from converter.pipeline.editions import Editions, output_test
from converter.pipeline.executors import ProcessExecutor, SerialExecutor
from converter.pipeline.jobs import Made
from converter.pipeline.keys import context_of
from converter.pipeline.listing import Listing, State, list_catalogues, list_editions
from converter.pipeline.output import compare, open_output, publish, remove
from converter.pipeline.plan import Edition, Plan
from converter.pipeline.records import Records
from converter.pipeline.remote import made_by_workers
from converter.pipeline.report import Progress, Report, Stage, Written, silent
from converter.pipeline.scan import Archive, scan
from converter.pipeline.selection import takes
from converter.pipeline.sites import LoadOptions
from converter.pipeline.texts import source_texts
from converter.pipeline.write import WriteStage, taken_by
from converter.site.folding import sources_of
from converter.storage import Index, absolute, is_url, remove_leftovers
from converter.storage.cache import INDEX_SUFFIX
from converter.storage.fingerprint import key_of
from converter.themes import Theme, open_theme
from converter.writers import Cacheable, Demanding, Isolated
from converter.writers.registry import plugins, writer_type

if TYPE_CHECKING:  # its parsers are not loaded unless something is to be verified
    from converter.verify import Comparison, Passage, SourceText


STATE_NAME = "state.index"
"""The file in the folder of the state."""


def build(
    config: Config,
    *,
    progress: Progress = silent,
    dry_run: bool = False,
    force: bool = False,
    frozen: bool = False,
    executor: Executor | None = None,
) -> Report:
    """Convert everything that `config` names; return what became of it. A dry run stops before digests are written.

    With `force`, editions that are current are made again. With `frozen`, nothing is put in place, and an edition whose
    files would change is an error.

    `executor` does the work of `config.jobs` workers, and is not shut down: a pool of threads or processes, or that of
    another library with the interface of `concurrent.futures.Executor`. Without one, it is processes of our own.
    What fails costs itself and is in the report. Raises `UsageError` when nothing can be done at all.
    """
    seconds: dict[str, float] = {}
    theme = open_theme(config.theme)
    faults: list[Diagnostic] = [*config.notices]
    cache = TaskCache(config.cache, faults.append)
    if not (dry_run or frozen or is_url(config.output)):
        remove_leftovers(Path(config.output), depth=2)
    config = replace(config, writers=_available(config, faults.append))
    index = _index(config, cache)
    with _executor(config, executor) as workers, closing(index):
        options = load_options(config, forgets=not (dry_run or frozen))
        with _timed(Stage.READ, seconds):
            archive = scan(workers, config.sources, options, progress, index=index, cache=cache)
        diagnostics: list[Diagnostic] = [*archive.diagnostics]
        warn = diagnostics.append
        plan = Plan(archive, config, warn, cache)
        with _timed(Stage.WRITE, seconds):
            wide = replace(config, jobs=getattr(workers, "workers", config.jobs))
            write = _Write(workers, wide, theme, cache, index, warn, force, frozen)
            files, catalogues = ((), ()) if dry_run else write(archive, plan, progress)
        cache.close()
    return Report(
        output=config.output,
        found=len(archive.locations),
        posts=len(archive.cards),
        selected=len({post.key for edition in plan.editions for post in edition.digest.posts}),
        digests=tuple(edition.digest.key for edition in plan.editions),
        files=files,
        catalogues=catalogues,
        diagnostics=tuple(dict.fromkeys((*faults, *diagnostics))),  # two sets of digests may pass over one post
        seconds=seconds,
        duplicates=tuple(one for edition in plan.editions for one in edition.duplicates),
    )


def listed(config: Config, *, progress: Progress = silent, executor: Executor | None = None) -> Listing:
    """Return the editions that `build` would make of what `config` names, and whether it would. None is made.

    Raises `UsageError` when nothing can be done at all.
    """
    theme = open_theme(config.theme)
    found: list[Diagnostic] = [*config.notices]
    cache = TaskCache(config.cache, found.append)
    config = replace(config, writers=_available(config, found.append))
    with _executor(config, executor) as workers, closing(_index(config, cache)) as index:
        archive = scan(workers, config.sources, load_options(config), progress, index=index, cache=cache)
        found.extend(archive.diagnostics)
        plan, output = Plan(archive, config, found.append, cache), open_output(config.output)
        editions = Editions(
            index, output, _contexts(config, theme), plan.is_emptied, verify=config.verify, keep=config.publish.keep
        )
        lengths = {card.post.key: card.length for card in archive.cards}
        rows = tuple(list_editions(plan.editions, editions, tuple(config.writers), lengths, found.append))
        catalogues = Catalogues(config.publish, output, theme, index)
        # What is to be made yet changes the list, and so the catalogues.
        are_made = all(row.state is State.CURRENT for row in rows)
        entries = editions.entries(plan.editions, ignore) if are_made else ()
        current = catalogues.are_current(entries, archive.site) if entries else {}
        states = list_catalogues(config.publish.catalogues, editions.earlier(ignore), current)
        cache.close()
    return Listing(output=config.output, editions=rows, catalogues=states, diagnostics=tuple(dict.fromkeys(found)))


def verify(files: Mapping[str, bytes], config: Config) -> tuple[Comparison, ...]:
    """Compare finished files, by name, with the posts that `config` names: one comparison for each format.

    Every post that belongs into a digest must be in one of the files of each format; where one of these cannot be read,
    its comparison says so, and no more. Raises `UsageError` for a file that is of no known format.
    """
    from converter.verify import Comparison, compare, passages

    with _executor(config) as executor:
        archive = scan(executor, config.sources, load_options(config), silent)
        editions = Plan(archive, config, ignore).editions
        texts = source_texts(executor, archive, ignore, config.limits, _keys_in(editions))
    duplicates = [one for edition in editions for one in edition.duplicates]
    posts = [post for post in archive.posts if post.key in texts]

    def sources(writer: object) -> list[SourceText]:
        keys = {post.key for post in posts if takes(writer, post)}
        known = {key: text for key, text in texts.items() if key in keys}
        return sources_of([post.key for post in posts], duplicates, known)

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
        else compare(
            sources(_writer_of(suffix, config)), found, file=_listed(files, suffix), max_lost=config.max_lost_words
        )
        for suffix, found in by_format.items()
    )


def _listed(files: Iterable[str], suffix: str) -> str:
    return ", ".join(name for name in files if name.lower().endswith(suffix))


def withdraw(keys: Sequence[str], config: Config, *, undo: bool = False) -> None:
    """Note in the state that posts are withdrawn, or that they are not any more. Raises `UsageError`."""
    if not config.state.folder:
        hint = "name a `folder` in [state] of converter.toml, or say `published: false` in the post"
        raise UsageError(Code.USAGE, "there is no state to withdraw posts from", hint=hint)
    with closing(_index(config, TaskCache(config.cache, ignore))) as index:
        records = Records(index)
        rows = {row.card.post.key: (location, row) for location, row in records.rows()}
        for key in keys:
            if key not in rows:
                near = difflib.get_close_matches(key, rows, 1)
                hint = f"did you mean '{near[0]}'?" if near else "editions.json has the keys of all posts"
                raise UsageError(Code.USAGE, f"the state has no post '{key}'", hint=hint)
        for location, row in map(rows.__getitem__, keys):
            records.put(location, replace(row, withdrawn=not undo))


def _available(config: Config, warn: Warn) -> dict[str, Any]:
    """Return the writers that find what they need on this machine; each of the others is named, once and now.

    Raises `UsageError` when there is none left, and for what the configuration says wrong.
    """
    found: dict[str, Any] = {}
    for name, writer in config.writers.items():
        try:
            if isinstance(writer, Demanding) and (said := writer.require()) is not None:
                warn(said)
        except UsageError as error:
            if len(config.writers) == 1 or error.diagnostic.code is Code.CONFIG_INVALID:
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


def load_options(config: Config, *, forgets: bool = False) -> LoadOptions:
    """Return how posts are read, and whether a state forgets those that are dropped."""
    return LoadOptions(
        forgets=forgets,
        site=config.site,
        rules=config.clean,
        skip=config.skip,
        images=config.images,
        limits=config.limits,
        drafts=any(spec.drafts for spec in config.digests),
        follow_links=config.follow_links,
        gone=config.state.gone,
        is_output=output_test(config.output, config.sources),
    )


def _index(config: Config, cache: TaskCache) -> Index:
    """Return what an earlier run knows: the state, else a part of the cache, else nothing. Raises `UsageError`."""
    if config.state.folder:
        path = str(Path(config.state.folder).absolute() / STATE_NAME)
        return Index(path, must_last=True, patience=config.state.lock_timeout)
    if not cache.is_on:
        return Index()
    sources = [absolute(source if isinstance(source, str) else source.root) for source in config.sources]
    return Index(str(Path(config.cache.folder, f"{key_of(sources)}{INDEX_SUFFIX}")))


def _contexts(config: Config, theme: Theme) -> dict[str, str]:
    cacheable = {name: writer for name, writer in config.writers.items() if isinstance(writer, Cacheable)}
    return {name: context_of(writer, theme) for name, writer in cacheable.items()}


class _Write(Struct, frozen=True):
    """The second half of a run: from editions to files."""

    workers: Executor
    config: Config
    theme: Theme
    cache: TaskCache
    index: Index
    warn: Warn
    force: bool
    frozen: bool

    def __call__(
        self, archive: Archive, plan: Plan, progress: Progress
    ) -> tuple[tuple[Written, ...], tuple[Written, ...]]:
        """Make the editions and the catalogues that are not current; return the files of all, and of catalogues."""
        config = self.config
        contexts = _contexts(config, self.theme)
        output = open_output(config.output)
        put = partial(compare if self.frozen else publish, output)
        editions = Editions(
            self.index, output, contexts, plan.is_emptied, verify=config.verify, keep=config.publish.keep, put=put
        )
        made = {} if self.force else self._current(plan, editions)
        rest = [*_to_make(plan, config.writers, made)]
        texts = self._texts(archive, rest)
        stage = WriteStage(
            self.workers, config, self.theme, texts, self.warn, self.cache, contexts, _taken(made), put, self.force
        )
        by_key = {edition.digest.key: edition for edition in rest}
        for each in made_by_workers(stage, rest, progress, plan.opened):
            made[each.digest, each.format] = each
            if not self.frozen or all(file.change == "same" for file in each.files):
                editions.add(by_key[each.digest], each)
        finished = [made[edition.digest.key, name] for edition in plan.editions for name in config.writers]
        for diagnostic in (one for each in finished for one in each.diagnostics):
            self.warn(diagnostic)
        self._seal(plan, editions, made)
        catalogues = Catalogues(config.publish, output, self.theme, self.index, frozen=self.frozen)
        lists = publish_lists(catalogues, editions, plan.editions, finished, archive.site, self.warn)
        if not self.frozen:
            remove(editions.obsolete, output, self.warn)
        return tuple(file for each in finished for file in each.files), lists

    def _current(self, plan: Plan, editions: Editions) -> dict[tuple[str, str], Made]:
        """Return the editions that need not be made again, by their keys and formats."""
        warn = ignore if self.frozen else self.warn  # nothing is restored where nothing is put in place
        found = {
            (edition.digest.key, name): editions.current(edition, name, warn)
            for edition in plan.editions
            for name in self.config.writers
        }
        return {key: made for key, made in found.items() if made}

    def _seal(self, plan: Plan, editions: Editions, made: Mapping[tuple[str, str], Made]) -> None:
        """Seal the editions that are over, and whole: no later run alters them."""
        for edition in plan.editions if not self.frozen else ():
            every = [made[edition.digest.key, name] for name in self.config.writers]
            if edition.is_closing and all(each.is_whole for each in every):
                plan.seal(edition)
                editions.seal(edition.digest.key)

    def _texts(self, archive: Archive, editions: Sequence[Edition]) -> Mapping[str, SourceText] | None:
        """Return what the sources of posts say, where files are compared with them."""
        if not self.config.verify:
            return None
        return source_texts(self.workers, archive, self.warn, self.config.limits, _keys_in(editions))


def _keys_in(editions: Sequence[Edition]) -> set[str]:
    """Return the keys of the posts in editions that are not sealed, and of those that they stand for."""
    open_ = [edition for edition in editions if not edition.is_sealed]
    posts = {post.key for edition in open_ for post in edition.digest.posts}
    return posts.union(one.folded for edition in open_ for one in edition.duplicates)


def _to_make(plan: Plan, formats: Iterable[str], made: Container[tuple[str, str]]) -> Iterator[Edition]:
    """Yield the editions that are not all made, each with the formats that are missing."""
    for edition in plan.editions:
        if missing := tuple(name for name in formats if (edition.digest.key, name) not in made):
            yield replace(edition, formats=missing)


def _taken(made: Mapping[tuple[str, str], Made]) -> dict[str, str]:
    """Return the files that stay as they are, and who made them."""
    return {file.path.casefold(): taken_by(each.format, each.digest) for each in made.values() for file in each.files}


def _is_isolated(writer: object) -> bool:
    return isinstance(writer, Isolated) and writer.is_isolated()


@contextmanager
def _executor(config: Config, given: Executor | None = None) -> Iterator[Executor]:
    if given is not None:
        yield given
        return
    bounds = Bounds(config.timeout, config.limits.memory)
    if config.executor:
        with open_cluster(config.executor, bounds) as cluster:
            yield cluster
        return
    executor: Executor = (
        SerialExecutor(bounds)
        if config.jobs == 1 and not any(map(_is_isolated, config.writers.values()))
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
