"""What holds for a PDF whatever lays it out: the same words, outline, labels, destinations and links."""

import io
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from msgspec.structs import replace

from converter.config import Options, load_config
from converter.digest import DigestSpec, compile_digests
from converter.model import Digest
from converter.pipeline.load import load_posts
from converter.pipeline.run import verify
from converter.testing.builders import every_node, p
from converter.verify.words import words
from converter.writers.book import Book
from converter.writers.pdf.geometry import BLEED
from tests.conftest import ROOT, require_installed
from tests.pdf_books import a_digest, a_post, make, text_of_whole_pages

ENGINES = ("weasyprint", "typst")
require_installed("Pango", "Typst")


@cache
def samples() -> Digest:
    loaded = load_posts(str(ROOT / "samples"))
    [digest] = compile_digests(loaded.posts, DigestSpec(), site=loaded.site)
    return digest


@cache
def sample_book(engine: str) -> bytes:
    return make(samples(), engine=engine).data


def outline(items: Sequence[pikepdf.OutlineItem], level: int = 0) -> Iterator[tuple[int, str]]:
    for item in items:
        yield level, item.title
        yield from outline(item.children, level + 1)


def facts(data: bytes) -> dict[str, Any]:
    """Return what a reader can follow in a book; pages are told by the post that they belong to."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
        pairs = zip(*[iter(pdf.Root.Names.Dests.Names)] * 2, strict=True)
        starts = sorted((numbers[target[0].objgen], str(name)) for name, target in pairs)

        def post_of(number: int) -> str:
            return next((name for start, name in reversed(starts) if start <= number), "")

        urls, leads = set(), set()
        for number, page in enumerate(pdf.pages):
            for link in page.obj.get("/Annots", ()):
                if "/A" in link:
                    urls.add((post_of(number), str(link.A.URI)))
                else:
                    leads.add((post_of(number), post_of(numbers[link.Dest[0].objgen])))
        with pdf.open_outline() as found:
            marks = list(outline(found.root))
        return {
            "names": [name for _, name in starts],
            "outline": marks,
            "front": [page.label for page in pdf.pages][: starts[0][0]][:2],
            "urls": urls,
            "leads": leads,
            "first": pdf.pages[starts[0][0]].label,
            "language": str(pdf.Root.Lang),
            "title": str(pdf.docinfo.Title),
        }


def test_the_samples_can_be_followed_alike() -> None:
    one, other = (facts(sample_book(engine)) for engine in ENGINES)

    assert one == other
    assert len(one["names"]) == len(samples().posts)


@pytest.mark.parametrize("engine", ENGINES)
def test_no_word_of_the_samples_is_lost(engine: str) -> None:
    config = load_config(None, Options(sources=(str(ROOT / "samples"),), formats=("pdf",), jobs=1))

    [comparison] = verify({"book.pdf": sample_book(engine)}, config)

    assert (comparison.missing, comparison.diagnostics) == (0, ())
    assert comparison.words > 8000


@pytest.mark.parametrize(
    "options",
    [{}, {"two_sided": True, "notes": "footnotes", "index": False}, {"print_marks": True, "text_size": "12pt"}],
)
def test_every_node_says_the_same_and_leads_to_the_same(options: dict[str, object], tmp_path: Path) -> None:
    digest = a_digest(every_node(), a_post("other", p("短。")))

    one, other = (make(digest, engine=engine, **options).data for engine in ENGINES)

    assert facts(one) == facts(other)
    said, also = (set(words("".join(text_of_whole_pages(data)))) for data in (one, other))
    assert {word for word in said ^ also if not word.isdecimal()} <= {"weasyprint", "typst", "ょ", "う", "ち"}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_book_that_was_made_again_says_which_revision_it_is(engine: str) -> None:
    digest = a_digest(a_post("one", p("A word.")), a_post("two", p("Another.")))

    for revision, versions in ((1, []), (2, ["2"])):
        data = make(replace(digest, revision=revision), engine=engine).data
        with pikepdf.open(io.BytesIO(data)) as pdf:
            assert re.findall(rb"<xmpMM:VersionID[^>]*>(\d+)<", pdf.Root.Metadata.read_bytes()) == [
                version.encode() for version in versions
            ]
        said = Book(replace(digest, revision=revision)).revision
        assert bool(said) == (revision > 1)
        assert not said or said in " ".join(text_of_whole_pages(data)[-1].split())


@pytest.mark.parametrize("engine", ENGINES)
def test_sheets_with_print_marks_say_where_they_are_cut(engine: str) -> None:
    with make(a_digest(a_post("a", p("一。"))), engine=engine, print_marks=True).open() as pdf:
        for page in pdf.pages:
            sheet, trim = ([float(edge) for edge in page.obj[name]] for name in ("/MediaBox", "/TrimBox"))
            margins = [abs(one - other) for one, other in zip(sheet, trim, strict=True)]
            assert margins == pytest.approx([BLEED] * 4, abs=0.01)
