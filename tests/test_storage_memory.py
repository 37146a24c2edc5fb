"""Trees and sinks in memory are as good as folders: the same posts, the same files, and nothing outside."""

import io
from functools import partial
from pathlib import Path

import pytest
from PIL import Image as Pillow

from converter import compile_digests, load_posts, render_files
from converter.config import Config
from converter.diagnostics import WriterError
from converter.pipeline.output import Output, compare, publish
from converter.pipeline.run import build
from converter.storage import ABSENT, Fault, LocalTree, MemorySink, MemoryTree, RefusedError
from converter.writers import File
from converter.writers.registry import writer_type


def an_image() -> bytes:
    stream = io.BytesIO()
    Pillow.new("RGB", (40, 30), "teal").save(stream, "PNG")
    return stream.getvalue()


FILES = {
    "_config.yml": b"title: Quay\ntimezone: Asia/Shanghai\nexclude: [old]\n",
    "_includes/box.html": b"<p>{{ include.text }}</p>",
    "_data/lines.yml": b"- red\n",
    "_drafts/c.md": b"draft\n",
    "_posts/2024-05-13-ferry.md": b"---\ntitle: Ferry\n---\n![](/images/quay.png)\n{% include box.html text='1' %}\n",
    "_posts/2024-05-14-line.md": b"---\ntitle: Line\n---\n{{ site.data.lines[0] }} {% post_url 2024-05-13-ferry %}\n",
    "images/quay.png": an_image(),
    "old/_posts/2024-05-12-gone.md": b"x\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, data in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    return tmp_path


def test_posts_in_memory_are_those_of_a_folder(folder: Path) -> None:
    loaded, local = load_posts(MemoryTree(FILES)), load_posts(str(folder))

    assert len(loaded.posts) == 2
    assert [post.portable() for post in local.posts] == [post.portable() for post in loaded.posts]
    assert [str(one) for one in local.diagnostics] == [str(one) for one in loaded.diagnostics]
    assert loaded.posts[0].assets[0].sha256
    [ours], [theirs] = compile_digests(loaded.posts, site=loaded.site), compile_digests(local.posts, site=local.site)
    for name in ("epub", "markdown"):
        assert render_files(theirs, name) == render_files(ours, name)


def test_a_build_reads_a_tree(folder: Path, tmp_path: Path) -> None:
    writers = {"markdown": writer_type("markdown")()}
    sources: tuple[str | MemoryTree, ...] = (MemoryTree(FILES), str(folder))
    for number, source in enumerate(sources):
        report = build(Config(sources=(source,), output=str(tmp_path / f"out{number}"), writers=writers))
        assert not report.exit_status()
    names = {path.name for path in (tmp_path / "out0").rglob("*.*")}

    assert "quay.png" in names
    for path in (tmp_path / "out0").rglob("*.*"):
        assert (tmp_path / "out1" / path.relative_to(tmp_path / "out0")).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("path", ["_posts", "images/quay.png", "gone.md", "_pos", "."])
def test_what_a_tree_in_memory_says_of_a_path_is_what_a_folder_says(folder: Path, path: str) -> None:
    here, there = MemoryTree(FILES).stat(path), LocalTree(str(folder)).stat(path)

    assert (here == ABSENT, here.is_folder) == (there == ABSENT, there.is_folder)
    assert here.is_folder or here.size == there.size


@pytest.mark.parametrize(
    ("path", "most", "fault"),
    [
        ("no.md", 9, Fault.MISSING),
        ("../x", 9, Fault.OUTSIDE),
        ("/etc/passwd", 9, Fault.OUTSIDE),
        ("images/quay.png", 5, Fault.TOO_LARGE),
    ],
)
def test_a_tree_in_memory_refuses(path: str, most: int, fault: Fault) -> None:
    with pytest.raises(RefusedError) as caught:
        MemoryTree(FILES).read(path, most)
    assert fault == caught.value.fault


def test_files_are_put_into_memory_the_main_one_last_and_only_where_they_changed() -> None:
    sink = MemorySink()
    output = Output(MemoryTree(sink.files), sink)
    files = (File("a.md", b"main"), File("a/b.png", b"png"))

    assert ("new", "new") == publish(output, files)
    assert ["a/b.png", "a.md"] == [*sink.files]
    assert ("same", "changed") == publish(output, (files[0], File("a/b.png", b"pnG")))
    assert ("same", "changed") == compare(output, (files[0], File("a/b.png", b"")))
    sink.remove("a.md")
    assert ("new",) == compare(output, files[:1])


@pytest.mark.parametrize("put", [publish, compare])
@pytest.mark.parametrize("name", ["../a.md", "/a.md", "a/../../b.md", "."])
def test_a_name_that_leads_out_is_refused(put: partial[object], name: str) -> None:
    sink = MemorySink()
    with pytest.raises(WriterError, match="outside"):
        put(Output(MemoryTree(sink.files), sink), (File(name, b""),))
    assert not sink.files
