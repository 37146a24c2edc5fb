"""Pictures that are not in the site: policies, and fetching under limits from a server on this machine."""

import ipaddress
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from converter.diagnostics import Code, Diagnostic, SourceError
from converter.images.download import Address, Fetcher, FetchError, is_public
from converter.images.policy import ImagePolicy
from converter.images.resolve import fetcher_for, found_images, placed
from converter.limits.values import FetchLimits
from converter.model import Block, Figure, Image, Paragraph, Post, Site, Text
from converter.storage.tree import LocalTree
from converter.testing.builders import p
from tests.epub_books import a_post, encoded, striped

PNG = encoded(striped(12, 9), "PNG")


@dataclass
class Web:
    """A server with pages that tests put there, and what it was asked."""

    url: str
    pages: dict[str, Callable[[BaseHTTPRequestHandler], None]]
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)


def send(body: bytes, status: int = 200, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def respond(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        for name, value in {"Content-Length": str(len(body)), **named}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return respond


@pytest.fixture
def web() -> Iterator[Web]:
    found = Web("", {})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append((self.path, self.headers.get("Referer")))
            found.pages.get(self.path, send(b"", 404))(self)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name of the library
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_port}"
    yield found
    found.release.set()
    server.shutdown()
    server.server_close()
    thread.join()


def only_first(address: Address) -> bool:
    return address == ipaddress.ip_address("127.0.0.1")


def fetcher(folder: Path, **limits: object) -> Fetcher:
    return Fetcher(FetchLimits(**{"allow": ("127.0.0.1",), **limits}), folder / "cache", allowed=only_first)  # type: ignore[arg-type]


def test_a_picture_is_fetched_once_and_kept(web: Web, tmp_path: Path) -> None:
    web.pages["/a.png?x=1&y=%E4%B8%AD"] = send(PNG)
    url = f"{web.url}/a.png?x=1&y=中"
    first = fetcher(tmp_path, referer="https://site.example/")

    assert PNG == first.fetch(url).read_bytes() == first.fetch(url).read_bytes()
    assert PNG == fetcher(tmp_path).fetch(url).read_bytes()
    assert [("/a.png?x=1&y=%E4%B8%AD", "https://site.example/")] == web.asked


def test_a_failure_is_remembered_for_the_run(web: Web, tmp_path: Path) -> None:
    one = fetcher(tmp_path)
    for _ in range(2):
        with pytest.raises(FetchError, match="the server answered 404"):
            one.fetch(f"{web.url}/gone.png")

    assert 1 == len(web.asked)


def test_redirects_are_followed_as_far_as_they_are_allowed(web: Web, tmp_path: Path) -> None:
    web.pages |= {
        "/a": send(b"", 302, Location="/b"),
        "/b": send(b"", 307, Location=f"{web.url}/c.png"),
        "/c.png": send(PNG),
        "/private": send(b"", 302, Location=web.url.replace("127.0.0.1", "127.0.0.2")),
        "/host": send(b"", 302, Location="http://other.example/x.png"),
        "/file": send(b"", 302, Location="file:///etc/passwd"),
        "/loop": send(b"", 302, Location="/loop"),
    }
    one = fetcher(tmp_path, allow=("127.0.0.*",))

    assert PNG == one.fetch(f"{web.url}/a").read_bytes()
    for path, reason in {
        "/private": "the address 127.0.0.2, which is not public",
        "/host": "the host 'other.example' is not allowed",
        "/file": "'file' is not a URL on the web",
        "/loop": "more than 5 redirects",
    }.items():
        with pytest.raises(FetchError, match=reason):
            one.fetch(web.url + path)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1/a.png", "not public"),
        ("http://localhost/a.png", "not public"),
        ("http://[::1]/a.png", "not public"),
        ("http://[::ffff:10.0.0.1]/a.png", "not public"),
        ("http://2130706433/a.png", "not public"),
        ("http://169.254.169.254/latest/meta-data", "not public"),
        ("ftp://a.example/a.png", "not a URL on the web"),
        ("http://user:secret@a.example/a.png", "contains a password"),
        ("http:///a.png", "not a URL on the web"),
        ("data:image/png;base64,AA", "not a URL on the web"),
    ],
)
def test_private_and_odd_addresses_are_refused_whatever_is_allowed(url: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match=reason):
        Fetcher(FetchLimits(allow=("*",)), tmp_path).fetch(url)


@pytest.mark.parametrize(
    "address",
    """
    10.1.2.3 192.168.0.1 100.64.0.1 0.0.0.0 224.0.0.1 240.0.0.1 fe80::1 fc00::1 :: ::ffff:127.0.0.1 2002:7f00:1::
    64:ff9b::a00:1 ff02::1
    """.split(),
)
def test_addresses_that_are_not_of_the_public_internet(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822"])
def test_addresses_of_the_public_internet(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


def test_nothing_is_fetched_from_hosts_that_are_not_named(web: Web, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match=r"the host '127\.0\.0\.1' is not allowed"):
        Fetcher(FetchLimits(), tmp_path, allowed=only_first).fetch(f"{web.url}/a.png")

    assert [] == web.asked


def test_budgets_of_size_and_number(web: Web, tmp_path: Path) -> None:
    web.pages |= {"/big": send(b"x" * 5000), "/a": send(b"x" * 900), "/b": send(b"x" * 900)}

    with pytest.raises(FetchError, match="more than 1000 bytes"):
        fetcher(tmp_path, max_bytes=1000).fetch(f"{web.url}/big")
    limited = fetcher(tmp_path, max_total_bytes=1000)
    limited.fetch(f"{web.url}/a")
    with pytest.raises(FetchError, match="1000 bytes were fetched already"):
        limited.fetch(f"{web.url}/b")
    with pytest.raises(FetchError, match="0 images were asked for already"):
        fetcher(tmp_path, max_images=0).fetch(f"{web.url}/b")
    with pytest.raises(FetchError, match="fetching has taken 0 seconds already"):
        fetcher(tmp_path, max_seconds=0).fetch(f"{web.url}/b")


def test_a_server_that_never_ends_is_left(web: Web, tmp_path: Path) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not web.release.wait(0.02):
            try:
                handler.wfile.write(b"x")
            except OSError:
                return

    def silent(handler: BaseHTTPRequestHandler) -> None:
        web.release.wait()

    web.pages |= {"/drip": drip, "/silent": silent}
    for path in web.pages:
        with pytest.raises(FetchError, match="took too long"):
            fetcher(tmp_path, timeout=0.3).fetch(web.url + path)


def test_what_is_cut_off_or_encoded_is_not_kept(web: Web, tmp_path: Path) -> None:
    web.pages |= {
        "/short": send(b"abc", Content_Length="10", Connection="close"),
        "/zipped": send(b"abc", Content_Encoding="gzip"),
    }
    for path, reason in {"/short": "7 bytes less than it said", "/zipped": "encoding"}.items():
        with pytest.raises(FetchError, match=reason):
            fetcher(tmp_path).fetch(web.url + path)

    assert not [path for path in (tmp_path / "cache").glob("*") if path.is_file()]


def test_a_server_that_is_not_there_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="did not answer as it should"):
        fetcher(tmp_path).fetch("http://127.0.0.1:1/a.png")


# ---- policies ----


def applied(
    policy: ImagePolicy, *blocks: Block, one: Fetcher | None = None, root: Path | None = None
) -> tuple[Post, list[Diagnostic]]:
    found: list[Diagnostic] = []
    site = Site(root=str(root) if root else "")
    post = a_post("a", *blocks)
    images = found_images(post, site, policy, one, LocalTree(site.root), found.append)
    return placed(post, images, site, policy), found


MISSING = Image("gone.png", "lost")
REMOTE = Image("https://far.example/a.png", "far")


def test_by_default_boxes_stand_for_pictures_and_nothing_is_fetched() -> None:
    post, found = applied(ImagePolicy(), p(MISSING, REMOTE))

    assert (p(MISSING, REMOTE),) == post.blocks
    assert [Code.IMAGE_MISSING, Code.IMAGE_REMOTE] == [one.code for one in found]
    assert fetcher_for(ImagePolicy()) is None


def test_a_missing_picture_can_be_its_words_or_nothing() -> None:
    figure, empty = Figure((MISSING,), (Text("caption"),)), Figure((MISSING,))
    words, found = applied(ImagePolicy(missing="alt"), p("a ", MISSING, REMOTE), p(Image("b.png")), figure)
    dropped, _ = applied(ImagePolicy(missing="drop"), p("a ", MISSING), p(MISSING), figure, empty)

    assert (p("a ", "lost", REMOTE), Figure((Text("lost"),), (Text("caption"),))) == words.blocks
    assert (p("a "), Paragraph((Text("caption"),))) == dropped.blocks
    assert "its text alternative stands in its place" == found[0].hint


def test_a_remote_picture_can_lose_its_link() -> None:
    post, _ = applied(ImagePolicy(remote="placeholder"), p(REMOTE, MISSING))

    assert (p(Image("", "far"), MISSING),) == post.blocks


@pytest.mark.parametrize(("policy", "image"), [("missing", MISSING), ("remote", REMOTE)])
def test_a_post_fails_where_the_policy_says_so(policy: str, image: Image) -> None:
    with pytest.raises(SourceError) as caught:
        applied(ImagePolicy(**{policy: "fail"}), p(image))  # type: ignore[arg-type]

    assert Code.IMAGE_REFUSED is caught.value.diagnostic.code


def test_fetched_pictures_become_assets_and_failures_are_named(web: Web, tmp_path: Path) -> None:
    web.pages |= {"/a.png": send(PNG), "/page.png": send(b"<html>not found</html>")}
    images = tuple(Image(f"{web.url}/{name}") for name in ("a.png", "page.png", "gone.png", "a.png"))

    post, found = applied(ImagePolicy(remote="fetch"), p(*images), one=fetcher(tmp_path))

    assert [(images[0].src, "image/png", 12, 9)] == [(a.src, a.media_type, a.width, a.height) for a in post.assets]
    assert [Code.IMAGE_INVALID, Code.IMAGE_FETCH_FAILED] == [one.code for one in found]
    assert 3 == len(web.asked)


def test_what_is_no_picture_is_not_kept(web: Web, tmp_path: Path) -> None:
    web.pages["/page.png"] = send(b"<html>not found</html>")
    one = fetcher(tmp_path)
    for _ in range(2):
        applied(ImagePolicy(remote="fetch"), p(Image(f"{web.url}/page.png")), one=one)

    assert 1 == len(web.asked)
    assert [] == list((tmp_path / "cache").iterdir())


def test_the_cache_lies_where_the_policy_or_the_system_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "system"))

    for policy in (ImagePolicy(remote="fetch"), ImagePolicy(remote="fetch", cache=str(tmp_path / "own"))):
        one = fetcher_for(policy)
        assert one is not None
        with pytest.raises(FetchError, match="not allowed"):
            one.fetch("http://far.example/a.png")
