"""Which fonts serve, which characters have none, and what is embedded of them."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pikepdf
import pylopdf_fonts_zh_cn
import pytest
import uharfbuzz
from fontTools.cffLib import CFFFontSet
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable
from msgspec.structs import replace

from converter.diagnostics import UsageError
from converter.testing.builders import p
from converter.themes import open_theme
from converter.writers.pdf.assembly.faces import gather
from converter.writers.pdf.assembly.file import PdfFile
from converter.writers.pdf.assembly.subset import embed
from converter.writers.pdf.fragment import FontUse, pack_glyphs
from converter.writers.pdf.geometry import measure
from tests.conftest import ROOT
from tests.pdf_books import a_digest, a_post, make

TOKENS = {
    "text_size": "10pt",
    "page_margin_top": "20mm",
    "page_margin_bottom": "20mm",
    "page_margin_inner": "18mm",
    "page_margin_outer": "15mm",
}


def _use(path: str, index: int, text: str) -> tuple[FontUse, dict[str, int]]:
    face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(path), index)
    with TTFont(path, fontNumber=index, lazy=True) as font:
        glyphs = {character: font.getGlyphID(font.getBestCmap()[ord(character)]) for character in text}
    assert face.glyph_count > max(glyphs.values())
    use = FontUse(
        key="ABCDEF", name="ABCDEF+Font", family="Font", path=path, index=index, flags=4, ascent=900, descent=-200,
        glyphs=pack_glyphs(dict.fromkeys(glyphs.values(), 1000), {glyph: each for each, glyph in glyphs.items()}),
    )  # fmt: skip
    return use, glyphs


def _embedded(faces: dict) -> pikepdf.Pdf:
    file = PdfFile()
    [font] = embed(file, faces).values()
    root = file.add({"Font": font, "Pages": file.add({"Kids": (), "Count": 0})})
    return pikepdf.open(io.BytesIO(file.finish(root, file.add({}))))


def test_glyph_numbers_are_character_numbers_in_a_subset_of_a_collection_of_its_own_order() -> None:
    use, glyphs = _use(str(pylopdf_fonts_zh_cn.serif_path()), 0, "港口，A")
    faces: dict = {}
    gather(faces, (use,))
    with _embedded(faces) as pdf:
        font = pdf.Root.Font
        program = font.DescendantFonts[0].FontDescriptor.FontFile3.read_bytes()
    fonts = CFFFontSet()
    fonts.decompile(io.BytesIO(program), None)

    assert set(fonts[0].charset) == {".notdef", *(f"cid{glyph:05d}" for glyph in glyphs.values())}


def test_a_subset_is_small() -> None:
    use, _ = _use(str(pylopdf_fonts_zh_cn.sans_path()), 0, "港口")
    faces: dict = {}
    gather(faces, (use,))
    with _embedded(faces) as pdf:
        font = pdf.Root.Font

        assert len(font.DescendantFonts[0].FontDescriptor.FontFile3.read_bytes()) < 4000


def test_the_plain_form_of_a_character_wins() -> None:
    use, glyphs = _use(str(pylopdf_fonts_zh_cn.serif_path()), 0, "一")
    odd = replace(use, glyphs=pack_glyphs({glyphs["一"]: 1000}, {glyphs["一"]: "\u2f00"}))
    faces: dict = {}
    gather(faces, (odd, use))
    with _embedded(faces) as pdf:
        font = pdf.Root.Font

        assert b"<4e00>" in font.ToUnicode.read_bytes()


def test_a_page_holds_whole_lines_and_no_more_than_a_measure() -> None:
    page = measure("A4", TOKENS, leading=1.7, two_sided=True, marks=False, right_to_left=False)
    text = page.width - page.left - page.right

    assert text / page.text_size == pytest.approx(34)
    assert page.height - page.top - page.bottom - page.lines * page.line == pytest.approx(0.1)
    assert page.left > page.right
    assert page.mirror == page.right - page.left


@pytest.mark.parametrize("size", ["A99", "10", "10mm 10mm", "1m 2m", "-5mm 20mm", ""])
def test_what_is_no_page_size(size: str) -> None:
    with pytest.raises(UsageError):
        measure(size, TOKENS, leading=1.7, two_sided=False, marks=False, right_to_left=False)


PASSAGES = """
from converter.writers.fonts import packaged
from converter.model import Emphasis, Strong, Text
from converter.testing.builders import p
from tests.conftest import ROOT
from tests.pdf_books import *
def words(language, text):
    both = a_post(language, p(text, Strong((Text(text),)), Emphasis((Text(text),))), language=language, title=text)
    return msgspec.structs.replace(both, metadata=msgspec.structs.replace(both.metadata, tags=(), source=None))
import json, msgspec, sys
texts = json.loads(sys.argv[1])
book = make(a_digest(*(words(language, text) for language, text in texts.items())))
with book.open() as pdf:
    fonts = {str(each.BaseFont) for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and "/BaseFont" in each}
print(json.dumps([[str(each) for each in book.diagnostics], sorted(fonts)]))
"""


@pytest.mark.needs("Pango")
def test_packages_alone_set_every_language(tmp_path: Path) -> None:
    (tmp_path / "fonts.conf").write_text("<fontconfig><cachedir>/nowhere</cachedir></fontconfig>")
    texts = {
        "zh-CN": "骨直令☑", "zh-TW": "骨直令☐", "zh-HK": "骨直令嘅", "ja": "骨直令の", "ko": "骨直令의",
        "ar": "العربية", "he": "עברית", "en": "Words 🎉",
    }  # fmt: skip
    run = subprocess.run(
        [sys.executable, "-c", PASSAGES, json.dumps(texts)],
        env={**os.environ, "FONTCONFIG_FILE": str(tmp_path / "fonts.conf")},
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    diagnostics, names = json.loads(run.stdout)
    fonts = {name.partition("+")[2].partition(",")[0] for name in names}

    assert diagnostics == []
    assert run.stderr == ""
    assert fonts >= {"Noto-Serif", "Noto-Serif-Bold", "Noto-Serif-Italic", "Noto-Emoji", "Amiri", "Amiri-Bold"}
    assert fonts >= {f"Noto-S{style}-{region}" for style in ("ans", "erif") for region in ("SC", "TC", "JP", "KR")}
    assert fonts >= {f"Noto-Sans-{region}-Bold" for region in ("SC", "TC", "HK", "JP", "KR")}
    assert not {font for font in fonts if "Oblique" in font or ("Italic" in font and font != "Noto-Serif-Italic")}


def _a_font_of_pictures(path: Path) -> None:
    """Write a font whose one glyph, a balloon, is an SVG drawing: such fonts cannot be embedded as they are."""
    pen = TTGlyphPen(None)
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "balloon"])
    builder.setupCharacterMap({0x1F388: "balloon"})
    builder.setupGlyf({".notdef": pen.glyph(), "balloon": pen.glyph()})
    builder.setupHorizontalMetrics({".notdef": (500, 0), "balloon": (1000, 0)})
    builder.setupHorizontalHeader(ascent=900, descent=-100)
    builder.setupNameTable({"familyName": "Balloons", "styleName": "Regular", "psName": "Balloons-Regular"})
    builder.setupOS2()
    builder.setupPost()
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" id="glyph1"><circle cx="500" cy="-500" r="400"/></svg>'
    builder.font["SVG "] = table = newTable("SVG ")
    table.docList = [(drawing, 1, 1)]
    builder.save(path)


def test_a_font_that_posts_cannot_share_comes_with_each(tmp_path: Path) -> None:
    (tmp_path / "pdf/fonts").mkdir(parents=True)
    (tmp_path / "theme.toml").write_text('name = "balloons"\nextends = "default"\n', "utf-8")
    _a_font_of_pictures(tmp_path / "pdf/fonts/balloons.ttf")
    digest = a_digest(a_post("one", p("气球\U0001f388")), a_post("two", p("又\U0001f388")))
    book = make(digest, open_theme(str(tmp_path)))
    with book.open() as pdf:
        fonts = [found for found in pdf.objects if isinstance(found, pikepdf.Dictionary) and "/BaseFont" in found]
        own = [found for found in fonts if "Balloons" in str(found.BaseFont) and found.Subtype == "/Type0"]
        meanings = [found.ToUnicode.read_bytes().lower() for found in own]

    assert book.diagnostics == []
    assert [b"d83cdf88" in meaning for meaning in meanings] == [True, True]
