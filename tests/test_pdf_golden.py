"""A whole book as text: pages, outline, labels, tags. `pytest --update-golden` writes what comes out; read the diff."""

import re
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest

from converter.model import Section
from converter.testing.builders import every_node, p
from tests.conftest import only_packaged_fonts
from tests.pdf_books import LONG, Book, a_digest, a_post, make, text_of_pages

GOLDEN = Path(__file__).parent / "golden" / "pdf" / "book.txt"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    with only_packaged_fonts(tmp_path_factory.mktemp("fonts")):
        yield _book(tmp_path_factory.mktemp("pictures"))


def _book(folder: Path) -> Book:
    arabic = a_post("arabic", p("رسالة من ضفة النهر."), title="رسالة", language="ar")
    english = a_post("english", p("The quay is open again."), title="The quay", language="en")
    nodes = every_node()
    return make(
        a_digest(
            sections=(Section("要闻", (nodes, a_post("long", p(LONG), p(LONG)))), Section("各地", (arabic, english)))
        )
    )


def test_the_book_is_as_expected(book: Book, request: pytest.FixtureRequest) -> None:
    found = "\n".join(described(book)) + "\n"
    if request.config.getoption("--update-golden"):
        GOLDEN.parent.mkdir(parents=True, exist_ok=True)
        GOLDEN.write_text(found, "utf-8")

    assert GOLDEN.read_text("utf-8") == found


def test_no_sign_of_ours_is_an_emoji(book: Book) -> None:
    with book.open() as pdf:
        fonts = {
            str(found.BaseFont)
            for found in pdf.objects
            if isinstance(found, pikepdf.Dictionary) and "/BaseFont" in found
        }

    assert len(fonts) > 3
    assert [] == [name for name in fonts if "Emoji" in name]


def described(book: Book) -> Iterator[str]:
    with book.open() as pdf:
        yield "# information"
        yield from (f"{key[1:]}: {value}" for key, value in sorted(pdf.docinfo.items()) if key != "/Producer")
        yield "\n# outline"
        labels = [page.label for page in pdf.pages]
        numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
        with pdf.open_outline() as outline:
            yield from _entries(outline.root, labels, numbers, "")
        for label, text in zip(labels, text_of_pages(book.data), strict=True):
            yield f"\n# page {label}"
            yield re.sub(r"(?:\s*\.){3,}", " …", text).strip()
        yield "\n# tags"
        yield from _tags(pdf.Root.StructTreeRoot.K[0], "")


def _entries(
    items: list[pikepdf.OutlineItem], labels: list[str], numbers: dict[tuple[int, int], int], indent: str
) -> Iterator[str]:
    for item in items:
        page = labels[numbers[item.destination[0].objgen]]
        yield f"{indent}{'+' if item.is_closed else '-'} {item.title} · {page}"
        yield from _entries(item.children, labels, numbers, indent + "  ")


def _tags(element: pikepdf.Object, indent: str) -> Iterator[str]:
    """Yield an element and those below it, with how much content each holds itself."""
    kids = list(element.K) if isinstance(element.K, pikepdf.Array) else [element.K]
    own = sum(isinstance(kid, int) or kid.get("/Type") == "/MCR" for kid in kids)
    links = sum(not isinstance(kid, int) and kid.get("/Type") == "/OBJR" for kid in kids)
    attributes = element.get("/A", {})
    said = [
        *([f"{own} fragments" if own > 1 else "1 fragment"] if own else []),
        *(["link"] if links else []),
        *([f"alt {element.Alt}"] if "/Alt" in element else []),
        *([f"lang {element.Lang}"] if "/Lang" in element else []),
        *([f"scope {attributes.Scope}"] if "/Scope" in attributes else []),
        *([f"span {attributes.ColSpan}"] if "/ColSpan" in attributes else []),
    ]
    yield f"{indent}{str(element.S)[1:]}{': ' if said else ''}{', '.join(said)}"
    for kid in kids:
        if not isinstance(kid, int) and "/S" in kid:
            yield from _tags(kid, indent + "  ")
