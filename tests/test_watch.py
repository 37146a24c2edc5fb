"""The preview: what is saved is shown, what goes wrong is said, and nobody else on the network sees anything."""

import http.client
import json
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from queue import Empty, Queue
from threading import Event, Lock, Thread

import pytest

from converter.config import Config, Options, load_config
from converter.diagnostics import Code, UsageError
from converter.preview.changes import changes
from converter.preview.pages import Preview, render
from converter.preview.server import STREAMS, PreviewServer

SECONDS = 60
"""After which a test fails instead of hanging."""
FILES = {
    "_config.yml": "title: The Harbour\nurl: https://harbour.example.org\n",
    "_posts/2024-05-31-quay.md": "---\ntitle: The Quay\n---\nThe quay is open. [It](/2024/06/01/crane.html) is too.\n",
    "_posts/2024-06-01-crane.md": "---\ntitle: 吊车 & 船\n---\nThe crane is here.\n",
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path / "site"


def loads(site: Path) -> Config:
    return load_config(None, Options(sources=(str(site),), output=str(site.parent / "out"), jobs=1))


def shown(preview: Preview, path: str) -> str:
    data, _ = render(preview.now, path)
    return "" if data is None else data.decode()


def path_of(preview: Preview, post: str) -> str:
    return next(path for path, page in preview.now.pages.items() if page.post.endswith(post))


def test_posts_and_contents_are_made_as_they_are_now(site: Path) -> None:
    preview = Preview(lambda: loads(site))
    preview.look()
    quay = path_of(preview, "quay")

    assert "The quay is open." in shown(preview, quay)
    assert f'href="{path_of(preview, "crane").rpartition("/")[2]}"' in shown(preview, quay)
    assert "吊车 &amp; 船" in shown(preview, "the-harbour.html")
    assert "吊车 &amp; 船" in shown(preview, "")
    assert "https://harbour" not in shown(preview, "")
    assert shown(preview, "nowhere.html") == ""

    (site / "_posts/2024-05-31-quay.md").write_text("---\ntitle: The Quay\n---\nThe quay is shut.\n", "utf-8")
    (site / "_posts/2024-06-01-crane.md").unlink()
    preview.look()

    assert "The quay is shut." in shown(preview, path_of(preview, "quay"))
    assert "吊车" not in shown(preview, "")
    assert not (site.parent / "out").exists()


def test_what_is_wrong_is_said_until_it_is_right(site: Path) -> None:
    preview = Preview(lambda: loads(site))
    post = site / "_posts" / "2024-06-02-empty.md"
    post.write_text("", "utf-8")

    assert Code.EMPTY_FILE in [one.code for one in preview.look().said]
    (site / "converter.toml").write_text("thme = 1\n", "utf-8")
    assert [one.code for one in preview.look().said] == [Code.CONFIG_INVALID]
    (site / "converter.toml").unlink()
    shutil.move(site, site.parent / "elsewhere")
    assert preview.look().said
    assert "There are no posts." in shown(preview, "")
    assert preview.now.paths  # it may come back
    shutil.move(site.parent / "elsewhere", site)
    post.unlink()
    assert preview.look().said == ()
    assert "The quay is open." in shown(preview, path_of(preview, "quay"))


# ---- the server ----


@contextmanager
def served(site: Path) -> Iterator[tuple[Preview, PreviewServer]]:
    preview = Preview(lambda: loads(site))
    preview.look()
    server = PreviewServer(0, lambda: preview.now, Lock())
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield preview, server
    finally:
        server.close()


def ask(server: PreviewServer, path: str, *, host: str = "", method: str = "GET") -> tuple[int, str, dict[str, str]]:
    with closing(http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=SECONDS)) as connection:
        connection.request(method, path, headers={"Host": host or f"localhost:{server.server_port}"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), dict(answer.headers)


def test_pages_are_framed_by_one_that_knows_of_changes(site: Path) -> None:
    with served(site) as (preview, server):
        path = path_of(preview, "crane")
        status, shell, headers = ask(server, f"/{path}")
        assert (status, "<iframe" in shell, "crane is here" in shell) == (200, True, False)
        assert "script-src 'self'" in headers["Content-Security-Policy"]
        status, page, headers = ask(server, f"/page/{path}")
        assert (status, "The crane is here." in page, "<script" in page) == (200, True, False)
        assert headers["Cache-Control"] == "no-store"
        assert ask(server, f"/page/{path}", method="HEAD")[:2] == (200, "")
        assert [ask(server, name)[0] for name in ("/", "/page/", "/watch.js", "/watch.css")] == [200] * 4
        for gone in ("/page/nowhere.html", "/page/../../etc/passwd", "/etc/passwd", "/page/%2e%2e/x", "/watch.py"):
            assert ask(server, gone)[0] == 404, gone
        assert ask(server, "/", method="POST")[0] == 501


@pytest.mark.parametrize("host", ["evil.example.org", "evil.example.org:80", "127.0.0.1", "localhost:1"])
def test_a_name_that_was_made_to_lead_here_is_refused(host: str, site: Path) -> None:
    with served(site) as (_, server):
        assert [ask(server, path, host=host)[0] for path in ("/", "/page/", "/events")] == [403] * 3


@contextmanager
def stream(server: PreviewServer) -> Iterator[http.client.HTTPResponse]:
    with closing(http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=SECONDS)) as connection:
        connection.request("GET", "/events")
        with connection.getresponse() as answer:
            yield answer


def event(answer: http.client.HTTPResponse) -> tuple[str, dict[str, object]]:
    """Return the name and the data of the next event."""
    name = b""
    while not (line := answer.readline()).startswith(b"data: "):
        assert line or not name, "the stream has ended"
        name = line.removeprefix(b"id: ").strip() or name
    return name.decode(), json.loads(line.removeprefix(b"data: "))


def test_a_window_is_told_of_changes_and_of_what_is_wrong(site: Path) -> None:
    with served(site) as (preview, server), stream(server) as answer:
        first, data = event(answer)
        assert data == {"problems": [], "more": 0}
        (site / "_posts/2024-06-02-empty.md").write_text("", "utf-8")
        preview.look()
        server.tell()
        second, data = event(answer)
        assert first != second
        assert "empty-file" in str(data["problems"])


def test_windows_are_bounded_and_those_that_close_make_room(site: Path) -> None:
    with served(site) as (_, server):
        with ExitStack() as stack:
            for _ in range(STREAMS):
                event(stack.enter_context(stream(server)))
            with stream(server) as refused:
                assert refused.status == 503
        for _ in range(100):  # each is found out by writing to it
            server.tell()
            with stream(server) as again:
                if again.status == 200:
                    event(again)
                    return
        pytest.fail("there is no room")


def test_a_port_that_is_taken_is_said(site: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port} cannot be used"):
            PreviewServer(port, Preview(lambda: loads(site)).look, Lock())


# ---- changes ----


def test_what_is_saved_removed_and_comes_back_is_a_change(site: Path) -> None:
    stop, seen = Event(), Queue[None]()
    (site / "out").mkdir()

    def run() -> None:
        for _ in changes(lambda: (str(site),), lambda: (str(site / "out"),), stop):
            seen.put(None)

    thread = Thread(target=run, daemon=True)
    thread.start()
    try:
        post = site / "_posts" / "2024-05-31-quay.md"
        _until(seen, lambda: post.write_text("x", "utf-8"))
        _until(seen, lambda: Path(shutil.copy(post, site / "new")).replace(post))
        _until(seen, lambda: shutil.move(site, site.parent / "away"), again=False)
        _until(seen, lambda: shutil.move(site.parent / "away", site), again=False)
        _until(seen, lambda: post.write_text("y", "utf-8"))
    finally:
        stop.set()
        thread.join(SECONDS)
    assert not thread.is_alive()


def _until(seen: "Queue[None]", act: "Callable[[], object]", *, again: bool = True) -> None:
    """Do something until it is seen: the system may need a moment to begin to watch."""
    for _ in range(SECONDS if again else 1):
        act()
        try:
            seen.get(timeout=1 if again else SECONDS)
        except Empty:
            continue
        while not seen.empty():
            seen.get()
        return
    pytest.fail("nothing was seen")


# ---- the command ----


@pytest.mark.needs("POSIX")
def test_the_command_shows_what_is_saved_and_ends_by_a_signal(site: Path) -> None:
    command = [sys.executable, "-m", "converter", "watch", str(site), "--port", "0", "-j", "1"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=site.parent) as process:
        try:
            lines = Queue[str]()
            Thread(target=lambda: [*map(lines.put, process.stderr or ())], daemon=True).start()
            said = _line(lines, "http://")
            assert said.startswith("3 pages at http://127.0.0.1:")
            port = int(said.split(":")[2].split("/")[0])
            (site / "_posts/2024-06-02-empty.md").write_text("", "utf-8")
            assert "[empty-file]" in _line(lines, "error")
            (site / "_posts/2024-06-02-empty.md").unlink()
            assert _line(lines, "nothing is wrong any more")
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)) as connection:
                connection.request("GET", "/page/")
                assert "The Quay" in connection.getresponse().read().decode()
            process.send_signal(signal.SIGINT)
            assert process.wait(SECONDS) == 0
            assert not [line for line in [*lines.queue] if "Traceback" in line]
        finally:
            process.kill()


def _line(lines: "Queue[str]", words: str) -> str:
    """Return the next line that has these words."""
    while words not in (line := lines.get(timeout=SECONDS)):
        pass
    return line


def test_the_command_ends_where_there_is_nothing_to_watch(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "converter", "watch", str(tmp_path / "nowhere"), "--port", "0"]
    result = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=SECONDS, check=False)

    assert result.returncode == 2
    assert "nowhere" in result.stderr
