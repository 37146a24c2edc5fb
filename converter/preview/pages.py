"""A site -> the pages of its editions and posts, each made when it is asked for."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from pathlib import Path
from urllib.parse import quote

from msgspec import Struct
from msgspec.structs import replace

from converter.config import Config, State
from converter.diagnostics import ConverterError, Diagnostic, Severity, Warn
from converter.limits.bounds import Bounds
from converter.limits.guard import attempt
from converter.model import Digest
from converter.pipeline.cache import TaskCache
from converter.pipeline.executors import ProcessExecutor, SerialExecutor
from converter.pipeline.plan import Plan
from converter.pipeline.report import Progress, silent
from converter.pipeline.run import load_options
from converter.pipeline.scan import scan
from converter.storage import Index, is_url
from converter.themes import Theme, open_theme
from converter.writers import Results
from converter.writers.book import Book
from converter.writers.html import HtmlWriter
from converter.writers.html.layout import layout_of, page_name
from converter.writers.html.parts import RenderedPost

INLINE = 1 << 20
"""Megabytes of images that are inside of pages: all, so that a page is one answer."""


class Page(Struct, frozen=True):
    """What is shown under a path."""

    digest: Digest
    post: str
    """The key of the post; empty for the contents of the digest."""


class Look(Struct, frozen=True):
    """What there was at one time."""

    plan: Plan | None = None
    """None where nothing could be read at all."""
    theme: Theme | None = None
    writer: HtmlWriter = HtmlWriter()
    pages: Mapping[str, Page] = {}
    """By path, without a slash before it, as URLs have it when nothing is escaped."""
    said: tuple[Diagnostic, ...] = ()
    paths: tuple[str, ...] = ()
    """The folders that it depends on."""
    ignored: tuple[str, ...] = ()
    """Those below them that runs write into."""


class Preview:
    """A site that is looked at again and again; what did not change is not read again."""

    def __init__(self, load: Callable[[], Config]) -> None:
        """`load` returns the configuration as it is now; it may raise `UsageError`."""
        self._load = load
        self._index = Index()
        self._cache: TaskCache | None = None
        self.now = Look()

    def look(self, progress: Progress = silent) -> Look:
        """Find out what there is now. What is wrong is said by it; only the first look raises, `ConverterError`."""
        try:
            self.now = self._look(progress)
        except ConverterError as error:
            if not self.now.paths:
                raise
            self.now = replace(self.now, plan=None, pages={}, said=(error.diagnostic,))
        return self.now

    def close(self) -> None:
        """Let go of what is kept for the next time."""
        if self._cache:
            self._cache.close()

    def _look(self, progress: Progress) -> Look:
        config = _shown(self._load())
        theme = open_theme(config.theme)
        said: list[Diagnostic] = []
        self._cache = self._cache or TaskCache(config.cache, said.append)
        with self._executor(config) as executor:
            archive = scan(
                executor, config.sources, load_options(config), progress, index=self._index, cache=self._cache
            )
        said += [*config.notices, *archive.diagnostics]
        plan = Plan(archive, config, said.append)
        writer = config.writers.get("html", HtmlWriter())
        roots = dict.fromkeys(location.root for location in archive.locations)
        named = (source for source in (*config.sources, config.theme) if isinstance(source, str))
        folders = (*roots, *(str(Path(name).absolute()) for name in named if Path(name).is_dir()))
        own = (name for name in (config.output, config.cache.folder) if name and not is_url(name))
        return Look(
            plan=plan,
            theme=theme,
            writer=replace(writer, shape="folder", inline_megabytes=INLINE),
            pages=dict(_pages(plan)),
            said=tuple(dict.fromkeys(said)),
            paths=tuple(dict.fromkeys(name for name in folders if not is_url(name))),
            ignored=tuple(str(Path(name).absolute()) for name in own),
        )

    def _executor(self, config: Config) -> Executor:
        bounds = Bounds(config.timeout, config.limits.memory)
        if config.jobs == 1 or self.now.plan is not None:  # few sources are new then
            return SerialExecutor(bounds)
        return ProcessExecutor(config.jobs, timeout=bounds.seconds, memory=bounds.memory)


def _shown(config: Config) -> Config:
    """Return what is looked at: all editions, with all that there is now.

    What a state has, another run may need, too; and posts that are nearly the same are found by comparing all.
    """
    digests = tuple(replace(spec, duplicates="keep") for spec in config.digests)
    return replace(config, state=State(), editions=(), last=False, digests=digests)


def _pages(plan: Plan) -> Iterator[tuple[str, Page]]:
    for edition in plan.editions:
        digest = edition.digest
        alone = digest.alone
        yield f"{digest.key}.html", Page(digest, alone.key if alone else "")
        for post in () if alone else digest.posts:
            yield f"{digest.key}/{page_name(post.key)}", Page(digest, post.key)


def render(look: Look, path: str) -> tuple[bytes | None, tuple[Diagnostic, ...]]:
    """Return the page under a path, or nothing where there is none or it cannot be made; and what there is to say."""
    if not path:
        return _index(look).encode(), ()
    if (page := look.pages.get(path)) is None:
        return None, ()
    outcome = attempt(lambda item, warn: _rendered(look, item, warn), page)
    said = tuple(one for one in outcome.diagnostics if one.severity is not Severity.NOTICE)
    return outcome.value, said


def _rendered(look: Look, page: Page, warn: Warn) -> bytes:
    assert look.plan  # noqa: S101  (there are no pages without)
    assert look.theme  # noqa: S101
    if page.post:
        digest = look.plan.with_body(page.digest, page.post)
        part = next(part for part in look.writer.split(digest, look.theme) if page.post in part.keys)
        return look.writer.render(part, look.theme, warn).markup.encode()
    digest = look.plan.opened(page.digest)
    # The contents are asked for, and not the pages that it leads to.
    nothing = Results((number, RenderedPost(post.key, "", ())) for number, post in enumerate(digest.posts))
    return look.writer.assemble(digest, look.theme, nothing, warn)[0].data


def _index(look: Look) -> str:
    """Return a list of the editions, the newest first, and of their posts."""
    editions = [edition.digest for edition in look.plan.editions][::-1] if look.plan else []
    lists = "".join(map(_listed, editions)) or "<p>There are no posts.</p>"
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Preview</title>'
        f'<link rel="stylesheet" href="/watch.css"></head><body class="index"><h1>Preview</h1>{lists}</body></html>\n'
    )


def _listed(digest: Digest) -> str:
    book = Book(digest)
    layout = layout_of(book, "folder")
    posts = () if book.is_lone else digest.posts[::-1]
    items = "".join(
        f'<li lang="{html.escape(post.metadata.language or book.language)}">'
        f'<a href="{html.escape(layout.from_contents(post.key))}">{html.escape(post.metadata.title)}</a></li>'
        for post in posts
    )
    href = html.escape(f"{quote(digest.key)}.html")
    title = f'<h2 lang="{html.escape(book.language)}"><a href="{href}">{html.escape(book.title)}</a></h2>'
    return f"{title}<ul>{items}</ul>" if items else title
