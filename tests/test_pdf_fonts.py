"""Which fonts serve, which characters have none, and what is embedded of them."""

import io
from pathlib import Path

import pikepdf
import pytest
import uharfbuzz
from fontTools.cffLib import CFFFontSet
from fontTools.ttLib import TTFont

from converter.diagnostics import Code, Diagnostic
from converter.errors import UsageError
from converter.writers.pdf.fonts import choose, entry_for, open_library, report_unserved
from converter.writers.pdf.geometry import measure
from converter.writers.pdf.pieces import FontUse
from converter.writers.pdf.subset import embed, gather

TOKENS = {
    "text_size": "10pt",
    "page_margin_top": "20mm",
    "page_margin_bottom": "20mm",
    "page_margin_inner": "18mm",
    "page_margin_outer": "15mm",
}


@pytest.mark.parametrize(
    ("language", "entry"),
    [
        ("zh", "zh"), ("zh-CN", "zh"), ("zh-Hans-SG", "zh"), ("zh-TW", "zh-TW"), ("zh-Hant", "zh-TW"),
        ("zh-HK", "zh-HK"), ("ja", "ja"), ("ja-JP", "ja"), ("jav", ""), ("en", ""), ("", ""), ("ar-EG", "ar"),
    ],
)  # fmt: skip
def test_the_faces_of_a_language(language: str, entry: str) -> None:
    assert entry_for(language) == entry


def test_characters_without_a_glyph_are_found() -> None:
    library = choose((), ("zh",))

    assert library.missing("中文 text\n\u200b\ufe0f\ue000\U0010fffd") == "\ue000\U0010fffd"


def test_a_language_without_letters_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "fonts.conf"
    config.write_text("<fontconfig><dir>/usr/share/fonts/truetype/dejavu</dir></fontconfig>")
    monkeypatch.setenv("FONTCONFIG_FILE", str(config))
    open_library.cache_clear()
    found: list[Diagnostic] = []
    try:
        report_unserved(open_library(()), ("zh-CN", "en", "ko"), found.append)
    finally:
        open_library.cache_clear()

    assert [(each.code, each.message.split("'")[1]) for each in found] == [
        (Code.FONT_MISSING, "ko"),
        (Code.FONT_MISSING, "zh"),
    ]


def _use(path: str, index: int, text: str) -> tuple[FontUse, dict[str, int]]:
    face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(path), index)
    with TTFont(path, fontNumber=index, lazy=True) as font:
        glyphs = {character: font.getGlyphID(font.getBestCmap()[ord(character)]) for character in text}
    assert face.glyph_count > max(glyphs.values())
    use = FontUse(
        key="ABCDEF", name="ABCDEF+Font", family="Font", path=path, index=index, flags=4, ascent=900, descent=-200,
        widths=dict.fromkeys(glyphs.values(), 1000), unicode={glyph: character for character, glyph in glyphs.items()},
    )  # fmt: skip
    return use, glyphs


def test_glyph_numbers_are_character_numbers_in_a_subset_of_a_collection_of_its_own_order() -> None:
    extra = pytest.importorskip("pylopdf_fonts_zh_cn")
    use, glyphs = _use(str(extra.serif_path()), 0, "港口，A")
    faces: dict = {}
    gather(faces, (use,))
    with pikepdf.new() as pdf:
        [font] = embed(pdf, faces).values()
        program = font.DescendantFonts[0].FontDescriptor.FontFile3.read_bytes()
    fonts = CFFFontSet()
    fonts.decompile(io.BytesIO(program), None)

    assert set(fonts[0].charset) == {".notdef", *(f"cid{glyph:05d}" for glyph in glyphs.values())}


def test_a_subset_is_small() -> None:
    extra = pytest.importorskip("pylopdf_fonts_zh_cn")
    use, _ = _use(str(extra.sans_path()), 0, "港口")
    faces: dict = {}
    gather(faces, (use,))
    with pikepdf.new() as pdf:
        [font] = embed(pdf, faces).values()

        assert len(font.DescendantFonts[0].FontDescriptor.FontFile3.read_bytes()) < 4000


def test_the_plain_form_of_a_character_wins() -> None:
    extra = pytest.importorskip("pylopdf_fonts_zh_cn")
    use, glyphs = _use(str(extra.serif_path()), 0, "一")
    odd = FontUse(
        **{name: getattr(use, name) for name in use.__struct_fields__} | {"unicode": {glyphs["一"]: "\u2f00"}}
    )
    faces: dict = {}
    gather(faces, (odd, use))
    with pikepdf.new() as pdf:
        [font] = embed(pdf, faces).values()

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
