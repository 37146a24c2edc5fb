"""What the PDF writer does where it cannot do its best: it says so, by its code, and every word is still there."""

import io
import re
import shutil
import struct
import subprocess
import sys
import zlib
from importlib.util import find_spec
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

import converter
from converter.diagnostics import Code, Diagnostic, WriterError
from converter.themes import open_theme
from converter.verify import passages
from converter.verify.words import words
from converter.writers.pdf.weasyprint.versions import LOSSES, ORIGINALS, fingerprint

POST = "---\ntitle: The Quay\ndate: 2024-05-31\n---\nThe quay is open.\n\n| Day | Hours |\n|:--|:--|\n| Friday | 8 |\n"
OTHER = """
import importlib.util, sys
found, other = importlib.util.find_spec, sys.argv[2]
importlib.util.find_spec = lambda name: found(other if name == "weasyprint" else name)
sys.path.insert(0, sys.argv[3])
from converter.cli import main
sys.argv = ["converter", "convert", "-", sys.argv[1]]
main()
"""
"""The command line with a WeasyPrint that lies in another folder."""

pytestmark = pytest.mark.needs("Pango")


def test_a_post_that_cannot_be_laid_out_is_set_as_plain_text(tmp_path: Path) -> None:
    template = open_theme("default").read("pdf/post.html").decode()
    (tmp_path / "pdf").mkdir()
    (tmp_path / "theme.toml").write_text('name = "harbour"\nextends = "default"\n', "utf-8")
    (tmp_path / "pdf/post.html").write_text(template + '{% set fault = 1 // 0 if "<table" in body %}', "utf-8")
    found: list[Diagnostic] = []

    pdf = converter.render(converter.read_post(POST), "pdf", theme=str(tmp_path), warn=found.append)

    assert [Code.LAYOUT_SIMPLIFIED] == [diagnostic.code for diagnostic in found]
    assert "its layout failed: ZeroDivisionError" in found[0].message
    assert {"open", "hours", "friday"} <= {
        word for passage in passages(pdf, name="quay.pdf") for word in words(passage.text)
    }


def a_digest_of_two(tmp_path: Path) -> converter.Digest:
    png = a_picture(tmp_path)
    posts = [
        converter.read_post(POST, name="_posts/2024-05-31-quay.md"),
        converter.read_post(
            POST.replace("Quay", "Mole") + "\n![the mole](/mole.png)\n",
            name="_posts/2024-05-31-mole.md",
            images={"/mole.png": png},
        ),
    ]
    [digest] = converter.compile_digests(posts, converter.DigestSpec(title="Harbour"))
    return digest


def a_picture(folder: Path) -> bytes:
    """Return a picture whose checksums are right, and whose pixels cannot be unpacked."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    pixels = bytearray(zlib.compress(bytes(101 * 100), 0))
    pixels[2] = 0x07  # a block of a kind that there is not
    header = struct.pack(">IIBBBBB", 100, 100, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", bytes(pixels)) + chunk(b"IEND", b"")


def said(pdf: bytes) -> list[str]:
    return [word for passage in passages(pdf, name="quay.pdf") for word in words(passage.text)]


def test_tags_that_cannot_be_mended_cost_themselves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from converter.writers.pdf.weasyprint.tags import TagTree  # it imports WeasyPrint

    repair = TagTree.repair

    def repair_all_but_one(tree: TagTree) -> None:
        repair(tree)
        if "mole" in tree._unique:
            raise KeyError("Pg")

    found: list[Diagnostic] = []
    digest = a_digest_of_two(tmp_path)
    whole = converter.render(digest, "pdf")
    monkeypatch.setattr(TagTree, "repair", repair_all_but_one)
    book = converter.render(digest, "pdf", warn=found.append)

    assert said(book) == said(whole)
    [told] = [one for one in found if one.code is Code.LAYOUT_SIMPLIFIED]
    assert told.file == "_posts/2024-05-31-mole.md"
    assert "its tags cannot be repaired (KeyError: 'Pg')" in told.message
    for data, tagged in ((whole, True), (book, False)):
        with pikepdf.open(io.BytesIO(data)) as pdf:
            assert bool(pdf.Root.MarkInfo.Marked) is tagged
            assert (b"pdfuaid:part=" in pdf.Root.Metadata.read_bytes()) is tagged
            kinds = [str(each.S) for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and "/S" in each]
            assert kinds.count("/Table") == (2 if tagged else 1)


def test_an_error_of_our_own_in_the_tags_is_not_taken_for_a_fault_of_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    from converter.writers.pdf.weasyprint.tags import TagTree  # it imports WeasyPrint

    def refuse(_: TagTree) -> None:
        raise WriterError(Code.TASK_TIMED_OUT, "the time is over")

    monkeypatch.setattr(TagTree, "repair", refuse)

    with pytest.raises(WriterError, match="the time is over"):
        converter.render(converter.read_post(POST), "pdf")


def test_a_damaged_picture_costs_itself(tmp_path: Path) -> None:
    found: list[Diagnostic] = []

    book = converter.render(a_digest_of_two(tmp_path), "pdf", warn=found.append)

    assert [(Code.IMAGE_INVALID, "_posts/2024-05-31-mole.md")] == [(one.code, one.file) for one in found]
    assert "the image '/mole.png' is not an image, or a damaged one" == found[0].message
    with pikepdf.open(io.BytesIO(book)) as pdf:
        kinds = [str(each.S) for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and "/S" in each]
        assert kinds.count("/Table") == 2


def test_what_a_style_sheet_imports_may_change_in_a_process_that_lives_on(tmp_path: Path) -> None:
    sheet = open_theme("default").read("pdf/book.css").decode()
    (tmp_path / "pdf").mkdir()
    (tmp_path / "theme.toml").write_text('name = "harbour"\nextends = "default"\n', "utf-8")
    (tmp_path / "pdf/book.css").write_text('@import url("theme:pdf/own.css");\n' + sheet, "utf-8")
    books = []
    for change in ("uppercase", "none"):
        (tmp_path / "pdf/own.css").write_text(f"p {{ text-transform: {change} }}", "utf-8")
        with pypdfium2.PdfDocument(converter.render(converter.read_post(POST), "pdf", theme=str(tmp_path))) as pdf:
            books.append("".join(page.get_textpage().get_text_range() for page in pdf))

    assert ["THE QUAY IS OPEN." in book for book in books] == [True, False]


def test_every_patch_fits_the_engine_that_is_installed() -> None:
    from converter.writers.pdf.weasyprint.patches import PATCHES

    unknown = {
        (original.file, original.name): fingerprint(original.file, original.name)
        for originals in ORIGINALS.values()
        for original in originals
        if fingerprint(original.file, original.name) != original.digest
    }

    assert unknown == {}
    assert LOSSES.keys() == ORIGINALS.keys() == {patch for patch, *_ in PATCHES}


@pytest.mark.parametrize("patch", ORIGINALS)
def test_a_patch_is_left_out_where_the_engine_differs_and_the_loss_is_named(patch: str, tmp_path: Path) -> None:
    original = ORIGINALS[patch][0]
    other = tmp_path / "other_weasyprint"
    shutil.copytree(Path(str(find_spec("weasyprint").origin)).parent, other)
    source = (other / original.file).read_text("utf-8")
    name = original.name.rpartition(".")[2]
    changed = re.sub(rf"(def {name}\([^:]*:\n)", r"\1\n", source)  # an empty line more
    (other / original.file).write_text(changed, "utf-8")
    target = tmp_path / "quay.pdf"
    command = [sys.executable, "-c", OTHER, str(target), "other_weasyprint", str(tmp_path)]

    result = subprocess.run(command, input=POST, capture_output=True, encoding="utf-8", check=False)

    assert source != changed
    assert result.returncode == 0, result.stderr
    warnings = [line for line in result.stderr.splitlines() if "[typography-reduced]" in line]
    losses = [LOSSES[name] for name, originals in ORIGINALS.items() if original in originals]
    assert [loss in warning for loss, warning in zip(losses, warnings, strict=True)] == [True] * len(losses)
    assert warnings[0].startswith("warning: ")
    said = {word for passage in passages(target.read_bytes(), name="quay.pdf") for word in words(passage.text)}
    assert {"open", "hours", "friday"} <= said
