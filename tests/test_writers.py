"""The contract of writers, over whatever is registered: a new writer is tested unmentioned."""

import os
import pickle
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import msgspec
import pytest
from msgspec.structs import replace

from converter.digest import DigestSpec, compile_digests, digest_of
from converter.model import Digest, Metadata, Paragraph, Post, Section, Site, Source, Text
from converter.pipeline.write import render_files
from converter.plugins import plugins, writer_type
from converter.themes import open_theme
from converter.verify import passages
from converter.writers import Results
from tests.conftest import writers_here

WRITERS = writers_here(*(plugin.name for plugin in plugins()))
SITE = Site(title="港口新闻", language="zh-CN", timezone="Asia/Shanghai", url="https://news.example.org")


def a_post(number: int) -> Post:
    return Post(
        key=f"2024-05-{number:02}-港口",
        path=f"_posts/2024-05-{number:02}-港口.md",
        metadata=Metadata(
            title=f"第{number}号码头开放",
            published=datetime(2024, 5, number, 8, tzinfo=UTC),
            language="zh-CN",
            categories=("港口" if number % 2 else "天气",),
            source=Source("港口日报", "https://daily.example.org/a?b=1&c=2"),
        ),
        blocks=(Paragraph((Text(f"码头<{number}>今天 & 明天开放。"),), line=3),),
    )


def a_digest(posts: int = 5) -> Digest:
    [digest] = compile_digests([a_post(number) for number in range(1, posts + 1)], DigestSpec(), site=SITE)
    return digest


@pytest.mark.parametrize("name", WRITERS)
def test_a_writer_is_a_frozen_value_with_a_default_for_every_option(name: str) -> None:
    kind = writer_type(name)

    assert kind() == msgspec.convert({}, kind)
    assert kind() == pickle.loads(pickle.dumps(kind()))
    with pytest.raises(msgspec.ValidationError, match="unknown field `nonsense`"):
        msgspec.convert({"nonsense": 1}, kind)
    with pytest.raises(AttributeError):
        setattr(kind(), next(iter(kind.__struct_fields__), "x"), 1)


@pytest.mark.parametrize("name", WRITERS)
def test_the_parts_of_a_digest_hold_each_post_once_and_can_be_sent(name: str) -> None:
    digest, theme = a_digest(), open_theme("default")
    parts = writer_type(name)().split(digest, theme)

    assert [post.key for post in digest.posts] == [key for part in parts for key in part.keys]
    assert [part.keys for part in parts] == [part.keys for part in pickle.loads(pickle.dumps(parts))]


@pytest.mark.parametrize("name", WRITERS)
def test_the_main_file_is_named_after_the_digest(name: str) -> None:
    writer = writer_type(name)()

    files = render_files(a_digest(), writer, open_theme("default"), pytest.fail)

    assert PurePosixPath(files[0].name).name == f"{a_digest().key}{writer.suffix}"
    assert all(file.name.startswith(a_digest().key) and file.data for file in files)


@pytest.mark.parametrize("name", WRITERS)
def test_the_bytes_do_not_tell_in_which_order_the_parts_became_ready(name: str) -> None:
    digest, theme, writer = a_digest(), open_theme("default"), writer_type(name)()
    parts = writer.split(digest, theme)
    rendered = [(number, writer.render(part, theme, pytest.fail)) for number, part in enumerate(parts)]
    middle = len(parts) // 2

    orders = (rendered, rendered[::-1], rendered[:middle] + rendered[middle + 1 :] + [rendered[middle]])
    files = [writer.assemble(digest, theme, Results(order), pytest.fail) for order in orders]

    assert len(parts) > 2
    assert files[0] == files[1] == files[2]


def test_results_come_in_order_as_often_as_they_are_asked_for_and_once_as_they_are_ready() -> None:
    pairs = [(2, "c"), (0, "a"), (1, "b")]
    results = Results(iter(pairs))

    assert ["a", "b", "c"] == list(results) == list(results)
    assert pairs == list(Results(iter(pairs)).ready())


@pytest.mark.parametrize("name", WRITERS)
def test_a_digest_of_one_post_can_be_written(name: str) -> None:
    files = render_files(digest_of(a_post(1), SITE), writer_type(name)(), open_theme("default"), pytest.fail)

    assert files[0].data


@pytest.mark.parametrize("name", writers_here("epub", "markdown", "pdf"))
def test_one_section_with_a_title_has_its_heading_in_every_format(name: str) -> None:
    titled, untitled = (replace(a_digest(2), sections=(Section(title, a_digest(2).posts),)) for title in ("栏目", ""))

    def titles(digest: Digest) -> set[str]:
        file = render_files(digest, writer_type(name)(), open_theme("default"), pytest.fail)[0]
        return {passage.title.strip() for passage in passages(file.data, name=file.name)}

    assert titled.has_sections
    assert not untitled.has_sections
    assert titles(titled) - titles(untitled) == {"栏目"}


PROGRAM = """
import hashlib, sys
from tests.test_writers import a_digest, open_theme, render_files, writer_type
for file in render_files(a_digest(), writer_type(sys.argv[1])(), open_theme("default"), print):
    print(file.name, hashlib.sha256(file.data).hexdigest())
"""


@pytest.mark.parametrize("name", WRITERS)
def test_the_same_digest_gives_the_same_bytes_anywhere(name: str) -> None:
    places = (
        {"TZ": "Asia/Tokyo", "LANG": "C", "PYTHONHASHSEED": "1"},
        {"TZ": "America/New_York", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2"},
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM, name],
            env={**os.environ, **place},
            cwd=Path(__file__).parent.parent,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for place in places
    }

    assert 1 == len(outputs)
    assert a_digest().key in outputs.pop()
