"""What Kindle and Kobo ask for: volumes of a size that can be mailed, and marks around sentences."""

import random
import re
from pathlib import Path

import pytest

from converter.check import check_epub
from converter.diagnostics import Code
from converter.model import Digest, Image, Link, Section, Text
from converter.testing.builders import p
from converter.writers.epub.names import chapter_name
from tests.epub_books import (
    a_digest,
    a_post,
    an_asset,
    book,
    encoded,
    files_of,
    metadata,
    small_digest,
    striped,
    tree,
    write,
)
from tests.test_epub_images import opened

GIF = encoded(striped(60, 40), "GIF")
RASTER_IN_SVG = b"""<svg xmlns="http://www.w3.org/2000/svg">
<image width="9" height="9" href="data:image/png;base64,iVBORw0KGgo="/>
</svg>"""


def noise(side: int, seed: int) -> bytes:
    """Return a square picture that cannot be made smaller."""
    picture = striped(side, side)
    picture.frombytes(random.Random(seed).randbytes(side * side * 3))
    return encoded(picture, "BMP")


def large_digest(folder: Path, posts: int = 4) -> Digest:
    """Return a book of which each post has a picture of some 400 kB that is linked to by the post before."""
    found = []
    for number in range(posts):
        asset = an_asset(folder, f"{number}.bmp", noise(370, number), "image/bmp")
        link = Link(f"post:p{(number + 1) % posts}", (Text("next"),))
        found.append(a_post(f"p{number}", p(link, Image(f"{number}.bmp", "noise")), assets=(asset,)))
    return a_digest(Section("一", tuple(found[:2])), Section("二", tuple(found[2:])))


def test_a_book_over_the_limit_is_split_into_volumes(tmp_path: Path) -> None:
    digest = large_digest(tmp_path)
    whole = len(write(digest)[0][0].data)
    assert whole > 1_100_000, "the pictures do not compress"

    files, found = write(digest, megabytes=1)

    assert ["port-2024-W22.epub", "port-2024-W22-2.epub"] == [file.name for file in files][:2]
    assert [Code.BOOK_SPLIT] == [one.code for one in found]
    assert all(len(file.data) <= 1_000_000 for file in files)
    assert all(not check_epub(file.data, file.name) for file in files)
    volumes = [files_of(file.data) for file in files]
    assert len(volumes) == len({metadata(volume, "identifier")[0] for volume in volumes})
    assert all(metadata(volume, "title")[0].endswith(f"{n}/{len(files)}") for n, volume in enumerate(volumes, 1))
    chapters = [name for volume in volumes for name in volume if name.startswith("post-")]
    assert sorted(chapter_name(f"p{number}") for number in range(4)) == sorted(chapters)


def test_a_link_to_another_volume_keeps_its_words(tmp_path: Path) -> None:
    files, _ = write(large_digest(tmp_path), megabytes=1)
    last = files_of(files[-1].data)

    chapter = tree(last[chapter_name("p3")])

    assert "next" in "".join(chapter.itertext())
    assert chapter_name("p0") not in last[chapter_name("p3")].decode()


def test_a_post_that_is_over_the_limit_alone_is_named(tmp_path: Path) -> None:
    digest = large_digest(tmp_path, posts=1)

    _, found = write(digest, megabytes=1)
    assert not found
    huge = an_asset(tmp_path, "huge.bmp", noise(900, 1), "image/bmp")
    _, found = write(a_digest(Section("", (a_post("a", p(Image("huge.bmp", "x")), assets=(huge,)),))), megabytes=1)

    assert [Code.BOOK_SPLIT, Code.BOOK_TOO_LARGE] == [one.code for one in found]


def test_kindle_gets_no_photographs_in_drawings(tmp_path: Path) -> None:
    asset = an_asset(tmp_path, "a.svg", RASTER_IN_SVG, "image/svg+xml")
    digest = a_digest(Section("", (a_post("a", p(Image("a.svg", "drawing")), assets=(asset,)),)))

    [file], [found] = write(digest, profile="kindle")

    assert Code.IMAGE_INVALID is found.code
    assert "图片缺失" in files_of(file.data)[chapter_name("a")].decode()
    assert b"<image " in book(digest)[f"images/{asset.sha256[:16]}.svg"]


def test_kobo_finds_every_sentence_marked_once(tmp_path: Path) -> None:
    digest = small_digest(tmp_path)
    [file], _ = write(digest, profile="kobo")
    plain, marked = book(digest), files_of(file.data)

    assert "port-2024-W22.kepub.epub" == file.name
    assert () == check_epub(file.data, file.name)
    for name in (chapter_name(post.key) for post in digest.posts):
        text = ["".join(tree(files[name]).itertext()).split() for files in (plain, marked)]
        spans = [node for node in tree(marked[name]).iter("span") if node.get("class") == "koboSpan"]
        ids = [node.attrib["id"] for node in spans]
        assert text[0] == text[1]
        assert len(set(ids)) == len(ids) > 0
        assert all(re.fullmatch(r"kobo\.\d+\.\d+", id_) for id_ in ids)
        assert not [node for span in spans for node in span.iter() if node is not span and node.tag != "img"]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("一句。两句！“三句？”四", ["一句。", "两句！", "“三句？”", "四"]),
        ("One. Two... 3.14 and", ["One. ", "Two... ", "3.14 and"]),
        ("plain", ["plain"]),
    ],
)
def test_sentences_end_where_their_marks_are(text: str, sentences: list[str]) -> None:
    [file], _ = write(a_digest(Section("", (a_post("a", p(text), title="T"),))), profile="kobo")
    chapter = tree(files_of(file.data)[chapter_name("a")])
    spans = [node.text for node in chapter.findall(".//p/span[@class='koboSpan']")]

    assert sentences == spans


# ---- small e-readers ----


def test_small_e_readers_get_grey_images_that_they_can_show(tmp_path: Path) -> None:
    photo = encoded(striped(1000, 700), "JPEG", progressive=True)
    assets = (an_asset(tmp_path, "a.jpg", photo, "image/jpeg"), an_asset(tmp_path, "b.gif", GIF, "image/gif"))
    post = a_post("p", p(Image("a.jpg", "a"), Image("b.gif", "b")), assets=assets)
    files = book(a_digest(Section("", (post, a_post("q", p("words"))))), profile="small")

    images = {name: opened(data) for name, data in files.items() if name.endswith((".jpg", ".png", ".gif"))}
    assert {"cover.jpg"} < {Path(name).name for name in images}
    assert {".jpg", ".png"} == {Path(name).suffix for name in images}
    for image in images.values():
        assert image.mode in ("L", "LA")
        assert max(image.size) <= 800
        assert not image.info.get("progressive")


def test_a_page_that_is_too_long_for_small_e_readers_is_named() -> None:
    digest = a_digest(Section("", (a_post("p", *(p("A line of words. " * 500) for _ in range(20))),)))

    _, found = write(digest, profile="small")
    [file], nothing = write(digest)

    assert [Code.BOOK_PROFILE] == [one.code for one in found]
    assert "small e-readers take 150" in found[0].message
    assert [] == nothing
    assert {Code.BOOK_PROFILE} == {one.code for one in check_epub(file.data, file.name, small=True)}


def test_kobo_gets_no_jpeg_in_several_passes(tmp_path: Path) -> None:
    asset = an_asset(tmp_path, "a.jpg", encoded(striped(60, 40), "JPEG", progressive=True), "image/jpeg")
    digest = a_digest(Section("", (a_post("p", p(Image("a.jpg", "a")), assets=(asset,)), a_post("q", p("words")))))

    def passes(**options: str) -> list[object]:
        files = book(digest, **options)
        images = (opened(data) for name, data in files.items() if "images/" in name)
        return [image.info.get("progressive") for image in images]

    assert [1] == passes()
    assert [None] == passes(profile="kobo")
