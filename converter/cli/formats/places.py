"""The files of diagnostics, which are relative to a site -> their paths in the repository, as CI knows them."""

from __future__ import annotations

import os
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from converter.diagnostics import Diagnostic


class Places(Struct, frozen=True):
    """Where the files are that diagnostics name."""

    sources: tuple[str, ...] = ()
    """Where posts were looked for."""

    def located(self, diagnostic: Diagnostic) -> Diagnostic:
        """Return the diagnostic with its file relative to the repository, else to the working directory.

        One that is in neither is named by its whole path, and one that is not there as it was.
        """
        if not diagnostic.file:
            return diagnostic
        for folder in (*_roots(self.sources), Path.cwd()):
            path = folder / diagnostic.file
            if _exists(path):
                return replace(diagnostic, file=in_repository(path))
        return diagnostic


def in_repository(path: Path) -> str:
    """Return a path relative to the repository, with `/` between folders; the whole path where it is not in there."""
    base, whole = _base(), Path.cwd() / path
    return (whole.relative_to(base) if whole.is_relative_to(base) else whole).as_posix()


def _base() -> Path:
    """Return the folder of the repository, where the working directory is in it."""
    here = Path.cwd()
    workspace = Path(os.environ.get("GITHUB_WORKSPACE") or here)
    return workspace if here.is_relative_to(workspace) else here


def _roots(sources: tuple[str, ...]) -> list[Path]:
    from converter.pipeline.discover import site_root

    return [site_root(Path(source).absolute()) for source in sources if _exists(Path(source))]


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that no file can have
        return False
