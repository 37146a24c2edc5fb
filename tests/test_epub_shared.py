"""Short posts share files of an EPUB: how many there are, where everything leads, and what a later edition changes."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from converter.check import check_epub
from converter.model import (
    Digest,
    Heading,
    Image,
    Link,
    Note,
    NoteReference,
    Period,
    PeriodKind,
    Post,
    Section,
    Text,
)
from converter.testing.builders import p
from converter.writers.epub.names import chapter_name
from tests.epub_books import CHINA, LONG, a_digest, a_post, an_asset, encoded, files_of, striped, tree, write
from tests.test_epub_profiles import large_digest

SHORT = "longer-than 600 characters"


def news(count: int, **changes: Any) -> list[Post]:
    """Return short posts of one day, in the order of their times."""
    return [
        a_post(
            f"n{number:03}",
            p(f"第{number}条：码头明日开放。"),
            title=f"消息{number}",
            published=datetime(2024, 5, 27, 8 + number // 30, number % 30, tzinfo=CHINA),
            **changes,
        )
        for number in range(count)
    ]


def a_day(*sections: Section) -> Digest:
    day = date(2024, 5, 27)
    return replace(a_digest(*sections), title="港口周报 · 2024年5月27日", period=Period(PeriodKind.DAY, day, day))


def texts(digest: Digest, **options: Any) -> dict[str, bytes]:
    """Return the files of a sound book in which short posts share files, by name."""
    [file], found = write(digest, new_page=SHORT, **options)
    assert not found
    assert () == check_epub(file.data, file.name)
    return files_of(file.data)


def with_posts(files: Mapping[str, bytes]) -> list[str]:
    return [name for name in files if name.startswith("post")]


def place_of(files: Mapping[str, bytes], words: str) -> tuple[str, str]:
    """Return the file and the id of the article that says something."""
    [found] = [
        (name, article.attrib["id"])
        for name in with_posts(files)
        for article in tree(files[name]).iter("article")
        if words in "".join(article.itertext())
    ]
    return found


def test_a_day_of_news_is_a_few_files_of_articles() -> None:
    files = texts(a_day(Section("", tuple(news(90)))))
    pages = [tree(files[name]) for name in with_posts(files)]
    sizes = [len(page.findall(".//article")) for page in pages]

    assert 90 == sum(sizes)
    assert 2 <= len(sizes) <= 3
    assert max(sizes) <= 48
    assert all(len(files[name]) < 150_000 for name in with_posts(files))
    assert "title.xhtml" not in files, "the cover says it"
    for page in pages:
        assert ["h1"] + ["h2"] * len(page.findall(".//article")) == [
            node.tag for node in page.iter() if re.fullmatch("h[1-6]", node.tag)
        ]


def test_headings_of_a_short_post_lie_below_its_title() -> None:
    posts = (a_post("a", Heading(2, (Text("数字"),), "x"), p("短。")), a_post("b", Heading(2, (Text("数字"),), "x")))
    files = texts(a_digest(Section("", posts)))
    [name] = with_posts(files)

    assert ["h1", "h2", "h3", "h2", "h3"] == [
        node.tag for node in tree(files[name]).iter() if re.fullmatch("h[1-6]", node.tag)
    ]


def test_navigation_and_links_lead_to_articles() -> None:
    target = a_post("dir/b", p("乙"), Heading(2, (Text("H"),), "第一"))
    links = [Link(href, (Text(href),)) for href in ("post:dir/b", "post:dir/b#第一", "post:long", "post:gone")]
    files = texts(a_digest(Section("", (a_post("a", p(*links)), target, a_post("long", LONG)))))
    name, place = place_of(files, "乙")
    page = tree(files[name])
    found = {node.text: node.attrib["href"] for node in page.iter("a") if (node.text or "").startswith("post:")}
    heading = page.find(".//h3")
    assert heading is not None

    assert found == {
        "post:dir/b": f"{name}#{place}",
        "post:dir/b#第一": f"{name}#{heading.attrib['id']}",
        "post:long": chapter_name("long"),
    }
    for contents in ("nav.xhtml", "contents.xhtml"):
        assert f'href="{name}#{place}"' in files[contents].decode()
    assert f'src="{name}#{place}"' in files["toc.ncx"].decode()


def test_notes_of_posts_that_share_a_file_lead_to_their_own_marks() -> None:
    posts = [a_post(key, p("甲", NoteReference("n")), notes=(Note("n", (p(f"注{key}"),)),)) for key in ("a", "b", "c")]
    files = texts(a_digest(Section("", tuple(posts))))
    [name] = with_posts(files)
    page = tree(files[name])
    ids = [node.attrib["id"] for node in page.iter() if "id" in node.attrib]

    assert len(set(ids)) == len(ids)
    for article in page.iter("article"):
        own = {node.attrib["id"] for node in article.iter() if "id" in node.attrib}
        inside = [node.attrib["href"][1:] for node in article.iter("a") if node.attrib["href"].startswith("#")]
        assert 2 == len(inside)
        assert set(inside) <= own


def test_a_long_post_has_a_file_and_links_to_its_neighbours_and_a_short_one_has_not() -> None:
    posts = [*news(2), a_post("long", LONG), a_post("last", p("末"))]
    files = texts(a_digest(Section("", tuple(posts))))
    name, place = place_of(files, "第1条")
    links = [node.attrib["href"] for node in tree(files[chapter_name("long")]).findall(".//nav//a")]

    assert [f"{name}#{place}", chapter_name("last")] == links
    assert b"<nav" not in files[name] + files[chapter_name("last")]


def test_a_section_of_short_posts_opens_with_their_file() -> None:
    files = texts(a_digest(Section("港口", tuple(news(3))), Section("其他", (a_post("long", LONG),))))
    name, _ = place_of(files, "第0条")
    heading = tree(files[name]).find(".//h1")
    assert heading is not None

    assert "港口" == heading.text
    assert 1 == len([one for one in files if one.startswith("section-")]), "that of the long post"


def test_one_section_is_not_named() -> None:
    files = texts(a_day(Section("emnews", (*news(3), a_post("long", LONG)))))

    assert not [name for name in files if name.startswith("section-")]
    assert not [name for name, data in files.items() if name.endswith(".xhtml") and b"emnews" in data]


def test_a_day_says_the_times_of_its_posts_and_of_its_files() -> None:
    files = texts(a_day(Section("", tuple(news(90)))))
    headings = [tree(files[name]).find(".//h1") for name in with_posts(files)]

    assert all(
        re.fullmatch(r"\d\d:\d\d – \d\d:\d\d", heading.text or "") for heading in headings if heading is not None
    )
    assert b">08:00</time>" in files["contents.xhtml"]
    assert "5月27日" not in files["contents.xhtml"].decode().partition("<body")[2]
    assert len(headings) + 1 == len(tree(files["nav.xhtml"]).findall("./body/nav[1]/ol/li")), "groups, and the colophon"


@pytest.mark.parametrize("place", [0, 40, 90])
def test_one_more_post_leaves_every_id_and_most_files_as_they_were(place: int) -> None:
    posts = news(90)
    before = texts(a_day(Section("", tuple(posts))))
    posts.insert(place, a_post("new", p("新"), published=datetime(2024, 5, 27, 12, tzinfo=UTC)))
    after = texts(a_day(Section("", tuple(posts))))

    places = [[place_of(files, f"第{number}条：") for number in range(90)] for files in (before, after)]

    assert [id_ for _, id_ in places[0]] == [id_ for _, id_ in places[1]]
    assert 60 <= sum(one == other for one, other in zip(*places, strict=True))


def test_pictures_bound_what_shares_a_file(tmp_path: Path) -> None:
    asset = an_asset(tmp_path, "a.png", encoded(striped(40, 30), "PNG"), "image/png")
    heavy = replace(asset, size=1_500_000)
    posts = [replace(post, blocks=(p(Image("a.png", "码头")),), assets=(heavy,)) for post in news(6)]

    files = texts(a_day(Section("", tuple(posts))))

    assert 3 == len(with_posts(files))


def test_kobo_marks_what_posts_share_once() -> None:
    [file], _ = write(a_day(Section("", tuple(news(60)))), new_page=SHORT, profile="kobo")
    marked = files_of(file.data)

    assert () == check_epub(file.data, file.name)
    for name in with_posts(marked):
        ids = [node.attrib["id"] for node in tree(marked[name]).iter("span") if node.get("class") == "koboSpan"]
        assert len(set(ids)) == len(ids) > 0


def test_each_volume_has_the_articles_that_its_links_lead_to(tmp_path: Path) -> None:
    files, _ = write(large_digest(tmp_path, posts=8), new_page=SHORT, megabytes=1)
    volumes = [files_of(file.data) for file in files]

    assert len(files) > 1
    assert all(() == check_epub(file.data, file.name) and len(file.data) <= 1_000_000 for file in files)
    words = ["".join(tree(volume[name]).itertext()) for volume in volumes for name in with_posts(volume)]
    assert 8 == sum(text.count("next") for text in words)


def test_a_post_in_another_language_says_so() -> None:
    posts = (*news(2), a_post("en", p("Open."), title="Quay", language="en"), a_post("ar", p("نص"), language="ar"))
    files = texts(a_digest(Section("", posts)))
    [name] = with_posts(files)
    found = [(node.get("lang"), node.get("dir")) for node in tree(files[name]).iter("article")]

    assert [(None, None), (None, None), ("en", "ltr"), ("ar", "rtl")] == found
