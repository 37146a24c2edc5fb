"""Turns the paths that a user names into sources in a fixed order, each with its site."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from glob import glob, has_magic
from pathlib import Path, PurePosixPath

from msgspec import Struct

from converter.diagnostics import Code, Diagnostic, Warn
from converter.errors import SourceError, UsageError

SUFFIXES = frozenset({".md", ".markdown", ".mkd", ".mkdn", ".mkdown", ".mdown", ".html", ".htm", ".xhtml"})
"""Of the files that a folder holds, those with these suffixes are posts."""

POSTS, DRAFTS, CONTENT = "_posts", "_drafts", "content"
"""Where Jekyll keeps posts, where it keeps those that are not finished, and where Hugo keeps all."""

SITE_CONFIGS = ("_config.yml", "_config.yaml", "_config.toml")
HUGO_CONFIGS = tuple(f"{name}.{suffix}" for name in ("hugo", "config") for suffix in ("toml", "yaml", "yml", "json"))

_PASSED_OVER = frozenset({"_site", "node_modules"})
_VENDORED = frozenset({"bundle", "cache", "gems", "ruby"})
"""Folders in `vendor` that hold the packages of a site, which may be sites of their own."""

Excluded = Callable[[str], Sequence[str]]
"""Returns the paths and globs that the site in a folder passes over."""


def nothing(_root: str) -> tuple[str, ...]:
    """Exclude nothing."""
    return ()


class Location(Struct, frozen=True, order=True):
    """Where a post is."""

    root: str
    """The folder of its site."""
    path: str
    """Relative to the root, with `/` between folders."""

    @property
    def file(self) -> Path:
        return Path(self.root, self.path)

    @property
    def key(self) -> str:
        """Stable in its site: the path without the suffix and without what only says where posts are kept.

        That is `_posts` and `_drafts`, Hugo's `content`, and `index` for the post of a folder.
        """
        parts = [part for part in PurePosixPath(self.path).with_suffix("").parts if part not in (POSTS, DRAFTS)]
        inner = parts[parts[0] == CONTENT and len(parts) > 1 :]
        return "/".join(inner[:-1] if inner[-1] == "index" and len(inner) > 1 else inner)


def discover(
    paths: Sequence[str], warn: Warn, *, excluded: Excluded = nothing, drafts: bool = False
) -> tuple[Location, ...]:
    """Return the posts under `paths` (site folders, `_posts` folders, other folders, files, globs), each once.

    Paths keep their order; the files of a folder are sorted by path. A folder that cannot be read is reported, and so
    is each post that a site does not show; a file that is named by its own path is taken all the same. Raises
    `UsageError` for a path that is not there.
    """
    found: dict[Location, None] = {}
    for path in paths:
        for match in _expanded(path):
            found.update(dict.fromkeys(_locations(match, excluded, warn, drafts=drafts)))
    return tuple(found)


def site_root(path: Path) -> Path:
    """Return the folder of the site that `path` is in: the nearest with a configuration, else a guess by its names."""
    folder = path if path.is_dir() else path.parent
    above = (folder, *folder.parents)
    for candidate in above:
        if config_of(candidate):
            return candidate
    for candidate in above:
        if candidate.name in (POSTS, DRAFTS):
            return candidate.parent
    return folder


def config_of(root: Path) -> str:
    """Return the name of the file that configures the site in `root`, or nothing.

    Hugo's may have the name of any tool's, so it counts only beside a folder `content`.
    """
    names = (*SITE_CONFIGS, *HUGO_CONFIGS) if (root / CONTENT).is_dir() else SITE_CONFIGS
    return next((name for name in names if (root / name).is_file()), "")


def read_file(location: Location) -> bytes:
    """Return the bytes of a post. Raises `SourceError` where it cannot be read."""
    try:
        return location.file.read_bytes()
    except OSError as error:
        raise SourceError(
            Code.SOURCE_UNREADABLE,
            f"the file cannot be read: {error.strerror or error}",
            file=location.path,
            hint="look at its permissions",
        ) from error


def _expanded(path: str) -> Iterable[Path]:
    if os.path.lexists(path):
        return (Path(path).absolute(),)
    matches = sorted(glob(path, recursive=True)) if has_magic(path) else []  # noqa: PTH207  (absolute patterns)
    if not matches:
        raise UsageError(Code.USAGE, f"there is no file or folder '{path}'", hint="look at the spelling of the path")
    return (Path(match).absolute() for match in matches)


def _locations(path: Path, excluded: Excluded, warn: Warn, *, drafts: bool) -> Iterator[Location]:
    root = site_root(path)
    if not path.is_dir():
        yield Location(str(root), path.relative_to(root).as_posix())
        return
    names = sorted(file.relative_to(path).as_posix() for file in _files(path, warn))
    inner = path.relative_to(root)
    config = config_of(root)
    patterns = excluded(str(root))
    for name in _chosen([(inner / name).as_posix() for name in names], config, is_root=path == root):
        if reason := _reason_against(name, patterns, drafts=drafts):
            message = f"the post was not taken: {reason}"
            warn(Diagnostic(code=Code.POST_SKIPPED, message=message, file=name))
        else:
            yield Location(str(root), name)


def _chosen(names: Sequence[str], config: str, *, is_root: bool) -> Sequence[str]:
    """Return the files of a folder that are posts: sites keep pages elsewhere, a plain folder has nothing else."""
    if config in HUGO_CONFIGS:
        all_names = frozenset(names)
        return [name for name in names if name.startswith(f"{CONTENT}/") and _is_page(name, all_names)]
    posts = [name for name in names if {POSTS, DRAFTS}.intersection(name.split("/")[:-1])]
    return posts if posts or (config and is_root) else names


def _is_page(name: str, names: frozenset[str]) -> bool:
    """Whether a file of Hugo is a page of its own, and neither a list nor a piece of a page that has a folder."""
    path = PurePosixPath(name)
    if path.stem.partition(".")[0] == "_index":
        return False
    bundles = (f"{folder}/index{suffix}" for folder in path.parents for suffix in SUFFIXES)
    return path.stem == "index" or not any(bundle in names for bundle in bundles)


def _reason_against(name: str, patterns: Sequence[str], *, drafts: bool) -> str:
    """Return why a site does not show a post, or an empty string."""
    if any(_matches(name, pattern) for pattern in patterns):
        return "the site excludes it"
    if DRAFTS in name.split("/")[:-1] and not drafts:
        return "it is a draft (--drafts takes it)"
    return ""


def _matches(name: str, pattern: str) -> bool:
    """Whether a pattern of `exclude` means a file or a folder above it.

    The rules are those of Jekyll's `EntryFilter`: a pattern is the beginning of a path, or a glob whose `*` does not
    stop at a slash.
    """
    pattern = pattern.lstrip("/")
    folders = [str(folder) for folder in PurePosixPath(name).parents][:-1]
    return bool(pattern) and (
        name.startswith(pattern) or any(fnmatchcase(part, pattern.rstrip("/")) for part in (name, *folders))
    )


def _files(folder: Path, warn: Warn) -> Iterator[Path]:
    """Yield the posts under a folder; hidden folders, built sites and packages of other tools are passed over."""

    def report(error: OSError) -> None:
        name = os.path.relpath(error.filename, folder)
        warn(Diagnostic(code=Code.SOURCE_UNREADABLE, message=f"the folder cannot be read: {error.strerror}", file=name))

    for parent, folders, names in os.walk(folder, onerror=report):
        passed_over = _PASSED_OVER | _VENDORED if Path(parent).name == "vendor" else _PASSED_OVER
        folders[:] = [name for name in folders if not name.startswith(".") and name not in passed_over]
        for name in names:
            # What begins so is hidden, or a copy that an editor keeps.
            if Path(name).suffix.lower() in SUFFIXES and not name.startswith((".", "#", "~")):
                yield Path(parent, name)
