"""Sources that a state knows and that are there no more -> those whose posts stay."""

import os
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from glob import has_magic

from converter.diagnostics import Code, Diagnostic, counted
from converter.pipeline.discover import Location
from converter.pipeline.records import Row
from converter.storage import Tree, absolute, is_url


def gone_from(known: Iterable[Location], present: Iterable[Location], paths: Sequence[str | Tree]) -> list[Location]:
    """Return the sources under `paths`, as a user names them, that are known and not present."""
    here = {*present}
    wanted = [absolute(path if isinstance(path, str) else path.root) for path in paths]
    return [one for one in known if one not in here and is_under(absolute(one.file), wanted)]


def corrected(gone: Iterable[Location], new: Iterable[Location]) -> set[Location]:
    """Return those of the gone whose post stands in another new file, of another suffix or in another folder."""
    keys = {(location.root, location.key) for location in new}
    return {location for location in gone if (location.root, location.key) in keys}


def moved(gone: Mapping[Location, Row], new: Iterable[Row]) -> set[Location]:
    """Return those of the gone that are new elsewhere: with the same bytes, or the same path on the site."""
    rows = list(new)
    contents = {row.content for row in rows}
    places = {place for row in rows if (place := _place(row))}
    return {location for location, row in gone.items() if row.content in contents or _place(row) in places}


def diagnostic_of(gone: Sequence[Row], policy: str) -> Diagnostic:
    """Return what there is to say of posts whose sources are gone."""
    fate, hint = {
        "keep": ("kept, as they were read last", "`converter withdraw` takes a post out of its editions"),
        "drop": ("left out", 'gone = "keep" in [state] keeps such posts'),
        "fail": ("kept, which is an error here", 'put the files back, or say gone = "keep" or "drop" in [state]'),
    }[policy]
    sources = f"{counted(len(gone), 'source')} that {'was' if len(gone) == 1 else 'were'} read earlier"
    return Diagnostic(
        code=Code.SOURCES_MISSING if policy == "fail" else Code.SOURCES_GONE,
        message=f"{sources} cannot be found: the posts are {fate}",
        file=gone[0].card.post.path,
        hint=hint,
    )


def _place(row: Row) -> str:
    return next(iter(row.card.post.metadata.addresses), "")


def is_under(file: str, paths: Iterable[str]) -> bool:
    """Say whether a file is among what absolute paths and globs name."""
    return any(
        fnmatchcase(file, path)
        if has_magic(path)
        else file == path or file.startswith(path.rstrip(os.sep) + ("/" if is_url(path) else os.sep))
        for path in paths
    )
