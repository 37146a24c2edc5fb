"""Turns the paths that a user names into sources in a fixed order, each with its site."""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from glob import glob, has_magic
from pathlib import Path, PurePosixPath

from msgspec import Struct

from converter.diagnostics import Code, Diagnostic, Warn
from converter.errors import SourceError, UsageError
from converter.reading.systems import PLAIN, PROFILES, Mark, Profile

SUFFIXES = frozenset({".md", ".markdown", ".mkd", ".mkdn", ".mkdown", ".mdown", ".html", ".htm", ".xhtml", ".mdx"})
"""Of the files that a folder holds, those with these suffixes are posts."""

POSTS, DRAFTS = "_posts", "_drafts"
"""Where Jekyll keeps posts, and those that are not finished."""

_HOMES = tuple(sorted({profile.home for profile in PROFILES if profile.home}, key=len, reverse=True))
_MARK_SIZE = 64 * 1024
"""Bytes of a configuration in which it says whose it is."""

_PASSED_OVER = frozenset({"_site", "node_modules"})
_VENDORED = frozenset({"bundle", "cache", "gems", "ruby"})
"""Folders in `vendor` that hold the packages of a site, which may be sites of their own."""

_GHOST = re.compile(r"(?:^|[/.])ghost(?:\.[\d-]+)*\.json$")
"""Names of what Ghost exports."""

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

        That is `_posts` and `_drafts`, the folder of content, and `index` for the post of a folder.
        """
        path = PurePosixPath(self.path).with_suffix("")
        home = next((home for home in _HOMES if path.is_relative_to(home) and path != PurePosixPath(home)), "")
        inner = [part for part in path.relative_to(home).parts if part not in (POSTS, DRAFTS)]
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
        if system_of(candidate)[0] is not PLAIN:
            return candidate
    for candidate in above:
        if candidate.name in (POSTS, DRAFTS):
            return candidate.parent
    return folder


def system_of(root: Path) -> tuple[Profile, str]:
    """Return the system of the site in `root`, and the name of the file that configures it, if there is one."""
    for profile in PROFILES:
        for mark in profile.marks:
            if name := _named_by(root, mark):
                return profile, name if mark.configures and (root / name).is_file() else ""
    return PLAIN, ""


def _named_by(root: Path, mark: Mark) -> str:
    """Return the name of the file or folder that a mark means, or nothing."""
    names = sorted(path.name for path in root.glob(mark.name)) if "*" in mark.name else [mark.name]
    for name in names:
        if (root / name).exists() and (not mark.beside or (root / mark.beside).is_dir()):
            return name if not mark.says or re.search(mark.says, _beginning(root / name)) else ""
    return ""


def _beginning(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return stream.read(_MARK_SIZE).decode("utf-8", "replace")
    except OSError:
        return ""


def files_below(root: str) -> Iterator[str]:
    """Yield the paths of all files of a site that are not hidden, relative to its root."""
    for parent, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(parent, name).relative_to(root).as_posix() for name in names if not name.startswith("."))


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
    profile, _ = system_of(root)
    inner = path.relative_to(root)
    names = tuple(sorted((inner / file.relative_to(path)).as_posix() for file in _files(path, profile, warn)))
    patterns = excluded(str(root))
    chosen = profile.chosen(names, is_root=path == root)
    taken = frozenset(chosen)
    _report_unread([name for name in names if (name in taken and not is_post(name)) or _GHOST.search(name)], warn)
    for name in filter(is_post, chosen):
        if reason := _reason_against(name, patterns, drafts=drafts):
            message = f"the post was not taken: {reason}"
            warn(Diagnostic(code=Code.POST_SKIPPED, message=message, file=name))
        else:
            yield Location(str(root), name)


def is_post(name: str) -> bool:
    """Whether a file has the suffix of a post that can be read."""
    return PurePosixPath(name).suffix.lower() in SUFFIXES


def _report_unread(names: Sequence[str], warn: Warn) -> None:
    """Say once for each kind that files of it are not read."""
    kinds: dict[str, list[str]] = {}
    for name in names:
        path = PurePosixPath(name)
        kinds.setdefault("ghost.json" if path.suffix == ".json" else path.suffix.lower(), []).append(name)
    for kind, found in kinds.items():
        count = f"{len(found)} files of the kind {kind} are" if len(found) > 1 else f"1 file of the kind {kind} is"
        hint = "save such posts as Markdown or HTML"
        warn(Diagnostic(code=Code.KIND_NOT_READ, message=f"{count} not read", file=found[0], hint=hint))


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


def _files(folder: Path, profile: Profile, warn: Warn) -> Iterator[Path]:
    """Yield the files under a folder that are posts to its system, those that are not read among them.

    Hidden folders, built sites and packages of other tools are passed over.
    """

    def report(error: OSError) -> None:
        name = os.path.relpath(error.filename, folder)
        warn(Diagnostic(code=Code.SOURCE_UNREADABLE, message=f"the folder cannot be read: {error.strerror}", file=name))

    for parent, folders, names in os.walk(folder, onerror=report):
        passed_over = _PASSED_OVER | _VENDORED if Path(parent).name == "vendor" else _PASSED_OVER
        folders[:] = [name for name in folders if not name.startswith(".") and name not in passed_over]
        for name in names:
            suffix = Path(name).suffix.lower()
            is_unread = suffix in profile.unread or _GHOST.search(name) is not None
            # What begins so is hidden, or a copy that an editor keeps.
            if (suffix in SUFFIXES or is_unread) and not name.startswith((".", "#", "~")):
                yield Path(parent, name)
