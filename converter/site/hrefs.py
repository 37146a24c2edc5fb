"""An `href` in a post -> where on the site it leads, before anybody knows which posts there are."""

import re

from msgspec import Struct

from converter.model import Post, Site
from converter.model.postlinks import SCHEME, PostLink
from converter.model.urls import join_url, split_url

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


class Place(Struct, frozen=True):
    """Where a link stands."""

    post: Post
    """It may be without its body."""
    site: Site

    @property
    def base(self) -> str:
        """The URL of the site, with a path only where it has none."""
        return f"{self.site.url}{self.site.baseurl}"

    @property
    def page(self) -> str:
        """The URL of the post, from which relative links lead on."""
        return self.base + next(iter(self.post.metadata.addresses), "/")


def may_lead_to_post(href: str, place: Place) -> bool:
    """Say whether a link can be one to a post of the site, or to a place in its own."""
    href = without_prefix(href, place.site)
    target = href.partition("#")[0]
    return not target or PostLink.parse(href) is not None or on_site(target, place)[0] is not None


def is_relative(target: str) -> bool:
    """Say whether a URL names neither a scheme nor a host."""
    return not (_SCHEME.match(target) or target.startswith("//"))


def without_prefix(href: str, site: Site) -> str:
    """Return a link to `post:…` without the URL of the site, which authors put before `{% post_url %}`."""
    before, mark, name = href.partition(SCHEME)
    prefixes = {"/", site.url, site.baseurl, f"{site.url}{site.baseurl}"}
    return mark + name if mark and before and before.rstrip("/") in {one.rstrip("/") for one in prefixes} else href


def on_site(target: str, place: Place) -> tuple[str | None, str]:
    """Return the path from the root of the site and the absolute URL; no path for what leads to another site.

    A broken URL leads nowhere.
    """
    site = place.site
    if not is_relative(target):
        absolute = target
        if not site.url or _host(target) != _host(site.url):
            return None, absolute
    else:
        absolute = join_url(place.page, target) or ""
    found, base = split_url(absolute), split_url(place.base)
    if not found or not base:
        return None, absolute
    path, root = found.path, base.path.rstrip("/")
    return path.removeprefix(root) if path == root or path.startswith(f"{root}/") else path, absolute


def _host(url: str) -> str:
    parts = split_url(url)
    web = parts is not None and parts.scheme.lower() in ("", "http", "https")
    return parts.netloc.lower().removeprefix("www.") if parts and web else ""
