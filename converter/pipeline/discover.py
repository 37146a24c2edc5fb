"""Turns the paths that a user names into sources in a fixed order, each with its site."""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from fnmatch import fnmatchcase
from glob import glob, has_magic
from pathlib import Path, PurePosixPath
from posixpath import splitext

from msgspec import Struct

from converter.diagnostics import Code, Diagnostic, SourceError, UsageError, Warn
from converter.languages.unicode import file_name
from converter.limits.values import DEFAULT, Limits
from converter.reading.systems import PLAIN, PROFILES, Mark, Profile
from converter.storage import ABSENT, Entry, Fault, LocalTree, RefusedError, Tree, is_url, open_tree

SUFFIXES = frozenset({".md", ".markdown", ".mkd", ".mkdn", ".mkdown", ".mdown", ".html", ".htm", ".xhtml", ".mdx"})
"""Of the files that a folder holds, those with these suffixes are posts."""

POSTS, DRAFTS = "_posts", "_drafts"
"""Where Jekyll keeps posts, and those that are not finished."""

_HOMES = sorted({PurePosixPath(profile.home).parts for profile in PROFILES if profile.home}, key=len, reverse=True)
_MAX_CONFIG = 1 << 20
_MARK_SIZE = 64 * 1024
"""Bytes of a configuration in which it says whose it is."""

_PASSED_OVER = frozenset({"_site", "node_modules"})
_VENDORED = frozenset({"bundle", "cache", "gems", "ruby"})
"""Folders in `vendor` that hold the packages of a site, which may be sites of their own."""

_GHOST = re.compile(r"(?:^|[/.])ghost(?:\.[\d-]+)*\.json$")
"""Names of what Ghost exports."""

_OUTSIDE = "the link points outside the site"
_FOLLOW = "move what it leads to into the site, or use --follow-links if the link is meant"

Excluded = Callable[[Tree], Sequence[str]]
"""Returns the paths and globs that the site in a folder passes over."""


def nothing(_tree: Tree) -> tuple[str, ...]:
    """Exclude nothing."""
    return ()


class Location(Struct, frozen=True):
    """Where a post is."""

    tree: Tree
    """The folder of its site."""
    path: str
    """Relative to the root, with `/` between folders, as the file system has it."""

    @property
    def root(self) -> str:
        """What the folder of its site is known by: its path, or its URL."""
        return self.tree.root

    @property
    def name(self) -> str:
        """The path as posts and messages have it: text, whatever bytes the file system has."""
        return file_name(self.path)

    @property
    def file(self) -> str:
        """The path or the URL of the file."""
        return f"{self.root}/{self.path}" if is_url(self.root) else str(Path(self.root, self.path))

    @property
    def key(self) -> str:
        """Stable in its site: the path without the suffix and without what only says where posts are kept.

        That is the folders `_posts` and `_drafts`, the folder of content, and `index` for the post of a folder.
        """
        *folders, name = self.name.split("/")
        stem = splitext(name)[0]
        home = next((home for home in _HOMES if tuple(folders[: len(home)]) == home), ())
        inner = [folder for folder in folders[len(home) :] if folder not in (POSTS, DRAFTS)]
        return "/".join(inner if stem == "index" and inner else (*inner, stem))


def no_output(_file: str) -> bool:
    """Say of no file that a run made it."""
    return False


def discover(
    paths: Sequence[str | Tree],
    warn: Warn,
    *,
    excluded: Excluded = nothing,
    is_output: Callable[[str], bool] = no_output,
    drafts: bool = False,
    follow_links: bool = False,
) -> tuple[Location, ...]:
    """Return the posts under `paths` (site folders, `_posts` folders, other folders, files, globs, trees), each once.

    Paths keep their order; the files of a folder are sorted by path. A folder that cannot be read is reported, and so
    is each post that a site does not show; a file that is named by its own path is taken all the same. A linked folder
    is read where it lies in the site, or where `follow_links` allows more; a link to a post that is taken is not
    another one. `is_output` says of a file of a folder whether a run made it: such a file is no source. Raises
    `UsageError` for a path that is not there.
    """
    search = _Search(excluded, is_output, drafts, warn)
    found: dict[Location, None] = {}
    for path in paths:
        for place in _places(path, follow_links=follow_links):
            found.update(dict.fromkeys(search.locations(*place)))
    return tuple(found)


def site_root(path: Path) -> Path:
    """Return the folder of the site that `path` is in: the nearest with a configuration, else a guess by its names."""
    folder = path if path.is_dir() else path.parent
    above = (folder, *folder.parents)
    for candidate in above:
        if system_of(LocalTree(str(candidate)))[0] is not PLAIN:
            return candidate
    for candidate in above:
        if candidate.name in (POSTS, DRAFTS):
            return candidate.parent
    return folder


def system_of(tree: Tree) -> tuple[Profile, str]:
    """Return the system of the site in a folder, and the name of the file that configures it, if there is one."""
    for profile in PROFILES:
        for mark in profile.marks:
            if name := _named_by(tree, mark):
                return profile, name if mark.configures and not tree.stat(name).is_folder else ""
    return PLAIN, ""


def _named_by(tree: Tree, mark: Mark) -> str:
    """Return the name of the file or folder that a mark means, or nothing."""
    for name in _matching(tree, mark.name) if "*" in mark.name else (mark.name,):
        if tree.stat(name) != ABSENT and (not mark.beside or tree.stat(mark.beside).is_folder):
            return name if not mark.says or re.search(mark.says, _beginning(tree, name)) else ""
    return ""


def _matching(tree: Tree, pattern: str) -> list[str]:
    """Return the files in the folder itself whose names match a pattern."""
    entries = tree.list("", passes=lambda _: True, failed=lambda *_: None)
    return sorted(entry.name for entry in entries if fnmatchcase(entry.name, pattern))


def _beginning(tree: Tree, name: str) -> str:
    try:
        return tree.read(name, _MAX_CONFIG)[:_MARK_SIZE].decode("utf-8", "replace")
    except RefusedError:
        return ""


def files_below(tree: Tree) -> Iterator[str]:
    """Yield the paths of all files of a site that are not hidden, relative to its root."""
    for entry in tree.list("", passes=_is_hidden, failed=lambda *_: None):
        if not entry.name.endswith("/") and not _is_hidden(entry.name):
            yield entry.name


def _is_hidden(name: str) -> bool:
    return name.rpartition("/")[2].startswith(".")


def read_file(location: Location, limits: Limits = DEFAULT) -> bytes:
    """Return the bytes of a file of a site. Raises `SourceError` where it is not to be read, or is too large."""
    try:
        return location.tree.read(location.path, limits.source_bytes)
    except RefusedError as error:
        raise _refused(error, location.name, limits) from error


def _refused(error: RefusedError, file: str, limits: Limits) -> SourceError:
    match error.fault:
        case Fault.OUTSIDE:
            return SourceError(Code.SOURCE_OUTSIDE, f"{_OUTSIDE}, and was not read", file=file, hint=_FOLLOW)
        case Fault.TOO_LARGE:
            message = f"the file is larger than {limits.source_bytes / 2**20:g} MiB"
            return SourceError(Code.TOO_LARGE, message, file=file, hint=limits.hint("source_bytes"))
        case _:
            message = f"the file cannot be read: {error}"
            return SourceError(Code.SOURCE_UNREADABLE, message, file=file, hint=error.hint)


def _places(path: str | Tree, *, follow_links: bool) -> Iterator[tuple[Tree, str]]:
    """Yield the sites that a path means, with where in each it leads: nowhere for a site itself."""
    if not isinstance(path, str):
        yield path, ""
        return
    if is_url(path):
        yield from map(_remote_place, matching_urls(path))
        return
    for file in _expanded(path):
        root = site_root(file)
        inner = file.relative_to(root).as_posix()
        yield LocalTree(str(root), follow_links), "" if inner == "." else inner


def matching_urls(url: str) -> tuple[str, ...]:
    """Return the URLs that a URL means: itself, or those that match it. Raises `UsageError` for one that none does."""
    if not has_magic(url):
        return (url.rstrip("/"),)
    from converter.storage.remote import matching

    if found := matching(url):
        return found
    raise UsageError(Code.USAGE, f"nothing matches '{url}'", hint="check the spelling of the URL")


def _remote_place(url: str) -> tuple[Tree, str]:
    """Return the site that a URL is in, and where in it: above its folder of posts, else the folder that is named.

    Folders further up are not looked at: there may be thousands of sites in a bucket.
    """
    scheme, _, path = url.partition("://")
    *folders, name = path.split("/")
    home = next((number for number, each in enumerate((*folders, name)) if each in (POSTS, DRAFTS)), None)
    count = home if home is not None else len(folders) + (not is_post(name))
    root, inner = "/".join((*folders, name)[:count]), "/".join((*folders, name)[count:])
    tree = open_tree(f"{scheme}://{root}")
    if tree.stat(inner or ".") == ABSENT:
        raise UsageError(Code.USAGE, f"there is no file or folder '{url}'", hint="check the spelling of the URL")
    return tree, inner


def _expanded(path: str) -> Iterable[Path]:
    if os.path.lexists(path):
        return (Path(path).absolute(),)
    matches = sorted(glob(path, recursive=True)) if has_magic(path) else []  # noqa: PTH207  (absolute patterns)
    if not matches:
        raise UsageError(Code.USAGE, f"there is no file or folder '{path}'", hint="check the spelling of the path")
    return (Path(match).absolute() for match in matches)


class _Search(Struct, frozen=True):
    """How posts are looked for."""

    excluded: Excluded
    is_output: Callable[[str], bool]
    drafts: bool
    warn: Warn

    def locations(self, tree: Tree, inner: str) -> Iterator[Location]:
        """Yield the posts under a path in a site, or the post at it."""
        if inner and not tree.stat(inner).is_folder:
            yield Location(tree, inner)
            return
        profile, _ = system_of(tree)
        entries = {entry.name: entry for entry in self._entries(tree, inner, profile)}
        patterns = self.excluded(tree)
        chosen = profile.chosen(tuple(sorted(entries)), is_root=not inner)
        taken = frozenset(chosen)
        unread = [name for name in entries if (name in taken and not is_post(name)) or _GHOST.search(name)]
        _report_unread(sorted(name for name in unread if not name.endswith("/")), self.warn)
        for name in (name for name in chosen if is_post(name) or name.endswith("/")):
            if reason := _reason_against(entries[name], taken, patterns, drafts=self.drafts):
                message = f"the post was not taken: {reason}"
                self.warn(Diagnostic(code=Code.POST_SKIPPED, message=message, file=file_name(name)))
            elif name.endswith("/"):
                message = f"{_OUTSIDE}, and no posts were read there"
                self.warn(Diagnostic(code=Code.SOURCE_OUTSIDE, message=message, file=file_name(name), hint=_FOLLOW))
            else:
                yield Location(tree, name)

    def _entries(self, tree: Tree, under: str, profile: Profile) -> Iterator[Entry]:
        """Yield what is a post to its system, what is not read among it.

        Hidden folders, built sites and packages of other tools are passed over.
        """
        for entry in tree.list(under, passes=_passed_over, failed=self._failed):
            may_be = entry.name.endswith("/") or _may_be_post(entry.name.rpartition("/")[2], profile)
            if may_be and not self.is_output(f"{tree.root}/{entry.name}"):
                yield entry

    def _failed(self, folder: str, error: OSError) -> None:
        message = f"the folder cannot be read: {error.strerror}"
        self.warn(Diagnostic(code=Code.SOURCE_UNREADABLE, message=message, file=file_name(folder) or "."))


def _passed_over(folder: str) -> bool:
    parent, _, name = folder.rpartition("/")
    vendored = parent.rpartition("/")[2] == "vendor" and name in _VENDORED
    return name.startswith(".") or name in _PASSED_OVER or vendored


def _may_be_post(name: str, profile: Profile) -> bool:
    """Whether a file has the name of a post: one with these first characters is hidden, or an editor's copy."""
    is_unread = _suffix(name) in profile.unread or _GHOST.search(name) is not None
    return not name.startswith((".", "#", "~")) and (is_post(name) or is_unread)


def is_post(name: str) -> bool:
    """Whether a file has the suffix of a post that can be read."""
    return _suffix(name) in SUFFIXES


def _suffix(name: str) -> str:
    """Return the suffix of a name in small letters. Every file of a site is asked for it, and `pathlib` takes long."""
    return splitext(name)[1].lower()


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


def _reason_against(entry: Entry, taken: Set[str], patterns: Sequence[str], *, drafts: bool) -> str:
    """Return why a file is no post that a site shows, or an empty string."""
    name = entry.name
    if entry.real in taken:
        return f"it is a link to '{entry.real}'"
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
