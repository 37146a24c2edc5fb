"""Posts that are nearly the same in one digest: folded, marked or kept, and what is said about it."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from converter.config import Cache, Config
from converter.diagnostics import Code, Diagnostic, UsageError
from converter.digest import DigestSpec, compile_digests
from converter.model import Digest, Link, Post, Section, Site, Source, Span, Text
from converter.model.walk import text_of
from converter.pipeline import run
from converter.pipeline.report import Report
from converter.site.duplicates import Duplicate, signature_of
from converter.site.folding import find_duplicates, with_lines, with_links_to_kept
from converter.testing.builders import a_post, p
from converter.writers.registry import writer_type
from tests.test_duplicates import edited, han

SITE = Site(title="港口新闻", language="zh-CN", timezone="Asia/Shanghai", url="https://news.example.org")
BODY = han(1, 400)


def a_digest(posts: Sequence[Post]) -> Digest:
    [digest] = compile_digests(posts, site=SITE)
    return digest


def folded(*posts: Post, **options: Any) -> tuple[Digest, tuple[Duplicate, ...], list[Diagnostic]]:
    """Return the digest of the posts as a run makes it, what became of the posts, and what was said."""
    found: list[Diagnostic] = []
    whole, by_key = a_digest(posts), {post.key: post for post in posts}
    signatures = {key: signature_of(post) for key, post in by_key.items()}
    duplicates = find_duplicates(signatures, by_key.get, DigestSpec(**options))
    lined = with_lines(whole, duplicates, found.append)
    sections = (
        Section(section.title, tuple(with_links_to_kept(post, duplicates) for post in section.posts))
        for section in lined.sections
    )
    return replace(lined, sections=tuple(sections)), duplicates, found


def two(**metadata: Any) -> tuple[Post, Post]:
    return (
        a_post("a", p(f"{BODY}甲"), title="新码头", categories=("港口",)),
        a_post("b", p(f"{BODY}"), title="码头开放", categories=("天气",), **metadata),
    )


def test_one_of_two_stays_and_names_the_other() -> None:
    moment = datetime(2024, 5, 13, 2, 30, tzinfo=UTC)
    source = Source("港口日报", "https://daily.example/1")
    digest, duplicates, [said] = folded(*two(source=source, published=moment))

    [post] = digest.posts
    link = Link("https://daily.example/1", (Text("码头开放"),))
    assert p("另见：", link, " · 港口日报 · 2024年5月13日 · 10:30") == post.blocks[-1]
    assert ["港口"] == [section.title for section in digest.sections]
    assert [("a", "b")] == [(one.kept, one.folded) for one in duplicates]
    assert (Code.DUPLICATE_FOLDED, "_posts/b.md", "") == (said.code, said.file, said.removed)
    assert "_posts/a.md" in said.message


def test_what_is_not_known_of_the_other_is_not_said() -> None:
    digest, _, _ = folded(*two(published=None), duplicates="fold")

    assert p("另见：", "码头开放") == digest.posts[0].blocks[-1]


def test_an_item_that_stands_in_a_summary_is_said_to_be_in_it() -> None:
    summary = a_post("summary", p(f"{han(2, 900)}{BODY}"))

    _, [one], [said] = folded(summary, a_post("item", p(BODY)))

    assert ("summary", "item") == (one.kept, one.folded)
    assert said.message.startswith("nearly all of the post is in _posts/summary.md")


def test_midnight_is_no_time() -> None:
    digest, _, _ = folded(*two(published=datetime(2024, 5, 12, 16, tzinfo=UTC)))

    assert text_of(digest.posts[0].blocks[-1]).endswith("2024年5月13日")


def test_a_line_says_which_language_it_is_in() -> None:
    chinese, other = two(published=None)
    english = replace(other, metadata=replace(other.metadata, language="en", title="The <quay>"))

    assert p("另见：", Span((Text("The <quay>"),), "en", "ltr")) == folded(chinese, english)[0].posts[0].blocks[-1]
    digest, _, _ = folded(chinese, english, a_post("c", p("…"), language="en"), a_post("d", p("…"), language="en"))
    assert (Text("Also: "), Text("The <quay>")) == digest.posts[0].blocks[-1].children[0].children  # type: ignore[union-attr]


def test_links_to_what_is_folded_lead_to_what_stands_for_it() -> None:
    links = p(Link("post:b#place", (Text("码头"),)), Link("post:a#place", (Text("港"),)))
    digest, _, _ = folded(*two(), a_post("c", links))

    [paragraph] = digest.posts[-1].blocks
    assert ["post:a", "post:a#place"] == [node.href for node in paragraph.children]  # type: ignore[union-attr]


def test_marked_posts_stay_and_lead_to_each_other() -> None:
    digest, duplicates, found = folded(*two(), duplicates="mark")

    assert [] == found
    assert [True] == [one.stays for one in duplicates]
    assert [["post:b"], ["post:a"]] == [
        [node.href for node in post.blocks[-1].children if isinstance(node, Link)]  # type: ignore[union-attr]
        for post in digest.posts
    ]


def test_kept_posts_stay_as_they_are() -> None:
    assert (a_digest(two()), (), []) == folded(*two(), duplicates="keep")


def test_only_the_bodies_of_candidates_are_asked_for() -> None:
    posts = {post.key: post for post in (*two(), a_post("c", p(han(2, 400))), a_post("d", p("…")))}
    asked: list[str] = []

    def post_of(key: str) -> Post:
        asked.append(key)
        return posts[key]

    found = find_duplicates({key: signature_of(post) for key, post in posts.items()}, post_of, DigestSpec())

    assert {"a", "b"} == set(asked)
    assert [("a", "b")] == [(one.kept, one.folded) for one in found]
    assert () == find_duplicates({key: signature_of(post) for key, post in posts.items()}, lambda _: None, DigestSpec())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"duplicates": "folded"}, "did you mean 'fold'"),
        ({"duplicates": True}, "one of: fold, mark, keep"),
        ({"duplicate_threshold": 1.1}, "a number of at most 1 is wanted"),
        ({"duplicate_threshold": "high"}, "a number is wanted"),
    ],
)
def test_other_values_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=next(iter(options))) as caught:
        DigestSpec(**options)

    assert message in (caught.value.diagnostic.hint or "")


# ---- runs ----


def a_site(folder: Path, *, headline: str = "") -> Path:
    (folder / "_posts").mkdir(parents=True)
    (folder / "_config.yml").write_text("title: 港口新闻\nlang: zh\nurl: https://news.example\n", "utf-8")
    long = headline or "港口当局星期五宣布，新码头将于下月初投入使用，首批货轮已经在外海等候进港"
    bodies = {
        "a": (long, f"{BODY}\n\n{han(3, 200)}\n\n见[码头]({{% post_url 2024-05-13-c %}})。"),
        "b": (long + "。", edited(BODY, 3, seed=9)),
        "c": ("天气", f"{han(2, 400)}\n\n见[开放]({{% post_url 2024-05-13-b %}})。"),
    }
    for name, (title, body) in bodies.items():
        text = f'---\ntitle: "{title}"\ndate: 2024-05-13 08:00:00 +0800\n---\n{body}\n'
        (folder / "_posts" / f"2024-05-13-{name}.md").write_text(text, "utf-8")
    return folder


def build(site: Path, out: Path, *specs: DigestSpec, formats: tuple[str, ...] = ("markdown", "epub")) -> Report:
    writers = {name: writer_type(name)() for name in formats}
    return run.build(
        Config(sources=(str(site),), output=str(out), writers=writers, digests=specs or (DigestSpec(),), verify=True)
    )


@pytest.mark.parametrize("mode", ["fold", "mark", "keep"])
def test_a_verified_run_misses_nothing_of_what_is_folded(mode: Any, tmp_path: Path) -> None:
    """The headlines are so long that one below the other would be words that are repeated."""
    config = Config(
        sources=(str(a_site(tmp_path / "site")),),
        output=str(tmp_path / "out"),
        writers={name: writer_type(name)() for name in ("markdown", "epub")},
        digests=(DigestSpec(duplicates=mode), DigestSpec(name="day", period="day", duplicates=mode)),
        verify=True,
    )

    report = run.build(config)

    said = {diagnostic.code for diagnostic in report.diagnostics}
    assert ({Code.DUPLICATE_FOLDED} if mode == "fold" else set()) == said
    assert 4 == len(report.files)
    assert (2 if mode == "fold" else 3) == report.selected
    assert 0 == report.exit_status(strict=True)
    files = {file.path: (tmp_path / "out" / file.path).read_bytes() for file in report.files}
    for result in run.verify(files, config):
        assert () == result.diagnostics


def test_the_report_names_what_is_folded(tmp_path: Path) -> None:
    report = build(a_site(tmp_path / "site"), tmp_path / "out")

    [duplicate] = json.loads(report.to_json())["duplicates"]
    assert ("2024-05-13-a", "2024-05-13-b") == (duplicate["kept"], duplicate["folded"])
    assert set(duplicate["removed"].split()) <= {*edited(BODY, 3, seed=9)} - {*BODY}
    [diagnostic] = report.diagnostics
    assert duplicate["removed"] == diagnostic.removed


def test_words_that_are_lost_of_what_stands_for_another_are_lost_of_both(tmp_path: Path) -> None:
    site = a_site(tmp_path / "site")
    config = Config(sources=(str(site),), output=str(tmp_path / "out"), writers={"markdown": writer_type("markdown")()})
    run.build(config)
    [path] = (tmp_path / "out").glob("*.md")

    [result] = run.verify({path.name: path.read_bytes().replace(BODY[200:210].encode(), b"")}, config)

    assert ["_posts/2024-05-13-a.md", "_posts/2024-05-13-b.md"] == [one.file for one in result.diagnostics]
    assert {Code.WORDS_LOST} == {one.code for one in result.diagnostics}


def test_one_digest_may_fold_what_another_keeps(tmp_path: Path) -> None:
    specs = DigestSpec(), DigestSpec(name="all", duplicates="keep")

    report = build(a_site(tmp_path / "site"), tmp_path / "out", *specs)

    assert [2, 2, 3, 3] == sorted(file.posts for file in report.files)
    assert [Code.DUPLICATE_FOLDED] == [diagnostic.code for diagnostic in report.diagnostics]


def test_a_link_to_what_is_folded_leads_to_what_stands_for_it_in_a_run(tmp_path: Path) -> None:
    build(a_site(tmp_path / "site", headline="码头"), tmp_path / "out", formats=("markdown",))

    [path] = (tmp_path / "out").glob("*.md")
    assert "见[开放](#码头)" in path.read_text("utf-8")


def test_another_headline_of_what_is_folded_makes_the_book_anew(tmp_path: Path) -> None:
    site = a_site(tmp_path / "site", headline="码头")
    config = Config(
        sources=(str(site),),
        output=str(tmp_path / "out"),
        writers={"markdown": writer_type("markdown")()},
        cache=Cache(str(tmp_path / "cache")),
    )
    first, again = run.build(config), run.build(config)
    path = site / "_posts" / "2024-05-13-b.md"
    path.write_text(path.read_text("utf-8").replace("码头。", "港口"), "utf-8")
    changed = run.build(config)

    assert first.duplicates == again.duplicates == changed.duplicates
    assert first.diagnostics == again.diagnostics
    assert ["new", "same", "changed"] == [report.files[0].change for report in (first, again, changed)]
    text = (tmp_path / "out" / changed.files[0].path).read_text("utf-8")
    assert "另见：[港口](https://news.example/2024/05/13/b.html) · 2024年5月13日\n" in text
