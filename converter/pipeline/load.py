"""The first fan-out: paths to posts, a task a source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from converter.diagnostics import Code, ConverterError, Diagnostic, Warn
from converter.images.policy import ImagePolicy
from converter.images.resolve import fetcher_for, with_images
from converter.languages.unicode import file_name
from converter.limits.guard import attempt, report_outcome
from converter.limits.values import DEFAULT, Limits
from converter.model import Post, Site
from converter.normalize import normalize
from converter.pipeline.cache import TaskCache
from converter.pipeline.dependencies import Neighbours
from converter.pipeline.discover import Location, discover, files_below, is_post, read_file, system_of
from converter.pipeline.executors import SerialExecutor, here, outcomes
from converter.pipeline.report import Progress, Stage, silent
from converter.reading import DATA_FORMATS, Beside, CleaningRule, Context, SourceFile, read, read_context, read_site
from converter.reading.systems.records import read_records
from converter.site.crosslinks import link_posts
from converter.storage import LocalTree
from converter.storage.fingerprint import code_fingerprint, key_of

if TYPE_CHECKING:  # its parsers are not loaded unless something is to be verified
    from converter.images.download import Fetcher
    from converter.verify import SourceText
    from converter.verify.visible import Visible

BATCH = 16
"""Sources that go to a worker together: a post is read in a few milliseconds, and a message costs a tenth of one."""
FEW = 24
"""With fewer sources than this, starting processes takes longer than reading."""


PARSERS = (
    "babel", "chardet", "emoji", "latex2mathml", "markdown-it-py", "mdit-py-plugins", "python-liquid", "pyyaml",
    "selectolax", "tzdata", "html5lib", "beautifulsoup4",
)  # fmt: skip
"""The packages that what is read from a source depends on."""

_Item = tuple[Location, SourceFile]


class Loaded(Struct, frozen=True):
    """Posts, and what is known about them."""

    posts: tuple[Post, ...]
    """With their images found."""
    site: Site
    """The site of the first post."""
    locations: tuple[Location, ...]
    """Of all sources, those included that are no posts."""
    diagnostics: tuple[Diagnostic, ...]


class _SiteContext(Struct, frozen=True):
    """What the posts of a site share."""

    site: Site
    context: Context
    fingerprint: str
    """A hash of both, and of `skip`."""
    follow_links: bool = False
    skip: tuple[str, ...] = ()
    """The passes of `normalize` that are left out."""


class LoadOptions(Struct, frozen=True, kw_only=True):
    """How posts are read, besides what their site says."""

    site: Mapping[str, str] = {}
    """What replaces the values of the site's `_config.yml`, by the names of `model.Site`."""
    rules: tuple[CleaningRule, ...] = ()
    skip: tuple[str, ...] = ()
    """Names of `normalize.PASSES` that are left out."""
    images: ImagePolicy = ImagePolicy()
    limits: Limits = DEFAULT
    drafts: bool = False
    """Whether the posts in `_drafts` are read too."""
    cache: TaskCache | None = None
    """Where posts are that were read before."""
    follow_links: bool = False
    """Whether links may lead out of the site."""


def load_posts(
    *paths: str,
    site: Mapping[str, str] | None = None,
    drafts: bool = False,
    follow_links: bool = False,
    limits: Limits = DEFAULT,
    executor: Executor | None = None,
) -> Loaded:
    """Return the posts under `paths`, their site, and all that there is to say about them.

    `site` replaces values of the site's `_config.yml`; `drafts` says whether the posts in `_drafts` are read too, and
    `follow_links` whether links may lead out of the site. `limits` bound each post. `executor` may read them.
    Raises `UsageError` for a path that is not there.
    """
    options = LoadOptions(site=site or {}, drafts=drafts, follow_links=follow_links, limits=limits)
    return load(executor or SerialExecutor(), paths, options, silent)


def load(executor: Executor, paths: Sequence[str], options: LoadOptions, progress: Progress) -> Loaded:
    """Do what `load_posts` does, in any executor, telling `progress`."""
    diagnostics: list[Diagnostic] = []
    warn = diagnostics.append
    site_context = cache(lambda root: _site_context(root, options, warn))
    locations = discover(
        paths,
        warn,
        excluded=lambda root: site_context(root).context.exclude,
        drafts=options.drafts,
        follow_links=options.follow_links,
    )
    sites = {root: site_context(root) for root in dict.fromkeys(location.root for location in locations)}
    posts = _posts(executor, locations, _Read(sites), options, progress, warn)
    site = next((found.site for found in sites.values()), replace(Site(), **options.site))
    return Loaded(posts, site, locations, tuple(diagnostics))


def find_posts(
    paths: Sequence[str], warn: Warn, *, drafts: bool = False, follow_links: bool = False
) -> tuple[Location, ...]:
    """Return where the posts are that `load_posts` would read, without reading them. Raises `UsageError`."""
    site_context = cache(lambda root: _site_context(root, LoadOptions(follow_links=follow_links), warn))
    return discover(
        paths,
        warn,
        excluded=lambda root: site_context(root).context.exclude,
        drafts=drafts,
        follow_links=follow_links,
    )


def source_texts(executor: Executor, loaded: Loaded, warn: Warn, limits: Limits = DEFAULT) -> dict[str, SourceText]:
    """Return what a browser shows of the source of each post, by the post's key: see `verify`."""
    from converter.verify import SourceText

    keys = _keys(loaded.locations, _ignore)
    by_key = {post.key: post for post in loaded.posts}
    declared: dict[str, list[str]] = {}
    absent: dict[str, list[str]] = {}
    for diagnostic in loaded.diagnostics:
        if diagnostic.removed and diagnostic.file:
            declared.setdefault(diagnostic.file, []).append(diagnostic.removed)
        if diagnostic.code.startswith("image-") and diagnostic.file:
            absent.setdefault(diagnostic.file, []).extend(re.findall("'([^']+?)…?'", diagnostic.message))
    texts: dict[str, SourceText] = {}
    systems = {root: system_of(Path(root))[0].name for root in {location.root for location in loaded.locations}}
    work = outcomes(executor, _SourceText(systems), _batches(loaded.locations, keys, _ignore, limits=limits))
    for (location, _), outcome in work:
        report_outcome(outcome, location.name, warn)
        post = by_key.get(keys[location])
        if post and outcome.value is not None:
            gone = "\n".join(declared.get(post.path, ()))
            texts[post.key] = SourceText(
                post.path,
                post.metadata.title,
                outcome.value.text,
                gone,
                outcome.value.shape,
                tuple(absent.get(post.path, ())),
                loaded.site.url if location.root == loaded.site.root else "",
            )
    return texts


def _ignore(_diagnostic: Diagnostic) -> None:
    """Take no notice: it was reported when the posts were read."""


class _SourceText(Struct, frozen=True):
    """The task of taking the words of sources."""

    systems: dict[str, str]
    """The system of each site, by the site's root."""

    def __call__(self, item: _Item, _warn: Warn, /) -> Visible:
        from converter.verify import read_source

        location, source = item
        return read_source(source.data, name=location.name, system=self.systems[location.root])


class _Read(Struct, frozen=True):
    """The task of this fan-out."""

    sites: dict[str, _SiteContext]

    def __call__(self, item: _Item, warn: Warn, /) -> Post:
        location, source = item
        found = self.sites[location.root]
        return normalize(read(source, found.site, warn, context=found.context), found.site, warn, skip=found.skip)

    def key(self, item: _Item, /) -> str:
        """Return a hash of everything that a post depends on."""
        location, source = item
        return key_of("post", code_fingerprint(*PARSERS), self.sites[location.root].fingerprint, source)

    def kind(self, _item: _Item, /) -> type[Post]:
        """Return what is read."""
        return Post


class _WithImages(Struct, frozen=True):
    """Finds or fetches the images of a post, in the parent."""

    site: Site
    options: LoadOptions
    fetcher: Fetcher | None

    def __call__(self, post: Post, warn: Warn, /) -> Post:
        options = self.options
        return with_images(post, self.site, options.images, self.fetcher, warn, follow_links=options.follow_links)


def _site_context(root: str, options: LoadOptions, warn: Warn) -> _SiteContext:
    """Return the site in a folder, from its configuration if it has one and from ours."""
    profile, name = system_of(Path(root))
    text = _text_of(Location(root, name, options.follow_links), warn) if name else ""
    site = (
        read_site(text, file=name, root=root, warn=warn, profile=profile)
        if text
        else Site(root=root, shown=profile.static, embeds=profile.embeds)
    )
    includes = _files(root, "_includes", options.follow_links, warn)
    context = (
        read_context(text, file=name, includes=includes, rules=options.rules, profile=profile)
        if text
        else Context(
            system=profile.name,
            dialect=profile.dialect,
            includes=includes,
            permalink=profile.permalink,
            rules=options.rules,
        )
    )
    if profile.records:
        context = replace(
            context, records=read_records(_text_of(Location(root, profile.records, options.follow_links), warn))
        )
    if profile.files_by_name:
        context = replace(context, files=_files_by_name(root, options.follow_links), dollars=profile.dollars)
    site = replace(site, **options.site)
    context = replace(context, limits=options.limits)
    return _SiteContext(
        site, context, key_of(site.portable(), context, options.skip), options.follow_links, options.skip
    )


def _files(root: str, folder: str, follow_links: bool, warn: Warn) -> dict[str, str]:  # noqa: FBT001  (handed on)
    """Return the texts of the files below a folder of the site, by their path in it."""
    entries = LocalTree(root, follow_links).walk(folder, passes=lambda _: False, failed=lambda *_: None)
    names = sorted(entry.name for entry in entries if not entry.name.endswith("/"))
    texts = {name: _text_of(Location(root, name, follow_links), warn) for name in names}
    return {file_name(name.removeprefix(f"{folder}/")): text for name, text in texts.items()}


def _data(root: str, site_context: _SiteContext, warn: Warn) -> dict[str, str]:
    """Return the texts of the data of a site, by their path below `_data`."""
    files = _files(root, site_context.context.data_folder, site_context.follow_links, warn)
    return {name: text for name, text in files.items() if name.lower().endswith(DATA_FORMATS)}


def _files_by_name(root: str, follow_links: bool) -> dict[str, str]:  # noqa: FBT001  (handed on)
    """Return the paths of what is no post, by path and by name in small letters; the one nearest to the root."""
    found: dict[str, str] = {}
    paths = [path for path in files_below(root, follow_links=follow_links) if not is_post(path)]
    for path in sorted(paths, key=lambda path: (path.count("/"), path)):
        found[path.lower()] = path
        found.setdefault(path.lower().rpartition("/")[2], path)
    return found


def _text_of(location: Location, warn: Warn) -> str:
    try:
        return read_file(location).decode("utf-8", "replace")
    except ConverterError as error:
        warn(error.diagnostic)
        return ""


def _posts(
    executor: Executor,
    locations: Sequence[Location],
    task: _Read,
    options: LoadOptions,
    progress: Progress,
    warn: Warn,
) -> tuple[Post, ...]:
    if not locations:
        warn(Diagnostic(code=Code.NO_POSTS, message="there are no posts", hint="name a site or a folder of posts"))
    warn = _naming_once(warn)
    chosen = executor if len(locations) >= FEW else here(executor)
    fetcher = fetcher_for(options.images)
    posts: list[Post] = []
    site_of: dict[str, Site] = {}
    neighbours = _neighbours(locations, task, warn)
    batches = _batches(locations, _keys(locations, warn), warn, neighbours, limits=options.limits)
    work = outcomes(chosen, task, batches, lookup=options.cache, few=BATCH // 4)
    for done, ((location, _), outcome) in enumerate(work, 1):
        report_outcome(outcome, location.name, warn)
        if outcome.value is not None:
            site = task.sites[location.root].site
            shown = attempt(_WithImages(site, options, fetcher), outcome.value)
            report_outcome(shown, location.name, warn)
            if shown.value is not None:
                site_of[shown.value.key] = site
                posts.append(shown.value)
        progress(Stage.READ, done, len(locations))
    return link_posts(posts, site_of, warn)


def _neighbours(locations: Sequence[Location], task: _Read, warn: Warn) -> Neighbours:
    def site_context(root: str) -> tuple[Site, Context]:
        return task.sites[root].site, task.sites[root].context

    return Neighbours(locations, site_context, read_file, lambda root: _data(root, task.sites[root], warn))


def _naming_once(warn: Warn) -> Warn:
    """Return `warn` without what was said before of an unknown tag: a theme has few, and every post has them."""
    said: set[str] = set()

    def once(diagnostic: Diagnostic) -> None:
        if diagnostic.code is Code.LIQUID_UNKNOWN:
            if diagnostic.message in said:
                return
            said.add(diagnostic.message)
        warn(diagnostic)

    return once


def _batches(
    locations: Sequence[Location],
    keys: Mapping[Location, str],
    warn: Warn,
    neighbours: Neighbours | None = None,
    *,
    limits: Limits,
) -> Iterator[list[_Item]]:
    """Yield the sources in batches; the parent alone reads files, and one that cannot be read is reported."""
    for start in range(0, len(locations), BATCH):
        batch = []
        for location in locations[start : start + BATCH]:
            outcome = attempt(partial(_source, keys[location], neighbours, limits), location)
            report_outcome(outcome, location.name, warn)
            if outcome.value is not None:
                batch.append((location, outcome.value))
        yield batch


def _source(key: str, neighbours: Neighbours | None, limits: Limits, location: Location, _warn: Warn) -> SourceFile:
    data = read_file(location, limits)
    beside = neighbours.of(location, data) if neighbours else Beside()
    return SourceFile(path=location.name, key=key, data=data, beside=beside)


def _keys(locations: Sequence[Location], warn: Warn) -> dict[Location, str]:
    """Return a key for every source that no other has: with the suffix, and the site's name, only where needed."""
    several = len({location.root for location in locations}) > 1
    keys: dict[Location, str] = {}
    taken: set[str] = set()
    for location in locations:
        prefix = f"{Path(location.root).name}/" if several else ""
        key = prefix + location.key
        if key in taken:
            key = prefix + location.name
            warn(
                Diagnostic(
                    code=Code.DUPLICATE_KEY,
                    message=f"another post has the key '{location.key}'; this one is '{key}'",
                    file=location.name,
                    hint="rename one of the files",
                )
            )
        taken.add(key)
        keys[location] = key
    return keys
