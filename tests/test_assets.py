"""Pictures of a site: found, measured by content, and never outside of the site."""

import io
from base64 import b64encode
from pathlib import Path

import pytest
from PIL import Image as Pillow

from converter.diagnostics import Code, Diagnostic, SourceError
from converter.images.find import attach
from converter.images.identify import read
from converter.model import Asset, Image, Metadata, Paragraph, Post, Site
from converter.storage import LocalTree


def picture(kind: str = "PNG", size: tuple[int, int] = (4, 3)) -> bytes:
    stream = io.BytesIO()
    Pillow.new("RGB", size, "teal").save(stream, kind)
    return stream.getvalue()


def attached(root: Path, src: str, **site: str) -> tuple[tuple[Asset, ...], list[Diagnostic]]:
    post = Post(
        key="a",
        path="_posts/2024/a.md",
        metadata=Metadata(title="A"),
        blocks=(Paragraph((Image(src, "a quay"), Image(src, "again")), line=7),),
    )
    found: list[Diagnostic] = []
    return attach(post, Site(root=str(root), **site), LocalTree(str(root)), found.append).assets, found


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("images/a.png", "_posts/2024/beside.png", "images/一 二.png"):
        (tmp_path / "site" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "site" / name).write_bytes(picture())
    (tmp_path / "secret.png").write_bytes(picture())
    return tmp_path / "site"


@pytest.mark.parametrize(
    "src",
    [
        "/images/a.png",
        "images/a.png",
        "../../images/a.png",
        "beside.png",
        "/images/a.png?v=3#top",
        "https://news.example.org/images/a.png",
        "//NEWS.example.org/images/a.png",
        "/blog/images/a.png",
        "/images/%E4%B8%80%20%E4%BA%8C.png",
        "/images/一 二.png",
    ],
)
def test_a_picture_is_found_as_the_site_would(root: Path, src: str) -> None:
    [asset], found = attached(root, src, url="https://news.example.org", baseurl="/blog")

    assert [] == found
    assert (src, "image/png", 4, 3) == (asset.src, asset.media_type, asset.width, asset.height)
    assert picture() == read(asset)


@pytest.mark.parametrize(("file", "src"), [("cafe\u0301.png", "caf\u00e9.png"), ("caf\u00e9.png", "/cafe\u0301.png")])
def test_a_picture_is_found_whatever_form_its_letters_have(root: Path, file: str, src: str) -> None:
    (root / file).write_bytes(picture())

    [asset], found = attached(root, src)

    assert (file, []) == (asset.blob and asset.blob.name, found)


@pytest.mark.parametrize("src", ["../../../secret.png", "/../secret.png", "/%2e%2e/secret.png"])
def test_a_path_out_of_the_site_is_refused(root: Path, src: str) -> None:
    assets, [found] = attached(root, src)

    assert () == assets
    assert Code.IMAGE_OUTSIDE == found.code


@pytest.mark.needs("POSIX")
def test_a_link_out_of_the_site_is_refused(root: Path) -> None:
    (root / "images/link.png").symlink_to(root.parent / "secret.png")

    assets, [found] = attached(root, "/images/link.png")

    assert () == assets
    assert Code.IMAGE_OUTSIDE == found.code


@pytest.mark.parametrize(
    ("src", "code"),
    [
        ("/images/none.png", Code.IMAGE_MISSING),
        ("/images/" + "x" * 5000, Code.IMAGE_MISSING),
        ("/images/a\0.png", Code.IMAGE_MISSING),
        ("https://elsewhere.example.org/a.png", Code.IMAGE_REMOTE),
    ],
)
def test_a_picture_that_is_not_there_is_named_once_with_its_line(root: Path, src: str, code: Code) -> None:
    assets, [found] = attached(root, src, url="https://news.example.org")

    assert () == assets
    assert (code, "_posts/2024/a.md", 7) == (found.code, found.file, found.line)


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (picture("JPEG"), "image/jpeg"),
        (picture("GIF"), "image/gif"),
        (picture("WEBP"), "image/webp"),
        (picture("BMP"), "image/bmp"),
        (picture("TIFF"), "image/tiff"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "image/svg+xml"),
        (b'<?xml version="1.0"?>\n<!-- a -->\n<!DOCTYPE svg>\n<svg\nwidth="1"/>', "image/svg+xml"),
    ],
)
def test_the_type_is_that_of_the_content_whatever_the_name(root: Path, data: bytes, media_type: str) -> None:
    (root / "images/a.png").write_bytes(data)

    [asset], _ = attached(root, "/images/a.png")

    assert media_type == asset.media_type


@pytest.mark.parametrize("data", [b"", b"<html>not found</html>", picture()[:40], b"\x89PNG\r\n\x1a\n" + b"\0" * 64])
def test_what_is_no_picture_is_named(root: Path, data: bytes) -> None:
    (root / "images/a.png").write_bytes(data)

    assets, [found] = attached(root, "/images/a.png")

    assert () == assets
    assert Code.IMAGE_INVALID == found.code


def test_a_bomb_is_not_unpacked(root: Path) -> None:
    stream = io.BytesIO()
    Pillow.new("1", (20_000, 20_000)).save(stream, "PNG")
    (root / "images/a.png").write_bytes(stream.getvalue())

    assets, [found] = attached(root, "/images/a.png")

    assert () == assets
    assert Code.IMAGE_INVALID == found.code


def test_a_picture_that_changed_or_vanished_is_an_error(root: Path) -> None:
    [asset], _ = attached(root, "/images/a.png")
    (root / "images/a.png").write_bytes(picture("GIF"))
    with pytest.raises(SourceError, match="changed"):
        read(asset)

    (root / "images/a.png").unlink()
    with pytest.raises(SourceError, match="cannot be read"):
        read(asset)


def test_without_a_site_nothing_is_looked_for() -> None:
    post = Post(key="a", path="a.md", metadata=Metadata(title="A"), blocks=(Paragraph((Image("a.png"),)),))
    found: list[Diagnostic] = []

    assert post == attach(post, Site(), LocalTree(""), found.append)
    assert [Code.IMAGE_MISSING] == [diagnostic.code for diagnostic in found]


def embedded(data: bytes) -> str:
    return b64encode(data).decode()


@pytest.mark.parametrize(
    ("src", "kind"),
    [
        (f"data:image/png;base64,{embedded(picture())}", "image/png"),
        (f"DATA:image/jpg;charset=x;base64,{embedded(picture('JPEG'))}", "image/jpeg"),
        (f"data:image/png;base64,{embedded(picture()).rstrip('=')}", "image/png"),
        (f"data:image/png;base64,{embedded(picture()).replace('+', '%2B')}", "image/png"),
        ("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E", "image/svg+xml"),
        ("data:image/svg+xml;utf8,<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
    ],
)
def test_a_picture_in_its_own_address_is_at_hand(root: Path, src: str, kind: str) -> None:
    [asset], found = attached(root, src)

    assert [] == found
    assert (kind, None) == (asset.media_type, asset.blob)
    assert asset.size == len(read(asset))


@pytest.mark.parametrize("src", ["data:image/png;base64", "data:image/png;base64,AAAA", "data:image/png;base64,A"])
def test_an_address_that_holds_no_picture_is_named_shortly(root: Path, src: str) -> None:
    assets, [found] = attached(root, src + "A" * 100)

    assert () == assets
    assert Code.IMAGE_INVALID is found.code
    assert len(found.message) < 200
