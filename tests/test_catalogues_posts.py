"""Feeds of posts, as a reader of feeds gets them: the whole text, the newest first, each once."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import feedparser
import pytest
from click.testing import CliRunner
from PIL import Image

from converter.cli import cli

Build = Callable[..., Mapping[str, Any]]


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Build:
    monkeypatch.chdir(tmp_path)
    Path("site/_posts").mkdir(parents=True)
    Path("site/_config.yml").write_text("title: Harbour\nlang: en\nurl: https://harbour.example.org\n", "utf-8")
    for day in (1, 2, 9):
        write(f"2024-05-{day:02}-p{day}", f"title: Post {day}", f"Text of the **{day}th** & more.[^1]\n\n[^1]: A note.")

    def run(publish: str = "", output: str = "", *, html: bool = True) -> Mapping[str, Any]:
        formats = f"[output.html]\n{output}" if html else output
        digest = f'sources = ["site"]\n{formats}\n[[digest]]\nname = "week"\nperiod = "week"\n'
        catalogues = f'[publish]\nurl = "https://books.example.org/d"\ncatalogues = ["posts"]\n{publish}'
        Path("converter.toml").write_text(digest + catalogues, "utf-8")
        result = CliRunner().invoke(cli, ["build", "-j", "1", "--cache", "cache"])
        assert result.exit_code == 0, result.output
        return {
            path.name: json.loads(path.read_bytes()) if path.suffix == ".json" else feedparser.parse(path.read_bytes())
            for path in Path("out/feeds").iterdir()
        }

    return run


def write(name: str, header: str, body: str) -> None:
    Path(f"site/_posts/{name}.md").write_text(f"---\n{header}\n---\n{body}\n", "utf-8")


def test_a_feed_has_the_whole_text_of_the_newest_posts(build: Build) -> None:
    feeds = build("[publish.posts]\nentries = 2\n")

    atom, found = feeds["week-posts.xml"], feeds["week-posts.json"]["items"]
    assert not atom.bozo, atom.get("bozo_exception")
    assert ["Post 9", "Post 2"] == [entry.title for entry in atom.entries] == [item["title"] for item in found]
    for entry, item in zip(atom.entries, found, strict=True):
        assert entry.link == item["url"]
        assert entry.id == item["id"]
        assert entry.link.startswith("https://books.example.org/d/week-2024-W")
        for text in (entry.content[0].value, item["content_html"]):
            assert "th</strong> &amp; more." in text
            assert "A note." in text
            assert "<h1" not in text
    assert [item["date_published"] for item in found] == ["2024-05-09T00:00:00Z", "2024-05-02T00:00:00Z"]


def test_what_a_feed_leads_to_is_there(build: Build) -> None:
    feeds = build(output='shape = "folder"')

    for item in feeds["week-posts.json"]["items"]:
        page, _, place = item["url"].removeprefix("https://books.example.org/d/").partition("#")
        assert f'id="{place}"' in Path("out", page).read_text("utf-8")
        assert f'href="{item["url"].partition("#")[0]}#' in item["content_html"]  # the note


def test_a_post_that_is_corrected_keeps_its_name_and_others_their_entries(build: Build) -> None:
    before = {item["id"]: item for item in build()["week-posts.json"]["items"]}
    write("2024-05-02-p2", "title: Post 2", "Corrected.")
    write("2024-05-20-p20", "title: Post 20", "New.")

    after = {item["id"]: item for item in build()["week-posts.json"]["items"]}
    assert [item["title"] for item in after.values()] == ["Post 20", "Post 9", "Post 2", "Post 1"]
    changed = {after[key]["title"] for key in before if before[key] != after[key]}
    assert changed == {"Post 2"}


def test_an_image_that_is_inside_of_the_page_is_a_link_to_it(build: Build) -> None:
    Image.new("RGB", (8, 8), "navy").save("site/quay.png")
    write("2024-05-21-image", "title: Image", "![The quay](/quay.png)")

    [first, *_] = build()["week-posts.json"]["items"]
    assert "data:" not in first["content_html"]
    assert f'<a href="{first["url"]}">The quay</a>' in first["content_html"]


def test_editions_that_are_not_made_as_html_have_no_feed_of_posts(build: Build) -> None:
    with pytest.raises(FileNotFoundError, match="feeds"):
        build(output="[output.markdown]", html=False)
