"""The systems whose folders are read: a profile for each, as data, and the few functions that interpret them."""

from converter.reading.systems.calls import arguments, expand, has_calls
from converter.reading.systems.exports import GHOST, OBSIDIAN, PLAIN, SUBSTACK
from converter.reading.systems.generators import ASTRO, ELEVENTY, HEXO, HUGO, JEKYLL, PELICAN, ZOLA
from converter.reading.systems.mdx import without_components
from converter.reading.systems.profile import Call, Mark, Profile
from converter.reading.systems.tags import figure

__all__ = [
    "HUGO",
    "JEKYLL",
    "PLAIN",
    "PROFILES",
    "Call",
    "Mark",
    "Profile",
    "arguments",
    "expand",
    "figure",
    "has_calls",
    "profile_named",
    "without_components",
]

PROFILES = (ZOLA, HUGO, HEXO, JEKYLL, PELICAN, ASTRO, ELEVENTY, OBSIDIAN, SUBSTACK, GHOST)
"""In the order in which a folder is asked: what is told by more comes before what is told by less."""

_BY_NAME = {profile.name: profile for profile in (*PROFILES, PLAIN)}


def profile_named(name: str) -> Profile:
    """Return the profile of a system; that of a folder that nobody knows for no name."""
    return _BY_NAME[name]
