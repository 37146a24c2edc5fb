"""What a post may draw on from the site around it, besides the site's own facts: all of it text, none of it files."""

from collections.abc import Mapping

from msgspec import Struct

EMPTY: dict[str, str] = {}


class Context(Struct, frozen=True):
    """Values and pieces of text that Liquid in a post may ask for."""

    variables: Mapping[str, str] = EMPTY
    """What `{{ site.KEY }}` gives, from the site's `_config.yml`."""
    includes: Mapping[str, str] = EMPTY
    """The files of the site's `_includes`, by their path in it."""
