"""Addresses in the form of a system -> addresses as all sites have them."""

from msgspec.structs import replace

from converter.model import Block, Image, Inline, Link, Media, Post
from converter.reading.systems.profile import Profile
from converter.walk import walk


def with_plain_addresses(post: Post, profile: Profile) -> Post:
    """Return the post with what its links and pictures begin with in the place of the system's own marks."""

    def rewrite(node: Inline | Block) -> Inline | Block:
        match node:
            case Link(href) | Media(href=href) if (plain := plain_address(href, profile)) != href:
                return replace(node, href=plain)
            case Image(src) if (plain := plain_address(src, profile)) != src:
                return replace(node, src=plain)
            case _:
                return node

    return walk(post, rewrite)


def plain_address(written: str, profile: Profile) -> str:
    """Return what an address means. Braces and bars may be percent-encoded."""
    text = written.replace("%7B", "{").replace("%7D", "}").replace("%7C", "|")
    for prefix, form in profile.prefixes.items():
        if text.startswith(prefix):
            return form.format(text[len(prefix) :].lstrip("/") if form.startswith("/") else text[len(prefix) :])
    return written
