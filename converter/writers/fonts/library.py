"""Puts the fonts of a theme, of the system and of packages together: which families there are, and which characters."""

import hashlib
import os
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache, cached_property
from pathlib import Path

from converter.diagnostics import Code, Diagnostic, UsageError, Warn
from converter.storage import RefusedError, read_start
from converter.themes import FONTS, Theme, font_files
from converter.writers.fonts import fontconfig, packaged
from converter.writers.fonts.faces import Face, read_faces
from converter.writers.fonts.families import FACES, SYMBOLS, entry_for

INSTALL_HINT = "install fonts: pip install 'digest-converter[fonts]', or apt-get install fonts-noto-cjk fonts-noto-core"

_DIRECTORY = 8192
"""Bytes at the beginning of a font that have its table directory, or that of each face of a collection."""

_FOLDERS = (
    "~/.local/share/fonts",
    "~/.fonts",
    "/usr/local/share/fonts",
    "/usr/share/fonts",
    "~/Library/Fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
    "C:/Windows/Fonts",
)
"""Where systems keep fonts; they are looked at where there is no fontconfig to ask."""


class FontLibrary:
    """The fonts of the system together with some files: which families there are, and which characters."""

    def __init__(self, own: tuple[str, ...] = (), packaged: tuple[str, ...] = ()) -> None:
        """`own` are the files of a theme, `packaged` those of packages."""
        self.files = (*own, *packaged)
        library = fontconfig.load()
        # Sets of characters live as long as the configuration they come from.
        self._fontconfig = fontconfig.Fontconfig(library, self.files) if library else None
        found = self._fontconfig.faces() if self._fontconfig else _read(self.files)
        self.faces = tuple(sorted(found, key=lambda face: face.place))
        self._by_size = tuple(sorted(self.faces, key=lambda face: (-face.size, face.place)))
        self.families = frozenset(family for face in self.faces for family in face.families)
        self.bold_families = frozenset(family for face in self.faces if face.bold for family in face.families)
        self.own_families = frozenset(family for face in self.faces if face.path in own for family in face.families)
        self.paths = tuple(sorted({face.path for face in self.faces}))
        self._known: dict[str, bool] = {}

    @cached_property
    def fingerprint(self) -> str:
        """A hash that changes whenever a font file is added, removed or replaced.

        A font begins with the checksums of its tables (OpenType, "Table Directory"), and a laid-out page names the
        files that it takes glyphs from, so these and the paths are all of it.
        """
        found = hashlib.sha256(str(self._fontconfig.version if self._fontconfig else "").encode())
        for path in self.paths:
            with suppress(RefusedError):
                start, size = read_start(path, _DIRECTORY)
                found.update(os.fsencode(path) + f"\0{size}\0".encode() + start)
        return found.hexdigest()

    def covers(self, character: str) -> bool:
        """Return whether a font has a glyph for the character, or it needs none.

        A private character is never covered: no reader of the PDF could know what it means (PDF/A-2, 6.2.11.7.3).
        """
        if character not in self._known:
            self._known[character] = is_unseen(character) or (
                unicodedata.category(character) != "Co" and any(face.has(ord(character)) for face in self._by_size)
            )
        return self._known[character]

    def missing(self, text: Iterable[str]) -> str:
        """Return the characters of `text` that no font has, each once, in the order of their code points."""
        return "".join(character for character in sorted(set(text)) if not self.covers(character))

    def chosen(self, families: Iterable[str], theme: str, sample: str = "") -> tuple[str, ...]:
        """Return the families that are there: those that a theme brings and that have `sample`, the given, its others.

        `theme` is its list of families in CSS, with a generic name at the end.
        """
        named = [name for each in theme.split(",")[:-1] if (name := each.strip().strip("'\"")) in self.families]
        own = [family for family in named if family in self.own_families and self._has_all(family, sample)]
        return tuple(dict.fromkeys((*own, *(family for family in families if family in self.families), *named)))

    def lettering(self, families: Iterable[str]) -> Iterator[Face]:
        """Yield the faces for large words, best first: bold ones of `families`, their others, all that has outlines."""
        given = tuple(families)
        rest = (family for faces in FACES.values() for family in (*faces.text, *faces.heading))
        yielded: set[Face] = set()
        for bold, families in ((True, given), (False, given), (True, (*rest, *SYMBOLS))):
            for family in families:
                face = self._face(family, bold=bold)
                if face is not None and face not in yielded:
                    yielded.add(face)
                    yield face
        yield from (face for face in self._by_size if face.outlined and face not in yielded)

    def _face(self, family: str, *, bold: bool) -> Face | None:
        """Return the upright face of a family."""
        fitting = (
            face for face in self._of.get(family, ()) if face.bold == bold and face.outlined and not face.slanted
        )
        return next(fitting, None)

    @cached_property
    def _of(self) -> dict[str, list[Face]]:
        """The faces of each family."""
        found: dict[str, list[Face]] = {}
        for face in self.faces:
            for family in face.families:
                found.setdefault(family, []).append(face)
        return found

    def _has_all(self, family: str, sample: str) -> bool:
        return any(all(face.has(ord(each)) for each in sample) for face in self._of.get(family, ()))


@cache
def open_library(own: tuple[str, ...] = (), fingerprint: str = "") -> FontLibrary:  # noqa: ARG001  # see below
    """Return the fonts of the system, files of a theme, and packaged families where those two have none as good.

    It is one and the same for the whole process, as long as `fingerprint` is: the hash of the files of the theme.
    """
    library = FontLibrary(own)
    wanted = frozenset(family for family in packaged.installed() if _is_wanted(family, library))
    return FontLibrary(own, packaged.files_of(wanted)) if wanted else library


def choose(theme: Theme) -> FontLibrary:
    """Return the fonts for a book: those of its theme, those of the system, and packaged ones. Raises `UsageError`."""
    own = font_files(theme.folders)
    return open_library(own, theme.fingerprint if own else "")


def require_fonts(library: FontLibrary) -> None:
    """Raise `UsageError` where there is no font at all: a page cannot be set without."""
    if not library.paths:
        raise UsageError(Code.LIBRARY_MISSING, "there is no font on this machine", hint=INSTALL_HINT)


def report_unserved(library: FontLibrary, languages: Iterable[str], warn: Warn) -> None:
    """Warn of each language whose letters no font has."""
    for entry in sorted({entry_for(tag) for tag in languages} - {""}):
        if library.missing(FACES[entry].sample):
            warn(
                Diagnostic(
                    code=Code.FONT_MISSING,
                    message=f"there is no font for the language '{entry}'; its letters are shown as empty boxes",
                    hint=INSTALL_HINT,
                )
            )


def is_unseen(character: str) -> bool:
    """Return whether nothing is drawn for a character: controls, format characters, variation selectors."""
    selects = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    return selects or unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp"}


def _is_wanted(family: str, library: FontLibrary) -> bool:
    """Return whether a list of families has no better one, and none as good, that is installed with a bold face."""
    lists = [stack for faces in FACES.values() for stack in (faces.text, faces.heading) if family in stack]
    upto = [stack[: stack.index(family) + 1] for stack in lists] or [(family,)]
    return any(library.bold_families.isdisjoint(families) for families in upto)


def _read(files: Iterable[str]) -> Iterator[Face]:
    """Yield the faces of the files and of the system's folders, without fontconfig."""
    for file in files:
        yield from read_faces(Path(file))
    for folder in _FOLDERS:
        for path in sorted(Path(folder).expanduser().rglob("*")):
            if path.suffix.lower() in FONTS:
                yield from read_faces(path)
