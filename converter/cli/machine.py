"""What of this machine a run depends on: where its cache is, and what lays out PDF."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from converter.diagnostics import Warn


def machine(sources: tuple[str, ...], cache: str | None, limit: int | None, warn: Warn) -> str:
    """Return a line for the cache that `converter build` has for these sources, and one for each engine of PDF."""
    return "".join(f"{line}\n" for line in (*_cache(sources, cache, limit, warn), *_engines()))


def _cache(sources: tuple[str, ...], folder: str | None, limit: int | None, warn: Warn) -> Iterator[str]:
    from converter.cli.folders import default_cache
    from converter.config import Options, load_config
    from converter.diagnostics import ConverterError
    from converter.storage.cache import MEGABYTE

    options = Options(sources=sources, cache=folder, default_cache=default_cache(), cache_limit=limit)
    try:
        cache = load_config(None, options).cache
    except ConverterError as error:
        warn(error.diagnostic)
        return
    if not cache.folder:
        yield "cache  none"
        return
    fault = cache.prepare() if os.path.isdir(cache.folder) else ""  # noqa: PTH112  (it is a name there, too)
    held = "not used, " + fault if fault else f"{-(-cache.size() // MEGABYTE)} of {cache.limit} MB"
    yield f"cache  {cache.folder}: {held}"


def _engines() -> Iterator[str]:
    from converter.diagnostics import UsageError
    from converter.writers.pdf.engine import ENGINES, engine_of

    for engine in map(engine_of, ENGINES):
        try:
            engine.require()
        except UsageError as error:
            yield f"PDF    {engine.version()} cannot be used: {error.diagnostic.message} ({error.diagnostic.hint})"
        else:
            yield f"PDF    {engine.version()}"
