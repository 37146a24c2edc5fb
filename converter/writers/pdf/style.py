"""What the pages of one book have in common: measures, faces, style sheet and labels."""

from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from typing import Any, Literal, NamedTuple
from unicodedata import bidirectional

from converter.diagnostics import Code, Diagnostic, Warn
from converter.languages.headlines import balanced, ems, headline_parts
from converter.languages.labels import label
from converter.model import Direction, direction_of
from converter.themes import Theme
from converter.writers.fonts import ALIASES, CODE, FACES, SYMBOLS, Faces, FontLibrary, choose, entry_for, require_fonts
from converter.writers.pdf.geometry import Geometry, measure
from converter.writers.pdf.options import PdfOptions

HEAD_SIZE = 0.72
"""The size of running heads, in text sizes; style sheets use it too."""
SECTION_SHARE, POST_SHARE = 0.32, 0.62
"""What section and post may take of a running head that shows both."""
OPENING = "-opening"
"""The end of the names of overlays for pages without running heads."""
NAMED = 40
"""How many characters without a glyph are named in one diagnostic."""
_SUBSTITUTES = "〓□\ufffd?"
"""What stands for a character that no font has: the first of these that one has."""

LABELS = ("contents", "index", "colophon", "sources", "license", "original", "tags", "notes", "page")


class Families(NamedTuple):
    """The families to try for a language, in their order."""

    text: tuple[str, ...]
    heading: tuple[str, ...]
    code: tuple[str, ...]
    strong: Literal["text", "heading"]
    """Whose bold face tells strong words."""


class _Hashable(NamedTuple):
    """A theme as a key of a cache."""

    name: str
    folders: tuple[str, ...]
    tokens: tuple[tuple[str, str], ...]
    fingerprint: str


class Style:
    """The look of a book in one language, for a theme and options."""

    def __init__(self, options: PdfOptions, theme: Theme, language: str, *, sections: bool) -> None:
        """`sections` tells whether posts stand under sections. Raises `UsageError` for faulty measures."""
        self.options = options
        self.theme = theme
        self.language = language
        self.sections = sections
        self.direction: Direction = direction_of(language)
        tokens = dict(theme.tokens)
        if options.text_size:
            tokens["text_size"] = options.text_size
        self.geometry: Geometry = measure(
            options.page_size or tokens["page_size"],
            tokens,
            leading=float(tokens["leading_latin" if _is_latin(language) else "leading_han"]),
            two_sided=options.two_sided,
            marks=options.print_marks,
            right_to_left=self.direction == "rtl",
        )

    @property
    def offset(self) -> int:
        """How many levels the titles of posts lie below the first."""
        return 1 if self.sections else 0

    @cached_property
    def library(self) -> FontLibrary:
        """The fonts that may be used. Raises `UsageError` where there is none."""
        library = choose(self.theme)
        require_fonts(library)
        return library

    @cached_property
    def css(self) -> str:
        """The style sheet of every page of the book."""
        return self.theme.fill(
            "pdf/book.css",
            {
                "page": _page_values(self.geometry, self.direction),
                "line": self.geometry.line,
                "latin": self._face(Faces()),
                "faces": self._faces(),
                "offset": self.offset,
                "justify": self.options.justify,
                "two_sided": self.options.two_sided,
                "head_size": HEAD_SIZE,
                "rtl": self.direction == "rtl",
            },
        )

    @property
    def overlays(self) -> tuple[str, ...]:
        """The overlays that each fragment has: for each side, and with print marks for opening pages too."""
        sides = ("recto", "verso") if self.options.two_sided else ("recto",)
        kinds = ("", OPENING) if self.options.print_marks else ("",)
        return tuple(side + kind for side in sides for kind in kinds)

    def labels(self) -> dict[str, str]:
        return {name: label(self.language, name) for name in LABELS}

    def fill(self, name: str, values: Mapping[str, object]) -> str:
        """Return a template of the theme, filled."""
        labels = self.labels()
        # Themes of 0.1 call them words.
        common = {
            "book_language": self.language,
            "direction": self.direction,
            "labels": labels,
            "words": labels,
            "measure": self.measure,
        }
        return self.theme.fill(f"pdf/{name}", common | {**values})

    def heads(self, section: str, post: str) -> dict[str, str]:
        """Return what stands in running heads, each in the direction of its own words."""
        both = not self.options.two_sided
        shares = (SECTION_SHARE, POST_SHARE) if both else (1.0, 1.0)
        words = self.isolated(map(self.shortened, (section, post), shares))
        return dict(zip(("head_section", "head_post"), words, strict=True))

    def shortened(self, text: str, share: float) -> str:
        """Return `text`, cut where it is wider than a share of a running head."""
        room = self.measure * share / HEAD_SIZE
        if ems(text) <= room:
            return text
        fitting = next(end for end in range(len(text), 0, -1) if end == 1 or ems(text[:end]) + 1 <= room)
        return text[:fitting].rstrip() + "…"

    def headline(self, title: str, size: float) -> list[tuple[str, float, str]]:
        """Return the parts of a title that is set `size` times as large as text, and the spaces behind each.

        Between them is the width in font sizes for the lines of one that is longer than a line, else 0.
        """
        room = self.measure / size
        parts = headline_parts(title, room)
        return [
            (words, balanced(words, room) if ems(words) > room else 0, part[len(words) :])
            for part in parts
            if (words := part.rstrip())
        ]

    def substitute(self, html: str, file: str | None, warn: Warn) -> str:
        """Return a page with a mark for each character that no font has, and name these characters."""
        missing = self.library.missing(html)
        if not missing:
            return html
        shown = ", ".join(f"'{character}' (U+{ord(character):04X})" for character in missing[:NAMED])
        more = f" and {len(missing) - NAMED} more" if len(missing) > NAMED else ""
        warn(
            Diagnostic(
                code=Code.MISSING_GLYPH,
                message=f"no font has {shown}{more}; a mark stands in the place",
                file=file,
                hint="install a font that has them: pip install 'digest-converter[fonts]' brings many",
            )
        )
        mark = next((each for each in _SUBSTITUTES if self.library.covers(each)), "?")
        return html.translate(dict.fromkeys(map(ord, missing), mark))

    def isolated(self, words: Iterable[str]) -> tuple[str, ...]:
        """Return words that stand beside each other, those of the other direction fenced off (Unicode, TR 9: FSI, PDI).

        Without fences, the numbers after an Arabic name would be drawn before it.
        """
        foreign = {"R", "AL"} if self.direction == "ltr" else {"L"}
        return tuple(
            f"\u2068{word}\u2069" if any(bidirectional(character) in foreign for character in word) else word
            for word in words
        )

    @property
    def measure(self) -> float:
        """The length of a line in text sizes."""
        return (self.geometry.width - self.geometry.left - self.geometry.right) / self.geometry.text_size

    def line_of(self, language: str) -> float:
        """Return the height of a line of text in a language, in points: alphabets stand closer than squares."""
        leading = self.theme.tokens["leading_latin" if _is_latin(language) else "leading_han"]
        return round(self.geometry.text_size * float(leading), 3)

    def _faces(self) -> dict[str, dict[str, str]]:
        """Return the families for each language as CSS: those that are installed, then the theme's."""
        found = {language: self._face(FACES[language]) for language in sorted(FACES, key=len)}
        return found | self._aliases(found)

    def _face(self, faces: Faces) -> dict[str, str]:
        families = self.families(faces)
        names = {"text": "text_face", "heading": "heading_face", "code": "code_face"}
        stacks = {kind: self._stack(getattr(families, kind), token) for kind, token in names.items()}
        return {**stacks, "strong": families.strong, "bold": stacks[families.strong]}

    def _stack(self, families: Iterable[str], token: str) -> str:
        """Return a list of families in CSS. Were the last not named, it would be the system's to choose."""
        generic = self.theme.tokens[token].rpartition(",")[2].strip()
        return ", ".join(dict.fromkeys((*(f"'{family}'" for family in families), generic)))

    def families(self, faces: Faces) -> Families:
        """Return the families to try in their order for a language; what is not installed is left out."""
        tokens = self.theme.tokens
        text = self.library.chosen(faces.text, tokens["text_face"], faces.sample)
        heading = self.library.chosen(faces.heading, tokens["heading_face"], faces.sample)
        code = self.library.chosen((), tokens["code_face"])
        return Families(
            text=self._served(text, heading=False),
            heading=self._served(heading, heading=True),
            code=self._served((*code, *CODE, *faces.code, *heading), heading=False),
            # No engine draws a bold of its own: without a bold face, strong words are told by the other face.
            strong="heading" if text and text[0] not in self.library.bold_families else "text",
        )

    def _served(self, families: Iterable[str], *, heading: bool) -> tuple[str, ...]:
        """Return the given families, then those of the language of the book, of Chinese and for symbols."""
        others = (FACES[entry] for entry in (entry_for(self.language), "zh") if entry)
        last = [family for faces in others for family in (faces.heading if heading else faces.text)]
        named = (*families, *last, *SYMBOLS)
        return tuple(dict.fromkeys(family for family in named if family in self.library.families))

    def _aliases(self, found: Mapping[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        """Return the entries for tags that mean one with another name."""
        aliases = dict(sorted(ALIASES.items(), key=lambda each: len(each[0])))  # the longer tag decides
        if self.language and (entry := entry_for(self.language)):
            aliases.setdefault(self.language, entry)
        return {tag: found[entry] for tag, entry in aliases.items()}


@lru_cache(maxsize=8)
def _cached_style(options: PdfOptions, theme: _Hashable, language: str, sections: bool) -> Style:  # noqa: FBT001
    return Style(
        options, Theme(theme.name, theme.folders, dict(theme.tokens), theme.fingerprint), language, sections=sections
    )


def open_style(options: PdfOptions, theme: Theme, language: str, *, sections: bool) -> Style:
    """Return the look of a book, made once for the process. Raises `UsageError` for faulty measures."""
    hashable = _Hashable(theme.name, theme.folders, tuple(sorted(theme.tokens.items())), theme.fingerprint)
    return _cached_style(options, hashable, language, sections)


def _is_latin(language: str) -> bool:
    """Return whether a language is set with the narrow leading of alphabets."""
    return entry_for(language) == "" or entry_for(language) == "he"


def _page_values(geometry: Geometry, direction: Direction) -> dict[str, Any]:
    outer, inner = ("right", "left") if direction == "ltr" else ("left", "right")
    sides = {"recto": (geometry.left, geometry.right), "verso": (geometry.right, geometry.left)}
    return {
        "width": geometry.width,
        "height": geometry.height,
        "top": geometry.top,
        "right": geometry.right,
        "bottom": geometry.bottom,
        "left": geometry.left,
        "lines": geometry.lines,
        "text_size": geometry.text_size,
        "bleed": geometry.bleed,
        "small": geometry.is_small,
        "cover": geometry.cover,
        "outer": {"recto": outer, "verso": inner},
        "inner": {"recto": inner, "verso": outer},
        "margins": {
            side: f"margin: {geometry.top}pt {right}pt {geometry.bottom}pt {left}pt"
            for side, (left, right) in sides.items()
        },
    }
