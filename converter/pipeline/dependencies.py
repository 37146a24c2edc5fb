"""The text of a post -> what its tags ask of other files of its site: URLs of posts, files beside it, data."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from posixpath import dirname, join, normpath

from converter.diagnostics import SourceError
from converter.model import Site
from converter.pipeline.discover import Location
from converter.reading import Beside, Context, SourceFile, url_of

_TARGET = re.compile(rb"\{%-?\s*(?:post_url|link)\s+(?P<name>[^%{}\n]{1,300}?)\s*-?%\}")
_BESIDE = re.compile(rb"\{%-?\s*include_relative\s+(?P<name>[^\s%{}]{1,300})")
_NAME = re.compile(r"(?:.*/)?_(?:posts|drafts)/(?P<name>.+)\.\w+")
_MAX_FILES = 50
"""Files that one post may ask for."""


class Neighbours:
    """The posts and files of all sites of a run. Files are read when a post asks for them."""

    def __init__(
        self,
        locations: Sequence[Location],
        site_context: Callable[[str], tuple[Site, Context]],
        read: Callable[[Location], bytes],
        data: Callable[[str], Mapping[str, str]],
    ) -> None:
        self._locations, self._site_context, self._read = locations, site_context, read
        self._data = cache(data)
        self._names = cache(self._names_of)
        self._url = cache(self._url_of)

    def of(self, location: Location, source: bytes) -> Beside:
        """Return what the tags of a post ask for; nothing for nearly all posts."""
        if b"{%" not in source and b"site.data" not in source:
            return Beside()
        includes = dict(self._files_beside(location, source))
        whole = b"\n".join((source, *(text.encode() for text in includes.values())))
        _, context = self._site_context(location.root)
        asks = b"site.data" in whole or (
            b"include" in whole and any("site.data" in one for one in context.includes.values())
        )
        urls = {name: url for name in _targets(whole) if (url := self._url(location.root, name))}
        return Beside(urls, includes, self._data(location.root) if asks else {})

    def _files_beside(self, location: Location, source: bytes) -> Iterator[tuple[str, str]]:
        """Yield the files below the folder of a post that it includes, and those that these include."""
        folder = dirname(location.path)
        waiting, seen = [source], set[str]()
        while waiting:
            for found in _BESIDE.finditer(waiting.pop()):
                name = normpath(found["name"].decode("utf-8", "replace").strip("\"'"))
                if name in seen or name.startswith(("..", "/")) or len(seen) >= _MAX_FILES:
                    continue
                seen.add(name)
                try:
                    text = self._read(Location(location.tree, join(folder, name)))
                except SourceError:  # the tag is reported where it stands
                    continue
                waiting.append(text)
                yield name, text.decode("utf-8", "replace")

    def _names_of(self, root: str) -> dict[str, Location]:
        """Return the posts of a site by their paths, and by their names as `post_url` has them."""
        names: dict[str, Location] = {}
        for location in self._locations:
            if location.root == root:
                names[location.path] = location
                if found := _NAME.fullmatch(location.path):
                    folder = location.path.partition("_posts/")[0]
                    names.setdefault(f"{folder}{found['name']}", location)
                    names.setdefault(found["name"], location)
        return names

    def _url_of(self, root: str, name: str) -> str:
        location = self._names(root).get(name.strip("/"))
        if location is None:
            return ""
        site, context = self._site_context(root)
        try:
            source = SourceFile(path=location.name, key=location.key, data=self._read(location))
            return url_of(source, site, context=context)
        except SourceError:
            return ""


def _targets(source: bytes) -> set[str]:
    return {found["name"].decode("utf-8", "replace").strip(" \"'") for found in _TARGET.finditer(source)}
