"""`converter init`: a site -> a `converter.toml` that loads and says what it chose, and the workflow that runs it."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from converter import __version__
from converter.cli.options import option

if TYPE_CHECKING:
    from converter.model import Site

WORKFLOWS = {"github": ".github/workflows/digests.yml", "gitlab": ".gitlab-ci.yml", "cron": "digests.crontab"}
"""What CI systems call the file that is written; a template of it lies in `workflows`."""
_TEMPLATES = {"github": "github.yml", "gitlab": "gitlab.yml", "cron": "cron.crontab"}
_FILE = "converter.toml"
_DEPTH, _MOST = 2, 2000
"""How deep sites are looked for, and in how many folders."""
_LATEST = 100
"""Posts that say how often new ones come."""
_DAY = re.compile(r"(?:^|/)(\d{4})-(\d{1,2})-(\d{1,2})(?=\D)")


class Found(NamedTuple):
    """The site that a configuration is for."""

    folder: str
    """Relative to the configuration."""
    system: str
    """The name of what makes the site; empty where nobody knows."""
    configured_by: str
    posts: int
    days: tuple[date, ...]
    """Those in the names of posts, sorted."""
    site: Site
    others: tuple[str, ...] = ()
    """Sites that are not in the configuration."""


@click.command()
@click.argument("folder", metavar="[FOLDER]", default=".")
@option("--workflow", type=click.Choice([*WORKFLOWS]), help="Write the job of a CI system, too.")
@option("-n", "--dry-run", is_flag=True, help="Print the files, and write nothing.")
def init(*, folder: str, workflow: str | None, dry_run: bool) -> None:
    """Find the site in FOLDER and write a converter.toml for it, and the job that builds it. Nothing is overwritten."""
    from converter.diagnostics import Code, UsageError

    root = Path(folder)
    if not root.is_dir():
        raise UsageError(Code.USAGE, f"there is no folder '{folder}'", hint="check the spelling of the path")
    found = find_site(root)
    click.echo(_told(found), err=True)
    files = {root / _FILE: configuration(found)}
    if workflow:
        target, text = _workflow(workflow, root)
        files[target] = text
    written = [_write(path, text, dry_run=dry_run) for path, text in files.items()]
    if not any(written):
        raise UsageError(Code.USAGE, "nothing was written: the files are there already", hint="--dry-run prints them")


def find_site(root: Path) -> Found:
    """Return the site in a folder, or the first one below it. Raises `UsageError` where there is no post."""
    from converter.diagnostics import Code, UsageError, ignore
    from converter.pipeline.discover import system_of
    from converter.pipeline.load import find_posts
    from converter.pipeline.sites import LoadOptions, open_site
    from converter.storage import LocalTree

    top = root.resolve()
    places = [place for place in _folders(top) if system_of(LocalTree(str(place)))[0].name] or [top]
    place, *others = places[:1] if places[0] == top else places
    locations = find_posts((str(place),), ignore)
    if not locations:
        message = f"there is no post in '{root}'"
        raise UsageError(
            Code.NO_POSTS, message, hint="name the folder of a site, or one with posts in Markdown or HTML"
        )
    tree = LocalTree(str(place))
    profile, name = system_of(tree)
    return Found(
        folder=place.relative_to(top).as_posix(),
        system=profile.name,
        configured_by=name,
        posts=len(locations),
        days=tuple(sorted(day for location in locations if (day := _day_of(location.path)))),
        site=open_site(tree, LoadOptions(), ignore).site,
        others=tuple(other.relative_to(top).as_posix() for other in others),
    )


def _folders(root: Path) -> Iterator[Path]:
    """Yield a folder and those below it that may be sites, the nearest first."""
    level, seen = [root], 0
    for _ in range(_DEPTH + 1):
        yield from level
        level = [inner for folder in level for inner in _inner(folder)][: max(0, _MOST - seen)]
        seen += len(level)


def _inner(folder: Path) -> list[Path]:
    try:
        inner = [path for path in folder.iterdir() if path.is_dir() and not path.is_symlink()]
    except OSError:
        return []
    return sorted(path for path in inner if not path.name.startswith((".", "_")) and path.name != "node_modules")


def _day_of(path: str) -> date | None:
    found = _DAY.search(path)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def period_of(days: Sequence[date], posts: int) -> tuple[str, str]:
    """Return the period of digests for a site, and why."""
    if 2 * len(days) < posts:
        return "month", "the names of most posts have no day, so this is a guess"
    latest = days[-_LATEST:]
    weekly = 7 * len(latest) / ((latest[-1] - latest[0]).days + 1)
    if len(latest) < 2 or (latest[-1] - latest[0]).days < 7:
        return "week", "there are too few days yet to tell how often posts come"
    period = "day" if weekly >= 21 else "week" if weekly >= 2 else "month"
    return period, f"there were {weekly:.1f} posts a week lately"


def configuration(found: Found) -> str:
    """Return a `converter.toml`. Raises `UsageError` where the name of the folder cannot stand in one."""
    from converter.diagnostics import counted

    period, why = period_of(found.days, found.posts)
    made_by = f"a {found.system} site" if found.system else "a folder of posts"
    named = {"title": found.site.title, "language": found.site.language, "timezone": found.site.timezone}
    return f"""\
# What `converter build` makes of {made_by} with {counted(found.posts, "post")}. A key behind a # has its default, or
# what the site says; take the # away to change it. All keys: docs/configuration.md.

sources = [{_quoted(found.folder)}]  # folders, files or globs, relative to this file
output_folder = "out"  # no source: it may lie in the site, and need not be committed
# formats = ["epub", "markdown", "pdf"]
# theme = "default"

# [site]
{"".join(f"# {key} = {_quoted(value)}{_NL}" for key, value in named.items() if value)}
[[digest]]
# name = "news"  # what its editions are called; default: the title of the site
period = "{period}"  # {why}; or day, week, month, quarter, year, none
# group_by = "category"  # the sections of a book; or tag, none

# [state]  # where sources go away and their posts must stay: docs/editions.md
# folder = ".converter-state"
"""


_NL = "\n"


def _quoted(text: str) -> str:
    """Return a text as a string of TOML and YAML, in one line. Raises `UsageError` for one that is no Unicode."""
    import json

    from converter.diagnostics import Code, UsageError

    try:
        text.encode()
    except UnicodeEncodeError as error:
        message = f"the name {text!a} is not Unicode, and cannot stand in {_FILE}"
        raise UsageError(Code.USAGE, message, hint="rename the folder") from error
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _told(found: Found) -> str:
    from converter.diagnostics import counted, one_line

    kind = f"a {found.system} site" if found.system else "posts"
    by = f", configured by {found.configured_by}" if found.configured_by else ""
    place = "here" if found.folder == "." else f"in {found.folder}"
    period, why = period_of(found.days, found.posts)
    lines = [f"found {kind} {place}: {counted(found.posts, 'post')}{by}", f"digests by {period}: {why}"]
    if found.others:
        lines.append(f"left out: {', '.join(found.others)}; add them to `sources`, or run init there")
    return "\n".join(map(one_line, lines))


def _workflow(name: str, root: Path) -> tuple[Path, str]:
    """Return where the job of a CI system is written, and its text."""
    from converter.storage import read_named

    here = root.resolve()
    top = next((each for each in (here, *here.parents) if (each / ".git").exists()), here)
    template = read_named(str(Path(__file__).parent / "workflows" / _TEMPLATES[name]), 1 << 16).decode("utf-8")
    config = (here / _FILE).relative_to(top).as_posix()
    values: Mapping[str, Callable[[], str]] = {
        "config": lambda: _in_crontab(config) if name == "cron" else _quoted(config),
        "folder": lambda: _in_crontab(str(top)),
        "program": lambda: _in_crontab(shutil.which("converter") or "converter"),
        "version": lambda: __version__,
    }
    return top / WORKFLOWS[name], re.sub(r"@(\w+)@", lambda found: values[found[1]](), template)


def _in_crontab(word: str) -> str:
    """Return a word of a command: cron takes a `%` for the end of it, unless it is escaped."""
    return shlex.quote(_quoted(word) and word).replace("%", "\\%")


def _write(path: Path, text: str, *, dry_run: bool) -> bool:
    """Write a file unless there is one, and say so. Return whether there was none. Raises `WriterError`."""
    from converter.diagnostics import Code, WriterError
    from converter.storage import write_file

    if dry_run:
        click.echo(f"# {path}\n{text}")
        return True
    if path.exists() or path.is_symlink():
        click.echo(f"kept {path}: it is there already", err=True)
        return False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, text.encode())
    except OSError as error:
        message = f"'{path}' cannot be written: {error.strerror or error}"
        raise WriterError(Code.OUTPUT_UNWRITABLE, message, hint="check the permissions of the folder") from error
    click.echo(f"wrote {path}", err=True)
    return True
