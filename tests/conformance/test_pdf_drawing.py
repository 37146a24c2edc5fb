"""Pages as poppler, MuPDF and pdf.js draw them: they differ only in smoothing, so every glyph is the right one."""

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image as Pillow
from PIL import ImageChops, ImageFilter

from converter import load_posts
from converter.digest import compile_digests
from tests.conformance.browser import HERE, run_script
from tests.conftest import ROOT, require_installed
from tests.pdf_books import make

pytestmark = pytest.mark.conformance

DOTS = "100"
"""Dots in an inch. Three of them are the distance by which two programs may disagree about an edge."""
DARK, FAINT = 160, 235


@pytest.fixture(scope="module", autouse=True)
def _tools() -> None:
    require_installed("Pango", "pdftoppm", "mutool", "node", "a browser", "pdfjs-dist")


def drawn_apart(data: bytes, folder: Path) -> dict[int, int]:
    """Return, by page, how many dark dots of poppler's drawing and another have nothing near them in the other one."""
    path = folder / "book.pdf"
    path.write_bytes(data)
    subprocess.run(["pdftoppm", "-gray", "-r", DOTS, "-png", path, folder / "poppler"], check=True)
    mupdf = ["mutool", "draw", "-q", "-r", DOTS, "-c", "gray", "-o", folder / "mupdf%04d.png", path]
    subprocess.run(mupdf, check=True, capture_output=True)
    shown = {"pdf_reader.html": HERE / "pdf_reader.html", path.name: path}
    run_script("pdf_reader.cjs", shown, path.name, str(folder), DOTS)
    pages = zip(*(sorted(folder.glob(f"{name}*.png")) for name in ("poppler", "mupdf", "pdfjs")), strict=True)
    counts = {number: sum(_apart(first, other) for other in others) for number, (first, *others) in enumerate(pages, 1)}
    return {number: count for number, count in counts.items() if count}


def _apart(*paths: Path) -> int:
    first, second = (Pillow.open(path).convert("L") for path in paths)
    second = second.resize(first.size)
    return _missing(first, second) + _missing(second, first)


def _missing(one: Pillow.Image, other: Pillow.Image) -> int:
    dark = one.point([255 if value < DARK else 0 for value in range(256)])
    near = other.point([255 if value < FAINT else 0 for value in range(256)]).filter(ImageFilter.MaxFilter(7))
    return ImageChops.subtract(dark, near).histogram()[255]


@pytest.mark.corpus
def test_the_samples_are_drawn_alike(tmp_path: Path) -> None:
    loaded = load_posts(str(ROOT / "samples"))
    [digest] = compile_digests(loaded.posts, site=loaded.site)

    assert drawn_apart(make(digest).data, tmp_path) == {}


def test_fonts_numbered_in_their_own_way_are_drawn_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fonts of the `zh` extra count their glyphs otherwise than their characters."""
    extra = pytest.importorskip("pylopdf_fonts_zh_cn")
    config = tmp_path / "fonts.conf"
    config.write_text(f"<fontconfig><dir>{Path(extra.__file__).parent}</dir></fontconfig>")
    script = (
        "import sys; from converter.testing.builders import every_node, p\n"
        "from tests.pdf_books import *; folder = Path(sys.argv[1])\n"
        "other = a_post('other', p('港口当局星期五宣布，“新码头”——将于下月。'))\n"
        "(folder / 'extra.pdf').write_bytes(make(a_digest(every_node(), other)).data)"
    )
    monkeypatch.setenv("FONTCONFIG_FILE", str(config))
    subprocess.run([sys.executable, "-c", script, tmp_path], check=True, cwd=ROOT)

    assert drawn_apart((tmp_path / "extra.pdf").read_bytes(), tmp_path) == {}
