"""Which fonts are found, which of them serve a language, and what is made of packaged ones."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import uharfbuzz
from fontTools.ttLib import TTFont

from converter.diagnostics import Code, Diagnostic
from converter.themes import open_theme
from converter.writers.fonts import FACES, FontLibrary, choose, entry_for, open_library, packaged, report_unserved
from converter.writers.fonts.faces import read_faces
from tests.conftest import ROOT, only_packaged_fonts

OWN_FORMS = "骨直令"
"""Characters that regions write differently."""


@pytest.fixture
def no_system(tmp_path: Path) -> Iterator[None]:
    """Hide the fonts of the system."""
    with only_packaged_fonts(tmp_path):
        yield


@pytest.mark.parametrize(
    ("language", "entry"),
    [
        ("zh", "zh"), ("zh-CN", "zh"), ("zh-Hans-SG", "zh"), ("zh-TW", "zh-TW"), ("zh-Hant", "zh-TW"),
        ("zh-HK", "zh-HK"), ("zh-Hant-HK", "zh-HK"), ("zh-Hant-TW", "zh-TW"), ("zh-MO", "zh-TW"),
        ("yue", "zh-HK"), ("zh-yue", "zh-HK"), ("zh-Hans-HK", "zh"),
        ("ja", "ja"), ("ja-JP", "ja"), ("jav", ""), ("en", ""), ("", ""), ("ar-EG", "ar"),
    ],
)  # fmt: skip
def test_the_faces_of_a_language(language: str, entry: str) -> None:
    assert entry_for(language) == entry


def test_characters_without_a_glyph_are_found() -> None:
    assert choose(open_theme("default")).missing("中文 text\n\u200b\ufe0f\ue000\U0010fffd") == "\ue000\U0010fffd"


def test_a_language_without_letters_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "fonts.conf"
    config.write_text("<fontconfig><dir>/usr/share/fonts/truetype/dejavu</dir></fontconfig>")
    monkeypatch.setenv("FONTCONFIG_FILE", str(config))
    found: list[Diagnostic] = []
    report_unserved(FontLibrary(), ("zh-CN", "en", "ko"), found.append)

    assert [(each.code, each.message.split("'")[1]) for each in found] == [
        (Code.FONT_MISSING, "ko"),
        (Code.FONT_MISSING, "zh"),
    ]


@pytest.mark.usefixtures("no_system")
@pytest.mark.parametrize("language", sorted(FACES))
def test_packages_serve_every_language_in_both_weights(language: str) -> None:
    library, faces = open_library(), FACES[language]
    text, heading = (library.chosen(families, "serif", faces.sample) for families in (faces.text, faces.heading))

    assert library.missing(faces.sample) == ""
    assert library.bold_families & {text[0], heading[0]}
    assert heading[0] in library.bold_families


@pytest.mark.usefixtures("no_system")
def test_packages_have_what_text_is_strewn_with() -> None:
    assert open_library().missing("☐☑☒✓→↩★●◆♪①㎡€²…—“”😀🎉👍❤☀│├█░𠮷") == ""


@pytest.mark.usefixtures("no_system")
@pytest.mark.parametrize("family", ["Noto Serif", "Noto Sans", "Source Code Pro"])
def test_alphabets_have_real_bold_and_real_italics(family: str) -> None:
    faces = {(face.bold, face.slanted) for face in open_library()._of[family]}

    assert faces == {(False, False), (True, False), (False, True), (True, True)}


@pytest.mark.usefixtures("no_system")
def test_each_region_has_its_own_forms() -> None:
    """The outlines differ where the regions write differently, in the regular and in the bold face."""
    library = open_library()

    def drawn(family: str, character: str, *, bold: bool) -> str:
        face = library._face(family, bold=bold)
        font = uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(face.path), face.index))
        pen = uharfbuzz.DrawFuncs()
        lines: list[str] = []
        pen.set_move_to_func(lambda x, y, _: lines.append(f"M{x:.0f},{y:.0f}"))
        pen.set_line_to_func(lambda x, y, _: lines.append(f"L{x:.0f},{y:.0f}"))
        pen.set_cubic_to_func(
            lambda *points: lines.append("C{:.0f},{:.0f},{:.0f},{:.0f},{:.0f},{:.0f}".format(*points[:6]))
        )
        font.draw_glyph(font.get_nominal_glyph(ord(character)), pen, None)
        return " ".join(lines)

    for bold in (False, True):
        shapes = {
            region: [drawn(f"Noto Sans {region}", character, bold=bold) for character in OWN_FORMS]
            for region in ("SC", "TC", "HK", "JP", "KR")
        }
        # By the charts of Unicode: 骨 turns left in China, Taiwan has its own; 直 stands on a corner in Japan.
        assert len({tuple(shape) for shape in shapes.values()}) >= 4
        assert shapes["SC"][0] != shapes["JP"][0] != shapes["TC"][0] != shapes["SC"][0]
        assert shapes["HK"][0] != shapes["TC"][0]
        assert shapes["SC"][1] != shapes["JP"][1]
        assert shapes["SC"][2] != shapes["KR"][2]


@pytest.mark.usefixtures("no_system")
def test_what_is_made_of_variable_fonts_is_static_named_and_counted_by_glyph() -> None:
    files = [path for path in open_library().files if "site-packages" not in path]
    assert files
    for path in files:
        with TTFont(path, lazy=True) as font:
            name = font["name"]
            bold, slanted = font["OS/2"].usWeightClass >= 600, bool(font["head"].macStyle & 2)
            style = {(0, 0): "Regular", (1, 0): "Bold", (0, 1): "Italic", (1, 1): "Bold Italic"}[bold, slanted]
            assert "fvar" not in font
            assert "CFF2" not in font
            assert name.getDebugName(2) == style
            assert name.getDebugName(16) is None
            if "CFF " in font:
                assert font["CFF "].cff[0].charset[1:3] == ["cid00001", "cid00002"]


def test_packaged_families_stay_away_where_the_system_has_them() -> None:
    """Two files of one family would be chosen between by chance."""
    library = FontLibrary()
    if not {"Noto Serif CJK SC", "Noto Sans CJK SC", "Noto Serif", "Noto Sans"} <= library.bold_families:
        pytest.skip("the system has no Noto")
    added = {family for path in open_library().files for face in read_faces(Path(path)) for family in face.families}

    assert not added & {"Noto Serif", "Noto Sans", "Noto Serif SC", "Noto Sans SC"}


def test_instances_are_made_once_by_whoever_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaged, "_cache_folder", lambda: tmp_path)
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(packaged.files_of, [["Noto Serif"]] * 4))
    stamps = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}

    assert len(found) == 1
    assert {str(path) for path in stamps} == set(found.pop())
    packaged.files_of(["Noto Serif"])
    assert stamps == {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}


@pytest.mark.parametrize("home", ["", "/proc/nowhere"])
def test_without_a_home_instances_lie_among_temporary_files(tmp_path: Path, home: str) -> None:
    code = "from converter.writers.fonts import packaged; print(packaged._cache_folder())"
    env = {**os.environ, "HOME": home, "XDG_CACHE_HOME": "/proc/nowhere", "TMPDIR": str(tmp_path)}
    run = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, cwd=ROOT, check=True)

    assert Path(run.stdout.strip()).parent == tmp_path


@pytest.mark.needs("POSIX")
def test_a_folder_of_somebody_else_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaged.tempfile, "gettempdir", lambda: str(tmp_path))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    packaged._temporary_folder().symlink_to(elsewhere)

    assert not packaged._temporary_folder().parent.is_dir()


def test_a_font_of_a_theme_may_change_in_a_process_that_lives_on(tmp_path: Path) -> None:
    (tmp_path / "pdf/fonts").mkdir(parents=True)
    (tmp_path / "theme.toml").write_text('name = "t"\nextends = "default"\n', "utf-8")
    own = tmp_path / "pdf/fonts/own.otf"
    found = []
    for name in ("Noto Serif SC", "Noto Sans SC"):
        shutil.copyfile(packaged.files_of([name])[0], own)
        found.append([face.families for face in choose(open_theme(str(tmp_path))).faces if face.path == str(own)])

    assert found[0] != found[1]
    assert all(found)


def test_what_is_no_font_has_no_faces(tmp_path: Path) -> None:
    for name, data in {
        "a.ttf": b"",
        "b.otf": b"OTTO" + bytes(40),
        "c.ttc": b"ttcf\0\1\0\0\0\0\0\2",
        "d.ttf": b"text",
    }.items():
        (tmp_path / name).write_bytes(data)

        assert tuple(read_faces(tmp_path / name)) == ()


def test_files_are_read_alike_without_fontconfig(monkeypatch: pytest.MonkeyPatch) -> None:
    files = packaged.files_of(["Noto Serif", "Noto Sans SC"])
    asked = {face.path: face for face in FontLibrary(files).faces if face.path in files}
    monkeypatch.setattr("converter.writers.fonts.fontconfig.load", lambda: None)
    monkeypatch.setattr("converter.writers.fonts.library._FOLDERS", ())
    read = {face.path: face for face in FontLibrary(files).faces}

    assert asked.keys() == read.keys() == set(files)
    for path, face in read.items():
        other = asked[path]
        assert (face.index, face.bold, face.slanted, face.outlined) == (
            other.index,
            other.bold,
            other.slanted,
            other.outlined,
        )
        assert set(face.families) == set(other.families)
        assert all(face.has(ord(each)) == bool(other.has(ord(each))) for each in "aé澄ا骨\U0001f389")


def test_a_face_that_cannot_be_made_costs_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(packaged, "_cache_folder", lambda: tmp_path)
    monkeypatch.setattr(packaged, "_write", full)

    assert [Path(path).name for path in packaged.files_of(["Noto Serif", "Noto Serif SC"])] == [
        "NotoSerifSC-Regular.otf"
    ]
