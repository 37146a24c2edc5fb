"""Paths to sources: which files are posts, of which site, in which order."""

import os
from pathlib import Path

import pytest

from converter.diagnostics import Code, Diagnostic
from converter.discover import Location, discover, read_file, site_root
from converter.errors import SourceError, UsageError


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
    assert Location(str(tmp_path), "_posts/a.md") == location
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


def test_a_path_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no file or folder"):
        discover([str(tmp_path / "nowhere")], pytest.fail)


def test_the_site_of_a_lone_file_is_its_folder(tmp_path: Path) -> None:
    write(tmp_path, "a.md")

    assert tmp_path == site_root(tmp_path / "a.md")


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "closed/b.md")
    (tmp_path / "a.md").chmod(0)
    (tmp_path / "closed").chmod(0)
    diagnostics: list[Diagnostic] = []

    [location] = discover([str(tmp_path)], diagnostics.append)

    (tmp_path / "closed").chmod(0o700)
    assert [(Code.SOURCE_UNREADABLE, "closed")] == [(found.code, found.file) for found in diagnostics]
    with pytest.raises(SourceError, match="cannot be read"):
        read_file(location)


def test_a_file_that_vanished_is_a_source_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        read_file(Location(str(tmp_path), "gone.md"))
    assert "gone.md" == caught.value.diagnostic.file
