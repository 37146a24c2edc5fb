"""What finished books of each writer say is compared; those that cannot be read are said to be so."""

from collections import Counter
from pathlib import Path

import pytest
from msgspec.structs import replace

from converter.api import read_post
from converter.config import Config
from converter.diagnostics import Code, SourceError, UsageError
from converter.digest import digest_of
from converter.model import Section, Site
from converter.pipeline.run import verify
from converter.pipeline.write import render_files
from converter.themes import open_theme
from converter.verify import SourceText, can_read, compare, outputs, passages, source_text
from converter.verify.words import words
from converter.writers.registry import plugins, writer_type
from tests.conftest import writers_here


@pytest.mark.needs("Pango")
def test_a_hyphen_at_the_end_of_a_line_or_page_of_a_pdf_divides_no_word() -> None:
    text = "The inhabitants acknowledged extraordinary circumstances, notwithstanding considerable precipitation. " * 40
    post = read_post(f"---\ntitle: T\nlang: en\n---\n{text}")
    digest = digest_of(post, Site(language="en"))
    [file] = render_files(digest, writer_type("pdf")(), open_theme("default"), lambda _: None)
    [passage, *_] = [found for found in passages(file.data, name=file.name) if found.title == "T"]

    assert "\u2010" in passage.text
    assert [] == [one.message for one in compare([SourceText("a.md", "T", text)], [passage], file="a.pdf").diagnostics]


@pytest.mark.needs("Pango")
def test_a_long_word_in_a_narrow_cell_of_a_pdf_is_one_word() -> None:
    cells = ("1234567890123", "abcdefghijklmnopqrstuvwxyz", "a" * 40, *"abcdefg")
    row = f"| {' | '.join(cells)} |\n|{'---|' * len(cells)}\n| {' | '.join(cells)} |\n"
    post = read_post(f"---\ntitle: Wide\n---\n{row}")
    [file] = render_files(digest_of(post, Site()), writer_type("pdf")(), open_theme("default"), lambda _: None)
    [passage, *_] = [found for found in passages(file.data, name=file.name) if found.title == "Wide"]

    assert [] == [
        one.message for one in compare([SourceText("a.md", "Wide", row)], [passage], file="a.pdf").diagnostics
    ]


@pytest.mark.needs("Pango")
def test_the_formulas_of_a_pdf_are_drawn_and_there_all_the_same() -> None:
    post = read_post("---\ntitle: T\nlang: en\n---\nGiven $$a_1 + beta$$, all is well.")
    [file] = render_files(
        digest_of(post, Site(language="en")), writer_type("pdf")(), open_theme("default"), lambda _: None
    )
    [passage, *_] = [found for found in passages(file.data, name=file.name) if found.title == "T"]

    assert {"beta", "well"} <= set(words(passage.text))


POST = """---
title: 港口新闻
date: 2024-05-31 09:00:00 +0800
---
<p>码头<b>今天</b>开放，<a href="https://a.example/">共有12艘船</a>。</p>

## 下一步

| 船 | 吨 |
|----|----|
| 甲 | 5000 |

- 一
- 二

`code` and more[^n]

[^n]: 注文
"""


@pytest.mark.parametrize("name", writers_here(*(plugin.name for plugin in plugins())))
def test_every_writer_keeps_every_word_and_a_word_that_is_cut_is_found(name: str) -> None:
    writer, post = writer_type(name)(), read_post(POST)
    digest = digest_of(post, Site(timezone="Asia/Shanghai"))
    [file, *_] = render_files(digest, writer, open_theme("default"), lambda _: None)
    source = source_text(POST.encode(), name="post.md")

    if not can_read(file.name, writer):
        pytest.skip(f"the writer '{name}' has no step `passages`")
    found = passages(file.data, name=file.name, writer=writer)
    kept = compare([SourceText("post.md", "港口新闻", source)], found, file=file.name)
    cut = compare([SourceText("post.md", "港口新闻", source + "遗失")], found, file=file.name)

    assert () == kept.diagnostics
    assert [(Code.WORDS_LOST, "post.md")] == [(found.code, found.file) for found in cut.diagnostics]


def test_a_file_of_another_kind_is_refused() -> None:
    with pytest.raises(UsageError, match=r"'a\.docx' cannot be extracted"):
        passages(b"", name="a.docx")


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("b.epub", b"", "File is not a zip file"),
        ("b.epub", b"PK\x05\x06", "File is not a zip file"),
        ("b.pdf", b"%PDF-1.7 no more", "Failed to load document"),
        ("b.html", b"<p>a<br></p>", "mismatched tag in line 1"),
        ("b.md", b"# a\n\xff", "it is not valid UTF-8: invalid start byte at byte 4"),
    ],
)
def test_a_file_that_is_damaged_is_said_to_be(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(SourceError, match=reason) as caught:
        passages(data, name=name)

    assert Code.BOOK_UNREADABLE == caught.value.diagnostic.code


def test_a_text_beyond_the_limit_is_not_taken_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("converter.verify.outputs.MAX_TEXT", 100)

    with pytest.raises(SourceError, match="characters"):
        passages(b"# a\n\nb\n\n" * 60, name="b.md")


def test_a_file_that_cannot_be_read_costs_the_comparison_of_its_format_only(tmp_path: Path) -> None:
    (tmp_path / "2024-05-31-a.md").write_text("---\ntitle: A\n---\nwords\n", "utf-8")

    epub, markdown = verify({"b.epub": b"PK", "b.md": b"# A\n\nwords\n"}, Config(sources=(str(tmp_path),)))

    assert [Code.BOOK_UNREADABLE] == [one.code for one in epub.diagnostics]
    assert (0, 0) == (markdown.missing, len(markdown.diagnostics))


def test_a_hyphen_where_a_line_ends_may_belong_to_the_word_or_to_layout() -> None:
    found = Counter(words(outputs._text_of(["for non\ufffemaintainers of the har\x02bour"])))

    assert found >= Counter(["non", "maintainers", "harbour"])


def test_a_link_to_the_next_chapter_repeats_no_words_though_its_title_begins_alike() -> None:
    text = " ".join(f"word{chr(97 + number)}" for number in range(26))
    posts = tuple(read_post(f"---\ntitle: {text} {name}\n---\nOpen.\n", name=f"{name}.md") for name in "ab")
    book = replace(digest_of(posts[0], Site()), title="T", sections=(Section("", posts),))
    [file] = render_files(book, writer_type("epub")(), open_theme("default"), lambda _: None)
    sources = [SourceText(post.path, post.metadata.title, "Open.") for post in posts]

    assert () == compare(sources, passages(file.data, name=file.name), file=file.name).diagnostics


def test_a_number_that_leads_to_another_post_is_a_word() -> None:
    [passage] = passages(b"# One\n\nParts 1, [2](#two) and [3](#three).\n", name="b.md")

    assert {"2", "3"} <= set(words(passage.text))
