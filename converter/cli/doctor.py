"""`converter doctor`: the faults of front matter, and files without them."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from converter.cli.machine import machine
from converter.cli.messages import Messages, message_options
from converter.cli.options import cache_options, follow_links_option, option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from converter.diagnostics import Diagnostic
    from converter.pipeline.discover import Location


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@option("--fix", is_flag=True, help="Write the broken lines of front matter anew.")
@option("-n", "--dry-run", is_flag=True, help="Show what --fix would change, and change nothing.")
@cache_options
@follow_links_option
@message_options
def doctor(
    *,
    paths: tuple[str, ...],
    fix: bool,
    dry_run: bool,
    cache: str | None,
    cache_limit: int | None,
    follow_links: bool,
    messages: Messages,
) -> None:
    """List the faults in the front matter of posts and drafts, and say where the cache is and what lays out PDF.

    PATH is a site, a folder of posts, a file or a glob; without one, the site of the working directory. Exits with 1
    while there are faults.
    """
    from converter.diagnostics import Code, ConverterError
    from converter.pipeline.discover import read_file
    from converter.pipeline.load import find_posts
    from converter.reading.front_matter.repair import fix_front_matter

    found: list[Diagnostic] = []
    messages.under(paths or (".",))
    if dry_run:
        messages.print_data("the patch")
    elif not (messages.quiet or messages.is_document or _are_files(paths)):
        click.echo(machine(paths, cache, cache_limit, found.append), nl=False)
    locations = find_posts(paths or (".",), found.append, drafts=True, follow_links=follow_links)
    repaired = 0
    for location in locations:
        try:
            data = read_file(location)
            fixed = fix_front_matter(data)
            if dry_run:
                click.echo(_diff(location.name, data, fixed), nl=False)
            elif fix and fixed != data:
                _replace(location, fixed)
                repaired, data = repaired + 1, fixed
            found.extend(_faults(location, data))
        except ConverterError as error:
            found.append(error.diagnostic)
    messages.show(found)
    faults = sum(diagnostic.code is not Code.POST_SKIPPED for diagnostic in found)
    messages.tell(_summary(len(locations), repaired, faults))
    sys.exit(1 if faults > messages.max_errors else 0)


def _are_files(paths: tuple[str, ...]) -> bool:
    """Whether only files are asked about, as a hook of git does: the machine is no matter then."""
    return bool(paths) and all(os.path.isfile(path) for path in paths)  # noqa: PTH113  (no name makes it fail)


def _faults(location: Location, data: bytes) -> Sequence[Diagnostic]:
    from converter.model import Site
    from converter.reading import SourceFile
    from converter.reading.front_matter.repair import find_faults

    return find_faults(SourceFile(path=location.name, key=location.key, data=data), Site())


def _replace(location: Location, data: bytes) -> None:
    """Put a file in the place of the old one, under its mode and behind its link. Raises `WriterError`."""
    import stat
    from pathlib import Path

    from converter.diagnostics import Code, WriterError
    from converter.storage import remove_leftovers, write_file

    target = Path(location.file).resolve()
    try:
        mode = stat.S_IMODE(target.stat().st_mode)
        remove_leftovers(target.parent)
        write_file(target, data)
        target.chmod(mode)
    except OSError as error:
        raise WriterError(
            Code.OUTPUT_UNWRITABLE,
            f"the file cannot be written: {error.strerror or error}",
            file=location.name,
            hint="check its permissions",
        ) from error


def _diff(name: str, old: bytes, new: bytes) -> str:
    """Return the change as a patch; empty where there is none."""
    import difflib

    lines = difflib.unified_diff(
        old.decode("utf-8", "replace").splitlines(keepends=True),
        new.decode("utf-8", "replace").splitlines(keepends=True),
        f"a/{name}",
        f"b/{name}",
        n=1,
    )
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def _summary(files: int, repaired: int, faults: int) -> str:
    from converter.diagnostics import counted

    return ", ".join((counted(files, "file"), *([f"{repaired} fixed"] if repaired else []), counted(faults, "fault")))
