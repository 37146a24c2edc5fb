"""What a `[[digest]]` takes, cuts and orders, through the command line."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from converter.api import read_post
from converter.cli import cli
from converter.diagnostics import Diagnostic
from converter.digest import DigestSpec, compile_digests
from converter.model import Metadata, Paragraph, Post, Text
from converter.model.length import length_of
from converter.testing.builders import a_post, p

POSTS: Mapping[str, tuple[str, str]] = {
    "01-a": ("author: Ann Lee\ncategories: [ships]\nlang: pt-BR\nseries: Quays\nfeatured: true", "one two three"),
    "02-b": ("author: [Bo, Ann Lee]\ncategories: [trade]\nlang: zh-Hant\nseries: tides", "码头今天开放"),
    "03-c": ("author: Cy\ncategories: [ships]\nlang: pt\ncover:\n  alt: A quay\nyear: 2024", "word " * 12),
    "04-d": ("author: Cy\ncategories: [ships]\nfeatured: false\nplaces: [Porto, Faro]", "码头" * 6 + " in 2024"),
    "05-e": ("author: Di", "short[^1]\n\n[^1]: A footnote of several more words."),
}


@pytest.fixture(autouse=True)
def _site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("posts").mkdir()
    for name, (header, body) in POSTS.items():
        date = f"2024-05-{name[:2]}"
        Path(f"posts/{name}.md").write_text(f"---\ntitle: Post {name}\ndate: {date}\n{header}\n---\n{body}\n", "utf-8")


def built(digest: str) -> dict[str, Any]:
    """Return the report of a run, and write the Markdown of its only digest."""
    site = '[site]\ntitle = "S"\nlanguage = "en"\n'
    config = f'sources = ["posts"]\nformats = ["markdown"]\n{site}[[digest]]\nname = "d"\n{digest}\n'
    Path("converter.toml").write_text(config, "utf-8")
    result = CliRunner().invoke(cli, ["build", "-j", "1", "-q", "--report", "-"])
    assert result.exit_code == 0, result.output
    report: dict[str, Any] = json.loads(result.stdout)
    return report


def taken(digest: str) -> str:
    """Return the letters of the posts in the book, in their order."""
    report = built(digest)
    text = Path("out/d.md").read_text("utf-8") if report["files"] else ""
    Path("out/d.md").unlink(missing_ok=True)
    found = "".join(re.findall(r"^#+ Post \d\d-(\w)", text, re.MULTILINE))
    assert report["files"] == [] or len(found) == report["files"][0]["posts"]
    return found


@pytest.mark.parametrize(
    ("digest", "expected"),
    [
        ('authors = ["Ann Lee"]', "ab"),
        ('authors = ["Ann Lee", "Di"]', "abe"),
        ('authors = ["ann"]', ""),
        ('languages = ["pt"]', "ac"),
        ('languages = ["PT-br"]', "a"),
        ('languages = ["zh"]', "b"),
        ('languages = ["p"]', ""),
        ('languages = ["en"]', "de"),
        ("min_words = 3", "acdb"),
        ("min_words = 6", "cdb"),
        ("max_words = 6", "abe"),
        ("min_words = 12", "cd"),
        ("min_words = 13\nmax_words = 14", "d"),
        ('where = { series = "quays" }', "a"),
        ("where = { featured = true }", "a"),
        ("where = { featured = false }", "d"),
        ("where = { year = 2024 }", "c"),
        ('where = { "cover.alt" = "A quay" }', "c"),
        ('where = { series = "tides", featured = true }', ""),
        ('where = { places = "Porto, Faro" }', "d"),
        ('authors = ["Cy"]\nmin_words = 13', "d"),
    ],
)
def test_a_digest_takes_what_meets_all_its_keys(digest: str, expected: str) -> None:
    assert sorted(taken(digest)) == sorted(expected)


@pytest.mark.parametrize(
    ("digest", "reason"),
    [
        ('authors = ["Ann Lee"]', "it is by none of the authors of the digest"),
        ('languages = ["zh"]', "it is in none of the languages of the digest, but in 'pt'"),
        ("max_words = 11", "it has 12 words, and the digest takes posts up to 11"),
        ("min_words = 13", "it has 12 words, and the digest takes posts from 13"),
        ('where = { series = "x" }', "its front matter has no 'series'"),
        ("where = { year = 2023 }", "its front matter has '2024' for 'year', and not '2023'"),
    ],
)
def test_who_is_not_taken_is_told_why(digest: str, reason: str) -> None:
    found = {each["file"]: each["message"] for each in built(digest)["diagnostics"] if each["code"] == "post-skipped"}

    assert found["03-c.md"] == f"the post was not taken: {reason}"


@pytest.mark.parametrize(
    ("digest", "expected"),
    [
        ("limit = 3", "abe"),  # the first of ships, of trade, and of those without a section
        ("limit = 4", "acbe"),
        ("limit = 2", "ab"),
        ("limit = 99", "acdbe"),
        ('limit = 2\norder = "newest"', "de"),
        ('limit = 3\ngroup_by = "none"', "abc"),
    ],
)
def test_a_limit_is_shared_out_between_sections(digest: str, expected: str) -> None:
    assert sorted(taken(digest)) == sorted(expected)
    report = built(digest)
    cut = [each for each in report["diagnostics"] if "already" in each["message"]]
    assert len(cut) == len(POSTS) - len(expected)


@pytest.mark.parametrize(
    ("digest", "expected"),
    [("limit_words = 1", 1), ("limit_words = 24", 4), ("limit_words = 9999", 5), ("limit = 1\nlimit_words = 24", 1)],
    ids=["the first, however long", "all but one of fourteen", "all", "both limits"],
)
def test_a_digest_has_so_many_words_at_most(digest: str, expected: int) -> None:
    assert len(taken(digest)) == expected


def test_a_post_that_is_too_long_is_passed_over_and_named() -> None:
    posts = [a_post(name, p("word " * words), title=name) for name, words in (("a", 10), ("b", 30), ("c", 10))]
    found: list[Diagnostic] = []

    [digest] = compile_digests(posts, DigestSpec(limit_words=20), warn=found.append)

    assert [post.key for post in digest.posts] == ["a", "c"]
    assert [one.message for one in found] == [
        "the post was not taken: the digest has no room for 30 words any more: it may have 20"
    ]


def test_each_period_has_its_limit() -> None:
    report = built('limit = 1\nperiod = "day"')

    assert len(report["digests"]) == 5
    assert not [each for each in report["diagnostics"] if each["code"] == "post-skipped"]


def test_sections_stand_in_the_order_that_is_asked_for_with_their_titles() -> None:
    def sections(digest: str) -> list[str]:
        built(digest)
        text = Path("out/d.md").read_text("utf-8")
        return [title for title in re.findall(r"^## (.*)$", text, re.MULTILINE) if title != "Contents"]

    assert sections("") == ["ships", "trade", "Other"]
    assert sections('sections = ["none", "trade"]') == ["trade", "ships", "Other"]
    assert sections('sections = ["trade"]\nsection_titles = { ships = "Ships, Boats" }') == [
        "trade",
        "Ships, Boats",
        "Other",
    ]


def test_what_is_no_filter_is_a_usage_error() -> None:
    for digest, message in (
        ("limit = -1", "limit"),
        ("where = { a = [1] }", "where"),
        ('author = "Ann"', "did you mean 'authors'?"),
    ):
        Path("converter.toml").write_text(f"[[digest]]\n{digest}\n", "utf-8")
        result = CliRunner().invoke(cli, ["build", "posts", "-c", "converter.toml"])
        assert message in result.output


def test_the_library_counts_words_of_bodies_that_are_at_hand() -> None:
    post = Post(key="a", path="a.md", metadata=Metadata(title="A"), blocks=(Paragraph((Text("two words"),)),))

    assert compile_digests([post], DigestSpec(min_words=2))
    assert not compile_digests([post], DigestSpec(min_words=3))


def test_words_of_neighbouring_blocks_items_and_cells_are_words_of_their_own() -> None:
    post = read_post("| from | to |\n|-|-|\n| quay | isle |\n\n- one\n- two\n\nThree\n\n# Four\n\nfive **six** 码头")

    assert 4 + 6 + 2 == length_of(post).words
