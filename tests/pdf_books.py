"""Digests for the tests of the PDF writer, and what poppler and pikepdf find in the files made of them."""

import io
import re
from contextlib import closing
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
from msgspec import Struct
from msgspec.structs import replace

from converter.diagnostics import Diagnostic, Warn
from converter.images.identify import read
from converter.model import Asset, Block, Digest, Post, Source
from converter.pipeline.write import render_files
from converter.storage import LocalTree
from converter.storage.blobs import StoredBlob
from converter.testing import builders
from converter.testing.builders import an_image
from converter.themes import Theme, open_theme
from converter.writers.pdf import PdfWriter
from tests.conftest import require_installed

LONG = "港口当局星期五宣布，新码头将于下月初投入使用，首批货轮已经在外海等候。据气象台介绍，本周沿海多云转晴。" * 4


def a_post(key: str, *blocks: Block, title: str = "", **more: Any) -> Post:
    """Return a post with tags and a source, for the pages that list them."""
    known = {"tags": ("港口", f"标签{key}"), "source": Source("港口日报", f"https://daily.example.org/{key}")}
    return builders.a_post(key, *blocks, title=title or f"题目{key}", **known | more)


def a_digest(*posts: Post, **more: Any) -> Digest:
    """Return a digest whose title is not that of its site."""
    return replace(builders.a_digest(*posts, **more), title="港口新闻周报")


def a_picture(folder: Path, name: str = "quay.png", **more: Any) -> Asset:
    """Return an image that is in a file."""
    asset = an_image(name, **more)
    (folder / name).write_bytes(read(asset))
    return replace(asset, blob=StoredBlob(LocalTree(str(folder)), name))


class Book(Struct):
    """A finished file and what was said when it was made."""

    data: bytes
    diagnostics: list[Diagnostic]

    def open(self) -> pikepdf.Pdf:
        return pikepdf.open(io.BytesIO(self.data))


def make(digest: Digest, theme: Theme | None = None, **options: object) -> Book:
    """Return the PDF of a digest; skip the test where what lays it out is missing."""
    require_installed("Typst" if options.get("engine") == "typst" else "Pango")
    found: list[Diagnostic] = []
    files = render_files(digest, PdfWriter(**options), theme or open_theme("default"), found.append)
    return Book(files[0].data, found)


def ignore(_: Diagnostic) -> None:
    """Take no notice."""


IGNORE: Warn = ignore


HEAD, BODY = 50, 500
"""Points from the top of a page to the text, and the height of the text, on a page of A5."""


def text_of_pages(data: bytes) -> list[str]:
    """Return the text of each page as PDFium reads it, without running heads and page numbers."""
    with closing(pypdfium2.PdfDocument(data)) as pdf:
        return [_text_of(page, HEAD, BODY) for page in pdf]


def text_of_whole_pages(data: bytes) -> list[str]:
    """Return the text of each page, running heads and page numbers included."""
    with closing(pypdfium2.PdfDocument(data)) as pdf:
        return [_text_of(page, 0, page.get_height()) for page in pdf]


def ends_of_lines(data: bytes, number: int) -> list[float]:
    """Return where the lines of a page end, in points from its left side, in order of size."""
    with closing(pypdfium2.PdfDocument(data)) as pdf:
        text = pdf[number].get_textpage()
        ends: dict[float, float] = {}
        for index in range(text.count_chars()):
            _, bottom, right, _ = text.get_charbox(index, loose=True)
            ends[bottom] = max(right, ends.get(bottom, 0))
    return sorted(ends.values())


def _text_of(page: pypdfium2.PdfPage, head: float, body: float) -> str:
    """Return the text of a page between `head` points from its top and `body` points below that."""
    top = page.get_height() - head
    text = page.get_textpage().get_text_bounded(bottom=top - body, top=top)
    return text.replace("\r\n", "\n").replace("\ufffe", "-")  # what PDFium puts for a hyphen at the end of a line


def squeezed(text: str) -> str:
    """Return the text without white space and without the hyphens at the ends of lines."""
    return re.sub(r"\s+", "", re.sub(r"-\n", "", text))
