"""Fragments become one file: what both engines hand over is joined in one way."""

from pathlib import Path

import pikepdf
import pytest

from converter.model import Figure, Heading, Image, Link, Text
from converter.testing.builders import every_node, p
from tests.conftest import require_installed
from tests.pdf_books import LONG, a_digest, a_picture, a_post, make


@pytest.fixture(params=["weasyprint", "typst"])
def engine(request: pytest.FixtureRequest) -> str:
    require_installed("Typst" if request.param == "typst" else "Pango")
    return str(request.param)


def elements(element: pikepdf.Object) -> list[pikepdf.Object]:
    """Return the structure elements below one."""
    kids = element.get("/K", ())
    found = [
        kid for kid in (kids if isinstance(kids, pikepdf.Array) else [kids]) if isinstance(kid, pikepdf.Dictionary)
    ]
    return [each for kid in found if "/S" in kid for each in (kid, *elements(kid))]


@pytest.mark.parametrize("options", [{}, {"two_sided": True}, {"print_marks": True, "attach_sources": True}])
def test_qpdf_finds_no_fault_in_the_file(options: dict[str, object], engine: str) -> None:
    with make(a_digest(every_node(), a_post("other", p(LONG))), engine=engine, **options).open() as pdf:
        assert pdf.check_pdf_syntax() == []
        assert pdf.get_warnings() == []


@pytest.mark.parametrize(
    "text", ["12 0 R", "(5 0 R", ") 5 0 R (", "\\", "\\) 1 0 R", "图 5 0 R\n7 0 R", "<</A 3 0 R>>"]
)
def test_what_looks_like_a_reference_stays_text(text: str, engine: str, tmp_path: Path) -> None:
    picture = a_picture(tmp_path)
    link = p(Link(f"https://x.example/({text.strip()}", (Text("一"),)))
    post = a_post("a", p("一。"), Figure((Image(picture.src, text),)), link, assets=(picture,), title=f"题 {text}")

    with make(a_digest(post, a_post("b")), engine=engine).open() as pdf:
        said = [str(each.Alt) for each in elements(pdf.Root.StructTreeRoot.K[0]) if "/Alt" in each]
        with pdf.open_outline() as outline:
            titles = [item.title for item in outline.root]

    assert text.split() in [each.split() for each in said]
    assert f"题 {' '.join(text.split())}" in titles


def test_a_picture_of_many_posts_is_in_the_file_once(engine: str, tmp_path: Path) -> None:
    picture = a_picture(tmp_path, size=(40, 30))
    posts = [a_post(str(number), Figure((Image(picture.src, "图"),)), p(LONG * 20), assets=(picture,))
             for number in range(12)]  # fmt: skip

    with make(a_digest(*posts), engine=engine).open() as pdf:
        pictures = [
            each for each in pdf.objects if isinstance(each, pikepdf.Stream) and each.get("/Subtype") == "/Image"
        ]
        shown = [name for page in pdf.pages for name in page.get_images()]

    assert len(pictures) == 1
    assert len(shown) >= 12


def test_the_pages_of_a_long_book_are_in_a_tree(engine: str) -> None:
    posts = [a_post(f"{number:03}", Heading(2, (Text("节"),)), title=f"题{number}") for number in range(70)]

    with make(a_digest(*posts), engine=engine).open() as pdf:
        nodes = [node for node in pdf.Root.Pages.Kids if node.Type == "/Pages"]
        names = pikepdf.NameTree(pdf.Root.Names.Dests)
        firsts = [names[f"post:{number:03}"][0].objgen for number in range(70)]
        pages = [page.obj.objgen for page in pdf.pages]

    assert len(nodes) == 2
    assert sum(int(node.Count) for node in nodes) == len(pages)
    assert [pages.index(first) - pages.index(firsts[0]) for first in firsts] == [*range(70)]
