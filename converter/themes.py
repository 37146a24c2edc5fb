"""Finds a theme by name or folder, follows what it extends, and opens its templates and style sheets."""

import difflib
import os
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import msgspec
from jinja2 import Environment, FunctionLoader, StrictUndefined, TemplateError, select_autoescape
from markupsafe import Markup, escape
from msgspec import Struct

from converter.diagnostics import Code, UsageError, WriterError, in_plain_words
from converter.languages.headlines import balanced, ems, headline_parts
from converter.storage import Fault, LocalTree, RefusedError
from converter.storage.tree import fingerprint_of

_PACKAGED = Path(__file__).parent / "_themes"
BUILT_IN = _PACKAGED if _PACKAGED.is_dir() else Path(__file__).parent.parent / "themes"
"""The folder of the themes that come with the converter: inside an installed wheel, else beside the sources."""

_OURS = "\0"
"""Begins the name of a folder that comes with the converter, on its way to another process."""

MAX_CHAIN = 10
MAX_SIZE = 32 << 20
"""Bytes of a file of a theme: fonts are the largest."""

FONTS = frozenset({".otf", ".ttf", ".ttc"})
"""Font files that may be added. WOFF2 is not among them: it is unpacked by slow code for every document."""
_TEMPLATES = frozenset({".css", ".html", ".svg", ".xhtml"})
_TOKEN = re.compile(r"\btokens\.(\w+)")


class Kind(NamedTuple):
    """What the value of a token is."""

    pattern: re.Pattern[str]
    words: str
    """How a message says it, with an example."""

    def fits(self, value: str) -> bool:
        return self.pattern.fullmatch(value) is not None


COLOUR = Kind(re.compile(r"#(?:[0-9a-fA-F]{3}){1,2}"), "a colour as in '#8c2f1b'")
FACES = Kind(re.compile(r"[^{};<>]*[^{};<>\s,]\s*"), "a list of font families as in \"'Noto Serif', serif\"")
LENGTH = Kind(re.compile(r"\d+(?:\.\d+)?(?:pt|mm|cm|in|px)"), "a length as in '18mm'")
NUMBER = Kind(re.compile(r"\d+(?:\.\d+)?"), "a number as in '1.7'")
PAGE_RULE = Kind(
    re.compile(r"always|never|longer-than [1-9]\d{0,8} characters"), "'always', 'never' or 'longer-than 600 characters'"
)
SIZE = Kind(
    re.compile(r"[A-Za-z][\w-]*|[\d.]+ ?[a-z]+(?:\s*[x×]\s*|\s+)[\d.]+ ?[a-z]+"), "a size as in 'A5' or '120mm 180mm'"
)

_KINDS = ((re.compile(r".*_face"), FACES), (re.compile(r"new_page"), PAGE_RULE),
          (re.compile(r"page_size"), SIZE), (re.compile(r"leading_.*"), NUMBER),
          (re.compile(r"page_margin_.*|text_size"), LENGTH), (re.compile(r".*"), COLOUR))  # fmt: skip


def kind_of(token: str) -> Kind:
    """Return what the value of one of the converter's tokens is, by its name."""
    return next(kind for names, kind in _KINDS if names.fullmatch(token))


class Theme(Struct, frozen=True):
    """A look: where its templates and style sheets are, and the tokens (sizes, colours, fonts) they share."""

    name: str
    folders: tuple[str, ...]
    """The theme's own folder first, then that of each theme it extends."""
    tokens: dict[str, str]
    """By name; a child's token replaces its parent's. Style sheets write `{{ tokens.accent }}`."""
    fingerprint: str = ""
    """A hash of all files when the theme was opened."""

    def __reduce__(self) -> tuple[object, ...]:
        """A theme that comes with the converter is where the process that it is sent to has it."""
        ours = f"{BUILT_IN}{os.sep}"
        folders = tuple(
            folder.replace(ours, _OURS, 1) if folder.startswith(ours) else folder for folder in self.folders
        )
        return _received, (self.name, folders, self.tokens, self.fingerprint)

    def read(self, name: str) -> bytes:
        """Return the nearest file of that name in the chain. Raises `WriterError` where none can be read."""
        try:
            return read_file(self.folders, name)
        except RefusedError as error:
            missing = error.fault is Fault.MISSING
            what = f"has no file '{name}'" if missing else f"has a file '{name}' that cannot be read: {error}"
            hint = "add it, or extend a theme that has" if missing else error.hint
            raise WriterError(Code.CONFIG_INVALID, f"theme '{self.name}' {what}", hint=hint) from error

    def fill(self, name: str, values: Mapping[str, object]) -> str:
        """Return the template `name` (a path in the theme) filled with `values` and the tokens.

        Names ending in `.xhtml`, `.html` or `.svg` escape what they insert. Raises `WriterError` for a faulty template.
        """
        try:
            return _environment(self.folders).get_template(name).render(tokens=self.tokens, **values)
        except (TemplateError, RefusedError) as error:
            raise WriterError(
                Code.CONFIG_INVALID, f"template '{name}' of theme '{self.name}': {error}", hint="fix the template"
            ) from error


def _received(name: str, folders: tuple[str, ...], tokens: dict[str, str], fingerprint: str) -> Theme:
    here = tuple(folder.replace(_OURS, f"{BUILT_IN}{os.sep}", 1) for folder in folders)
    return Theme(name, here, tokens, fingerprint)


class _Description(Struct, frozen=True, forbid_unknown_fields=True):
    """The file `theme.toml`."""

    name: str
    extends: str | None = None
    tokens: dict[str, str] = {}


def open_theme(name: str) -> Theme:
    """Return the theme `name`: a folder with a `theme.toml`, else one that comes with the converter.

    Raises `UsageError` when there is none, when `theme.toml` is faulty, or when themes extend each other in a circle.
    """
    folders: list[str] = []
    tokens: dict[str, str] = {}
    base: Path | None = None
    wanted: str | None = name
    while wanted is not None:
        folder = _find(wanted, base)
        if str(folder) in folders or len(folders) == MAX_CHAIN:
            raise UsageError(Code.CONFIG_INVALID, f"theme '{name}' extends itself: {' → '.join([*folders, wanted])}")
        description = _describe(folder)
        folders.append(str(folder))
        _check_tokens(description.tokens, folder, folders)
        tokens = description.tokens | tokens
        base, wanted = folder, description.extends
    font_files(folders)
    fingerprint = " ".join(fingerprint_of(LocalTree(folder)) for folder in folders)
    return Theme(
        name=Path(name).name, folders=tuple(folders), tokens=_default_tokens() | tokens, fingerprint=fingerprint
    )


def read_file(folders: Sequence[str], name: str) -> bytes:
    """Return the file of that name in the first folder that has one, where links stay inside. Raises `RefusedError`."""
    for number, folder in enumerate(folders, 1):
        try:
            # A distribution may install our own files as links.
            return LocalTree(folder, follow_links=Path(folder).parent == BUILT_IN).read(name, MAX_SIZE)
        except RefusedError as error:
            if error.fault is not Fault.MISSING or number == len(folders):
                raise
    raise RefusedError(Fault.MISSING, "there is no such file", "add it")


def font_files(folders: Iterable[str]) -> tuple[str, ...]:
    """Return the font files of a theme. Raises `UsageError` for one that is no regular file inside of it.

    Libraries open them by their paths, so they are looked at here.
    """
    paths = (path for folder in folders for path in Path(folder, "pdf", "fonts").glob("*"))
    found = sorted({path for path in paths if path.suffix.lower() in FONTS})
    for path in found:
        try:
            read_file((str(path.parents[2]),), f"pdf/fonts/{path.name}")
        except RefusedError as error:
            if error.fault is not Fault.TOO_LARGE:  # that is for what is held in memory
                message = f"this font cannot be used: {error}"
                raise UsageError(Code.CONFIG_INVALID, message, file=str(path), hint=error.hint) from error
    return tuple(map(str, found))


@cache
def _default_tokens() -> dict[str, str]:
    """Return the tokens that the writers need, with the values for themes that do not say them."""
    return _describe(BUILT_IN / "default").tokens


def _check_tokens(tokens: Mapping[str, str], folder: Path, folders: Sequence[str]) -> None:
    """Raise `UsageError` for a value that a writer could not use, and for a name that nothing uses."""
    known = _default_tokens()
    own = {name for name in tokens if name not in known}
    unused = own - _used_tokens(folders) if own else set()
    for name, value in tokens.items():
        if name in unused:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean '{near[0]}'?" if near else "no template of the theme uses it"
            raise _faulty(folder, name, f"unknown token '{name}'", hint)
        if name in known and not kind_of(name).fits(value):
            raise _faulty(folder, name, f"the token '{name}' cannot be '{value[:80]}'", f"write {kind_of(name).words}")


def _used_tokens(folders: Sequence[str]) -> set[str]:
    """Return the tokens that the files of a theme and of those built on it use."""
    found: set[str] = set()
    for folder in folders:
        for path in Path(folder).glob("*/*.*"):
            if path.suffix in _TEMPLATES:
                with suppress(RefusedError):  # what cannot be read is named when it is filled
                    text = read_file([folder], path.relative_to(folder).as_posix()).decode("utf-8", "replace")
                    found.update(_TOKEN.findall(text))
    return found


def _faulty(folder: Path, token: str, message: str, hint: str) -> UsageError:
    path = folder / "theme.toml"
    pattern = re.compile(rf"\s*[\"']?{re.escape(token)}[\"']?\s*=")
    lines = enumerate(read_file([str(folder)], path.name).decode("utf-8", "replace").splitlines(), 1)
    line = next((number for number, text in lines if pattern.match(text)), None)
    return UsageError(Code.CONFIG_INVALID, message, file=str(path), line=line, hint=hint)


def built_in_themes() -> tuple[str, ...]:
    """Return the names of the themes that come with the converter."""
    return tuple(sorted(path.parent.name for path in BUILT_IN.glob("*/theme.toml")))


def _find(name: str, base: Path | None) -> Path:
    beside = [base / name] if base else []
    for folder in (*beside, Path(name), BUILT_IN / name):
        if (folder / "theme.toml").is_file():
            return folder.resolve()
    known = ", ".join(built_in_themes())
    raise UsageError(
        Code.CONFIG_INVALID, f"no theme '{name}'", hint=f"name a folder with a theme.toml, or one of: {known}"
    )


def _describe(folder: Path) -> _Description:
    path = folder / "theme.toml"
    try:
        text = read_file((str(folder),), path.name).decode("utf-8")
        return msgspec.convert(tomllib.loads(text), _Description)
    except msgspec.ValidationError as error:
        reason = ": ".join(filter(None, in_plain_words(error)))
        raise UsageError(Code.CONFIG_INVALID, f"this theme cannot be used: {reason}", file=str(path)) from error
    except (RefusedError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(Code.CONFIG_INVALID, f"this theme cannot be used: {error}", file=str(path)) from error


def _template(folders: Sequence[str], name: str) -> tuple[str, None, Callable[[], bool]] | None:
    """Return the text of a template, and what says whether it is still the same; `None` where there is none."""
    try:
        data = read_file(folders, name)
    except RefusedError as error:
        if error.fault is Fault.MISSING:
            return None
        raise
    return data.decode("utf-8", "replace"), None, lambda: read_file(folders, name) == data


@cache
def _environment(folders: tuple[str, ...]) -> Environment:
    environment = Environment(
        loader=FunctionLoader(partial(_template, folders)),
        autoescape=select_autoescape(enabled_extensions=("xhtml", "html", "svg")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["headline"] = _headline
    return environment


def _headline(title: str, room: float | None = None) -> str:
    """Return a title as markup, each part that its lines keep together in an element of its own."""
    parts = headline_parts(title, room)
    if len(parts) == 1 and (room is None or ems(title) <= room):
        return escape(title)
    written = Markup("")
    for part in parts:
        words = part.rstrip()
        wide = room is not None and ems(words) > room
        style = Markup(' style="max-width:{}em"').format(balanced(words, room)) if room is not None and wide else ""
        written += Markup('<span class="part"{}>{}</span>{}').format(style, words, part[len(words) :])
    return written
