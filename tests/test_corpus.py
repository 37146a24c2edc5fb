"""The corpus writer: bounded chunks that together are the posts, and the files around them."""

import functools
import json
import re
import shutil
import subprocess
import sys
import threading
import unicodedata
import urllib.request
from collections import Counter
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from msgspec.structs import replace
from wcwidth import iter_graphemes

from converter.config import Config
from converter.diagnostics import Code, Diagnostic, SourceError
from converter.languages.sentences import sentences
from converter.limits import process
from converter.model import (
    Cell,
    CodeBlock,
    Digest,
    Heading,
    Image,
    List,
    ListItem,
    Math,
    MathBlock,
    Note,
    NoteReference,
    Post,
    Row,
    Ruby,
    Section,
    Table,
    Text,
)
from converter.model import (
    Code as InlineCode,
)
from converter.model.walk import query
from converter.pipeline.run import build, verify
from converter.pipeline.write import render_files
from converter.testing.builders import a_digest, a_post, p
from converter.testing.strategies import posts
from converter.themes import open_theme
from converter.verify.words import words
from converter.writers import File
from converter.writers.corpus import CorpusWriter
from converter.writers.corpus.chunks import MOST
from converter.writers.corpus.cutting import pieces
from tests.test_diagnostics_examples import example, play

ROOT = Path(__file__).parent.parent
SCHEMA = jsonschema.Draft202012Validator(json.loads((ROOT / "docs" / "corpus.schema.json").read_text("utf-8")))


def files_of(digest: Digest, *, said: list[Diagnostic] | None = None, **options: int) -> dict[str, str]:
    """Return what the writer makes of a digest, by name."""
    warn = said.append if said is not None else lambda _: None
    found = render_files(digest, CorpusWriter(**options), open_theme("default"), warn)
    return {file.name: file.data.decode() for file in found}


def chunks_of(*some: Post, **options: int) -> list[dict[str, object]]:
    lines = files_of(a_digest(*some), **options)["book.jsonl"].split("\n")
    assert not lines.pop()
    return [json.loads(line) for line in lines]


def joined(chunks: list[dict[str, object]]) -> str:
    return "".join(str(one["text"]) if one["continues"] else f"\n\n{one['text']}" for one in chunks).strip("\n")


def test_a_line_is_as_the_schema_has_it_and_says_where_it_is_from() -> None:
    post = a_post("quay", p("开放。"), Heading(2, (Text("票"),)), Heading(3, (Text("价"),)), p("两元。"), title="码头")

    first, second = chunks_of(post)

    for line in (first, second):
        SCHEMA.validate(line)
    assert (first["headings"], first["text"], first["index"], first["of"]) == ([], "开放。", 1, 2)
    assert (second["headings"], second["text"], second["chars"]) == (["票", "价"], "票\n\n价\n\n两元。", 9)
    assert {"post": "quay", "digest": "book", "title": "码头", "language": "zh-CN"}.items() <= second.items()
    assert second["date"] == "2024-05-13T08:00:00+00:00"


@given(posts(), st.sampled_from([100, 150, 1500]))
def test_chunks_are_the_words_of_the_post_and_never_too_long(post: Post, size: int) -> None:
    chunks = chunks_of(post, chunk_chars=size)

    said = Counter(words(joined(chunks)))
    assert Counter(filter(str.isalnum, _texts_in(post))) - Counter(joined(chunks)) == Counter()
    assert said == Counter(words(joined(chunks_of(post, chunk_chars=1_000_000))))
    for number, chunk in enumerate(chunks, 1):
        SCHEMA.validate(chunk)
        assert (chunk["index"], chunk["of"]) == (number, len(chunks))
        assert chunk["chars"] == len(str(chunk["text"])) <= MOST * size
    assert len({chunk["id"] for chunk in chunks}) == len(chunks)


def _texts_in(post: Post) -> str:
    """Return what a reader sees of a post, gathered another way than the writer does."""
    found = []
    for node in query(post):
        match node:
            case Text(value) | InlineCode(value) | Image(alt=value) | Ruby(reading=value):
                found.append(value)
            case Math(tex) | MathBlock(tex=tex) | CodeBlock(text=tex):
                found.append(tex)
            case _:
                continue
    return "".join(found)


def test_chunks_end_between_blocks_and_before_headings() -> None:
    blocks = (*(p(f"第{number}段。" * 5) for number in range(10)), Heading(2, (Text("后来"),)), p("完。"))

    chunks = chunks_of(a_post("long", *blocks), chunk_chars=100)

    assert [str(one["text"])[:3] for one in chunks] == ["第0段", "第4段", "第8段", "后来\n"]
    assert not any(one["continues"] for one in chunks)


def test_a_table_or_a_list_or_code_that_is_too_long_is_cut_between_rows() -> None:
    rows = tuple(Row((Cell((p(f"码头{number}"),)), Cell((p("开放。关闭！"),)))) for number in range(60))
    items = tuple(ListItem((p(f"第{number}项。还有"),)) for number in range(60))
    code = "\n".join(f"    print({number})  # one. Two." for number in range(60))

    for block in (Table(rows, alignments=(None, None)), List(items), CodeBlock(code)):
        chunks = chunks_of(a_post("long", block), chunk_chars=100)
        whole = joined(chunks_of(a_post("long", block), chunk_chars=1_000_000))

        assert len(chunks) > 5
        assert joined(chunks) == whole
        lines = whole.split("\n")
        assert all(line in lines for chunk in chunks for line in str(chunk["text"]).rstrip("\n").split("\n"))
        assert [one["continues"] for one in chunks] == [False, *[True] * (len(chunks) - 1)]


def test_a_paragraph_that_is_too_long_is_cut_between_sentences_then_words_then_characters() -> None:
    chinese = "".join(f"第{number}班船“准时”到。" for number in range(80))
    english = " ".join(f"Boat no. {number} of e.g. the quay came in 3.5 minutes." for number in range(40))
    endless = " ".join(f"word{number}" for number in range(200))
    family = "👨‍👩‍👧‍👦🇨🇳é" * 100

    cut = {text: chunks_of(a_post("long", p(text)), chunk_chars=100) for text in (chinese, english, endless, family)}

    assert all(str(one["text"]).endswith("。") for one in cut[chinese])
    assert all(str(one["text"]).rstrip().endswith("minutes.") for one in cut[english])
    assert all(str(one["text"]).strip().split()[-1] in endless.split() for one in cut[endless])
    whole = [*iter_graphemes(family)]
    assert [each for one in cut[family] for each in iter_graphemes(str(one["text"]))] == whole
    for text, chunks in cut.items():
        assert joined(chunks) == text
        assert len(chunks) > 3


def test_one_letter_with_thousands_of_marks_is_bounded_too() -> None:
    letter = "a" + "\u0301" * 5000

    assert max(int(str(one["chars"])) for one in chunks_of(a_post("zalgo", p(letter)), chunk_chars=100)) <= 400


def test_a_line_of_marks_costs_what_it_is_long() -> None:
    assert "".join(pieces("." * 300_000, 1500, 6000)) == "." * 300_000
    assert len([*sentences("a! " * 100_000)]) == 1  # a small letter follows
    assert len([*sentences("A! " * 100_000)]) == 100_000


def test_a_post_without_text_has_no_line_and_is_in_the_list() -> None:
    files = files_of(a_digest(a_post("empty", title="空"), a_post("quay", p("开放。"), title="码头")))

    assert files["book.jsonl"].count("\n") == 1
    assert "[空](llms/empty.md)" in files["book/llms.txt"]


def test_ends_of_lines_of_unicode_are_escaped() -> None:
    post = a_post("odd", p("a\u2028b\u2029c\u0085d"), title="x\u2028y")

    text = files_of(a_digest(post))["book.jsonl"]

    assert len(text.splitlines()) == 1
    assert "a\u2028b\u2029c\u0085d" == json.loads(text)["text"]


def test_notes_are_chunks_behind_the_post() -> None:
    post = a_post("noted", p("开放", NoteReference("a"), "。"), notes=(Note("a", (p("见公告。"),)),))

    assert ["开放[1]。", "[1] 见公告。"] == [one["text"] for one in chunks_of(post)]


def test_one_changed_post_changes_its_lines_only() -> None:
    some = [a_post(f"post-{number}", p(f"第{number}篇。"), title=f"题{number}") for number in range(5)]
    other = replace(some[2], blocks=(p("改过。"), Heading(2, (Text("新"),)), p("更多。")))

    before = files_of(a_digest(*some))["book.jsonl"].split("\n")
    after = files_of(a_digest(*some[:2], other, *some[3:]))["book.jsonl"].split("\n")

    assert [line for line in before if line not in after] == [before[2]]
    assert [line for line in after if line not in before] == after[2:4]


def test_the_whole_text_is_in_parts_that_end_between_posts() -> None:
    some = [a_post(f"post-{number}", p("开放。" * 90), title=f"题{number}") for number in range(20)]
    long = a_post("long", CodeBlock("x = 1\n\n" * 100), *(p("关闭。" * 100) for _ in range(10)), title="长")

    files = files_of(a_digest(*some, long), max_chars=1000)
    parts = [text for name, text in files.items() if "llms-full" in name]

    assert "book/llms-full-2.txt" in files
    assert max(map(len, parts)) <= 1000
    assert all(part.startswith("# 港口新闻 (") for part in parts)
    assert sum(part.count("开放。") for part in parts) == 1800
    assert sum(part.count("关闭。") for part in parts) == 1000
    assert all(part.count("```") % 2 == 0 for part in parts)
    assert list(files_of(a_digest(*some), max_chars=1_000_000)) == [
        "book.jsonl", "book/llms.txt", "book/llms-full.txt", *(f"book/llms/post-{number}.md" for number in range(20))
    ]  # fmt: skip


def test_links_of_the_list_resolve(tmp_path: Path) -> None:
    odd = a_post("2024-05-13-港口 (1)", p("见", Image("https://a.example/x.png", "图")), title="*[快讯]* 题\n二")
    digest = a_digest(sections=(Section("港口", (odd,)), Section("天气 # 二", (a_post("b", p("雨")),))))
    for name, text in files_of(digest).items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    handler = functools.partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    handler.log_message = lambda *_: None  # type: ignore[attr-defined]

    tokens = MarkdownIt().parse((tmp_path / "book" / "llms.txt").read_text("utf-8"))
    links = [str(one.attrs["href"]) for token in tokens for one in token.children or () if one.type == "link_open"]
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        found = [
            urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/book/{link}", timeout=10).read()
            for link in links
        ]
        server.shutdown()

    assert len(links) == 3
    assert all(found)


SITE = {
    "_config.yml": "title: The Harbour\nurl: https://harbour.example.org\n",
    "_posts/2024-05-31-quay.md": "---\ntitle: The Quay\n---\nThe quay is open.\n\n## Fares\n\nTwo crowns. 票价两元。\n",
    "_posts/2024-06-01-crane.md": "---\ntitle: The Crane\nllms: false\n---\nThe crane is secret.\n",
    "_posts/2024-06-02-empty.md": "---\ntitle: Nothing\n---\n",
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for name, text in SITE.items():
        path = tmp_path / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path / "site"


def config_of(site: Path, **more: object) -> Config:
    out = str(site.parent / "out")
    return Config(sources=(str(site),), output=out, writers={"corpus": CorpusWriter()}, **more)  # type: ignore[arg-type]


def test_a_post_that_says_so_is_left_out_with_a_notice_and_nothing_is_missed(site: Path) -> None:
    report = build(config_of(site, verify=True))

    said = [(one.code, one.file) for one in report.diagnostics if one.code is not Code.EMPTY_BODY]
    assert said == [(Code.POST_SKIPPED, "_posts/2024-06-01-crane.md")]
    out = site.parent / "out"
    assert not [path for path in out.rglob("*") if path.is_file() and b"secret" in path.read_bytes()]
    [main] = out.glob("*.jsonl")
    [comparison] = verify({str(main): main.read_bytes()}, config_of(site))
    assert (comparison.missing, comparison.diagnostics) == (0, ())
    assert comparison.words == 11


def test_a_link_to_a_post_that_is_left_out_leads_to_the_site(site: Path) -> None:
    links = "[the crane]({% post_url 2024-06-01-crane %}), [the quay]({% post_url 2024-05-31-quay %})"
    text = f"---\ntitle: Links\n---\nSee {links}.\n"
    (site / "_posts" / "2024-06-03-links.md").write_text(text, "utf-8")

    build(config_of(site))

    [found] = [path.read_text("utf-8") for path in (site.parent / "out").rglob("*links*.md")]
    assert "[the crane](https://harbour.example.org/2024/06/01/crane.html)" in found
    assert "[the quay](2024-05-31-quay.md)" in found


def test_a_word_that_is_lost_is_missed(site: Path) -> None:
    build(config_of(site))
    [main] = (site.parent / "out").glob("*.jsonl")

    [comparison] = verify({"a.jsonl": main.read_bytes().replace(b"crowns", b"")}, config_of(site))
    [damaged] = verify({"a.jsonl": b"{}\n"}, config_of(site))

    assert comparison.missing == 1
    assert [one.code for one in damaged.diagnostics] == [Code.BOOK_UNREADABLE]


def test_what_is_no_chunk_is_named_with_its_line() -> None:
    with pytest.raises(SourceError, match=r"a\.jsonl:1"):
        [*CorpusWriter().passages(File("a.jsonl", b"nonsense\n"))]


@pytest.mark.needs("jq")
def test_jq_reads_every_line(site: Path) -> None:
    build(config_of(site))
    [main] = (site.parent / "out").glob("*.jsonl")
    jq = shutil.which("jq") or "jq"

    found = subprocess.run([jq, "-r", ".text", str(main)], capture_output=True, text=True, check=True).stdout

    assert "票价两元" in unicodedata.normalize("NFC", found)


def test_the_example_of_the_page_is_what_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "docs" / "corpus.md").read_text("utf-8")
    [shown] = re.findall(r"^```json\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [])
    monkeypatch.setattr(process, "_own", False)  # the command line claims it
    steps = example(page)

    assert steps == list(play(steps, tmp_path, capsys))
    [main] = (tmp_path / "out").glob("*.jsonl")
    assert json.loads(shown) == json.loads(main.read_text("utf-8").split("\n")[1])
