"""The book as a whole: its files, its package, its navigation, and what stays the same."""

import io
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace

import converter
from converter.check import check_epub
from converter.diagnostics import WriterError
from converter.model import Heading, Image, Link, Paragraph, Post, Section, Site, Text
from converter.testing.builders import p
from converter.testing.strategies import posts
from converter.writers.epub.names import chapter_name
from tests.epub_books import (
    LONG,
    SITE,
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

GOLDEN = Path(__file__).parent / "golden" / "epub"
PICTURES = (".jpg", ".png")


def test_the_small_book_is_as_expected(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    files = book(small_digest(tmp_path), headings=True)
    texts = {name: data for name, data in files.items() if not name.endswith(PICTURES)}
    if request.config.getoption("--update-golden"):
        for name, data in texts.items():
            path = GOLDEN / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)

    expected = {path.relative_to(GOLDEN).as_posix(): path.read_bytes() for path in GOLDEN.rglob("*") if path.is_file()}

    assert expected == texts
    assert {"cover.jpg"} < {name for name in files if name.endswith(PICTURES)}


def test_the_archive_begins_with_its_type_and_knows_no_clock(tmp_path: Path) -> None:
    [file], _ = write(small_digest(tmp_path))
    with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
        entries = archive.infolist()

    assert ("mimetype", zipfile.ZIP_STORED, b"") == (entries[0].filename, entries[0].compress_type, entries[0].extra)
    assert {(2024, 6, 1, 8, 0, 0)} == {entry.date_time for entry in entries}
    assert all(entry.filename.isascii() for entry in entries)
    assert "port-2024-W22.epub" == file.name


@pytest.mark.parametrize("year", [1, 24, 999, 2150, 9999])
def test_a_year_that_few_programs_expect_makes_a_sound_book(year: int) -> None:
    post = converter.read_post(f"---\ntitle: Quay\ndate: {year:04}-05-31\n---\nOpen.\n")

    assert check_epub(converter.render(post, "epub"), "quay.epub") == ()


@pytest.mark.parametrize("nothing", ["\x81\x98", "\x01", "\u200b", "\u2028"])
def test_what_shows_nothing_is_no_title_and_no_entry(nothing: str) -> None:
    text = f'---\ntitle: "{nothing}"\ncategories: ["{nothing}"]\n---\n## {nothing}\n\nOpen.\n\n## {nothing}\n\nShut.\n'
    post = converter.read_post(text, name="2024-05-31-quay.md")

    assert "Quay" == post.metadata.title
    assert check_epub(converter.render(post, "epub"), "quay.epub") == ()


def test_a_date_before_zip_archives_becomes_their_first_year(tmp_path: Path) -> None:
    digest = small_digest(tmp_path)
    [file], _ = write(replace(digest, updated=digest.updated.replace(year=1969)))

    with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
        assert {(1980, 6, 1, 8, 0, 0)} == {entry.date_time for entry in archive.infolist()}


def test_every_file_is_in_the_manifest_and_every_page_in_the_spine(tmp_path: Path) -> None:
    files = book(small_digest(tmp_path))
    package = tree(files["content.opf"])
    manifest = {node.attrib["href"]: node.attrib["id"] for node in package.iter("item")}
    spine = [node.attrib["idref"] for node in package.iter("itemref")]

    assert set(files) - {"mimetype", "META-INF/container.xml", "content.opf"} == set(manifest)
    assert {id_ for name, id_ in manifest.items() if name.endswith(".xhtml") and name != "nav.xhtml"} == set(spine)
    assert len(set(spine)) == len(spine)


def test_a_right_to_left_book_turns_its_pages_that_way() -> None:
    files = book(a_digest(Section("", (a_post("a", p("نص"), language="ar"),)), language="ar"))

    assert "rtl" == tree(files["content.opf"]).find("spine").attrib["page-progression-direction"]  # type: ignore[union-attr]
    assert b'dir="rtl"' in files["contents.xhtml"]


def test_the_contents_hold_sections_posts_and_wanted_headings(tmp_path: Path) -> None:
    digest = small_digest(tmp_path)
    without, with_headings = (tree(book(digest, headings=value)["nav.xhtml"]) for value in (False, True))
    titles = [node.text for node in without.findall(".//nav[@id='toc']//a")]

    assert ["港口", "新码头开放 & 试运转", "其他", "Notes on tides", "الميناء", "版权页"] == titles
    assert "数字" in [node.text for node in with_headings.findall(".//nav[@id='toc']//a")]


def test_the_ncx_says_the_same_as_the_navigation_document(tmp_path: Path) -> None:
    files = book(small_digest(tmp_path), headings=True)
    points = tree(files["toc.ncx"])
    links = tree(files["nav.xhtml"]).findall(".//nav[@id='toc']//a")
    order = [node.attrib["playOrder"] for node in points.iter("navPoint")]

    assert [node.attrib["href"] for node in links] == [node.attrib["src"] for node in points.iter("content")]
    assert [str(number) for number in range(1, len(order) + 1)] == order
    assert len({node.attrib["id"] for node in points.iter("navPoint")}) == len(order)


def test_a_book_without_sections_has_no_pages_for_them() -> None:
    files = book(a_digest(Section("", (a_post("a", p("x")), a_post("b", p("y"))))))

    assert not [name for name in files if name.startswith("section-")]


def test_sections_of_the_same_name_have_pages_of_their_own() -> None:
    files = book(a_digest(Section("其他", (a_post("a", p("x")),)), Section("其他", (a_post("b", p("y")),))))

    assert 2 == len([name for name in files if name.startswith("section-")])


def test_links_between_posts_lead_to_chapters_or_are_words() -> None:
    target = a_post("dir/b", Heading(2, (Text("H"),), "第一"))
    links = [Link(href, (Text(href),)) for href in ("post:dir/b", "post:dir/b#第一", "post:dir/b#none", "post:gone")]
    files = book(a_digest(Section("", (a_post("a", p(*links)), target))))
    chapter = tree(files[chapter_name("a")])
    heading = tree(files[chapter_name("dir/b")]).find(".//h2")
    assert heading is not None

    found = {node.text: node.attrib["href"] for node in chapter.iter("a") if (node.text or "").startswith("post:")}

    name = chapter_name("dir/b")
    assert found == {
        "post:dir/b": name,
        "post:dir/b#第一": f"{name}#{heading.attrib['id']}",
        "post:dir/b#none": name,
    }
    assert "post:gone" in "".join(chapter.itertext())


def test_one_more_post_changes_no_other_chapter_but_the_links_between_neighbours() -> None:
    posts = [a_post(f"p{number}", LONG) for number in range(5)]
    before = book(a_digest(Section("", tuple(posts))))
    posts.insert(2, a_post("new", LONG))
    after = book(a_digest(Section("", tuple(posts))))
    chapters = [chapter_name(f"p{number}") for number in range(5)]

    changed = [name for name in chapters if before[name] != after[name]]

    assert [chapter_name("p1"), chapter_name("p2")] == changed
    assert all(_without_neighbours(before[name]) == _without_neighbours(after[name]) for name in changed)


def test_without_links_to_neighbours_no_other_chapter_changes() -> None:
    posts = [a_post(f"p{number}", LONG) for number in range(3)]
    before = book(a_digest(Section("", tuple(posts))), previous_next=False)
    after = book(a_digest(Section("", (*posts[:1], a_post("new", LONG), *posts[1:]))), previous_next=False)

    assert [before[chapter_name(post.key)] for post in posts] == [after[chapter_name(post.key)] for post in posts]


def _without_neighbours(chapter: bytes) -> bytes:
    return chapter.partition(b"<nav")[0]


def test_the_identifier_depends_on_the_key_only() -> None:
    one = book(a_digest(Section("", (a_post("a", p("x")),))))
    other = book(a_digest(Section("", (a_post("b", p("y")),))))
    elsewhere = book(a_digest(Section("", (a_post("a", p("x")),)), site=replace(SITE, url="https://other.example")))

    assert metadata(one, "identifier") == metadata(other, "identifier")
    assert metadata(one, "identifier") != metadata(elsewhere, "identifier")


def test_two_posts_of_one_key_are_refused() -> None:
    with pytest.raises(WriterError, match="two files of the book have the name"):
        write(a_digest(Section("", (a_post("a", p("x")), a_post("a", p("y"))))))


def test_characters_that_xml_forbids_do_no_harm_anywhere() -> None:
    bad = "a\x00b\x0bc\ufffe<&>\"'\x85"
    post = a_post("a\x01", Paragraph((Text(bad),)), title=bad, subtitle=bad, authors=(bad,))
    site = Site(title=bad, description=bad, author=bad, license=bad, url="https://x.example")
    files = book(replace(a_digest(Section(bad, (post,)), Section("x", (a_post("b"),)), site=site), title=bad))

    for name, data in files.items():
        if name.endswith((".xhtml", ".opf", ".ncx")):
            assert not re.search("[\x00\x0b\ufffe]", "".join(tree(data).itertext()))


@pytest.mark.parametrize("key", ["2024/05/31/央行", "x" * 300, "ünïcode", "..", "a b", "A"])
def test_names_of_chapters_are_short_plain_and_stable(key: str) -> None:
    name = chapter_name(key)

    assert chapter_name(key) == name
    assert len(name) < 80
    assert not set(name) - set("abcdefghijklmnopqrstuvwxyz0123456789-.")


def test_keys_that_look_the_same_have_chapters_of_their_own() -> None:
    assert 4 == len({chapter_name(key) for key in ("a b", "a-b", "A-b", "x/a-b")})


@settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))
@given(posts())
def test_any_post_becomes_a_book_that_the_check_finds_right(post: Post) -> None:
    [file], _ = write(a_digest(Section("", (post,))), headings=True)

    assert () == check_epub(file.data, file.name)


def test_the_language_of_each_post_is_on_its_chapter(tmp_path: Path) -> None:
    files = book(small_digest(tmp_path))
    chapters = {key: tree(files[chapter_name(key)]) for key in ("2024-05-27-quay", "notes", "arabic")}

    assert ["zh-CN", "en", "ar"] == [chapter.attrib["lang"] for chapter in chapters.values()]
    assert ["zh-CN", "en", "ar"] == metadata(files, "language")
    assert "rtl" == chapters["arabic"].attrib["dir"]


def test_files_of_a_book_are_the_same_in_any_order_of_pictures(tmp_path: Path) -> None:
    pictures = [encoded(striped(40 + number, 30), "PNG") for number in range(3)]
    assets = tuple(an_asset(tmp_path, f"{number}.png", data, "image/png") for number, data in enumerate(pictures))
    images = tuple(p(Image(asset.src, "quay")) for asset in assets)
    books = [
        write(a_digest(Section("", (a_post("a", *images, assets=some), a_post("b", images[0], assets=some[::step])))))[
            0
        ]
        for some, step in ((assets, 1), (assets[::-1], -1), ((assets[1], assets[0], assets[2]), 1))
    ]

    assert books[0] == books[1] == books[2]
    assert files_of(books[0][0].data)["content.opf"].count(b"images/") == 3


def test_a_language_that_there_is_not_is_left_out() -> None:
    digest = a_digest(Section("", (a_post("a", p("x"), language="xx-bogus"),)), language="xx-bogus")
    files = book(digest)

    assert ["en"] == metadata(files, "language")
    assert "en" == tree(files[chapter_name("a")]).attrib["lang"]
