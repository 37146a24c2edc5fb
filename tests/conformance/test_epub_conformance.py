"""What EPUBCheck, Ace by DAISY and a reading system say of our books: samples, corpus, and posts full of faults."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace

from converter import load_posts
from converter.diagnostics import Code
from converter.digest import DigestSpec, compile_digests
from converter.model import Asset, Digest, Image, PeriodKind, Post, Section
from converter.pipeline.write import render_files
from converter.testing.builders import p
from converter.testing.strategies import posts
from converter.themes import open_theme
from converter.writers.epub import EpubWriter
from converter.writers.epub.accessibility import Statements
from tests.conformance.epub_tools import ace, epubcheck, read, require_tools
from tests.conftest import CORPUS, ROOT
from tests.epub_books import a_digest, a_post, an_asset, encoded, small_digest, striped, write
from tests.test_cases import parse

pytestmark = pytest.mark.conformance

BLOGS = ("efcl", "haqbani", "jaketae", "jekyll", "mzlogin", "sylhare")
SCREENS = ("390x844", "390x844:dark", "820x1180", "820x1180:dark")


@pytest.fixture(scope="module", autouse=True)
def _tools() -> None:
    require_tools()


def books_of(folder: Path, path: Path, period: PeriodKind, **options: object) -> list[Path]:
    """Return the books of a site, by period, as files in `folder`."""
    loaded = load_posts(str(path))
    digests = compile_digests(loaded.posts, DigestSpec(period=period), site=loaded.site)
    return [book for digest in digests for book in saved(folder, digest, **options)]


SAID = Statements(  # EPUBCheck 5.3 does not know the `contact` of version 1.2
    exemption="eaa-microenterprise",
    report="https://example.org/report",
    credential="https://example.org/badge",
)


def saved(folder: Path, digest: Digest, **options: object) -> list[Path]:
    writer = EpubWriter(**options)  # type: ignore[arg-type]
    paths = []
    for file in render_files(digest, writer, open_theme("default"), lambda diagnostic: None):
        paths.append(folder / file.name)
        paths[-1].write_bytes(file.data)
    return paths


def findings(books: list[Path], folder: Path) -> dict[str, list[str]]:
    """Return what both validators find, by book; books without findings are left out."""
    found = {book.name: epubcheck(book) + ace(book, folder / f"{book.stem}-ace") for book in books}
    return {name: messages for name, messages in found.items() if messages}


def test_the_validators_find_faults(tmp_path: Path) -> None:
    """Validators that find nothing in a broken book would prove nothing about ours."""
    [file], _ = write(small_digest(tmp_path))
    broken = tmp_path / "broken.epub"
    broken.write_bytes(file.data.replace(b"mimetypeapplication/epub+zip", b"mimetypeapplication/epub+zap"))

    assert epubcheck(broken)


@pytest.mark.parametrize("profile", ["generic", "kindle", "kobo", "small"])
def test_a_small_book_in_each_profile(profile: str, tmp_path: Path) -> None:
    books = saved(
        tmp_path, small_digest(tmp_path), profile=profile, headings=True, certifier="A. Person", accessibility=SAID
    )

    assert {} == findings(books, tmp_path)


def test_the_samples(tmp_path: Path) -> None:
    assert {} == findings(books_of(tmp_path, ROOT / "samples", PeriodKind.NONE, headings=True), tmp_path)


@pytest.mark.needs("the corpus")
@pytest.mark.corpus
@pytest.mark.parametrize("blog", BLOGS)
def test_a_blog_of_the_corpus(blog: str, tmp_path: Path) -> None:
    assert {} == findings(books_of(tmp_path, CORPUS / "blogs" / blog, PeriodKind.NONE), tmp_path)


@pytest.mark.needs("the corpus")
def test_the_news_of_the_corpus_by_day(tmp_path: Path) -> None:
    books = books_of(tmp_path, CORPUS / "finews", PeriodKind.DAY)

    assert len(books) > 5
    assert {} == findings(books, tmp_path)


def test_posts_full_of_faults(tmp_path: Path) -> None:
    """Every body of the cases of the reader, and bodies with one fault each that break a book where they are kept."""
    site = tmp_path / "site"
    (site / "_posts").mkdir(parents=True)
    (site / "_config.yml").write_text("title: Faults\nlang: en\nurl: https://faults.example\n", "utf-8")
    for number, body in enumerate(_faulty_bodies()):
        post = f"---\ntitle: Post {number}\ndate: 2024-01-02 10:00:00 +0000\n---\n{body}\n"
        (site / "_posts" / f"2024-01-02-post-{number}.md").write_text(post, "utf-8", newline="")

    assert {} == findings(books_of(tmp_path, site, PeriodKind.NONE), tmp_path)


def _faulty_bodies() -> Iterator[str]:
    faults = (Path(__file__).parent / "faults.html").read_text("utf-8")
    yield from (fault.strip("\n") for fault in faults.split("<!--next-->\n"))
    for path in sorted((ROOT / "tests" / "cases" / "reading").glob("*.md")):
        yield from (case.input for case in parse(path) if not case.input.lstrip().startswith("---"))


@pytest.mark.corpus
def test_random_posts(tmp_path: Path) -> None:
    """A hundred posts with every node in places where nobody would put it."""
    found: list[Post] = []

    @settings(max_examples=100, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(posts())
    def collect(post: Post) -> None:
        found.append(replace(post, key=f"random-{len(found)}"))

    collect()
    books = saved(tmp_path, a_digest(Section("一", tuple(found[:50])), Section("二", tuple(found[50:]))), headings=True)

    assert {} == findings(books, tmp_path)


def test_a_dead_a_huge_a_hostile_and_a_mistyped_picture(tmp_path: Path) -> None:
    dead = an_asset(tmp_path, "dead.png", encoded(striped(60, 40), "PNG"), "image/png")
    huge = an_asset(tmp_path, "huge.png", encoded(striped(6000, 5000), "PNG"), "image/png")
    hostile = an_asset(tmp_path, "hostile.svg", b'<svg onload="x()"><script>x()</script></svg>', "image/svg+xml")
    broken = an_asset(tmp_path, "broken.svg", b"<svg><script>", "image/svg+xml")
    mistyped = an_asset(tmp_path, "mistyped.jpg", encoded(striped(61, 40), "WEBP"), "image/webp")
    digest = _pictured(dead, huge, hostile, broken, mistyped)
    (tmp_path / "dead.png").unlink()

    [file], found = write(digest)
    book = tmp_path / file.name
    book.write_bytes(file.data)

    assert [Code.IMAGE_MISSING, Code.IMAGE_INVALID] == [one.code for one in found]
    assert {} == findings([book], tmp_path)


def _pictured(*assets: Asset) -> Digest:
    images = (Image(asset.src, asset.src) for asset in assets)
    return a_digest(Section("", (a_post("a", p(*images), assets=assets),)))


def test_a_reading_system_shows_contents_chapters_pictures_and_notes(tmp_path: Path) -> None:
    [book] = books_of(tmp_path, ROOT / "samples", PeriodKind.NONE)

    for shown in read(book, tmp_path, *SCREENS):
        chapters = shown["chapters"]
        targets = [href.partition("#")[0] for _, href in shown["contents"]]
        assert [] == shown["failures"]
        assert shown["cover"]
        assert {"cover", "toc", "bodymatter"} <= set(shown["landmarks"])
        assert set(targets) <= set(shown["spine"])
        assert all(label for label, _ in shown["contents"])
        assert all(chapter["words"] or chapter["pictures"] for chapter in chapters.values())
        assert {href: [] for href in chapters} == {href: chapter["broken"] for href, chapter in chapters.items()}
        assert 10 < sum(chapter["pictures"] for chapter in chapters.values())
        assert [True] * 4 == [there for chapter in chapters.values() for there in chapter["notes"]]
    assert len(list(tmp_path.glob("*.png"))) >= len(SCREENS) * 15
