"""The words of a cover: drawn with the fonts of the pages, or reported."""

import io
import zipfile
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from PIL import Image

from converter.api import render_files
from converter.config import load_config
from converter.diagnostics import Code, Diagnostic, UsageError
from converter.pipeline.run import build
from converter.testing.builders import p
from converter.themes import Theme, open_theme
from converter.writers.book import Book
from converter.writers.epub import EpubWriter
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


def an_image(path: Path, colour: tuple[int, ...], kind: str = "PNG") -> Path:
    mode = "RGBA" if len(colour) == 4 else "RGB"
    Image.new(mode, (300, 450), colour).save(path, kind)
    return path


def cover_of(book: bytes) -> Image.Image:
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        [name] = [name for name in archive.namelist() if name.endswith("/cover.jpg")]
        return Image.open(io.BytesIO(archive.read(name))).convert("RGB")


def test_an_image_of_ones_own_is_the_cover(tmp_path: Path) -> None:
    digest = a_digest(a_post("one", p("短。")), a_post("two", p("長。")))
    path = an_image(tmp_path / "front.png", (200, 10, 10))
    file = render_files(digest, "epub", cover=str(path))[0]

    cover = cover_of(file.data)
    red, green, blue = cover.getpixel((150, 200))  # type: ignore[misc]  # it has three bands
    assert (300, 450) == cover.size
    assert red > 180 > 40 > max(green, blue)
    with zipfile.ZipFile(io.BytesIO(file.data)) as archive:  # who cannot see it is told the title
        assert any(name.endswith("/title.xhtml") for name in archive.namelist())


def test_what_is_clear_in_a_cover_shows_the_paper(tmp_path: Path) -> None:
    digest = a_digest(a_post("one", p("短。")), a_post("two", p("長。")))
    path = an_image(tmp_path / "front.png", (0, 0, 0, 0))

    corner = cover_of(render_files(digest, "epub", cover=str(path))[0].data).getpixel((5, 5))
    assert min(corner) > 230  # type: ignore[type-var,arg-type]  # it has three bands


@pytest.mark.parametrize(
    ("data", "says"),
    [(None, "No such file"), (b"GIF89a", "is not an image"), (b"<svg/>", "is not an image")],
    ids=["missing", "damaged", "a drawing"],
)
def test_a_cover_that_cannot_be_used_ends_the_run(data: bytes | None, says: str, tmp_path: Path) -> None:
    (tmp_path / "_posts").mkdir()
    (tmp_path / "_posts/2024-05-13-a.md").write_text("---\ntitle: A\n---\nText.\n", "utf-8")
    if data is not None:
        (tmp_path / "front.png").write_bytes(data)
    options = '[output.epub]\ncover = "front.png"\n'
    (tmp_path / "converter.toml").write_text(options, "utf-8")
    config = load_config(str(tmp_path / "converter.toml"))

    with pytest.raises(UsageError, match=says) as raised:
        build(config)
    assert (Code.CONFIG_INVALID, str(tmp_path / "front.png")) == (
        raised.value.diagnostic.code,
        raised.value.diagnostic.file,
    )


def test_a_cover_that_has_changed_makes_the_book_anew(tmp_path: Path) -> None:
    writer = EpubWriter(cover=str(an_image(tmp_path / "front.png", (1, 2, 3))))
    theme = open_theme("default")
    before = writer.fingerprint(theme)
    an_image(tmp_path / "front.png", (3, 2, 1))

    assert writer.fingerprint(theme) != before
