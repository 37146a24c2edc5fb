"""What is known of a post -> the path under which its site shows it."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import PurePosixPath
from urllib.parse import quote, unquote

from msgspec import Struct
from msgspec.structs import replace

from converter.languages.zones import in_zone, zone_of
from converter.model import Metadata, Site
from converter.reading.context import Context
from converter.reading.metadata import slug_of
from converter.reading.systems import Profile

_STYLES = {
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "none": "/:categories/:title:output_ext",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext",
}
_COLLECTION, _PAGE, _PRETTY_PAGE = "/:collection/:path:output_ext", "/:path:output_ext", "/:path/"
_MARKS = frozenset({"_posts", "_drafts"})
_NO_WORD, _NO_TITLE = re.compile(r"[\W_]+"), re.compile(r"[^\w.~!$&'()+,;=@-]+")
_SAFE = "/!$&'()*+,;=:@-._~"
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")

_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_MONTHS = "January February March April May June July August September October November December".split()
"""In English whatever the language: as in the URLs of the sites."""


class _Place(Struct, frozen=True):
    """What the URL of a post is made of."""

    metadata: Metadata
    file: str
    """Relative to the root of the site."""
    profile: Profile

    @property
    def inner(self) -> PurePosixPath:
        return self.profile.inner(self.file)

    @property
    def stem(self) -> str:
        """The name of the file without its suffix; of a post with a folder of its own, that of the folder."""
        path = PurePosixPath(self.file)
        return self.inner.name if self.profile.bundles and path.stem == "index" else path.stem

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders below that of the collection, or below the one of content."""
        folders = self.inner.parent.parts if self.profile.home else PurePosixPath(self.file).parent.parts
        return folders[1:] if self.file.startswith("_") else folders

    @property
    def slug(self) -> str:
        """The name in the URL."""
        slug = self.metadata.slug
        return self.stem if self.profile.dated_slugs and self.stem.endswith(slug) else slug


_DATES: Mapping[str, Callable[[datetime], str]] = {
    "year": lambda moment: f"{moment.year:04}",
    "short_year": lambda moment: f"{moment.year % 100:02}",
    "month": lambda moment: f"{moment.month:02}",
    "i_month": lambda moment: str(moment.month),
    "short_month": lambda moment: _MONTHS[moment.month - 1][:3],
    "long_month": lambda moment: _MONTHS[moment.month - 1],
    "monthname": lambda moment: _MONTHS[moment.month - 1],
    "day": lambda moment: f"{moment.day:02}",
    "i_day": lambda moment: str(moment.day),
    "y_day": lambda moment: f"{moment.timetuple().tm_yday:03}",
    "yearday": lambda moment: str(moment.timetuple().tm_yday),
    "w_year": lambda moment: str(moment.isocalendar().year),
    "week": lambda moment: f"{moment.isocalendar().week:02}",
    "w_day": lambda moment: str(moment.isoweekday()),
    "short_day": lambda moment: _DAYS[moment.weekday()][:3],
    "long_day": lambda moment: _DAYS[moment.weekday()],
    "weekday": lambda moment: str(moment.isoweekday() % 7),
    "weekdayname": lambda moment: _DAYS[moment.weekday()],
    "hour": lambda moment: f"{moment.hour:02}",
    "minute": lambda moment: f"{moment.minute:02}",
    "second": lambda moment: f"{moment.second:02}",
}
_NAMES: Mapping[str, Callable[[_Place], str]] = {
    "categories": lambda post: "/".join(category.lower() for category in post.metadata.categories),
    "slugified_categories": lambda post: "/".join(_slug(category) for category in post.metadata.categories),
    "category": lambda post: "/".join(post.metadata.categories),
    "collection": lambda post: post.file.partition("/")[0].removeprefix("_"),
    "path": lambda post: "/".join((*post.folders, post.stem)),
    "name": lambda post: _slug(post.stem),
    "title": lambda post: _title(post.slug),
    "post_title": lambda post: _slug(post.metadata.title),
    "slugortitle": lambda post: _slug(post.slug if post.slug != slug_of(post.stem) else post.metadata.title),
    "slug": lambda post: _slug(post.slug),
    "slugorfilename": lambda post: _slug(post.slug),
    "slugorcontentbasename": lambda post: _slug(post.slug),
    "filename": lambda post: post.stem,
    "contentbasename": lambda post: post.stem,
    "section": lambda post: next(iter(post.folders), ""),
    "sections": lambda post: "/".join(post.folders),
    "output_ext": lambda _post: ".html",
}
_PLACEHOLDER = re.compile(":(" + "|".join(sorted((*_DATES, *_NAMES), key=len, reverse=True)) + ")")


def with_urls(metadata: Metadata, *, file: str, site: Site, context: Context) -> Metadata:
    """Return the metadata with where the site shows the post, before the URLs that are redirected to it.

    There is no such place for a file of which the site makes no page, and none is known where it depends on a date
    that nobody knows.
    """
    path = _path(_Place(metadata, file, context.profile), site, context)
    redirects = (_clean(address) for address in metadata.addresses if not _ELSEWHERE.match(address))
    url = f"{site.url}{site.baseurl}{path}" if site.url and path else ""
    return replace(metadata, url=url, addresses=tuple(dict.fromkeys(filter(None, (path, *redirects)))))


def _path(post: _Place, site: Site, context: Context) -> str:
    """Return the path from the root of the site, percent-encoded."""
    template = post.metadata.extra.get("permalink") or _template(post, context)
    template = _STYLES.get(template, template)
    moment = post.metadata.published
    if not template or (moment is None and set(_PLACEHOLDER.findall(template)) & set(_DATES)):
        return ""
    local = in_zone(moment, zone_of(site.timezone)) if moment else datetime.min.replace(tzinfo=UTC)

    def fill(found: re.Match[str]) -> str:
        name = post.profile.placeholders.get(found[1], found[1])
        return _DATES[name](local) if name in _DATES else _NAMES[name](post)

    return _clean(_PLACEHOLDER.sub(fill, template))


def _template(post: _Place, context: Context) -> str:
    """Return the form of the URL where the post itself names none."""
    folders = PurePosixPath(post.file).parent.parts
    profile = post.profile
    if profile.owns(post.file) or not (profile.home or profile.liquid):
        return context.permalinks.get(next(iter(post.folders), "")) or context.permalink or profile.permalink
    if _MARKS.intersection(folders):
        return context.permalinks.get("posts") or context.permalink or "date"
    if folders and folders[0].startswith("_"):
        name = folders[0].removeprefix("_")
        return (context.permalinks[name] or _COLLECTION) if name in context.permalinks else ""
    return _PRETTY_PAGE if context.permalink == "pretty" else _PAGE


def _slug(text: str) -> str:
    return _NO_WORD.sub("-", text).strip("-").lower()


def _title(text: str) -> str:
    return _NO_TITLE.sub("-", text.rstrip(".")).strip("-")


def _clean(path: str) -> str:
    """Return a path with one slash at its head, none doubled, no way up, and its characters percent-encoded."""
    parts = [part for part in path.split("/") if part not in ("", ".", "..")]
    tail = "/" if path.endswith("/") and parts else ""
    return "/" + quote(unquote("/".join(parts)), safe=_SAFE) + tail
