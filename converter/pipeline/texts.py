"""The sources of posts -> what a browser shows of each, for `verify` to compare with finished files."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from converter.diagnostics import Diagnostic, Warn, ignore
from converter.limits.guard import report_outcome
from converter.limits.values import DEFAULT, Limits
from converter.model import Post, Site
from converter.pipeline.discover import Location, system_of
from converter.pipeline.executors import outcomes
from converter.pipeline.sources import Item, batches, keys_of

if TYPE_CHECKING:  # its parsers are not loaded unless something is to be verified
    from converter.verify import SourceText
    from converter.verify.visible import Visible


class _Loaded(Protocol):
    """What is known of posts: that of `load_posts`, or of a scan, whose posts have no bodies."""

    @property
    def posts(self) -> tuple[Post, ...]: ...

    @property
    def site(self) -> Site: ...

    @property
    def locations(self) -> tuple[Location, ...]: ...

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]: ...


def source_texts(
    executor: Executor, loaded: _Loaded, warn: Warn, limits: Limits = DEFAULT, keys: Container[str] | None = None
) -> dict[str, SourceText]:
    """Return what a browser shows of the source of each post, by the post's key: see `verify`.

    Those of `keys` only, where that is given.
    """
    from converter.verify import SourceText

    key_of = keys_of(loaded.locations, ignore)
    wanted = {post.key: post for post in loaded.posts if keys is None or post.key in keys}
    locations = [location for location in loaded.locations if key_of[location] in wanted]
    said = {name: _said(found) for name, found in _by_file(loaded.diagnostics).items()}
    texts: dict[str, SourceText] = {}
    systems = {tree.root: system_of(tree)[0].name for tree in {location.tree for location in locations}}
    work = outcomes(executor, _SourceText(systems), batches(locations, key_of, lambda *_: None, limits=limits))
    for (location, _), outcome in work:
        report_outcome(outcome, location.name, warn)
        post = wanted[key_of[location]]
        if outcome.value is not None:
            gone, absent = said.get(post.path, ("", ()))
            texts[post.key] = SourceText(
                post.path,
                post.metadata.title,
                outcome.value.text,
                gone,
                outcome.value.shape,
                absent,
                loaded.site.url if location.root == loaded.site.root else "",
            )
    return texts


def _by_file(diagnostics: Sequence[Diagnostic]) -> dict[str, list[Diagnostic]]:
    found: dict[str, list[Diagnostic]] = {}
    for diagnostic in diagnostics:
        if diagnostic.file:
            found.setdefault(diagnostic.file, []).append(diagnostic)
    return found


def _said(diagnostics: Sequence[Diagnostic]) -> tuple[str, tuple[str, ...]]:
    """Return the words that were taken out of a post, and the URLs of images that are not in it."""
    gone = "\n".join(each.removed for each in diagnostics if each.removed)
    images = [each.message for each in diagnostics if each.code.startswith("image-")]
    return gone, tuple(url for message in images for url in re.findall("'([^']+?)…?'", message))


class _SourceText(Struct, frozen=True):
    """The task of taking the words of sources."""

    systems: dict[str, str]
    """The system of each site, by the site's root."""

    def __call__(self, item: Item, _warn: Warn, /) -> Visible:
        from converter.verify import read_source

        location, source = item
        return read_source(source.data, name=location.name, system=self.systems[location.root])
