"""What a post may draw on from the site around it, besides the site's own facts: all of it values, none of it files."""

from collections.abc import Mapping

from msgspec import Struct

from converter.limits.values import DEFAULT, Limits
from converter.reading.html import CleaningRule
from converter.reading.markdown import Dialect, Options
from converter.reading.systems import Profile, profile_named
from converter.reading.yaml_values import Value

_EMPTY: Mapping[str, str] = {}
_NO_VALUES: Mapping[str, Value] = {}


class Defaults(Struct, frozen=True):
    """Values of front matter that a site sets for the posts under a path."""

    path: str
    """The beginning of paths relative to the site, or a glob; empty for all."""
    values: Mapping[str, Value]
    type: str = ""
    """`posts`, `drafts`, `pages` or a collection; empty for all."""


class Context(Struct, frozen=True):
    """What a site's `_config.yml`, its `_includes` and the user's configuration mean to its posts."""

    variables: Mapping[str, Value] = _NO_VALUES
    """What `{{ site.KEY }}` gives."""
    includes: Mapping[str, str] = _EMPTY
    """The files of `_includes`, by their path in it."""
    system: str = ""
    """The name of the profile of the site; empty for a folder that nobody knows."""
    data_folder: str = "_data"
    """Where `{{ site.data }}` comes from, relative to the site."""
    rules: tuple[CleaningRule, ...] = ()
    """The user's own rules for what is not the post; those that ship with the converter come after them."""
    defaults: tuple[Defaults, ...] = ()
    """From the general to the special."""
    records: Mapping[str, Mapping[str, Value]] = {}
    """Values of front matter that a table of the site has, by the path of the post."""
    files: Mapping[str, str] = _EMPTY
    """The paths of the files of a vault by their names in small letters, where posts name them so."""
    permalink: str = ""
    """How the URLs of posts are made: a style of Jekyll or a pattern; empty where nobody says."""
    permalinks: Mapping[str, str] = _EMPTY
    """The same by collection that has pages, or by section of Hugo."""
    exclude: tuple[str, ...] = ()
    """Paths and globs that the site passes over."""
    excerpt_separator: str = ""
    """What stands behind the summary in the body of a post."""
    encoding: str = ""
    """Of files that are no UTF-8."""
    limits: Limits = DEFAULT
    dialect: Dialect = "kramdown"
    options: Options = Options()
    """How the Markdown of the site differs from what is usual in the dialect."""
    dollars: bool = False
    """Whether `$…$` is a formula in every post."""

    @property
    def profile(self) -> Profile:
        """What is to be known of the system of the site."""
        return profile_named(self.system)
