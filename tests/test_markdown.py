"""Digests in Markdown: one file or a folder, with anchors, links, notes and pictures that lead somewhere."""

import re
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from mdit_py_plugins.anchors import anchors_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin
from msgspec.structs import replace

from converter.diagnostics import Code, Diagnostic, WriterError
from converter.digest import digest_of
from converter.model import (
    Anchor,
    Asset,
    Block,
    Cell,
    Digest,
    Figure,
    Heading,
    Image,
    Link,
    Note,
    NoteReference,
    Period,
    PeriodKind,
    Post,
    Row,
    Section,
    Site,
    Source,
    Table,
    Text,
)
from converter.pipeline.write import render_files
from converter.storage import LocalTree
from converter.storage.blobs import MemoryBlob, StoredBlob
from converter.testing import builders
from converter.testing.builders import p
from converter.themes import open_theme
from converter.writers.markdown import MarkdownWriter, to_markdown

PICTURE = b"\x89PNG\r\n\x1a\n not much of a picture"


def a_post(key: str, *blocks: Block, title: str = "", **more: Any) -> Post:
    known = {
        "published": datetime(2022, 6, 1, 8, tzinfo=UTC),
        "source": Source("港口日报", "https://daily.example.org/a"),
        "url": f"https://news.example.org/{key}",
    }
    return builders.a_post(key, *blocks, title=title or f"题{key}", **known | more)


def a_digest(*posts: Post, sections: tuple[str, ...] = ("",)) -> Digest:
    size = -(-len(posts) // len(sections))
    digest = builders.a_digest(
        sections=(Section(title, posts[i * size : (i + 1) * size]) for i, title in enumerate(sections)),
        key="news-2022-w22",
        site=Site(title="港口新闻", language="zh-CN", timezone="Asia/Shanghai", license="CC BY 4.0"),
    )
    period = Period(PeriodKind.WEEK, date(2022, 5, 30), date(2022, 6, 5))
    return replace(digest, period=period, updated=datetime(2022, 6, 5, tzinfo=UTC))


def write(digest: Digest, **options: object) -> dict[str, str]:
    """Return the texts of the files; no diagnostic is expected."""
    files = render_files(digest, MarkdownWriter(**options), open_theme("default"), pytest.fail)  # type: ignore[arg-type]
    return {file.name: file.data.decode("utf-8", "replace") for file in files}


def main_file(digest: Digest, **options: object) -> str:
    return next(iter(write(digest, **options).values()))


def headings_by_anchor(text: str) -> dict[str, str]:
    """Return what an independent reader derives: the text of each heading by its anchor."""
    reader = MarkdownIt("commonmark").use(front_matter_plugin).use(footnote_plugin)
    tokens = reader.use(anchors_plugin, max_level=6).parse(text)
    return {
        str(token.attrs["id"]): tokens[index + 1].content for index, token in enumerate(tokens) if "id" in token.attrs
    }


def links_in(text: str) -> list[str]:
    return re.findall(r"\]\(([^)\s]+)\)", text)


def test_a_digest_begins_with_its_metadata_title_and_contents() -> None:
    text = main_file(a_digest(a_post("a", p("甲")), a_post("b", p("乙")), sections=("要闻", "天气")))

    assert text.startswith(
        "---\n"
        'title: "港口新闻"\n'
        "date: 2022-06-05 00:00:00+00:00\n"
        'language: "zh-CN"\n'
        'period: "2022-05-30/2022-06-05"\n'
        "sources:\n"
        '  - name: "港口日报"\n'
        '    url: "https://daily.example.org/a"\n'
        'license: "CC BY 4.0"\n'
        "---\n\n"
        "# 港口新闻\n\n"
        "2022年第22周 · 共 2 篇\n\n"
        "## 目录\n\n"
        "- [要闻](#要闻)\n"
        "  - [题a](#题a) · 港口日报 · 2022年6月1日\n"
        "- [天气](#天气)\n"
        "  - [题b](#题b) · 港口日报 · 2022年6月1日\n\n"
        "## 要闻\n\n"
        "### 题a\n\n"
        "[港口日报](https://daily.example.org/a) · 2022年6月1日 · 要闻 · [原文](https://news.example.org/a)\n\n"
        "甲\n"
    )


def test_front_matter_can_be_left_out() -> None:
    assert main_file(a_digest(a_post("a")), front_matter=False).startswith("# 港口新闻\n")


@pytest.mark.parametrize("sections", [("",), ("要闻", "天气")], ids=["one", "two"])
def test_every_entry_of_the_contents_leads_to_its_heading(sections: tuple[str, ...]) -> None:
    titles = ("A “quoted” title: 1.5%!", "目录", "同名", "同名", "同名-1", "C++ & C#", "_a_ `b`", "हिन्दी", "naïve—dash")
    digest = a_digest(*(a_post(str(n), title=title) for n, title in enumerate(titles)), sections=sections)

    text = main_file(digest)

    found = headings_by_anchor(text)
    local = [link[1:] for link in links_in(text) if link.startswith("#")]
    assert len(titles) + len(list(filter(None, sections))) == len(local) == len(set(local))
    assert set(local) <= set(found) | {"हिन्दी"}  # this reader drops the marks of Devanagari; GitHub keeps them


def test_a_title_in_the_other_direction_keeps_its_day_beside_it() -> None:
    arabic = a_post("letter", p("نص."), title="رسالة")
    arabic = replace(arabic, metadata=replace(arabic.metadata, language="ar"))

    text = main_file(a_digest(a_post("one", p("一。")), arabic))

    assert '- [<span lang="ar" dir="rtl">رسالة</span>](#رسالة) · 港口日报 · 2022年6月1日' in text


def test_links_between_posts_lead_to_posts_and_their_headings() -> None:
    link_a, link_b = Link("post:b", (Text("乙"),)), Link("post:b#more", (Text("细"),))
    here, lost = Link("#own", (Text("上"),)), Link("post:nobody", (Text("别处"),))
    first = a_post("a", Heading(2, (Text("同名"),), "own"), p(link_a, link_b, here, lost))
    second = a_post("b", Heading(2, (Text("同名"),), "more"))

    assert "[乙](#题b)[细](#同名-1)[上](#同名)别处" in main_file(a_digest(first, second))
    assert (
        "[乙](b.md)[细](b.md#同名)[上](#同名)别处"
        in write(a_digest(first, second), shape="folder")["news-2022-w22/a.md"]
    )


def test_links_lead_to_places_in_posts_and_places_without_links_are_not_written() -> None:
    link, there = Link("#own", (Text("上"),)), Link("post:b#own", (Text("下"),))
    first = a_post("a", p(Anchor("own"), "一", link, there), p(Anchor("unknown"), "二"))
    second = a_post("b", p(Anchor("own"), "三"))

    text = main_file(a_digest(first, second))
    files = write(a_digest(first, second), shape="folder")

    assert '<a id="own"></a>一[上](#own)[下](#own-1)\n\n二\n' in text
    assert '<a id="own-1"></a>三' in text
    assert '<a id="own"></a>一[上](#own)[下](b.md#own)' in files["news-2022-w22/a.md"]
    assert '<a id="own"></a>三' in files["news-2022-w22/b.md"]


@pytest.mark.parametrize(
    ("dialect", "heading"),
    [
        ("gfm", "### 同名"),
        ("commonmark", '### <a id="同名"></a>同名'),
        ("pandoc", "### 同名 {#同名}"),
        ("obsidian", "### 同名"),
    ],
)
def test_headings_have_anchors_that_readers_of_the_dialect_find(dialect: str, heading: str) -> None:
    post = a_post("a", Heading(2, (Text("同名"),), "own"), p(Link("#own", (Text("上"),))))

    text = main_file(a_digest(post, a_post("b")), dialect=dialect)

    assert f"{heading}\n" in text
    assert "[上](#同名)" in text


def test_headings_move_down_below_the_title_of_their_post() -> None:
    blocks = tuple(Heading(level, (Text(f"h{level}"),)) for level in range(2, 7))

    text = main_file(a_digest(a_post("a", *blocks), a_post("b"), sections=("要闻", "其他")))

    assert ["#### h2", "##### h3", "###### h4", "###### h5", "###### h6"] == re.findall(r"#+ h\d", text)


def test_notes_are_numbered_through_the_digest_in_the_order_of_their_marks() -> None:
    notes = (Note("x", (p("甲注"),)), Note("y", (p("乙注"), p("第二段"))), Note("z", (p("无人提及"),)))
    first = a_post("a", p("一", NoteReference("y"), "二", NoteReference("x"), NoteReference("gone")), notes=notes)
    second = a_post("b", p("三", NoteReference("x")), notes=notes[:1])

    text = main_file(a_digest(first, second))

    assert "一[^1]二[^2]\n\n**注释**\n\n- 无人提及\n" in text
    assert "三[^3]\n" in text
    assert text.endswith("[^1]: 乙注\n\n    第二段\n\n[^2]: 甲注\n\n[^3]: 甲注\n")


def test_pictures_lie_in_the_folder_of_the_digest_once_each(tmp_path: Path) -> None:
    blob = MemoryBlob(PICTURE)
    assets = tuple(
        Asset(src=src, blob=blob, media_type="image/png", size=len(PICTURE), sha256=sha256(PICTURE).hexdigest())
        for src in ("/img/map%20of%20it.jpeg", "other.png")
    )
    post = a_post(
        "a", Figure((Image(assets[0].src, "图"),), (Text("说明"),)), p("见", Image("other.png")), assets=assets
    )

    single = write(a_digest(post, a_post("b")))
    folder = write(a_digest(post, a_post("b")), shape="folder")

    assert ["news-2022-w22.md", "news-2022-w22/map-of-it.png"] == list(single)
    assert (
        "![图](news-2022-w22/map-of-it.png)\\\n*说明*\n\n见![](news-2022-w22/map-of-it.png)"
        in single["news-2022-w22.md"]
    )
    assert "![图](map-of-it.png)" in folder["news-2022-w22/a.md"]
    assert "news-2022-w22/map-of-it.png" in folder


def test_a_picture_that_cannot_be_read_any_more_is_reported_and_costs_only_itself(tmp_path: Path) -> None:
    asset = Asset(
        src="a.png", blob=StoredBlob(LocalTree(str(tmp_path)), "gone.png"), media_type="image/png", size=1, sha256="0"
    )
    found: list[Diagnostic] = []

    files = render_files(
        a_digest(a_post("a", p(Image("a.png", "图")), assets=(asset,))),
        MarkdownWriter(),
        open_theme("default"),
        found.append,
    )

    assert ["news-2022-w22.md"] == [file.name for file in files]
    assert [Code.IMAGE_MISSING] == [diagnostic.code for diagnostic in found]


def test_pictures_that_are_not_at_hand_leave_a_link_or_their_reference() -> None:
    remote, missing = Image("https://a.example/p.png", "远"), Image("gone.png", "近", "题")
    digest = a_digest(a_post("a", p(remote, Image(remote.src), missing, Image("x.png"))), a_post("b"))

    linked = main_file(digest)
    shown = main_file(digest, remote_images="image", missing_images="words")

    assert "[远](https://a.example/p.png)[网络图片](https://a.example/p.png)" in linked
    assert '![近](gone.png "题")![](x.png)' in linked
    assert "![远](https://a.example/p.png)![](https://a.example/p.png)近 (图片缺失)(图片缺失)" in shown


def test_a_folder_has_an_index_and_a_file_for_each_post() -> None:
    digest = a_digest(a_post("2022/a", p("甲")), a_post("2023/a", p("乙")), sections=("要闻", "天气"))

    files = write(digest, shape="folder")

    assert ["news-2022-w22.md", "news-2022-w22/a.md", "news-2022-w22/a-2.md"] == list(files)
    assert "## 要闻\n\n- [题2022/a](news-2022-w22/a.md) · 港口日报" in files["news-2022-w22.md"]
    assert files["news-2022-w22/a-2.md"].startswith('---\ntitle: "题2023/a"\ndate: 2022-06-01 08:00:00+00:00\n')
    assert "# 题2023/a\n\n" in files["news-2022-w22/a-2.md"]


def test_a_post_by_itself_has_no_contents() -> None:
    text = main_file(digest_of(a_post("a", Heading(2, (Text("小题"),)), p("甲")), Site()))

    assert "# 题a\n" in text
    assert "\n## 小题\n\n甲\n" in text
    assert "目录" not in text


def test_plain_text_has_separators_that_never_change() -> None:
    first = a_post("a", p("甲", NoteReference("x"), Image("a.png", "图")), notes=(Note("x", (p("注"),)),))

    text = main_file(a_digest(first, a_post("b", p("*乙*"))), plain=True)
    folder = write(a_digest(first, a_post("b", p("乙"))), plain=True, shape="folder")

    head = "港口日报 · 2022年6月1日 · https://news.example.org"
    line = "=" * 20
    one = f"题a\n\n{head}/a\n\n甲[1]图 (图片缺失)\n\n[1] 注"
    other = f"题b\n\n{head}/b\n\n*乙*"
    assert f"\n\n{line}\n\n".join(("港口新闻\n\n共 2 篇", one, other)) + "\n" == text
    assert "港口新闻\n\n题a\tnews-2022-w22/a.md\n题b\tnews-2022-w22/b.md\n" == folder["news-2022-w22.md"]


def test_a_table_that_the_options_forbid_is_an_error_that_says_where() -> None:
    cell = Cell((p("a"),), colspan=2)
    post = a_post("a", Table((Row((cell,)),), alignments=(None, None), line=7))

    with pytest.raises(WriterError) as caught:
        to_markdown(post, tables="error")

    assert Code.TABLE_IRREGULAR == caught.value.diagnostic.code
    assert ("_posts/a.md", 7) == (caught.value.diagnostic.file, caught.value.diagnostic.line)
