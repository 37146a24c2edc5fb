"""What poppler and MuPDF read in a PDF of the samples: the same characters, and words from right to left in order."""

import subprocess
from collections import Counter
from pathlib import Path

import pytest

from converter import load_posts
from converter.digest import compile_digests
from converter.model import Digest
from tests.conftest import ROOT
from tests.pdf_books import make
from tests.test_pdf_text import letters, plain, words_from_right_to_left

pytestmark = [pytest.mark.conformance, pytest.mark.needs("Pango", "pdftotext", "mutool")]


@pytest.fixture(scope="module")
def digest() -> Digest:
    loaded = load_posts(str(ROOT / "samples"))
    return compile_digests(loaded.posts, site=loaded.site)[0]


@pytest.fixture(scope="module")
def book(digest: Digest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "book.pdf"
    path.write_bytes(make(digest).data)
    return path


def read(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, check=True).stdout.decode()


def test_poppler_and_mupdf_read_the_same_characters(book: Path) -> None:
    poppler = read("pdftotext", "-q", "-raw", book, "-")
    mupdf = read("mutool", "draw", "-q", "-F", "text", "-o", "-", book)
    counts = [Counter(letters(plain(text))) for text in (poppler, mupdf)]

    assert counts[0].total() > 10_000
    assert counts[0] == counts[1]


def test_poppler_reads_the_words_of_arabic_and_hebrew(book: Path, digest: Digest) -> None:
    found = letters(plain(read("pdftotext", "-q", book, "-")))
    words = words_from_right_to_left(digest)

    assert len(words) > 100
    assert [word for word in words if word not in found] == []
