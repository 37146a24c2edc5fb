"""Decides what becomes of pictures that are not in the site: the table `[images]` of the configuration."""

from typing import Annotated, Literal

from msgspec import Meta

from converter.limits.values import FetchLimits


class ImagePolicy(FetchLimits, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a book has in the place of pictures that are not at hand."""

    missing: Literal["placeholder", "alt", "drop", "fail"] = "placeholder"
    """For a picture that is lost or broken: a box that says so, its text alternative, nothing, or no post at all."""
    remote: Literal["link", "placeholder", "fetch", "fail"] = "link"
    """For a picture on another site: a box with a link, a box without, the picture itself, or no post at all."""
    cache: Annotated[str, Meta(extra={"path": True})] = ""
    """The folder for fetched pictures; the user's own for this program where it is empty."""
