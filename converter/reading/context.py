"""What a post may draw on from the site around it, besides the site's own facts: all of it text, none of it files."""

from collections.abc import Mapping

from msgspec import Struct

from converter.reading.html import Clean

EMPTY: dict[str, str] = {}


class Context(Struct, frozen=True):
    """Values and pieces of text that Liquid in a post may ask for."""

    variables: Mapping[str, str] = EMPTY
    """What `{{ site.KEY }}` gives, from the site's `_config.yml`."""
    includes: Mapping[str, str] = EMPTY
    """The files of the site's `_includes`, by their path in it."""
    rules: tuple[Clean, ...] = ()
    """The user's own rules for what is not the post; those that ship with the converter come after them."""
