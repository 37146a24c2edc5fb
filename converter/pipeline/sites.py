"""The folder of a site -> what is around its posts: its configuration, includes, data, and the names of its files."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from converter.diagnostics import ConverterError, Warn
from converter.images.policy import ImagePolicy
from converter.languages.unicode import file_name
from converter.limits.values import DEFAULT, Limits
from converter.model import Site
from converter.pipeline.dependencies import Neighbours
from converter.pipeline.discover import Location, discover, files_below, is_post, no_output, read_file, system_of
from converter.reading import DATA_FORMATS, CleaningRule, Context, read_context, read_site
from converter.reading.systems.records import read_records
from converter.storage import Tree
from converter.storage.fingerprint import key_of


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
    follow_links: bool = False
    """Whether links may lead out of the site."""
    is_output: Callable[[str], bool] = no_output
    """Whether a run made a file, which is no source then, by its absolute path."""
    gone: Literal["keep", "drop", "fail"] = "keep"
    """What becomes of posts that a state knows and whose sources are there no more."""
    forgets: bool = True
    """Whether those that are dropped are forgotten for good: not where somebody only asks."""


class SiteContext(Struct, frozen=True):
    """What is around the posts of a site."""

    site: Site
    context: Context
    fingerprint: str
    """A hash of both, and of `skip`."""
    tree: Tree
    """The folder."""
    skip: tuple[str, ...] = ()
    """The passes of `normalize` that are left out."""


def find_sources(
    paths: Sequence[str | Tree], options: LoadOptions, warn: Warn
) -> tuple[tuple[Location, ...], Callable[[Tree], SiteContext]]:
    """Return where the posts under `paths` are, and what returns the site in a folder, which is opened once.

    Raises `UsageError` for a path that is not there.
    """
    site_at = cache(lambda tree: open_site(tree, options, warn))
    locations = discover(
        paths,
        warn,
        excluded=lambda tree: site_at(tree).context.exclude,
        is_output=options.is_output,
        drafts=options.drafts,
        follow_links=options.follow_links,
    )
    return locations, site_at


def open_site(tree: Tree, options: LoadOptions, warn: Warn) -> SiteContext:
    """Return the site in a folder, from its configuration if it has one and from ours."""
    profile, name = system_of(tree)
    text = _text_of(Location(tree, name), warn) if name else ""
    site = (
        read_site(text, file=name, root=tree.root, warn=warn, profile=profile)
        if text
        else Site(root=tree.root, shown=profile.static, embeds=profile.embeds)
    )
    includes = _files(tree, "_includes", warn)
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
        context = replace(context, records=read_records(_text_of(Location(tree, profile.records), warn)))
    if profile.files_by_name:
        context = replace(context, files=_files_by_name(tree), dollars=profile.dollars)
    site = replace(site, **options.site)
    context = replace(context, limits=options.limits)
    return SiteContext(site, context, key_of(site.portable(), context, options.skip), tree, options.skip)


def _files(tree: Tree, folder: str, warn: Warn) -> dict[str, str]:
    """Return the texts of the files below a folder of the site, by their path in it."""
    entries = tree.list(folder, passes=lambda _: False, failed=lambda *_: None)
    names = sorted(entry.name for entry in entries if not entry.name.endswith("/"))
    texts = {name: _text_of(Location(tree, name), warn) for name in names}
    return {file_name(name.removeprefix(f"{folder}/")): text for name, text in texts.items()}


def data_of(found: SiteContext, warn: Warn) -> dict[str, str]:
    """Return the texts of the data of a site, by their path below `_data`."""
    files = _files(found.tree, found.context.data_folder, warn)
    return {name: text for name, text in files.items() if name.lower().endswith(DATA_FORMATS)}


def _files_by_name(tree: Tree) -> dict[str, str]:
    """Return the paths of what is no post, by path and by name in small letters; the one nearest to the root."""
    found: dict[str, str] = {}
    paths = [path for path in files_below(tree) if not is_post(path)]
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


def neighbours_of(locations: Sequence[Location], sites: Mapping[str, SiteContext], warn: Warn) -> Neighbours:
    """Return the posts and files of all sites, for the tags of posts to ask for."""

    def around(root: str) -> tuple[Site, Context]:
        return sites[root].site, sites[root].context

    return Neighbours(locations, around, read_file, lambda root: data_of(sites[root], warn))
