"""What is to be known of a site generator, as data: a frozen value for each, and what these are made of."""

import re
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath

from msgspec import Struct

from converter.reading.front_matter.split import Forms
from converter.reading.markdown import Dialect, Options, usual_options
from converter.reading.yaml_values import Value

_NONE: Mapping[str, str] = {}
_SUFFIXES = (".md", ".markdown", ".html", ".htm", ".mdx")


class Mark(Struct, frozen=True):
    """What tells a folder for a site of a system."""

    name: str
    """A file or folder in it."""
    beside: str = ""
    """Another that must be there, too."""
    says: str = ""
    """A regular expression that must be found at the beginning of the file."""
    configures: bool = True
    """Whether the file says what the posts share."""


class Call(Struct, frozen=True):
    """A tag or shortcode as it stands in a post."""

    name: str
    words: tuple[str, ...]
    """Arguments without a name, in order."""
    named: Mapping[str, str]
    inner: str = ""
    """What stands between the call and its end, its own calls done."""
    indent: str = ""
    """What the line of the call begins with."""
    params: Mapping[str, str] = _NONE
    """What the post and its site say, by name."""

    def get(self, *names: str, at: int | None = None) -> str:
        """Return the first argument that has one of the names, else the one at a place among those without."""
        found = next((self.named[name] for name in names if name in self.named), "")
        return found or (self.words[at] if at is not None and at < len(self.words) else "")


class Tag(Struct, frozen=True):
    """What becomes of a tag."""

    make: Callable[[Call], str | None]
    """Returns Markdown or HTML; `None` for a call that lacks what it needs, which is then as good as unknown."""
    verbatim: bool = False
    """Whether what stands in it is taken as it is: code."""
    is_url: bool = False
    """Whether it returns a URL, which is a link where it stands in text."""


class Syntax(Struct, frozen=True):
    """How calls are written."""

    pattern: re.Pattern[str]
    """Has the groups `name` and `rest`; `end` where it closes, `closed` where it needs no end, and `escaped` where it
    stands for itself. Every character is looked at a bounded number of times."""
    hints: tuple[str, ...]
    """One of these strings is in every body that has a call."""
    in_code: bool
    """Whether calls are done in code, too."""
    bare: frozenset[str] | None = None
    """Names that may stand alone, without arguments and an end, where others are text then; `None` for all."""
    noun: str = "shortcode"


class Profile(Struct, frozen=True, kw_only=True):
    """A site generator, or a program that exports posts."""

    name: str
    """As its makers write it."""
    marks: tuple[Mark, ...] = ()
    """Any of them makes a folder a site of this system."""
    posts: tuple[str, ...] = ("",)
    """Regular expressions for paths of posts, relative to the site. The first that matches any file counts."""
    pages: str = r"(?!)"
    """A regular expression for paths of what is no post all the same."""
    bundles: bool = False
    """Whether a file `index` owns the other files of its folder."""
    home: str = ""
    """The folder of content: URLs and sections begin below it."""
    static: tuple[str, ...] = ()
    """Folders whose files the site shows as if they lay in its root."""
    unread: frozenset[str] = frozenset({".adoc", ".asciidoc", ".org", ".rst", ".textile"})
    """Endings of the names of files that hold posts and are not read."""
    front_matter_forms: Forms = "fenced"
    keys: Mapping[str, str] = _NONE
    """Keys of front matter, in small letters and with a dot for what is nested, and what they are called here."""
    states: Mapping[str, tuple[str, str]] = {}
    """What the key `status` or its kin may say, and the key and value that say the same here."""
    lead_image: Mapping[str, str] = _NONE
    """Keys that name the image above a post, and the folder beside the post that it lies in."""
    settings: Mapping[str, str] = _NONE
    """Keys of the configuration, in small letters, and what Jekyll calls them."""
    dialect: Dialect = "kramdown"
    options: Callable[[Mapping[str, Value]], Options] = usual_options
    """Return what the configuration says of the Markdown."""
    dollars: bool = False
    """Whether `$…$` is a formula in every post."""
    embeds: bool = False
    """Whether a post shows another where it embeds it."""
    titled_by_file: bool = False
    """Whether a post without a title has the name of its file as it stands."""
    collections: frozenset[str] = frozenset()
    """Tags that only say that a post is one."""
    records: str = ""
    """The name of a table that says of each post what its front matter would."""
    files_by_name: bool = False
    """Whether posts name files by their names alone, wherever they lie."""
    tags_in_text: bool = False
    """Whether `#word` in a text is a tag of the post."""
    permalink: str = ""
    """How URLs are made where neither post nor configuration says it; empty where nobody knows."""
    placeholders: Mapping[str, str] = _NONE
    """What a part of a permalink means here that means something else to Jekyll."""
    dated_slugs: bool = False
    """Whether the date that a file's name begins with is a part of its URL."""
    sections: bool = False
    """Whether the first folder below `home` stands for a category."""
    syntaxes: tuple[Syntax, ...] = ()
    tags: Mapping[str, Tag] = {}
    liquid: bool = False
    """Whether Liquid runs in bodies."""
    prefixes: Mapping[str, str] = _NONE
    """What URLs in bodies may begin with, and the form of what they mean: `{}` is the rest."""

    def chosen(self, names: tuple[str, ...], *, is_root: bool) -> tuple[str, ...]:
        """Return the files of a folder of the site that are posts; without any, a folder that is no root gives all."""
        candidates = (tuple(name for name in names if re.match(form, name)) for form in self.posts)
        found = next(filter(None, candidates), () if is_root else names)
        known = frozenset(found)
        return tuple(name for name in found if not re.fullmatch(self.pages, name) and not self._is_piece(name, known))

    def owns(self, path: str) -> bool:
        """Whether a file lies in the folder of content."""
        return bool(self.home) and path.startswith(f"{self.home}/")

    def inner(self, path: str) -> PurePosixPath:
        """Return the path of a post below the folder of content; of a page that has a folder, that of the folder."""
        inner = PurePosixPath(path)
        if self.home and inner.is_relative_to(self.home):
            inner = inner.relative_to(self.home)
        inner = PurePosixPath(*(part for part in inner.parts if part not in ("_posts", "_drafts")))
        return inner.parent if self.bundles and inner.stem == "index" and inner.parent.name else inner

    def _is_piece(self, name: str, names: frozenset[str]) -> bool:
        """Whether a file belongs to a page that has a folder of its own."""
        path = PurePosixPath(name)
        if not self.bundles or path.stem == "index":
            return False
        return any(f"{folder}/index{suffix}" in names for folder in path.parents for suffix in _SUFFIXES)
