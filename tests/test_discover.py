"""Paths to sources: which files are posts, of which site, in which order."""

from pathlib import Path

import pytest

from converter.diagnostics import Code, Diagnostic, SourceError, UsageError
from converter.limits.values import Limits
from converter.pipeline.discover import Location, discover, read_file, site_root, system_of
from converter.storage import LocalTree


def write(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("x", "utf-8")
    return root


def found_in(*paths: object) -> list[str]:
    diagnostics: list[Diagnostic] = []
    locations = discover([str(path) for path in paths], diagnostics.append)
    assert [] == diagnostics
    return [location.path for location in locations]


def test_a_site_gives_the_posts_of_its_post_folders_and_no_pages(tmp_path: Path) -> None:
    write(tmp_path, "_config.yml", "about.md", "_posts/b.md", "_posts/a.html", "news/_posts/c.markdown", "_site/d.html")

    assert ["_posts/a.html", "_posts/b.md", "news/_posts/c.markdown"] == found_in(tmp_path)


def test_a_plain_folder_gives_all_that_may_be_a_post(tmp_path: Path) -> None:
    write(tmp_path, "b.md", "2024/a.md", "picture.png", ".hidden.md", ".git/c.md")

    assert ["2024/a.md", "b.md"] == found_in(tmp_path)


def test_a_posts_folder_belongs_to_the_site_around_it(tmp_path: Path) -> None:
    write(tmp_path, "_config.yml", "_posts/a.md")

    [location] = discover([str(tmp_path / "_posts")], pytest.fail)
    assert Location(LocalTree(str(tmp_path)), "_posts/a.md") == location
    assert "a" == location.key


def test_a_glob_and_a_file_name_the_same_post_once(tmp_path: Path) -> None:
    write(tmp_path, "b.md", "a.md")

    assert ["a.md", "b.md"] == found_in(tmp_path / "*.md", tmp_path / "a.md")


def test_a_file_name_that_looks_like_a_glob_is_a_file(tmp_path: Path) -> None:
    write(tmp_path, "[1].md", "1.md")

    assert ["[1].md"] == found_in(tmp_path / "[1].md")


def test_a_site_folder_without_posts_has_none(tmp_path: Path) -> None:
    write(tmp_path, "_config.yml", "about.md")

    assert [] == found_in(tmp_path)


def skipped(root: Path, *patterns: str, drafts: bool = False) -> tuple[list[str], list[str]]:
    """Return what is found below a site that excludes `patterns`, and what is reported."""
    diagnostics: list[Diagnostic] = []
    found = discover([str(root)], diagnostics.append, excluded=lambda _tree: patterns, drafts=drafts)
    assert {Code.POST_SKIPPED} >= {diagnostic.code for diagnostic in diagnostics}
    return [location.path for location in found], [str(diagnostic.file) for diagnostic in diagnostics]


@pytest.mark.parametrize(
    "pattern", ["old/", "old", "/old", "ol", "o*d", "*/_posts/b.md", "old/_posts/b.md", "[no]ld", "old/*"]
)
def test_a_post_that_the_site_excludes_is_named(tmp_path: Path, pattern: str) -> None:
    write(tmp_path, "_config.yml", "_posts/a.md", "old/_posts/b.md")

    assert (["_posts/a.md"], ["old/_posts/b.md"]) == skipped(tmp_path, pattern)


@pytest.mark.parametrize("pattern", ["b.md", "", "posts", "o?", "_posts/b"])
def test_a_pattern_for_something_else_excludes_nothing(tmp_path: Path, pattern: str) -> None:
    write(tmp_path, "_config.yml", "_posts/a.md", "old/_posts/b.md")

    assert (["_posts/a.md", "old/_posts/b.md"], []) == skipped(tmp_path, pattern)


def test_a_file_that_is_named_is_taken_whatever_the_site_says(tmp_path: Path) -> None:
    write(tmp_path, "_config.yml", "_drafts/a.md")

    assert (["_drafts/a.md"], []) == skipped(tmp_path / "_drafts/a.md", "_drafts")


def test_drafts_are_named_and_taken_on_demand(tmp_path: Path) -> None:
    write(tmp_path, "_config.yml", "_posts/a.md", "_drafts/b.md")

    assert (["_posts/a.md"], ["_drafts/b.md"]) == skipped(tmp_path)
    assert (["_drafts/b.md", "_posts/a.md"], []) == skipped(tmp_path, drafts=True)
    assert "b" == Location(LocalTree(str(tmp_path)), "_drafts/b.md").key


def test_copies_of_editors_and_packages_of_a_site_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path, "_config.yml", "_posts/#a.md", "_posts/~b.md", "vendor/bundle/x/_posts/c.md", "vendor/_posts/d.md")

    assert ["vendor/_posts/d.md"] == found_in(tmp_path)


def test_a_collection_is_taken_where_it_is_named(tmp_path: Path) -> None:
    write(tmp_path, "_config.yml", "_posts/a.md", "_recipes/soup.md")

    assert ["_posts/a.md"] == found_in(tmp_path)
    assert ["_recipes/soup.md"] == found_in(tmp_path / "_recipes")


@pytest.mark.parametrize("config", ["hugo.toml", "config.yaml"])
def test_a_site_of_hugo_gives_its_content_without_lists_and_pieces_of_pages(tmp_path: Path, config: str) -> None:
    write(tmp_path, config, "content/_index.md", "content/posts/_index.pt.md", "content/posts/a.md", "archetypes/b.md")
    write(tmp_path, "content/posts/rain/index.md", "content/posts/rain/notes.md", "content/posts/rain/more/x.md")

    assert ["content/posts/a.md", "content/posts/rain/index.md"] == found_in(tmp_path)
    assert ["content/posts/a.md", "content/posts/rain/index.md"] == found_in(tmp_path / "content/posts")
    assert ["posts/a", "posts/rain"] == [location.key for location in discover([str(tmp_path)], pytest.fail)]


@pytest.mark.parametrize(
    ("files", "system"),
    [
        ({"config.toml": "base_url = 'https://z.example'", "content/a.md": "x"}, "Zola"),
        ({"config.toml": "baseURL = 'https://h.example'", "content/a.md": "x"}, "Hugo"),
        ({"_config.yml": "title: Q", "source/_posts/a.md": "x"}, "Hexo"),
        ({"_config.yml": "source: source", "source/_posts/a.md": "x"}, "Jekyll"),
        ({"_config.yml": "title: Q", "source/a.md": "x"}, "Jekyll"),
        ({"pelicanconf.py": "import os"}, "Pelican"),
        ({"astro.config.ts": ""}, "Astro"),
        ({".eleventy.js": ""}, "Eleventy"),
        ({".obsidian/app.json": ""}, "Obsidian"),
        ({"posts.csv": "post_id,title"}, "Substack"),
        ({"posts.csv": "name,stars"}, ""),
        ({"q.ghost.2024-05-01.json": "{}"}, "Ghost"),
        ({"a.md": "x"}, ""),
    ],
)
def test_a_system_is_known_by_its_own_file(tmp_path: Path, files: dict[str, str], system: str) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")

    assert system == system_of(LocalTree(str(tmp_path)))[0].name


def test_a_configuration_of_another_tool_makes_no_site(tmp_path: Path) -> None:
    write(tmp_path, "config.toml", "a.md")

    assert ["a.md"] == found_in(tmp_path)


def test_a_path_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no file or folder"):
        discover([str(tmp_path / "nowhere")], pytest.fail)


def test_the_site_of_a_lone_file_is_its_folder(tmp_path: Path) -> None:
    write(tmp_path, "a.md")

    assert tmp_path == site_root(tmp_path / "a.md")


@pytest.mark.needs("a user other than root")
def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "closed/b.md")
    (tmp_path / "a.md").chmod(0)
    (tmp_path / "closed").chmod(0)
    diagnostics: list[Diagnostic] = []

    [location] = discover([str(tmp_path)], diagnostics.append)

    (tmp_path / "closed").chmod(0o700)
    assert [(Code.SOURCE_UNREADABLE, "closed")] == [(found.code, found.file) for found in diagnostics]
    with pytest.raises(SourceError, match="cannot be read"):
        read_file(location, Limits(source_bytes=100))


def test_a_file_that_vanished_is_a_source_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        read_file(Location(LocalTree(str(tmp_path)), "gone.md"), Limits(source_bytes=100))
    assert "gone.md" == caught.value.diagnostic.file
