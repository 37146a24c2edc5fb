"""A writer of HTML in a package of its own has contents, bylines, notes, pictures and `--verify` from the seams."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from PIL import Image

ROOT = Path(__file__).parent.parent
PACKAGE = Path(__file__).parent / "third_party_page"
POST = """---
title: Ferry
date: 2024-05-13
author: Ines Farol
---
It sails at noon.[^1] See [the quay]({% post_url 2024-05-14-quay %}#steps).

![a blue square](/square.png)

[^1]: Not on Mondays.
"""
OTHER = "---\ntitle: Quay\ndate: 2024-05-14\n---\nIt is open.\n\n## Steps\n\nThere are forty.\n"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site-packages")
    offline = ("--no-index", "--no-build-isolation", "--no-deps", "--disable-pip-version-check", "--quiet")
    subprocess.run([sys.executable, "-m", "pip", "install", *offline, "--target", folder, PACKAGE], check=True)
    return folder


def run(installed: Path, *arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(installed), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, env=environment, cwd=cwd, capture_output=True, text=True, check=False, timeout=300)


@pytest.fixture(scope="module")
def page(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> BeautifulSoup:
    """Return the page of a site of two posts, written with `--verify`."""
    site = tmp_path_factory.mktemp("page") / "site"
    (site / "_posts").mkdir(parents=True)
    (site / "_posts/2024-05-13-ferry.md").write_text(POST, "utf-8")
    (site / "_posts/2024-05-14-quay.md").write_text(OTHER, "utf-8")
    Image.new("RGB", (8, 8), "blue").save(site / "square.png")
    build = run(installed, "converter", "build", str(site), "-t", "page", "-o", "books", "--verify", cwd=site.parent)
    assert build.returncode == 0, build.stderr
    [file] = (site.parent / "books").glob("*.html")
    return BeautifulSoup(file.read_text("utf-8"), "html5lib")


def test_contents_and_links_between_posts_lead_to_places_of_the_page(page: BeautifulSoup) -> None:
    ids = [node["id"] for node in page.select("[id]")]
    links = [link["href"] for link in page.select("a[href^='#']")]

    assert ["#p1", "#p2"] == [link["href"] for link in page.select("nav a")]
    assert {"#p2-steps"} < set(links)
    assert Counter(ids).most_common(1)[0][1] == 1
    assert {link.removeprefix("#") for link in links} <= set(ids)


def test_bylines_notes_and_pictures_are_there(page: BeautifulSoup) -> None:
    first = page.select_one("article")

    assert first is not None
    assert "Ines Farol · May 13, 2024" == first.select_one(".byline").get_text()  # type: ignore[union-attr]
    assert "Not on Mondays." in first.select_one("section.notes").get_text()  # type: ignore[union-attr]
    assert [("a blue square", True)] == [
        (image["alt"], str(image["src"]).startswith("data:image/png;base64,")) for image in first.select("img")
    ]


def test_the_samples_are_written_and_no_word_is_lost(installed: Path, tmp_path: Path) -> None:
    build = run(installed, "converter", "build", "samples", "-t", "page", "-o", str(tmp_path / "out"), "--verify")

    assert build.returncode == 0, build.stderr
    assert 4 == len(list((tmp_path / "out").glob("*.html")))


def test_the_writer_keeps_the_contract(installed: Path) -> None:
    tests = run(installed, "pytest", "-q", "-k", "page", "-p", "no:cacheprovider", "tests/test_writers.py")

    assert tests.returncode == 0, tests.stdout
