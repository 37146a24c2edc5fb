"""Folders at URLs: the same files as in a folder here, listed once, asked for again, never outside, never half."""

import pickle
import sys
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from converter import load_posts
from converter.config import Options, load_config
from converter.diagnostics import Code, Diagnostic, UsageError
from converter.pipeline.discover import discover
from converter.pipeline.output import open_output, publish
from converter.pipeline.run import build
from converter.storage import ABSENT, Fault, RefusedError, open_tree, remote
from converter.writers import File
from tests.cluster import a_process
from tests.test_storage_memory import FILES


@pytest.fixture
def url() -> Iterator[str]:
    """Return the URL of a site in memory, of fsspec's."""
    files = fsspec.filesystem("memory")
    for name, data in FILES.items():
        files.pipe_file(f"/news/site/{name}", data)
    yield "memory://news/site"
    files.rm("/news", recursive=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, data in FILES.items():
        (tmp_path / "site" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "site" / name).write_bytes(data)
    return tmp_path / "site"


def test_posts_at_a_url_are_those_of_a_folder(url: str, folder: Path) -> None:
    there, here = load_posts(url), load_posts(str(folder))

    assert len(there.posts) == 2
    assert [post.portable() for post in here.posts] == [post.portable() for post in there.posts]
    assert [str(one) for one in here.diagnostics] == [str(one) for one in there.diagnostics]


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("", ["_posts/2024-05-13-ferry.md", "_posts/2024-05-14-line.md"]),
        ("/", ["_posts/2024-05-13-ferry.md", "_posts/2024-05-14-line.md"]),
        ("/_posts", ["_posts/2024-05-13-ferry.md", "_posts/2024-05-14-line.md"]),
        ("/_posts/2024-05-14-line.md", ["_posts/2024-05-14-line.md"]),
        ("/_posts/*-line.md", ["_posts/2024-05-14-line.md"]),
        ("/_p*/*.md", ["_posts/2024-05-13-ferry.md", "_posts/2024-05-14-line.md"]),
    ],
)
def test_a_url_names_a_site_a_folder_a_file_or_what_matches(url: str, path: str, names: list[str]) -> None:
    said: list[Diagnostic] = []
    found = discover([url + path], said.append, excluded=lambda _: ("old",))

    assert [(url, name) for name in names] == [(one.root, one.path) for one in found]
    assert {Code.POST_SKIPPED} >= {one.code for one in said}


@pytest.mark.parametrize("path", ["/gone", "/_posts/gone.md", "/*.gone"])
def test_a_url_where_nothing_is_is_a_usage_error(url: str, path: str) -> None:
    with pytest.raises(UsageError):
        discover([url + path], pytest.fail)


def test_a_build_puts_files_at_a_url_once_and_takes_none_for_a_post(url: str, folder: Path, tmp_path: Path) -> None:
    options = {"formats": ("markdown",), "cache": str(tmp_path / "cache")}
    local = build(load_config(None, Options(sources=(str(folder),), output=str(tmp_path / "out"), **options)))  # type: ignore[arg-type]
    for _ in range(2):
        report = build(load_config(None, Options(sources=(url,), output=f"{url}/out", **options)))  # type: ignore[arg-type]

    assert not report.exit_status()
    assert {"same"} == {file.change for file in report.files}
    assert [(file.path, file.sha256) for file in local.files] == [(file.path, file.sha256) for file in report.files]
    files = fsspec.filesystem("memory")
    there = {name.removeprefix("/news/site/out/"): files.cat_file(name) for name in files.find("/news/site/out")}
    assert {path.relative_to(tmp_path / "out").as_posix(): path.read_bytes()
            for path in (tmp_path / "out").rglob("*") if path.is_file()} == there  # fmt: skip


def test_what_a_tree_refuses(url: str) -> None:
    tree = pickle.loads(pickle.dumps(open_tree(url)))

    assert tree == open_tree(url)
    for path, most, fault in (
        ("no.md", 9, Fault.MISSING),
        ("../x", 9, Fault.OUTSIDE),
        ("_config.yml", 5, Fault.TOO_LARGE),
    ):
        with pytest.raises(RefusedError) as caught:
            tree.read(path, most)
        assert fault == caught.value.fault
    assert tree.stat("_posts").is_folder
    assert tree.stat("_post") == ABSENT


class Busy:
    """A file system that fails so many times before it answers."""

    def __init__(self, times: int, error: Exception) -> None:
        self.left, self.error = times, error

    def __call__(self) -> bytes:
        self.left -= 1
        if self.left >= 0:
            raise self.error
        return b"x"


@pytest.mark.parametrize("error", [OSError("503"), RuntimeError("Please reduce your request rate")])
def test_a_server_that_is_busy_is_asked_again_for_a_while(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(remote.time, "sleep", waited.append)

    assert remote.patient(Busy(3, error)) == b"x"
    assert [*remote.WAITS[:3]] == waited
    with pytest.raises(OSError, match=str(error)):
        remote.patient(Busy(99, error))
    with pytest.raises(FileNotFoundError):
        remote.patient(Busy(99, FileNotFoundError()))
    assert 3 + len(remote.WAITS) == len(waited)


def test_a_listing_that_cannot_be_had_ends_the_run_before_anything_changes(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "WAITS", ())
    monkeypatch.setattr(type(fsspec.filesystem("memory")), "find", Busy(99, OSError("503")))

    with pytest.raises(UsageError, match="cannot be listed"):
        build(load_config(None, Options(sources=(url,), output=f"{url}/out")))
    assert not fsspec.filesystem("memory").exists("/news/site/out")


@pytest.mark.parametrize(
    ("url", "says"),
    [("nosuch://a/b", "cannot be opened"), ("file:///etc", "folder of this machine"), ("ftp://127.0.0.1:1/a", "ftp")],
)
def test_a_url_that_nothing_opens_is_a_usage_error(url: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        open_output(url)


_SFTP = """
import asyncio, sys
import asyncssh

class Server(asyncssh.SSHServer):
    def begin_auth(self, username):
        return False

async def serve():
    listener = await asyncssh.listen(
        "127.0.0.1", 0, server_factory=Server, server_host_keys=[asyncssh.generate_private_key("ssh-ed25519")],
        sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=sys.argv[1].encode()),
    )
    print(listener.get_port(), flush=True)
    await listener.wait_closed()

asyncio.run(serve())
"""


@pytest.mark.conformance
@pytest.mark.filterwarnings("ignore")
def test_posts_are_read_and_files_are_replaced_over_sftp_and_links_are_not_followed(
    folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret.md").write_text("secret", "utf-8")
    (folder / "_posts/2024-05-15-link.md").symlink_to(tmp_path / "secret.md")
    (folder / "_posts/2024-05-16-see.md").write_text("---\ntitle: See\n---\n![](/linked/quay.png)\n", "utf-8")
    (folder / "linked").symlink_to(folder / "images")
    with a_process(sys.executable, "-c", _SFTP, str(tmp_path)) as server:
        assert server.stdout is not None
        url = f"sftp://me:x@127.0.0.1:{server.stdout.readline().strip()}"
        loaded = load_posts(f"{url}/site")
        output = open_output(f"{url}/out")

        assert ["_posts/2024-05-13-ferry", "_posts/2024-05-14-line", "_posts/2024-05-16-see"] == [
            post.path.removesuffix(".md") for post in loaded.posts
        ]
        assert [1, 0, 0] == [len(post.assets) for post in loaded.posts]
        files = (File("a.md", b"main"), File("a/b.png", b"png"))
        assert ("new", "new") == publish(output, files)
        assert ("changed", "same") == publish(output, (File("a.md", b"other"), files[1]))
        assert {"a.md", "a", "a/b.png"} == {
            path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*")
        }
