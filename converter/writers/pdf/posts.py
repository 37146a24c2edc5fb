"""Where the images and links of a post lead in a PDF, whatever lays out its pages."""

import re
from collections.abc import Callable
from urllib.parse import quote, unquote

from converter.model import Image, Paragraph, Post, Site
from converter.model.postlinks import PostLink
from converter.writers.pdf.geometry import Geometry
from converter.writers.pdf.images import ASSET, MadeImage, sliced
from converter.writers.pdf.parts import PostPart
from converter.writers.urls import web_url
from converter.writers.xhtml import ImageFiles, Placeholder
from converter.writers.xhtml.page import Shown


def shown(post: Post, geometry: Geometry, drawings: dict[str, MadeImage]) -> Callable[[Image], Shown]:
    """Return what says how an image is shown; slices of tall images are put into `drawings`."""
    assets = {asset.src: asset for asset in post.assets}
    slices = sliced(post.assets, geometry)

    def of_image(image: Image) -> Shown:
        if (asset := assets.get(image.src)) is not None:
            names = [f"{asset.sha256}-{number}" for number, _ in enumerate(slices.get(asset.src, ()))]
            drawings.update(zip(names, slices.get(asset.src, ()), strict=True))
            return ImageFiles(
                tuple(ASSET + name for name in names or [asset.sha256]), asset.width, asset.height, groups=False
            )
        if image.src.startswith(("http:", "https:", "//")):
            return Placeholder("remote_image", web_url(image.src, Site()))
        return Placeholder("missing_image")

    return of_image


def linked(part: PostPart) -> Callable[[str], str | None]:
    """Return what says where a link leads: to the web, or to `post:KEY#id` with both percent-encoded."""

    def of_link(href: str) -> str | None:
        if (link := PostLink.parse(href)) is None:
            return web_url(href, part.site)
        if (place := part.targets.get(href)) is None:
            return None
        return str(PostLink(quote(link.key, safe=""), quote(place)))

    return of_link


def readable(url: str) -> str:
    """Return a URL with letters in the place of percent signs, where these stand for letters outside of ASCII."""

    def letters(found: re.Match[str]) -> str:
        said = unquote(found[0], errors="ignore")
        return said if quote(said) == found[0].upper() and said.isalpha() else found[0]

    return re.sub("(?:%[89A-Fa-f][0-9A-Fa-f])+", letters, url)


def can_stand_in_text(post: Post) -> bool:
    """Return whether all notes are plain paragraphs: nothing else can stand within a line."""
    return all(isinstance(block, Paragraph) for note in post.notes for block in note.blocks)
