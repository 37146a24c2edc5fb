"""Whole runs with a cache: the files and the messages are those of a run without, whatever became of the cache."""

import errno
import os
import random
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NoReturn

import msgspec
import pytest
from PIL import Image as Pillow

from converter.config import Options, load_config
from converter.diagnostics import Code, Diagnostic, Outcome
from converter.digest import DigestSpec, compile_digests
from converter.model import PeriodKind, Post, Site
from converter.pipeline import scan, sources, write
from converter.pipeline.cache import TaskCache
from converter.pipeline.keys import context_of, part_key, portable
from converter.pipeline.load import load_posts
from converter.pipeline.run import build
from converter.pipeline.scan import PARSERS
from converter.storage import Index
from converter.storage.cache import Cache
from converter.themes import open_theme
from converter.writers import Cacheable
from converter.writers.corpus.writer import PACKAGES as CORPUS_PACKAGES
from converter.writers.epub.writer import PACKAGES as EPUB_PACKAGES
from converter.writers.markdown.writer import PACKAGES as MARKDOWN_PACKAGES
from converter.writers.pdf.weasyprint.versions import PACKAGES as PDF_PACKAGES
from converter.writers.registry import plugins, writer_type
from tests.conftest import ROOT, writers_here

FORMATS = [
    *writers_here(*(plugin.name for plugin in plugins())),
    pytest.param("typst", marks=pytest.mark.needs("Typst")),
]
"""The writers, and that of PDF with its other engine."""

Made = tuple[dict[str, bytes], tuple[Diagnostic, ...]]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Four posts with what is repaired, what is missing, a picture, a link between posts, and a formula."""
    posts = tmp_path / "site" / "_posts"
    posts.mkdir(parents=True)
    (tmp_path / "site" / "_config.yml").write_text("title: Harbour\nlang: zh-CN\ntimezone: Asia/Shanghai\n", "utf-8")
    Pillow.new("RGB", (40, 30), "#336699").save(tmp_path / "site" / "quay.png")
    bodies = (
        "![a quay](/quay.png)\n\n码头今天开放。[next]({% post_url 2024-05-02-two %})",
        "---x\n\n## Heading\n\nA formula: $$x^2$$.\n",
        "![gone](gone.png) \ue000 text",
        "A note.[^1]\n\n[^1]: At the end.\n",
    )
    for day, (name, body) in enumerate(zip(("one", "two", "three", "four"), bodies, strict=True), 1):
        header = f"title: {name}: a title\ndate: 2024-05-{day:02} 08:00:00 +0800\ncategories: port\n"
        (posts / f"2024-05-{day:02}-{name}.md").write_text(f"---\n{header}---\n{body}\n", "utf-8")
    return tmp_path / "site"


def made(site: Path, name: str, formats: Sequence[str] = ("epub", "markdown"), **options: Any) -> Made:
    """Return the files of a run, by name, and its diagnostics."""
    output = site.parent / name
    if formats == ["typst"]:
        formats, options = ["pdf"], {"pdf_engine": "typst", **options}
    options = {"jobs": 1, "period": PeriodKind.WEEK, **options}
    report = build(
        load_config(None, Options(sources=(str(site),), output=str(output), formats=tuple(formats), **options))
    )
    files = {str(path.relative_to(output)): path.read_bytes() for path in output.rglob("*") if path.is_file()}
    return files, report.diagnostics


def entries(cache: Path) -> list[Path]:
    return sorted(path for path in cache.rglob("*") if path.is_file())


@pytest.mark.parametrize("name", FORMATS)
def test_bytes_and_messages_are_the_same_cold_warm_damaged_and_evicted(
    site: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = site.parent / "cache"
    plain = made(site, "plain", [name])
    assert {Code.FRONT_MATTER_REPAIRED, Code.IMAGE_MISSING} <= {each.code for each in plain[1]}

    assert plain == made(site, "cold", [name], cache=str(cache))
    whole = {path: path.read_bytes() for path in entries(cache)}
    assert whole
    assert plain == made(site, "warm", [name], cache=str(cache))
    chance = random.Random(name)
    for turn in range(3):
        for path in entries(cache):
            data = path.read_bytes()
            place = chance.randrange(len(data))
            path.write_bytes(data[:place] + bytes([data[place] ^ 1 << chance.randrange(8)]) + data[place + 1 :])
        assert plain == made(site, f"damaged-{turn}", [name], cache=str(cache))
    for path in chance.sample(entries(cache), len(entries(cache)) // 2):
        path.unlink()
    assert plain == made(site, "evicted", [name], cache=str(cache))
    monkeypatch.setattr(write, "book_key", lambda context, digest: "")
    assert plain == made(site, "joined", [name], cache=str(cache))


@pytest.mark.parametrize("name", FORMATS)
def test_a_changed_post_is_in_the_next_book(site: Path, name: str) -> None:
    cache = site.parent / "cache"
    before = made(site, "before", [name], cache=str(cache))
    post = site / "_posts" / "2024-05-04-four.md"
    post.write_text(post.read_text("utf-8").replace("At the end.", "New."), "utf-8")

    after = made(site, "after", [name], cache=str(cache))

    assert after == made(site, "plain", [name])
    assert after != before


@pytest.mark.parametrize("name", FORMATS)
def test_what_the_same_site_elsewhere_came_to_serves_here(
    site: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, elsewhere = site.parent / "cache", site.parent / "another" / "site"
    first = made(site, "first", [name], cache=str(cache))
    shutil.copytree(site, elsewhere)
    read: list[str] = []
    monkeypatch.setattr(scan, "read", lambda source, *_, **__: read.append(source.path))
    kept: list[str] = []
    monkeypatch.setattr(TaskCache, "put", lambda self, key, outcome: kept.append(key))

    assert made(elsewhere, "second", [name], cache=str(cache)) == first
    assert [] == read == kept


def test_options_themes_and_rules_are_in_the_keys(site: Path) -> None:
    [digest] = compile_digests(load_posts(str(site)).posts, DigestSpec(), site=Site())
    theme = open_theme("default")
    other = msgspec.structs.replace(theme, tokens={**theme.tokens, "accent": "#123456"})
    kind = writer_type("epub")
    writers = (kind(), kind(grey=True), writer_type("markdown")())
    contexts = [context_of(writer, look) for writer in writers for look in (theme, other)]
    part, *_ = kind().split(digest, theme)
    moved = msgspec.structs.replace(part, site=Site(root="/else"), post=msgspec.structs.replace(part.post, assets=()))

    assert all(contexts)
    assert len({*contexts}) == len(contexts)
    assert portable(part).post.assets[0].blob is None
    assert part.post.assets[0].blob is not None
    assert part_key(contexts[0], part) != part_key(contexts[0], moved)
    assert part_key("", part) == context_of(object(), theme) == ""


@pytest.mark.parametrize("name", FORMATS)
def test_what_a_writer_renders_comes_back_as_it_was(site: Path, tmp_path: Path, name: str) -> None:
    writer = writer_type("pdf")(engine="typst") if name == "typst" else writer_type(name)()
    theme, told = open_theme("default"), list[Diagnostic]()
    cache = TaskCache(Cache(str(tmp_path / "cache")), told.append)
    [digest] = compile_digests(load_posts(str(site)).posts, DigestSpec(), site=Site())
    assert isinstance(writer, Cacheable)
    for part in writer.split(digest, theme):
        rendered = Outcome(writer.render(part, theme, lambda _: None))
        key = part_key(context_of(writer, theme), part)
        cache.put(key, rendered)
        cache.close()
        assert TaskCache(Cache(str(tmp_path / "cache")), told.append).get(key, writer.kind()) == rendered
    assert [] == told


def test_posts_come_back_as_they_were_with_the_zones_of_their_dates(site: Path, tmp_path: Path) -> None:
    cache = TaskCache(Cache(str(tmp_path / "cache")), pytest.fail)
    for number, post in enumerate(load_posts(str(site)).posts):
        key = f"{number:064x}"
        cache.put(key, Outcome(post.portable()))
        cache.close()
        found = TaskCache(Cache(str(tmp_path / "cache")), pytest.fail).get(key, Post)
        assert found == Outcome(post.portable())
        assert found.value.metadata.published.isoformat() == post.metadata.published.isoformat()


def test_a_disk_that_is_full_or_read_only_changes_no_file(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache, plain = site.parent / "cache", made(site, "plain")

    def fail(*_: object, **__: object) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("converter.storage.cache.write_quickly", fail)
        files, said = made(site, "full", cache=str(cache))
        assert plain == made(site, "default", default_cache=str(cache))
    assert files == plain[0]
    assert [Code.CACHE_UNWRITABLE] == [each.code for each in said if each not in plain[1]]
    made(site, "cold", cache=str(cache))
    monkeypatch.setattr("converter.storage.cache.write_quickly", fail)
    monkeypatch.setattr(os, "utime", fail)
    monkeypatch.setattr(scan, "read", lambda *_, **__: pytest.fail("a post was read"))
    assert plain == made(site, "read-only", cache=str(cache))


def test_two_runs_at_once_share_a_folder(site: Path) -> None:
    plain = made(site, "plain")[0]
    command = [sys.executable, "-m", "converter", "build", str(site), "--period", "week", "-j", "1", "-q"]
    command += ["-t", "epub", "-t", "markdown", "--cache", str(site.parent / "cache"), "-o"]
    for turn in range(2):
        outputs = [site.parent / f"out-{turn}-{number}" for number in range(2)]
        runs = [subprocess.Popen([*command, str(output)]) for output in outputs]
        assert [0, 0] == [run.wait() for run in runs]
        for output in outputs:
            assert plain == {str(path.relative_to(output)): path.read_bytes() for path in output.rglob("*.*")}
    assert all(re.fullmatch(r"[0-9a-f]{64}\.(bundle|index)", path.name) for path in entries(site.parent / "cache"))


def test_the_command_line_caches_unless_it_is_told_not_to(site: Path, tmp_path: Path) -> None:
    caches = tmp_path / "caches"
    environment = {**os.environ, "XDG_CACHE_HOME": str(caches)}
    del environment["CONVERTER_NO_CACHE"]

    def run(*options: str, **variables: str) -> list[Path]:
        shutil.rmtree(caches, ignore_errors=True)
        command = [sys.executable, "-m", "converter", "build", str(site), "-t", "markdown", "-o", str(tmp_path / "out")]
        subprocess.run([*command, "-q", *options], check=True, env={**environment, **variables})
        return entries(caches / "digest-converter" / "results") if sys.platform == "linux" else entries(caches)

    assert run()
    assert [] == run("--no-cache") == run(CONVERTER_NO_CACHE="1") == run("--cache", str(tmp_path / "named"))
    assert [] == run("--no-cache", CONVERTER_CACHE=str(tmp_path / "other"))
    assert entries(tmp_path / "named")
    assert not (tmp_path / "other").exists()


def test_a_call_of_the_library_caches_nothing_unless_it_is_asked(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))

    made(site, "plain")

    assert not (tmp_path / "caches" / "digest-converter" / "results").exists()


def test_every_package_that_makes_bytes_is_in_a_key() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    needed = {re.match(r"[\w.-]+", each)[0].lower() for each in project["dependencies"]}  # type: ignore[index]
    # The command line, workers, folders, and what reads finished files; msgspec's own forms are in the checks.
    without = {"click", "rich", "pebble", "platformdirs", "pypdfium2", "msgspec", "watchfiles"}
    named = {each.lower() for each in (*PARSERS, *EPUB_PACKAGES, *MARKDOWN_PACKAGES, *PDF_PACKAGES, *CORPUS_PACKAGES)}

    assert needed - without <= named


@pytest.mark.parametrize("follow_links", [False, True])
def test_a_source_that_is_as_it_was_is_not_opened(
    site: Path, follow_links: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = site.parent / "cache"
    for path in site.rglob("*.*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    (site / "_posts/2024-05-01-one.md").unlink()  # its tags ask for other files
    first = made(site, "first", cache=str(cache), follow_links=follow_links)
    monkeypatch.setattr(sources, "read_file", lambda location, *_: pytest.fail(f"{location.name} was opened"))

    assert first == made(site, "second", cache=str(cache), follow_links=follow_links)


def test_the_index_forgets_sources_that_are_not_there(site: Path) -> None:
    cache = site.parent / "cache"
    made(site, "first", cache=str(cache))
    (site / "_posts/2024-05-03-three.md").unlink()
    made(site, "second", cache=str(cache))

    [path] = cache.glob("*.index")
    with closing(Index(str(path))) as index:
        assert 3 == len(list(index.records("sources")))
