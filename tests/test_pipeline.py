"""Whole runs: what fails costs itself, nothing is lost, and the bytes depend on nothing but the input."""

import os
import signal
import threading
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar, Literal

import pytest
from msgspec import Struct
from msgspec.structs import replace

from converter.config import Config, Options, load_config
from converter.diagnostics import Code, Diagnostic, Severity, UsageError, Warn, WriterError
from converter.digest import DigestSpec
from converter.images.policy import ImagePolicy
from converter.model import Digest, PeriodKind, Post
from converter.pipeline import scan
from converter.pipeline.load import load_posts
from converter.pipeline.run import build
from converter.reading import CleaningRule, SourceFile
from converter.storage.cache import Cache
from converter.themes import Theme
from converter.writers import File, Results
from converter.writers.markdown import MarkdownWriter
from converter.writers.pdf import PdfWriter
from converter.writers.registry import writer_type


class PostPart(Struct, frozen=True):
    post: Post

    @property
    def keys(self) -> tuple[str, ...]:
        return (self.post.key,)


class TitleWriter(Struct, frozen=True, forbid_unknown_fields=True):
    """Writes titles. A post may tell it in its title how to fail."""

    suffix: ClassVar[str] = ".txt"

    def split(self, digest: Digest, theme: Theme) -> tuple[PostPart, ...]:
        return tuple(PostPart(post) for post in digest.posts)

    def render(self, part: PostPart, theme: Theme, warn: Warn) -> str:
        title = part.post.metadata.title
        if title == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if title == "hang":
            threading.Event().wait()
        if title == "fail":
            raise WriterError(Code.OUTPUT_INVALID, "this title cannot be written", file=part.post.path)
        if title == "bug":
            raise ZeroDivisionError
        return title

    def assemble(self, digest: Digest, theme: Theme, rendered: Results[str], warn: Warn) -> tuple[File, ...]:
        assert [post.metadata.title for post in digest.posts] == list(rendered)
        return (File(f"{digest.key}.txt", "\n".join(rendered).encode()),)


def a_site(folder: Path, *titles: str) -> str:
    for day, title in enumerate(titles, 1):
        path = folder / f"site/_posts/2024-05-{day:02}-post.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---\ntitle: {title}\n---\n\nText {day}.\n", "utf-8")
    return str(folder / "site")


def config(source: str, folder: Path, writer: object | None = None, **settings: object) -> Config:
    writers = {"titles": writer or TitleWriter()}
    return Config(sources=(source,), output=str(folder / "out"), writers=writers, **settings)


@pytest.mark.needs("POSIX")
@pytest.mark.parametrize("title", ["die", "hang"])
def test_a_part_that_kills_or_blocks_its_worker_costs_its_post(tmp_path: Path, title: str) -> None:
    report = build(config(a_site(tmp_path, "one", title, "three"), tmp_path, jobs=2, timeout=5))

    assert "one\nthree" == (tmp_path / "out/digest.txt").read_text("utf-8")
    [lost] = [found for found in report.diagnostics if found.severity is Severity.ERROR]
    assert {"die": Code.WORKER_DIED, "hang": Code.TASK_TIMED_OUT}[title] == lost.code
    assert "_posts/2024-05-02-post.md" == lost.file
    assert 1 == report.exit_status()


@pytest.mark.parametrize(
    ("title", "code", "status"), [("fail", Code.OUTPUT_INVALID, 1), ("bug", Code.INTERNAL_ERROR, 70)]
)
def test_a_part_that_fails_costs_its_post(tmp_path: Path, title: str, code: Code, status: int) -> None:
    report = build(config(a_site(tmp_path, "one", title, "three"), tmp_path))

    assert "one\nthree" == (tmp_path / "out/digest.txt").read_text("utf-8")
    assert [(code, "_posts/2024-05-02-post.md")] == [(found.code, found.file) for found in report.diagnostics]
    assert status == report.exit_status()


def test_a_digest_that_has_lost_all_its_posts_is_not_written(tmp_path: Path) -> None:
    settings = config(a_site(tmp_path, "one", "fail"), tmp_path, digests=(DigestSpec(period=PeriodKind.DAY),))

    report = build(settings)

    assert ["digest-2024-05-01.txt"] == [file.path for file in report.files]
    assert ("digest-2024-05-01", "digest-2024-05-02") == report.digests


def test_an_output_folder_that_cannot_be_made_costs_the_files_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"")

    report = build(config(a_site(tmp_path, "one"), tmp_path))

    assert () == report.files
    assert [Code.OUTPUT_UNWRITABLE] == [found.code for found in report.diagnostics]


def test_two_posts_with_one_key_are_both_kept(tmp_path: Path) -> None:
    source = a_site(tmp_path, "one")
    (tmp_path / "site/_posts/2024-05-01-post.html").write_text("---\ntitle: two\n---\n<p>x</p>", "utf-8")

    report = build(config(source, tmp_path))

    assert 2 == report.posts
    assert [Code.DUPLICATE_KEY] == [found.code for found in report.diagnostics]
    assert {"one", "two"} == set((tmp_path / "out/digest.txt").read_text("utf-8").splitlines())


def test_progress_counts_to_the_end(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []

    build(config(a_site(tmp_path, "one", "two"), tmp_path), progress=lambda *step: told.append((*step,)))

    assert [("read", 1, 2), ("read", 2, 2)] == told[:2]
    assert [("write", 1, 2), ("write", 1, 2), ("write", 2, 2)] == told[2:]


@pytest.mark.needs("Pango")
def test_the_bytes_do_not_depend_on_the_number_of_processes(tmp_path: Path) -> None:
    source = a_site(tmp_path, *(f"post {number}" for number in range(1, 29)))
    writers = {name: writer_type(name)() for name in ("epub", "markdown", "pdf")}
    digests = (DigestSpec(period=PeriodKind.WEEK),)

    hashes = []
    for jobs in (1, 2):
        output = tmp_path / str(jobs)
        build(Config(sources=(source,), output=str(output), writers=writers, digests=digests, jobs=jobs))
        hashes.append({path.name: sha256(path.read_bytes()).hexdigest() for path in output.rglob("*.*")})

    assert hashes[0] == hashes[1]
    assert 5 * len(writers) + 1 == len(hashes[0])


@pytest.mark.needs("Pango")
def test_a_store_changes_nothing_but_the_time(tmp_path: Path) -> None:
    source = a_site(tmp_path, *(f"post {number}" for number in range(1, 29)))
    post = tmp_path / "site/_posts/2024-05-03-post.md"
    post.write_text("---\ntitle: one: two\n---\n\n![gone](gone.png) \ue000\n", "utf-8")
    writers = ("epub", "markdown", "pdf")
    options = Options(sources=(source,), formats=writers, period=PeriodKind.WEEK)

    def made(name: str, **settings: object) -> tuple[dict[str, bytes], tuple[Diagnostic, ...]]:
        output = tmp_path / name
        report = build(load_config(None, replace(options, output=str(output), **settings)))
        return {path.name: path.read_bytes() for path in output.rglob("*.*")}, report.diagnostics

    cache = str(tmp_path / "cache")
    plain = made("plain", jobs=1)
    assert plain == made("cold", jobs=2, cache=cache)
    assert plain == made("warm", jobs=2, cache=cache)
    post.write_text(post.read_text("utf-8").replace("gone", "lost"), "utf-8")
    half = made("half", jobs=2, cache=cache)

    assert half == made("new", jobs=1)
    assert half != plain
    assert {Code.FRONT_MATTER_REPAIRED, Code.IMAGE_MISSING, Code.MISSING_GLYPH} <= {each.code for each in plain[1]}


def test_with_a_store_only_what_may_have_changed_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = a_site(tmp_path, "one", "two", "three")
    read = scan.read
    paths: list[str] = []

    def noting(source: SourceFile, *rest: Any, **named: Any) -> Post:
        paths.append(source.path)
        return read(source, *rest, **named)

    def run(**settings: object) -> int:
        paths.clear()
        build(config(source, tmp_path, cache=Cache(str(tmp_path / "cache")), **settings))
        return len(paths)

    monkeypatch.setattr(scan, "read", noting)
    assert run() == 3
    assert run() == 0
    (tmp_path / "site/_posts/2024-05-02-post.md").write_text("---\ntitle: two\n---\n\nNew.\n", "utf-8")
    assert run() == 1
    assert run(clean=(CleaningRule(action="remove", text="New.*"),)) == 3
    assert run(site={"language": "en"}) == 3
    (tmp_path / "site/_config.yml").write_text("title: Harbour\n", "utf-8")
    assert run() == 3
    (tmp_path / "site/_includes").mkdir()
    (tmp_path / "site/_includes/note.html").write_text("note", "utf-8")
    assert run() == 3
    assert run() == 0


@pytest.mark.needs("Pango")
def test_with_a_store_a_faulty_option_costs_its_format_and_no_other(tmp_path: Path) -> None:
    source = a_site(tmp_path, "one")
    writers = {"pdf": PdfWriter(page_size="nonsense"), "titles": TitleWriter()}
    cache = Cache(str(tmp_path / "cache"))

    report = build(Config(sources=(source,), output=str(tmp_path / "out"), writers=writers, cache=cache))

    assert ["titles"] == [file.format for file in report.files]
    assert [Code.CONFIG_INVALID] == [found.code for found in report.diagnostics]


def test_a_post_whose_name_is_no_unicode_is_read_with_a_store_too(tmp_path: Path) -> None:
    source = a_site(tmp_path, "one")
    try:
        Path(os.fsdecode(os.fsencode(f"{source}/_posts/2024-05-02-") + b"\xff.md")).write_text("Two.\n", "utf-8")
    except OSError:
        pytest.skip("the file system takes Unicode names only")

    assert build(config(source, tmp_path, cache=Cache(str(tmp_path / "cache")))).posts == 2


def test_a_rule_takes_out_what_is_not_the_post_and_says_so(tmp_path: Path) -> None:
    source = a_site(tmp_path, "one")
    post = tmp_path / "site/_posts/2024-05-01-post.md"
    post.write_text(post.read_text("utf-8") + '\n<div class="share">Tell your friends</div>\n', "utf-8")
    rule = CleaningRule(action="remove", selector="div.share")

    report = build(config(source, tmp_path, MarkdownWriter(), clean=(rule,), verify=True))

    assert "Tell your friends" not in (tmp_path / "out/digest.md").read_text("utf-8")
    assert ["Tell your friends"] == [found.removed for found in report.diagnostics]


class Losing(MarkdownWriter, frozen=True):
    """A writer that drops a word."""

    def assemble(self, *arguments: Any) -> tuple[File, ...]:
        files = super().assemble(*arguments)
        return tuple(replace(file, data=file.data.replace(b" lighthouse", b"")) for file in files)


def test_a_file_may_lose_as_many_words_as_are_accepted(tmp_path: Path) -> None:
    source = a_site(tmp_path, "one")
    post = tmp_path / "site/_posts/2024-05-01-post.md"
    post.write_text(f"{post.read_text('utf-8')}\nThe lighthouse is lit.\n", "utf-8")
    settings = config(source, tmp_path, Losing(), verify=True, cache=Cache(str(tmp_path / "cache")))

    runs = [build(replace(settings, max_lost_words=number)) for number in (0, 1, 0)]

    assert [[], ["new"], []] == [[file.change for file in run.files] for run in runs]
    assert [1, 0, 1] == [run.exit_status() for run in runs]
    assert [Code.WORDS_ACCEPTED] == [found.code for found in runs[1].diagnostics]


@pytest.mark.parametrize(("missing", "kept"), [("placeholder", True), ("alt", True), ("drop", True), ("fail", False)])
def test_a_missing_picture_costs_its_post_only_under_the_policy_fail(
    tmp_path: Path, missing: Literal["placeholder", "alt", "drop", "fail"], kept: bool
) -> None:
    source = a_site(tmp_path, "one", "two")
    (tmp_path / "site/_posts/2024-05-02-post.md").write_text("---\ntitle: two\n---\n\nWords.\n\n![a](b.png)\n", "utf-8")

    report = build(config(source, tmp_path, images=ImagePolicy(missing=missing)))

    assert ("two" in (tmp_path / "out/digest.txt").read_text("utf-8")) is kept
    assert (0 if kept else 1) == report.exit_status()


def test_posts_are_loaded_with_their_site_and_diagnostics(tmp_path: Path) -> None:
    source = a_site(tmp_path, "one")
    (tmp_path / "site/_config.yml").write_text("title: Harbour\ntimezone: Asia/Shanghai\n", "utf-8")

    loaded = load_posts(source, site={"language": "en"})

    assert ("Harbour", "en", "Asia/Shanghai") == (loaded.site.title, loaded.site.language, loaded.site.timezone)
    assert ["one"] == [post.metadata.title for post in loaded.posts]
    assert () == loaded.diagnostics


def test_a_theme_that_is_not_there_ends_the_run_before_it_begins(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no theme 'loud'"):
        build(config(a_site(tmp_path, "one"), tmp_path, MarkdownWriter(), theme="loud"))
    assert not (tmp_path / "out").exists()


class StrictWriter(TitleWriter, frozen=True, forbid_unknown_fields=True):
    """Refuses books when they are finished. A post may tell it in its title to spoil its book."""

    fails_in: Literal["assemble", "split"] = "assemble"

    def split(self, digest: Digest, theme: Theme) -> tuple[PostPart, ...]:
        if self.fails_in == "split":
            raise KeyError("split")
        return super().split(digest, theme)

    def assemble(self, digest: Digest, theme: Theme, rendered: Results[str], warn: Warn) -> tuple[File, ...]:
        titles = [post.metadata.title for post in digest.posts]
        if "spoil" in titles:
            raise WriterError(Code.OUTPUT_INVALID, "the book would be invalid")
        if "bug" in titles:
            raise ZeroDivisionError
        if {"this", "that"} <= {*titles}:
            raise WriterError(Code.OUTPUT_INVALID, "the two do not go together")
        if "theme" in titles:
            raise WriterError(Code.CONFIG_INVALID, "the theme has a fault")
        return super().assemble(digest, theme, rendered, warn)

    def render(self, part: PostPart, theme: Theme, warn: Warn) -> str:
        return part.post.metadata.title


@pytest.mark.parametrize(
    ("titles", "left"),
    [
        (("one", "spoil", "three", "four", "five"), "one three four five"),
        (("spoil", "two", "three", "four", "spoil"), "two three four"),
        (("one", "two", "bug"), "one two"),
        (("one", "this", "three", "that", "five"), "one this three five"),
        (("spoil", "two"), "two"),
    ],
)
def test_a_book_that_is_refused_is_written_without_the_posts_at_fault(
    tmp_path: Path, titles: tuple[str, ...], left: str
) -> None:
    report = build(config(a_site(tmp_path, *titles), tmp_path, StrictWriter()))

    assert left.split() == (tmp_path / "out/digest.txt").read_text("utf-8").split()
    [file] = report.files
    assert len(left.split()) == file.posts
    named = [found.file for found in report.diagnostics if found.code is Code.POST_LEFT_OUT]
    gone = [number for number, title in enumerate(titles, 1) if title not in left.split()]
    assert [f"_posts/2024-05-{number:02}-post.md" for number in gone] == named
    assert all(found.severity is Severity.ERROR for found in report.diagnostics)


@pytest.mark.parametrize(("titles", "code"), [(["spoil"] * 5, "output-invalid"), (["a", "theme"], "config-invalid")])
def test_a_book_is_not_written_where_no_post_is_to_blame(tmp_path: Path, titles: list[str], code: str) -> None:
    report = build(config(a_site(tmp_path, *titles), tmp_path, StrictWriter()))

    assert () == report.files
    assert [code] == [found.code.value for found in report.diagnostics]


def test_a_writer_that_fails_before_it_begins_costs_its_files_only(tmp_path: Path) -> None:
    settings = replace(
        config(a_site(tmp_path, "one"), tmp_path),
        writers={"a": StrictWriter(fails_in="split"), "b": TitleWriter()},
    )

    report = build(settings)

    assert ["b"] == [file.format for file in report.files]
    assert [(Code.INTERNAL_ERROR, "digest")] == [(found.code, found.file) for found in report.diagnostics]


class CountingWriter(StrictWriter, frozen=True, forbid_unknown_fields=True):
    """Notes in a file what it renders."""

    log: str = ""

    def render(self, part: PostPart, theme: Theme, warn: Warn) -> str:
        with Path(self.log).open("a") as stream:
            stream.write(f"{part.post.key}\n")
        return super(StrictWriter, self).render(part, theme, warn)


def test_what_follows_a_lost_part_is_not_rendered_again(tmp_path: Path) -> None:
    writer = CountingWriter(log=str(tmp_path / "log"))

    build(config(a_site(tmp_path, "one", "fail", "three", "four"), tmp_path, writer))

    rendered = (tmp_path / "log").read_text().split()
    assert [2, 1, 1, 1] == [rendered.count(f"2024-05-{day:02}-post") for day in range(1, 5)]
