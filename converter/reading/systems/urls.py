"""URLs in the form of a system -> URLs as all sites have them."""

import re

from msgspec.structs import replace

from converter.model import Block, Image, Inline, Link, Media, Post
from converter.model.walk import walk
from converter.reading.systems.profile import Profile

_LIST = re.compile(r"(?:(?<=/)|\A)_index\.md(?=#|\Z)")
"""The file of a list of posts, which is shown at the URL of its folder."""


def with_plain_urls(post: Post, profile: Profile, baseurl: str) -> Post:
    """Return the post with plain URLs in links and images; those from its root have the path of the site."""

    def rewrite(node: Inline | Block) -> Inline | Block:
        match node:
            case Link(href) | Media(href=href) if (plain := plain_url(href, profile, baseurl)) != href:
                return replace(node, href=plain)
            case Image(src) if (plain := plain_url(src, profile, baseurl)) != src:
                return replace(node, src=plain)
            case _:
                return node

    return walk(post, rewrite)


def plain_url(written: str, profile: Profile, baseurl: str) -> str:
    """Return what a URL means. Braces and bars may be percent-encoded."""
    text = written.replace("%7B", "{").replace("%7D", "}").replace("%7C", "|")
    for prefix, form in profile.prefixes.items():
        if text.startswith(prefix):
            rest = _LIST.sub("", text[len(prefix) :])
            plain = form.format(rest.lstrip("/") if form.startswith("/") else rest)
            return f"{baseurl}{plain}" if plain.startswith("/") else plain
    return written
