"""Decides what becomes of images that are not in the site: the table `[images]` of the configuration."""

from typing import Annotated, Literal

from msgspec import Meta

from converter.limits.values import FetchLimits


class ImagePolicy(FetchLimits, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a book has in the place of images that are not at hand."""

    missing: Literal["placeholder", "alt", "drop", "fail"] = "placeholder"
    """For an image that is lost or broken: a box that says so, its text alternative, nothing, or no post at all."""
    remote: Literal["link", "placeholder", "fetch", "fail"] = "link"
    """For an image on another site: a box with a link, a box without, the image itself, or no post at all."""
    cache: Annotated[str, Meta(extra={"path": True})] = ""
    """The folder for fetched images; the user's own for this program where it is empty."""
