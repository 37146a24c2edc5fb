"""Bad input costs itself: it is named, the rest is written, nothing partial is left, and nobody sees a traceback."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import is_installed

GOOD = "---\ntitle: Harbour\ndate: 2024-05-31\n---\n\nThe harbour is open.\n"


def a_site(folder: Path, bad: dict[str, bytes]) -> Path:
    posts = folder / "site/_posts"
    posts.mkdir(parents=True)
    (posts / "2024-05-31-good.md").write_text(GOOD, "utf-8")
    for name, data in bad.items():
        (posts.parent / name).parent.mkdir(parents=True, exist_ok=True)
        (posts.parent / name).write_bytes(data)
    return folder / "site"


def build(
    site: Path, out: Path, *options: str, before: Callable[[], None] | None = None
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "converter", "build", str(site), "-o", str(out), "-v", *options]
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", check=False, preexec_fn=before, timeout=300
    )


def header(*lines: str) -> bytes:
    return "\n".join(("---", *lines, "---", "", "Words of the post.", "")).encode()


CASES = {
    "a title that is no YAML": (
        {"_posts/2024-06-01-a.md": header("title: [快讯] 央行: 维持")},
        "front-matter-repaired",
        0,
    ),
    "bytes that are not valid UTF-8": (
        {"_posts/2024-06-01-a.md": header("title: a") + b"\xff\xfe\xfa caf\xe9\n"},
        "encoding-repaired",
        0,
    ),
    "an empty file": ({"_posts/2024-06-01-a.md": b""}, "empty-file", 1),
    "a file of zeros": ({"_posts/2024-06-01-a.md": b"\0" * 4096}, "empty-body", 0),
    "10,000 nested elements": (
        {"_posts/2024-06-01-a.md": header("title: a") + b"<div>" * 10_000 + b"deep" + b"</div>" * 10_000},
        "nesting-too-deep",
        0,
    ),
    "10,000 nested quotes": ({"_posts/2024-06-01-a.md": header("title: a") + b"> " * 10_000 + b"deep\n"}, "written", 0),
    "a picture that is none": (
        {"_posts/2024-06-01-a.md": header("title: a") + b"![quay](/quay.png)\n", "quay.png": b"<html>no</html>"},
        "image-invalid",
        0,
    ),
    "a picture cut short": (
        {
            "_posts/2024-06-01-a.md": header("title: a") + b"![quay](/quay.jpg)\n",
            "quay.jpg": b"\xff\xd8\xff\xe0\0\x10JFIF",
        },
        "image-invalid",
        0,
    ),
    "a site configuration that is none": ({"_config.yml": b"title: [a\n"}, "site-config-invalid", 0),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_costs_itself(tmp_path: Path, case: str) -> None:
    bad, word, status = CASES[case]
    formats = ["epub", "markdown", *(["pdf"] if is_installed("Pango") else [])]

    result = build(a_site(tmp_path, bad), tmp_path / "out", "-j", "1", *(f"--to={name}" for name in formats))

    assert status == result.returncode, result.stderr
    assert "Traceback" not in result.stderr
    assert word in result.stderr or word == "written"
    suffixes = {"epub": "digest.epub", "markdown": "digest.md", "pdf": "digest.pdf"}
    assert {suffixes[name] for name in formats} <= {path.name for path in (tmp_path / "out").iterdir()}
    assert [] == [path for path in (tmp_path / "out").rglob("*") if path.name.endswith(".tmp")]


@pytest.mark.conformance
@pytest.mark.corpus
def test_a_post_of_20_megabytes_is_written_or_named(tmp_path: Path) -> None:
    big = header("title: big") + "<p>港口新闻，码头开放。</p>\n".encode() * 550_000
    assert len(big) > 20_000_000

    result = build(a_site(tmp_path, {"_posts/2024-06-01-big.md": big}), tmp_path / "out", "-t", "markdown", "-j", "1")

    assert result.returncode in (0, 1), result.stderr
    assert "Traceback" not in result.stderr
    text = (tmp_path / "out/digest.md").read_text("utf-8")
    assert "The harbour is open." in text
    assert 550_000 == text.count("码头开放") or "2024-06-01-big.md: error: " in result.stderr


@pytest.mark.needs("POSIX")
def test_a_disk_that_is_full_leaves_nothing_partial(tmp_path: Path) -> None:

    import resource

    def small_files() -> None:
        # The nearest thing to a full disk that needs no privilege: no file may grow beyond 512 bytes.
        resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512))
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"

    result = build(a_site(tmp_path, {}), tmp_path / "out", "-t", "epub", "-j", "1", before=small_files)

    assert 1 == result.returncode
    assert "cannot be written: File too large [output-unwritable]" in result.stderr
    assert [] == list((tmp_path / "out").iterdir())


@pytest.mark.needs("a user other than root")
def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    site = a_site(tmp_path, {"_posts/2024-06-01-closed.md": GOOD.encode()})
    (site / "_posts/2024-06-01-closed.md").chmod(0)

    result = build(site, tmp_path / "out", "-t", "markdown")

    assert 1 == result.returncode
    assert "_posts/2024-06-01-closed.md: error: the file cannot be read: Permission denied" in result.stderr
    assert "The harbour is open." in (tmp_path / "out/digest.md").read_text("utf-8")


@pytest.mark.needs("POSIX")
def test_a_link_to_nowhere_among_the_posts_is_named(tmp_path: Path) -> None:
    site = a_site(tmp_path, {})
    (site / "_posts/2024-06-01-gone.md").symlink_to("nowhere.md")

    result = build(site, tmp_path / "out", "-t", "markdown")

    assert 1 == result.returncode
    assert "2024-06-01-gone.md: error: the file cannot be read" in result.stderr


SECRET = "---\ntitle: Secret\n---\n\nNobody may read this.\n"


def a_site_with_links(folder: Path) -> Path:
    """Return a site with links out of it wherever something is read."""
    site = a_site(folder, {"_posts/2024-06-01-a.md": header("title: a") + b"![quay](/quay.png) {% include x.md %}\n"})
    (folder / "secret.md").write_text(SECRET, "utf-8")
    (folder / "more").mkdir()
    (folder / "more/2024-06-03-c.md").write_text(SECRET, "utf-8")
    (site / "_includes").mkdir()
    for name, target in (
        ("_posts/2024-06-02-b.md", "secret.md"),
        ("_posts/more", "more"),
        ("_includes/x.md", "secret.md"),
        ("quay.png", "secret.md"),
        ("_config.yml", "secret.md"),
        ("converter.toml", "secret.md"),
    ):
        (site / name).symlink_to(folder / target)
    return site


@pytest.mark.needs("POSIX")
def test_no_link_leads_out_of_the_site(tmp_path: Path) -> None:
    site = a_site_with_links(tmp_path)
    (site / "converter.toml").unlink()

    result = build(site, tmp_path / "out", "-t", "markdown")

    assert 1 == result.returncode
    for name in ("_posts/2024-06-02-b.md", "_posts/more/", "_includes/x.md", "_config.yml"):
        assert f"{name}: error: the link points outside the site" in result.stderr
    assert "[image-outside]" in result.stderr
    text = (tmp_path / "out/digest.md").read_text("utf-8")
    assert "The harbour is open." in text
    assert "Nobody" not in text + result.stderr


@pytest.mark.needs("POSIX")
def test_a_configuration_that_is_a_link_out_of_its_folder_is_not_read(tmp_path: Path) -> None:
    result = build(a_site_with_links(tmp_path), tmp_path / "out", "-t", "markdown")

    assert 2 == result.returncode
    assert "the configuration cannot be read: a link points outside the folder" in result.stderr


@pytest.mark.needs("POSIX")
def test_links_are_followed_for_those_who_mean_it(tmp_path: Path) -> None:
    site = a_site_with_links(tmp_path)
    for name in ("converter.toml", "_config.yml"):
        (site / name).unlink()
    (site / "converter.toml").write_text('follow_links = true\n[[digest]]\nduplicates = "keep"\n', "utf-8")

    build(site, tmp_path / "out", "-t", "markdown")

    assert 2 == (tmp_path / "out/digest.md").read_text("utf-8").count("## Secret")


@pytest.mark.needs("POSIX")
def test_what_is_no_regular_file_costs_itself(tmp_path: Path) -> None:
    site = a_site(tmp_path, {"_posts/2024-06-01-a.md": header("title: a") + b"![quay](/pipe.png)\n"})
    os.mkfifo(site / "_posts/2024-06-02-pipe.md")
    os.mkfifo(site / "pipe.png")
    (site / "_posts/2024-06-03-zero.md").symlink_to("/dev/zero")
    with (site / "_posts/2024-06-04-sparse.md").open("wb") as stream:
        stream.truncate(6 << 30)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(site / "_posts/2024-06-05-s.md"))

        result = build(site, tmp_path / "out", "-t", "markdown", before=small_memory)

    assert 1 == result.returncode
    for name in ("pipe", "zero", "sparse", "s"):
        assert re.search(rf"_posts/2024-06-0\d-{name}.md: error: ", result.stderr), name
    assert "larger than 32 MiB [too-large]" in result.stderr
    assert "cannot be shown: it is not a regular file [image-invalid]" in result.stderr
    assert "The harbour is open." in (tmp_path / "out/digest.md").read_text("utf-8")


def small_memory() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))


@pytest.mark.needs("POSIX")
@pytest.mark.parametrize("command", ["check", "verify"])
def test_a_pipe_that_is_named_is_refused(tmp_path: Path, command: str) -> None:
    os.mkfifo(tmp_path / "book.epub")

    result = subprocess.run(
        [sys.executable, "-m", "converter", command, str(tmp_path / "book.epub")],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert 2 == result.returncode
    assert "this is a pipe or a device, not a file [usage]" in result.stderr
