"""Fills the templates of whole pages: what a browser may do on them, their style, the words in their language."""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from functools import lru_cache
from hashlib import sha256

from msgspec import Struct

from converter.languages.labels import label
from converter.model import direction_of
from converter.themes import Theme
from converter.writers.book import MAKER
from converter.writers.fonts.families import ALIASES, FACES

LABELS = (
    "back_to_contents",
    "colophon",
    "contents",
    "landmarks",
    "license",
    "next",
    "open_original",
    "previous",
    "skip",
    "sources",
    "tags",
    "updated",
    "website",
)
"""The labels that the templates use."""
POLICY = (
    "default-src 'none'",
    "img-src 'self' data:",
    "style-src {style}",
    # The sizes that authors gave to images. We write these styles ourselves, of numbers and units.
    "style-src-attr 'unsafe-inline'",
    "base-uri 'none'",
    "form-action 'none'",
)
"""What a page may do (Content Security Policy 3): show its images, and look as its style sheet says. Nothing runs."""


class Face(Struct, frozen=True):
    """The families of a language, as CSS: each with a comma behind it, so that those of the theme may follow."""

    language: str
    text: str
    heading: str


def common(language: str, labels: Iterable[str] = LABELS) -> dict[str, object]:
    """Return what all templates are filled with; `labels` are those that they use."""
    return {
        "language": language,
        "direction": direction_of(language),
        "labels": {name: label(language, name) for name in labels},
    }


def fill_page(name: str, theme: Theme, language: str, values: Mapping[str, object]) -> str:
    """Return a template of a whole page, filled; `values` has its title and its description."""
    style = style_of(theme)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = "; ".join(POLICY).format(style=f"'sha256-{digest}'")
    return theme.fill(name, {**common(language), "maker": MAKER, "style": style, "policy": policy, **values})


def style_of(theme: Theme) -> str:
    """Return the style sheet, fenced off so that a page is XML, too, whatever the theme has in it."""
    return f"/*<![CDATA[*/\n{style_sheet(theme, 'html/style.css').replace(']]>', '')}/*]]>*/"


def style_sheet(theme: Theme, name: str) -> str:
    """Return a style sheet of the theme, filled."""
    return _filled(name, theme.name, theme.folders, theme.fingerprint, tuple(theme.tokens.items()))


@lru_cache(maxsize=8)
def _filled(
    sheet: str, name: str, folders: tuple[str, ...], fingerprint: str, tokens: tuple[tuple[str, str], ...]
) -> str:
    return Theme(name, folders, dict(tokens), fingerprint).fill(sheet, {"faces": _faces()})


def _faces() -> list[Face]:
    """Return the families for each language; of two that fit a tag the longer comes later, and decides."""
    entries = {**{tag: tag for tag in FACES}, **ALIASES}
    return [
        Face(tag, _list(FACES[entries[tag]].text), _list(FACES[entries[tag]].heading))
        for tag in sorted(entries, key=lambda tag: (len(tag), tag))
    ]


def _list(families: tuple[str, ...]) -> str:
    return "".join(f"'{family}', " for family in families)
