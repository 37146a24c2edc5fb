"""Turns the paths that a user names into sources in a fixed order, each with its site."""

import os
from collections.abc import Iterable, Iterator, Sequence
from glob import glob, has_magic
from pathlib import Path

from msgspec import Struct

from converter.diagnostics import Code, Diagnostic, Warn
from converter.errors import SourceError, UsageError

SUFFIXES = frozenset({".md", ".markdown", ".mkd", ".mkdn", ".mkdown", ".mdown", ".html", ".htm", ".xhtml"})
"""Of the files that a folder holds, those with these suffixes are posts."""

POSTS, SITE_CONFIG = "_posts", "_config.yml"


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
        """Stable in its site: the path without the folder marks `_posts` and `_drafts` and without the suffix."""
        parts = [part for part in Path(self.path).with_suffix("").parts if part not in (POSTS, "_drafts")]
        return "/".join(parts)


def discover(paths: Sequence[str], warn: Warn) -> tuple[Location, ...]:
    """Return the posts under `paths` (site folders, `_posts` folders, other folders, files, globs), each once.

    Paths keep their order; the files of a folder are sorted by path. A folder that cannot be read is reported.
    Raises `UsageError` for a path that is not there.
    """
    found: dict[Location, None] = {}
    for path in paths:
        for match in _expanded(path):
            found.update(dict.fromkeys(_locations(match, warn)))
    return tuple(found)


def site_root(path: Path) -> Path:
    """Return the folder of the site that `path` is in: the nearest with a `_config.yml`, else a guess by its names."""
    folder = path if path.is_dir() else path.parent
    for candidate in (folder, *folder.parents):
        if (candidate / SITE_CONFIG).is_file():
            return candidate
    for candidate in (folder, *folder.parents):
        if candidate.name == POSTS:
            return candidate.parent
    return folder


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


def _locations(path: Path, warn: Warn) -> Iterator[Location]:
    root = site_root(path)
    if not path.is_dir():
        yield Location(str(root), path.relative_to(root).as_posix())
        return
    files = sorted(_files(path, warn), key=lambda file: file.relative_to(path).as_posix())
    posts = [file for file in files if POSTS in file.relative_to(root).parts[:-1]]
    # A site keeps its posts in `_posts` and its pages elsewhere; a plain folder of posts has no such folder.
    chosen = posts if posts or (path / SITE_CONFIG).is_file() else files
    for file in chosen:
        yield Location(str(root), file.relative_to(root).as_posix())


def _files(folder: Path, warn: Warn) -> Iterator[Path]:
    """Yield the posts under a folder; hidden folders, built sites and packages of other tools are passed over."""

    def report(error: OSError) -> None:
        name = os.path.relpath(error.filename, folder)
        warn(Diagnostic(code=Code.SOURCE_UNREADABLE, message=f"the folder cannot be read: {error.strerror}", file=name))

    for parent, folders, names in os.walk(folder, onerror=report):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in ("_site", "node_modules")]
        for name in names:
            if Path(name).suffix.lower() in SUFFIXES and not name.startswith("."):
                yield Path(parent, name)
