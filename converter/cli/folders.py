"""Folders of the user that commands take where none is named."""

import os
from pathlib import Path


def default_cache() -> str:
    """Return where results are cached: below the user's caches, as the system has them; empty where nothing can be.

    That is `$XDG_CACHE_HOME` or `~/.cache`, `~/Library/Caches`, or `%LOCALAPPDATA%`.
    """
    from platformdirs import user_cache_path

    folder = user_cache_path("digest-converter", appauthor=False) / "results"
    existing = next((each for each in (folder, *folder.parents) if each.is_dir()), Path())
    writable = folder.is_absolute() and os.access(existing, os.W_OK | os.X_OK)  # a home that is not known is no path
    return str(folder) if writable or folder.is_dir() else ""
