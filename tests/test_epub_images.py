"""Pictures in a book: every kind becomes one that every reading system shows, and none does harm."""

import io
from pathlib import Path

import pytest
from PIL import Image as Pillow

from converter.check import check_epub
from converter.diagnostics import Code, WriterError
from converter.images.identify import read
from converter.model import Asset, Digest, Image, Section
from converter.testing.builders import p
from converter.writers.epub import EpubWriter
from converter.writers.epub.accessibility import Statements
from converter.writers.epub.names import chapter_name
from converter.writers.images import ImageOptions, prepare
from converter.writers.svg import MAX_DEPTH, MAX_ELEMENTS, clean_svg
from tests.epub_books import a_digest, a_post, an_asset, book, encoded, files_of, metadata, striped, tree, write

OPTIONS = ImageOptions(longest_side=400, grey=False)


def opened(data: bytes) -> Pillow.Image:
    return Pillow.open(io.BytesIO(data))


def of_kind(folder: Path, kind: str, mode: str = "RGB", size: tuple[int, int] = (60, 40), **options: object) -> Asset:
    data = encoded(striped(*size, mode=mode), kind, **options)
    return an_asset(folder, f"a.{kind.lower()}", data, f"image/{kind.lower()}")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF"])
def test_a_picture_of_a_common_kind_stays_as_it_is(kind: str, tmp_path: Path) -> None:
    asset = of_kind(tmp_path, kind)

    [item] = prepare(asset, OPTIONS).files

    assert read(asset) == item.data
    assert asset.media_type == item.media_type


@pytest.mark.parametrize(
    ("kind", "mode", "expected"),
    [
        ("WEBP", "RGB", "image/jpeg"),
        ("WEBP", "RGBA", "image/png"),
        ("AVIF", "RGB", "image/jpeg"),
        ("BMP", "RGB", "image/png"),
        ("TIFF", "RGB", "image/jpeg"),
        ("TIFF", "1", "image/png"),
        ("ICO", "RGB", "image/png"),
    ],
)
def test_other_kinds_become_jpeg_or_png(kind: str, mode: str, expected: str, tmp_path: Path) -> None:
    asset = of_kind(tmp_path, kind, mode, size=(48, 48))
    if mode == "RGBA":
        picture = striped(48, 48, "RGBA")
        picture.putalpha(100)
        asset = an_asset(tmp_path, "clear.webp", encoded(picture, "WEBP"), "image/webp")

    [item] = prepare(asset, OPTIONS).files

    assert expected == item.media_type == f"image/{(opened(item.data).format or '').lower()}"
    assert prepare(asset, OPTIONS).files == (item,)


def test_a_large_picture_is_made_smaller_and_keeps_its_shape(tmp_path: Path) -> None:
    prepared = prepare(of_kind(tmp_path, "PNG", size=(1000, 500)), OPTIONS)

    assert (400, 200) == (prepared.width, prepared.height) == opened(prepared.files[0].data).size


def test_pictures_can_lose_their_colours(tmp_path: Path) -> None:
    [item] = prepare(of_kind(tmp_path, "JPEG"), ImageOptions(longest_side=400, grey=True)).files

    assert "L" == opened(item.data).mode


def test_a_picture_that_a_camera_turned_is_turned(tmp_path: Path) -> None:
    exif = Pillow.Exif()
    exif[0x0112] = 6
    data = encoded(striped(60, 40), "JPEG", exif=exif)

    prepared = prepare(an_asset(tmp_path, "turned.jpg", data, "image/jpeg"), OPTIONS)

    assert (40, 60) == (prepared.width, prepared.height)
    assert not opened(prepared.files[0].data).getexif()


def test_a_tall_picture_is_cut_between_its_lines(tmp_path: Path) -> None:
    picture = striped(300, 3000)
    prepared = prepare(an_asset(tmp_path, "tall.png", encoded(picture, "PNG"), "image/png"), OPTIONS)
    slices = [opened(item.data) for item in prepared.files]
    edges = [slice_.getpixel((150, slice_.height - 1)) for slice_ in slices[:-1]]

    assert len(slices) > 5
    assert 3000 == sum(slice_.height for slice_ in slices)
    assert {(255, 255, 255)} == set(edges), "no bar is cut in two"
    assert len({item.name for item in prepared.files}) == len(slices)


def test_slices_have_one_text_alternative(tmp_path: Path) -> None:
    asset = an_asset(tmp_path, "tall.png", encoded(striped(300, 3000), "PNG"), "image/png")
    files = book(a_digest(Section("", (a_post("a", p(Image("tall.png", "a long picture")), assets=(asset,)),))))
    chapter = tree(files[chapter_name("a")])
    group = chapter.find(".//span[@role='img']")

    assert group is not None
    assert "a long picture" == group.attrib["aria-label"]
    assert {""} == {node.attrib["alt"] for node in group.iter("img")}
    assert ["alternativeText"] == [one for one in metadata(files, "schema:accessibilityFeature") if "alt" in one]


def test_a_picture_whose_file_changed_or_went_has_a_box_in_its_place(tmp_path: Path) -> None:
    changed = an_asset(tmp_path, "changed.png", encoded(striped(60, 40), "PNG"), "image/png")
    gone = an_asset(tmp_path, "gone.png", encoded(striped(60, 41), "PNG"), "image/png")
    digest = _one_post(changed, gone)
    (tmp_path / "changed.png").write_bytes(b"other")
    (tmp_path / "gone.png").unlink()

    [file], found = write(digest)

    assert {Code.IMAGE_INVALID, Code.IMAGE_MISSING} == {one.code for one in found}
    assert {"_posts/a.md"} == {one.file for one in found}
    assert 2 == files_of(file.data)[chapter_name("a")].count("图片缺失".encode())
    assert () == check_epub(file.data, file.name)


def test_a_picture_that_cannot_be_converted_is_named(tmp_path: Path) -> None:
    data = encoded(striped(900, 600), "PNG")
    asset = an_asset(tmp_path, "cut.png", data, "image/png")
    cut = data[: len(data) // 2]
    broken = an_asset(tmp_path, "broken.png", cut, "image/png")

    [_], [found] = write(_one_post(asset, broken), image_size=100)

    assert "broken.png" in found.message


def test_the_same_picture_in_two_posts_is_stored_once(tmp_path: Path) -> None:
    asset = an_asset(tmp_path, "a.png", encoded(striped(60, 40), "PNG"), "image/png")
    posts = tuple(a_post(key, p(Image("a.png", "x")), assets=(asset,)) for key in ("a", "b"))

    assert 1 == len([name for name in book(a_digest(Section("", posts))) if name.startswith("images/")])


def _one_post(*assets: Asset) -> Digest:
    return a_digest(Section("", (a_post("a", p(*(Image(asset.src, "x") for asset in assets)), assets=assets),)))


# ---- claims about accessibility ----


@pytest.mark.parametrize(
    ("alternatives", "features", "sufficient"),
    [
        ((), [], ["textual"]),
        (("a", "b"), ["alternativeText"], ["textual", "textual,visual"]),
        (("a", ""), [], ["textual,visual"]),
    ],
)
def test_claims_about_pictures_are_what_the_pictures_allow(
    alternatives: tuple[str, ...], features: list[str], sufficient: list[str], tmp_path: Path
) -> None:
    asset = an_asset(tmp_path, "a.png", encoded(striped(60, 40), "PNG"), "image/png")
    images = (Image("a.png", alternative) for alternative in alternatives)
    files = book(a_digest(Section("", (a_post("a", p("x", *images), assets=(asset,)),))))

    assert features == [one for one in metadata(files, "schema:accessibilityFeature") if one == "alternativeText"]
    assert sufficient == metadata(files, "schema:accessModeSufficient")
    assert (["textual", "visual"] if alternatives else ["textual"]) == metadata(files, "schema:accessMode")


def test_a_gif_may_flash(tmp_path: Path) -> None:
    asset = of_kind(tmp_path, "GIF")

    assert ["unknown"] == metadata(book(_one_post(asset)), "schema:accessibilityHazard")


def test_conformance_is_claimed_by_a_person_only() -> None:
    digest = a_digest(Section("", (a_post("a", p("x")),)))

    assert [] == metadata(book(digest), "dcterms:conformsTo")
    claimed = book(digest, certifier="A. Person")
    assert ["EPUB Accessibility 1.1 - WCAG 2.2 Level AA"] == metadata(claimed, "dcterms:conformsTo")
    assert ["A. Person"] == metadata(claimed, "a11y:certifiedBy")


def test_a_publisher_says_what_only_they_can_say() -> None:
    digest = a_digest(Section("", (a_post("a", p("x")),)))
    said = Statements(
        contact="access@example.org",
        exemption="eaa-microenterprise",
        report="https://example.org/report",
        credential="A badge",
        standard="1.2",
    )
    files = book(digest, certifier="A. Person", accessibility=said)

    assert ["EPUB Accessibility 1.2 - WCAG 2.2 Level AA"] == metadata(files, "dcterms:conformsTo")
    assert ["access@example.org"] == metadata(files, "a11y:contactEmail")
    assert ["eaa-microenterprise"] == metadata(files, "a11y:exemption")
    assert ["A badge"] == metadata(files, "a11y:certifierCredential")
    package = next(data for name, data in files.items() if name.endswith(".opf")).decode()
    assert '<link rel="a11y:certifierReport" refines="#certifier" href="https://example.org/report"/>' in package
    with pytest.raises(ValueError, match="there is none"):
        book(digest, accessibility=said)


# ---- drawings ----

HOSTILE = b"""<?xml version="1.0"?>
<!DOCTYPE svg [<!ENTITY ns "http://www.w3.org/2000/svg">]>
<svg xmlns="&ns;" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:ed="http://editor.example"
 viewBox="0 0 9 9" onload="x()">
<!-- a comment --><?target a?>
<script>alert(1)</script><ed:data/><foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>
<style>@import url(https://a.example/a.css); rect { fill: url(https://a.example/f.svg#f); stroke: url(#g) }</style>
<linearGradient id="a:g" ed:note="x"><stop/></linearGradient>
<a xlink:href="https://a.example/">
<rect width="9" height="9" fill="url(#a:g)" onclick="x()" style="filter: url(//b.example/f)"/>
</a>
<image href="https://a.example/a.png" width="1" height="1"/>
<image href="data:image/png;base64,AA==" width="1" height="1"/>
<use href="#a:g"/><use xlink:href="#gone"/><use href="other.svg#x"/><path/><animate attributeName="x"/>
<text xml:space="preserve">words <tspan>inside</tspan> tail</text>
</svg>"""


def test_a_drawing_keeps_what_draws_and_loses_the_rest() -> None:
    cleaned = clean_svg(HOSTILE).data.decode()
    drawing = tree(cleaned.encode())

    assert not [word for word in ("script", "onload", "onclick", "a.example", "b.example", "editor") if word in cleaned]
    assert ["text", "tspan", "linearGradient", "stop", "g", "rect", "image", "use", "path", "text", "tspan"] == [
        node.tag for node in drawing.iter() if node.tag not in ("svg", "style")
    ]
    gradient = drawing.find("linearGradient")
    rect = drawing.find("g/rect")
    assert gradient is not None
    assert rect is not None
    assert f"url(#{gradient.attrib['id']})" == rect.attrib["fill"]
    assert "words inside tail" in "".join(drawing.itertext())
    assert clean_svg(cleaned.encode()).data == cleaned.encode()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<svg", "not well-formed"),
        (b"<html/>", "no svg element"),
        (b"<svg>" + b"<g>" * (MAX_DEPTH + 1) + b"</g>" * (MAX_DEPTH + 1) + b"</svg>", "nested"),
        (b"<svg>" + b"<g/>" * (MAX_ELEMENTS + 1) + b"</svg>", "elements"),
        (b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>', "not well-formed"),
    ],
)
def test_a_drawing_that_cannot_be_cleaned_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(WriterError, match=reason):
        clean_svg(data)


def test_a_book_with_hostile_and_broken_drawings_is_valid(tmp_path: Path) -> None:
    hostile = an_asset(tmp_path, "hostile.svg", HOSTILE, "image/svg+xml")
    broken = an_asset(tmp_path, "broken.svg", b"<svg", "image/svg+xml")

    [file], [found] = write(_one_post(hostile, broken))

    assert (Code.IMAGE_INVALID, "_posts/a.md") == (found.code, found.file)
    assert () == check_epub(file.data, file.name)


def test_a_contact_wants_the_version_of_the_standard_that_has_one() -> None:
    with pytest.raises(ValueError, match=r"1\.2"):
        EpubWriter(accessibility=Statements(contact="access@example.org"))
