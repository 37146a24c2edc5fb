"""HTML: a page needs nothing but itself, runs nothing, and leads somewhere; so do the pages of a folder."""

import re
from base64 import b64decode, b64encode
from collections import Counter
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import html5lib
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from msgspec.structs import replace

from converter import read_post, render, render_files
from converter.diagnostics import ignore
from converter.digest import digest_of
from converter.model import Digest, Image, Link, Paragraph, Section, Site, Text
from converter.pipeline import write
from converter.testing.builders import a_digest, a_post, every_node, p
from converter.testing.strategies import posts
from converter.themes import BUILT_IN, open_theme
from converter.writers.html import HtmlWriter
from converter.writers.html.pages import style_of
from converter.writers.names import post_name
from tests.epub_books import an_asset, encoded, striped

GOLDEN = Path(__file__).parent / "golden" / "html" / "edition.html"


def files_of(digest: Digest, **options: Any) -> dict[str, bytes]:
    files = write.render_files(digest, HtmlWriter(**options), open_theme("default"), ignore)
    return {file.name: file.data for file in files}


def parsed(data: bytes) -> Any:
    return BeautifulSoup(data.decode(), "html5lib")


def page_of(digest: Digest, **options: Any) -> Any:
    [data] = files_of(digest, **options).values()
    return parsed(data)


def sectioned() -> Digest:
    arabic = a_post("2024-05-14-arabic", p("رسالة من ضفة النهر."), title="رسالة", language="ar")
    to = Link("post:2024-05-14-arabic", (Text("الرسالة"),))
    english = a_post("2024-05-15-english", p("See ", to, "."), title="The quay", language="en", tags=("harbour",))
    return a_digest(sections=(Section("要闻", (every_node(),)), Section("各地", (arabic, english))))


def shortened(page: bytes) -> str:
    """Return a page without its style sheet, and images without what is in them."""
    text = re.sub(r"(?s)<style>.*?</style>", "<style>…</style>", page.decode())
    text = re.sub(r"sha256-[\w+/=]+", "sha256-…", text)
    return re.sub(r"(;base64,)[\w+/=]+", r"\1…", text)


def test_an_edition_is_as_expected(request: pytest.FixtureRequest) -> None:
    [data] = files_of(sectioned()).values()
    if request.config.getoption("--update-golden"):
        GOLDEN.parent.mkdir(parents=True, exist_ok=True)
        GOLDEN.write_text(shortened(data), "utf-8")

    assert GOLDEN.read_text("utf-8") == shortened(data)


@pytest.mark.parametrize("shape", ["single", "folder"])
def test_pages_are_html_without_a_fault_and_xml_too(shape: str) -> None:
    for name, data in files_of(sectioned(), shape=shape).items():
        parser = html5lib.HTMLParser(strict=False)
        parser.parse(data.decode())
        ElementTree.fromstring(data)

        assert [] == parser.errors, name


@pytest.mark.parametrize("shape", ["single", "folder"])
def test_every_link_within_an_edition_leads_to_a_page_and_a_place(shape: str) -> None:
    files = {name: parsed(data) for name, data in files_of(sectioned(), shape=shape).items()}
    ids = {name: [str(node["id"]) for node in page.select("[id]")] for name, page in files.items()}
    links = 0
    for name, page in files.items():
        assert 1 == Counter(ids[name]).most_common(1)[0][1]
        for link in page.select("a[href]"):
            path, _, place = str(link["href"]).partition("#")
            if re.match(r"[a-z]+:", path):
                continue
            target = (Path("/", name).parent / unquote(path)).resolve().relative_to("/").as_posix() if path else name
            assert target in files, (name, path)
            assert not place or place in ids[target], (name, link)
            links += 1

    assert links > 10
    assert len(files) == (4 if shape == "folder" else 1)


def test_a_link_to_another_post_leads_there_in_either_shape() -> None:
    name = post_name("2024-05-14-arabic")
    found = {
        shape: [
            str(link["href"])
            for data in files_of(sectioned(), shape=shape).values()
            for link in parsed(data).find_all("a", string="الرسالة")
        ]
        for shape in ("single", "folder")
    }

    assert {"single": [f"#{name}"], "folder": [f"{name}.html"]} == found


def test_a_page_of_a_folder_leads_to_those_beside_it_and_to_the_contents() -> None:
    files = files_of(sectioned(), shape="folder")
    page = parsed(files[f"{sectioned().key}/{post_name('2024-05-14-arabic')}.html"])

    assert [("prev", post_name(every_node().key)), ("next", post_name("2024-05-15-english"))] == [
        (str(link["rel"][0]), str(link["href"]).removesuffix(".html")) for link in page.select(".neighbours a")
    ]
    assert f"../{sectioned().key}.html" == page.select_one(".home a")["href"]
    assert "各地" in page.select_one(".byline").get_text()


def test_languages_and_directions_are_said_where_they_change() -> None:
    page = page_of(sectioned())
    articles = page.select("article")

    assert ("zh-CN", "ltr") == (page.html["lang"], page.html["dir"])
    assert [(None, None), ("ar", "rtl"), ("en", "ltr")] == [(one.get("lang"), one.get("dir")) for one in articles]
    assert [("zh-CN", "ltr")] * 2 == [
        (one["lang"], one["dir"]) for one in page.select("article[lang] > header .byline")
    ]
    assert ["ar", "en"] == [one.get("lang") for one in page.select(".contents a")][1:]


def test_headings_skip_no_level_and_the_page_has_landmarks() -> None:
    page = page_of(sectioned())
    levels = [int(node.name[1]) for node in page.select("h1, h2, h3, h4, h5, h6")]

    assert 1 == levels[0] == levels.count(1)
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert [1, 1, 1] == [len(page.select(f"body > {name}")) for name in ("header", "main", "footer")]
    assert "#main" == page.select_one("a.skip")["href"]


def test_the_policy_allows_the_style_sheet_and_nothing_runs() -> None:
    [data] = files_of(sectioned()).values()
    page = parsed(data)
    policy = str(page.select_one("meta[http-equiv=Content-Security-Policy]")["content"])
    [style] = re.findall(r"(?s)<style>(.*?)</style>", data.decode())

    assert f"style-src 'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'" in policy
    assert policy.startswith("default-src 'none'; img-src 'self' data:;")
    assert "script" not in policy
    assert [] == page.select("script, iframe, object, embed, form, base, link[rel=stylesheet]")
    assert [] == [node.name for node in page.select("*") for name in node.attrs if name.startswith("on")]


def test_what_may_be_wider_than_a_phone_can_be_scrolled_from_the_keyboard() -> None:
    body = (
        "| "
        + " | ".join("abcdefgh")
        + " |\n"
        + "|---" * 8
        + "|\n"
        + "| 1 " * 8
        + "|\n\n```\n"
        + "x" * 40
        + "\n```\n\n```\nshort\n```\n"
    )
    page = page_of(digest_of(read_post(f"---\ntitle: T\nlang: en\n---\n{body}"), Site()))

    assert [("group", "0", "Table")] == [
        (one["role"], one["tabindex"], one["aria-label"]) for one in page.select(".scroll")
    ]
    assert ["0", None] == [one.get("tabindex") for one in page.select("pre")]


# ---- images ----


def pictured(folder: Path) -> Digest:
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script><rect/></svg>'
    assets = [
        an_asset(folder, "a.png", encoded(striped(300, 200), "PNG"), "image/png"),
        an_asset(folder, "b.webp", encoded(striped(60, 40), "WEBP"), "image/webp"),
        an_asset(folder, "c.bmp", encoded(striped(60, 40), "BMP"), "image/bmp"),
        an_asset(folder, "long.png", encoded(striped(100, 2000), "PNG"), "image/png"),
        an_asset(folder, "d.svg", drawing, "image/svg+xml"),
    ]
    images = [Paragraph((Image(asset.src, f"From {asset.src}"),)) for asset in assets]
    post = replace(a_post("港口/图片", *images, title="图片"), assets=tuple(assets))
    return replace(a_digest(post, a_post("b")), key="港口 2024")


def test_images_are_inside_of_the_page_as_browsers_show_them(tmp_path: Path) -> None:
    page = page_of(pictured(tmp_path))
    urls = {str(image["alt"]).removeprefix("From "): str(image["src"]) for image in page.select("img")}
    kinds = {name: url.partition(";")[0].removeprefix("data:") for name, url in urls.items()}

    assert {
        "a.png": "image/png",
        "b.webp": "image/webp",
        "c.bmp": "image/png",
        "d.svg": "image/svg+xml",
        "long.png": "image/png",
    } == kinds
    assert (tmp_path / "a.png").read_bytes() == b64decode(urls["a.png"].partition(",")[2])
    assert b"script" not in b64decode(urls["d.svg"].partition(",")[2])


@pytest.mark.parametrize("shape", ["single", "folder"])
def test_images_that_are_too_much_for_a_page_lie_beside_it(tmp_path: Path, shape: str) -> None:
    files = files_of(pictured(tmp_path), inline_megabytes=0, shape=shape)
    pages = [name for name in files if name.endswith(".html")]
    shown = {
        (Path(name).parent / unquote(str(image["src"]))).as_posix()
        for name in pages
        for image in parsed(files[name]).select("img")
    }

    assert "港口 2024.html" == pages[0]
    assert {*files} - {*pages} == shown
    assert 5 == len(shown)


def test_a_larger_image_is_made_smaller(tmp_path: Path) -> None:
    page = page_of(pictured(tmp_path), image_size=100)

    assert ["100", "60", "60", "100", None] == [image.get("width") for image in page.select("img")]


# ---- one post ----


def test_a_post_by_itself_is_a_page_without_contents() -> None:
    page = parsed(render(read_post("---\ntitle: Rain\nlang: en\n---\nIt *rains*.[^a]\n\n[^a]: Today.\n"), "html"))

    assert ["Rain", "Notes"] == [node.get_text() for node in page.select("h1, h2, h3")]
    assert [] == page.select("nav, .colophon, .ways")
    assert ["#note-1", "#mark-1"] == [str(link["href"]) for link in page.select("article a")]


def test_a_post_by_itself_has_no_folder_whatever_its_shape_is() -> None:
    post = read_post("---\ntitle: Rain\n---\nIt rains.")

    assert render_files(post, "html") == render_files(post, "html", shape="folder")


# ---- bad input ----


def test_a_title_is_words_whatever_is_in_it() -> None:
    title = '</title><script>alert(1)</script> "&amp;\x00\x08\u2028\ud800'
    post = a_post("a", p("x"), title=title, tags=("<b>", "&"), authors=('"><img src=x onerror=1>',))
    page = page_of(replace(a_digest(post, a_post("b")), title=title))

    assert [] == page.select("script, img")
    assert '</title><script>alert(1)</script> "&amp;' in page.title.get_text()
    assert ["<b>", "&"] == [one.get_text() for one in page.select(".tags bdi")]


def test_a_style_sheet_of_a_theme_cannot_end_before_its_end(tmp_path: Path) -> None:
    (tmp_path / "t" / "html").mkdir(parents=True)
    (tmp_path / "t" / "theme.toml").write_text('name = "t"\nextends = "default"\n', "utf-8")
    (tmp_path / "t" / "html" / "style.css").write_text("a > b { content: '&<]]>' }", "utf-8")
    files = write.render_files(a_digest(a_post("a")), HtmlWriter(), open_theme(str(tmp_path / "t")), pytest.fail)

    ElementTree.fromstring(files[0].data)


@settings(max_examples=30, deadline=None)
@given(posts())
def test_any_post_gives_pages_that_are_xml(post: Any) -> None:
    for file in write.render_files(digest_of(post, Site()), HtmlWriter(), open_theme("default"), ignore):
        if file.name.endswith(".html"):
            ElementTree.fromstring(file.data)


def test_the_same_edition_gives_the_same_bytes() -> None:
    assert files_of(sectioned(), shape="folder") == files_of(sectioned(), shape="folder")


# ---- the theme ----


@pytest.mark.parametrize("name", sorted(path.parent.name for path in BUILT_IN.glob("*/theme.toml")))
def test_the_style_sheet_has_a_dark_screen_and_paper(name: str) -> None:
    style = style_of(open_theme(name))

    assert "@media screen and (prefers-color-scheme: dark)" in style
    assert "@media print" in style
    assert "color-scheme: light dark" in style
    assert not re.search(r"url\(|@import", style)
