"""What any writer must do, as tests for pytest: a subclass of `WriterContract` in a test module runs them.

class TestPage(WriterContract):
    @pytest.fixture
    def name(self) -> str:
        return "page"
"""

import os
import pickle
import subprocess
import sys
from pathlib import PurePosixPath

import msgspec
import pytest

from converter.diagnostics import Diagnostic
from converter.digest import digest_of
from converter.model import Digest, Post, Section, Source
from converter.pipeline.write import render_files
from converter.testing.builders import SITE, a_digest, a_post, every_node, p
from converter.themes import open_theme
from converter.writers import Results
from converter.writers.registry import writer_type

PLACES = (
    {"TZ": "Asia/Tokyo", "LANG": "C", "PYTHONHASHSEED": "1"},
    {"TZ": "America/New_York", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2"},
)
"""Machines whose clocks, words and orders of sets differ."""


def posts(count: int) -> tuple[Post, ...]:
    """Return short posts of different days, whose texts hold what markup must escape."""
    return tuple(
        a_post(
            f"2024-05-{number:02}-港口",
            p(f"码头<{number}>今天 & 明天开放。"),
            title=f"第{number}号码头开放",
            source=Source("港口日报", "https://daily.example.org/a?b=1&c=2"),
        )
        for number in range(1, count + 1)
    )


def sectioned() -> Digest:
    """Return a digest of five posts in two sections."""
    found = posts(5)
    return a_digest(sections=(Section("港口", found[:3]), Section("天气", found[3:])))


def fail(diagnostic: Diagnostic) -> None:
    """Fail: nothing is wrong with these digests."""
    pytest.fail(str(diagnostic))


class WriterContract:
    """The tests; the fixture `name` is the name that the writer is registered under."""

    @pytest.fixture
    def name(self) -> str:
        raise NotImplementedError("return the name of the writer")

    def test_it_is_a_frozen_value_with_a_default_for_every_option(self, name: str) -> None:
        kind = writer_type(name)

        assert kind() == msgspec.convert({}, kind)
        assert kind() == pickle.loads(pickle.dumps(kind()))
        with pytest.raises(msgspec.ValidationError, match="unknown field `nonsense`"):
            msgspec.convert({"nonsense": 1}, kind)
        with pytest.raises(AttributeError):
            setattr(kind(), next(iter(kind.__struct_fields__), "x"), 1)

    def test_parts_hold_each_post_once_and_can_be_sent(self, name: str) -> None:
        digest, theme = sectioned(), open_theme("default")
        parts = writer_type(name)().split(digest, theme)

        assert [post.key for post in digest.posts] == [key for part in parts for key in part.keys]
        assert [part.keys for part in parts] == [part.keys for part in pickle.loads(pickle.dumps(parts))]

    def test_the_main_file_is_named_after_the_digest(self, name: str) -> None:
        writer = writer_type(name)()

        files = render_files(sectioned(), writer, open_theme("default"), fail)

        assert PurePosixPath(files[0].name).name == f"{sectioned().key}{writer.suffix}"
        assert all(file.name.startswith(sectioned().key) and file.data for file in files)

    def test_bytes_do_not_tell_in_which_order_the_parts_became_ready(self, name: str) -> None:
        digest, theme, writer = sectioned(), open_theme("default"), writer_type(name)()
        parts = writer.split(digest, theme)
        rendered = [(number, writer.render(part, theme, fail)) for number, part in enumerate(parts)]
        middle = len(parts) // 2

        orders = (rendered, rendered[::-1], rendered[:middle] + rendered[middle + 1 :] + [rendered[middle]])
        files = [writer.assemble(digest, theme, Results(order), fail) for order in orders]

        assert len({tuple((file.name, file.data) for file in each) for each in files}) == 1

    def test_a_digest_of_one_post_can_be_written(self, name: str) -> None:
        files = render_files(digest_of(posts(1)[0], SITE), writer_type(name)(), open_theme("default"), fail)

        assert files[0].data

    def test_every_node_can_be_written(self, name: str) -> None:
        files = render_files(a_digest(every_node()), writer_type(name)(), open_theme("default"), lambda _: None)

        assert files[0].data

    def test_the_same_digest_gives_the_same_bytes_anywhere(self, name: str) -> None:
        command = [sys.executable, "-c", PROGRAM, name]
        outputs = {
            subprocess.run(command, env={**os.environ, **place}, capture_output=True, text=True, check=True).stdout
            for place in PLACES
        }

        assert 1 == len(outputs)
        assert sectioned().key in outputs.pop()


PROGRAM = """
import hashlib, sys
from converter.testing.contract import open_theme, render_files, sectioned, writer_type
for file in render_files(sectioned(), writer_type(sys.argv[1])(), open_theme("default"), print):
    print(file.name, hashlib.sha256(file.data).hexdigest())
"""
