"""The words of a cover: drawn with the fonts of the pages, or reported."""

from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from converter.diagnostics import Code, Diagnostic
from converter.testing.builders import p
from converter.themes import Theme, open_theme
from converter.writers.book import Book
from converter.writers.epub.cover import draw_cover
from converter.writers.epub.lettering import Lettering
from converter.writers.fonts import FontLibrary
from tests.pdf_books import a_digest, a_post


def drawn(theme: Theme | None = None, title: str = "渡口") -> tuple[bytes, list[Diagnostic]]:
    found: list[Diagnostic] = []
    digest = a_digest(a_post("one", p("短。"), title=title))
    return draw_cover(Book(digest), theme or open_theme("default"), found.append).data, found


def test_a_character_without_a_glyph_is_named() -> None:
    _, [found] = drawn(title="渡口\U000f0000")

    assert found.code is Code.MISSING_GLYPH
    assert "'\U000f0000' (U+F0000)" in found.message


def test_invisible_characters_need_no_glyph() -> None:
    assert drawn(title="渡\u200b口\u2068\u2069\ufe0f")[1] == []


def test_without_any_font_the_cover_has_no_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("converter.writers.fonts.fontconfig.load", lambda: None)
    monkeypatch.setattr("converter.writers.fonts.library._FOLDERS", ())
    monkeypatch.setattr("converter.writers.epub.lettering.choose", lambda _: FontLibrary())
    data, found = drawn()

    assert data.startswith(b"\xff\xd8")
    assert [each.code for each in found] == [Code.FONT_MISSING]


def test_what_cannot_be_shaped_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("cover", "lettering"):
        monkeypatch.setattr(f"converter.writers.epub.{module}.can_shape", lambda: False)
    _, [found] = drawn(title="رسالة")

    assert found.code is Code.MISSING_GLYPH
    assert "libfribidi0" in found.hint


def test_a_font_of_the_theme_reaches_the_cover(tmp_path: Path) -> None:
    """A theme's own face that has the letters of the language is before those of the system."""
    (tmp_path / "pdf/fonts").mkdir(parents=True)
    description = 'name = "own"\nextends = "default"\n[tokens]\ntext_face = "\'Own Face\', serif"\n'
    (tmp_path / "theme.toml").write_text(description, "utf-8")
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    pen.lineTo((0, 900))
    pen.lineTo((900, 0))
    pen.closePath()
    names = [f"uni{ord(each):04X}" for each in "的国这发渡口"]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", *names])
    builder.setupCharacterMap({int(name[3:], 16): name for name in names})
    builder.setupGlyf(dict.fromkeys([".notdef", *names], pen.glyph()))
    builder.setupHorizontalMetrics(dict.fromkeys([".notdef", *names], (1000, 0)))
    builder.setupHorizontalHeader(ascent=900, descent=-100)
    builder.setupNameTable({"familyName": "Own Face", "styleName": "Bold", "psName": "OwnFace-Bold"})
    builder.setupOS2(usWeightClass=700)
    builder.setupPost()
    builder.save(tmp_path / "pdf/fonts/own.ttf")
    theme = open_theme(str(tmp_path))

    face = Lettering(theme, "zh-CN").face("渡")
    assert face is not None
    assert face.families == ("Own Face",)
    assert drawn(theme)[0] != drawn()[0]
