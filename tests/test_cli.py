"""The command line: what it prints, what it writes, and how it exits."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from converter.model import Post
from converter.normalize import PASSES

POST = '---\ntitle: "Harbour opens"\ndate: 2024-05-31 09:00:00 +0800\n---\n<p>The harbour is open.</p>\n'


def converter(
    *arguments: object, stdin: str = "", cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "converter", *map(str, arguments)]
    environment = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "PYTHONWARNINGS": "error", **environment}
    return subprocess.run(
        command, input=stdin, capture_output=True, text=True, encoding="utf-8", env=environment, check=False, cwd=cwd
    )


@pytest.fixture
def site(tmp_path: Path) -> Path:
    posts = tmp_path / "site/_posts"
    posts.mkdir(parents=True)
    (posts / "2024-05-31-harbour.md").write_text(POST, "utf-8")
    (posts / "2024-06-01-weather.md").write_text(
        POST.replace("Harbour opens", "Rain").replace("05-31", "06-01"), "utf-8"
    )
    (tmp_path / "site/_config.yml").write_text("title: Harbour News\ntimezone: Asia/Shanghai\nlang: en\n", "utf-8")
    return tmp_path / "site"


def test_build_writes_a_digest_for_each_period_and_says_so(site: Path, tmp_path: Path) -> None:
    result = converter("build", site, "-o", tmp_path / "out", "-t", "markdown", "--period", "month", "-j", 1)

    assert 0 == result.returncode, result.stderr
    assert ["harbour-news-2024-05.md", "harbour-news-2024-06.md"] == sorted(
        path.name for path in (tmp_path / "out").glob("*.md")
    )
    assert "" == result.stdout
    assert "2 posts in 2 digests: 2 files" in result.stderr


def test_a_dry_run_names_the_digests_and_writes_nothing(site: Path, tmp_path: Path) -> None:
    result = converter("build", site, "-o", tmp_path / "out", "--period", "month", "-n")

    assert "harbour-news-2024-05\nharbour-news-2024-06\n" == result.stdout
    assert not (tmp_path / "out").exists()


def test_since_and_until_limit_the_posts(site: Path, tmp_path: Path) -> None:
    result = converter("build", site, "-o", tmp_path, "--since", "2024-06-01", "--until", "2024-06-01", "-n", "-v")

    assert "2024-05-31-harbour.md: notice: the post was not taken: it is older than 2024-06-01" in result.stderr


def test_the_report_holds_what_was_written(site: Path, tmp_path: Path) -> None:
    result = converter("build", site, "-o", tmp_path / "out", "-t", "markdown", "--report", "-", "-q", "-j", 1)

    report = json.loads(result.stdout)
    assert "converter/report/1" == report["schema"]
    assert [(2, "markdown", "harbour-news")] == [
        (file["posts"], file["format"], file["digest"]) for file in report["files"]
    ]
    assert (tmp_path / "out/harbour-news.md").stat().st_size == report["files"][0]["size"]
    assert "" == result.stderr


def test_convert_reads_and_writes_streams() -> None:
    result = converter("convert", "-", "-", stdin=POST)

    assert 0 == result.returncode, result.stderr
    assert "The harbour is open." in result.stdout
    assert "Harbour opens" in result.stdout


@pytest.mark.parametrize("command", [("convert",), ("inspect",)])
@pytest.mark.parametrize("source", ["-", "_posts/a.md"])
def test_one_post_keeps_to_the_limits_of_its_site(tmp_path: Path, command: tuple[str], source: str) -> None:
    (tmp_path / "_posts").mkdir()
    (tmp_path / "_posts/a.md").write_text(POST)
    (tmp_path / "converter.toml").write_text("[limits]\nsource_bytes = 20\n")

    result = converter(*command, source, stdin=POST, cwd=tmp_path)

    assert result.returncode
    assert "[too-large]" in result.stderr
    assert "raise `source_bytes` in [limits] of converter.toml, now 20" in result.stderr


@pytest.mark.parametrize("source", ["-", "a.md"])
def test_one_post_takes_no_longer_than_it_may(tmp_path: Path, source: str) -> None:
    post = f"---\ntitle: Tide\n---\n{'{% for i in (1..90) %}*a* {% endfor %}' * 900}"
    (tmp_path / "a.md").write_text(post)

    result = converter("inspect", source, "--timeout", "0.1", stdin=post, cwd=tmp_path)

    assert result.returncode
    assert "[task-timed-out]" in result.stderr


def test_convert_takes_the_format_from_the_suffix(site: Path, tmp_path: Path) -> None:
    target = tmp_path / "books/harbour.epub"

    result = converter("convert", site / "_posts/2024-05-31-harbour.md", target)

    assert 0 == result.returncode, result.stderr
    assert b"application/epub+zip" in target.read_bytes()[:80]


def test_convert_to_an_unknown_suffix_names_the_known_ones(site: Path, tmp_path: Path) -> None:
    result = converter("convert", site / "_posts/2024-05-31-harbour.md", tmp_path / "a.docx")

    assert 2 == result.returncode
    assert "error: no writer makes files that end in '.docx' [usage]" in result.stderr
    assert ".epub, .html, .jsonl, .md, .pdf" in result.stderr


def test_inspect_shows_metadata_and_the_model(site: Path) -> None:
    shown = converter("inspect", site / "_posts/2024-05-31-harbour.md")
    model = converter("inspect", "--json", site / "_posts/2024-05-31-harbour.md")

    assert "title       Harbour opens\n" in shown.stdout
    assert "published   2024-05-31 09:00:00+08:00\n" in shown.stdout
    assert "Harbour opens" == Post.from_json(model.stdout).metadata.title


def test_verify_counts_what_is_kept_and_names_what_is_not(site: Path, tmp_path: Path) -> None:
    converter("build", site, "-o", tmp_path, "-t", "markdown", "-t", "epub", "-j", 1)
    books = (tmp_path / "harbour-news.md", tmp_path / "harbour-news.epub")

    whole = converter("verify", *books, "--against", site)
    books[0].write_text(books[0].read_text("utf-8").replace("The harbour is open.", "The harbour is.", 1), "utf-8")
    cut = converter("verify", *books, "--against", site)

    assert (0, "16 of 16 words kept\n") == (whole.returncode, whole.stderr)
    assert (1, "15 of 16 words kept") == (cut.returncode, cut.stderr.splitlines()[-1])
    assert "the harbour is[open]" in cut.stderr


def test_build_with_verify_replaces_a_file_only_when_no_word_is_lost(site: Path, tmp_path: Path) -> None:
    result = converter("build", site, "-o", tmp_path / "out", "-t", "markdown", "--verify", "-j", 1)

    assert 0 == result.returncode, result.stderr
    assert (tmp_path / "out/harbour-news.md").exists()


def test_check_finds_the_faults_of_a_book(site: Path, tmp_path: Path) -> None:
    converter("build", site, "-o", tmp_path, "-t", "epub", "-j", 1)
    good, bad = tmp_path / "harbour-news.epub", tmp_path / "bad.epub"
    bad.write_bytes(good.read_bytes()[:-200])

    assert (0, "no fault found\n") == ((result := converter("check", good)).returncode, result.stderr)
    assert 1 == (result := converter("check", bad)).returncode
    assert "bad.epub: error: " in result.stderr


def test_plugins_lists_what_is_built_in() -> None:
    writers, *others, passes = converter("plugins").stdout.split("\n\n")

    assert {"epub", "markdown", "pdf"} <= {line.split()[0] for line in writers.splitlines()}
    assert ["dask"] == [line.split()[0] for line in others[-1].splitlines()[1:]]
    assert list(PASSES) == [line.split()[0] for line in passes.splitlines()[1:]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("build", "nowhere"), "error: there is no file or folder 'nowhere' [usage]"),
        (("build", ".", "-t", "docx"), "error: unknown writer 'docx' [plugin-invalid]"),
        (("build", ".", "-j", "many"), "error: --jobs is 'many' [usage]"),
        (("build", ".", "-t", "markdown", "--theme", "loud"), "error: no theme 'loud' [config-invalid]"),
        (("build", "--perod", "day"), "No such option"),
    ],
)
def test_a_mistake_ends_with_2_and_a_sentence(arguments: tuple[str, ...], message: str) -> None:
    result = converter(*arguments)

    assert 2 == result.returncode
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_nothing_to_do_is_fine_unless_asked(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    result = converter("build", tmp_path / "empty", "-o", tmp_path / "out", "-t", "markdown")
    asked = converter("build", tmp_path / "empty", "-o", tmp_path / "out", "-t", "markdown", "--fail-on-empty")

    assert (0, 4) == (result.returncode, asked.returncode)
    assert "warning: there are no posts [no-posts]" in result.stderr


def test_a_failing_post_does_not_stop_the_run(site: Path, tmp_path: Path) -> None:
    (site / "_posts/2024-06-02-empty.md").write_bytes(b"")

    result = converter("build", site, "-o", tmp_path / "out", "-t", "markdown", "-j", 1)

    assert 1 == result.returncode
    assert "_posts/2024-06-02-empty.md: error: " in result.stderr
    assert "The harbour is open." in (tmp_path / "out/harbour-news.md").read_text("utf-8")


def test_strict_turns_warnings_into_3(site: Path, tmp_path: Path) -> None:
    (site / "_posts/2024-06-02-picture.md").write_text(POST + "\n![A quay](quay.png)\n", "utf-8")

    result = converter("build", site, "-o", tmp_path / "out", "-t", "markdown", "--strict", "-j", 1)

    assert 3 == result.returncode
    assert "there is no image 'quay.png' [image-missing]" in result.stderr


def test_colour_is_there_only_when_wanted(tmp_path: Path) -> None:
    always = converter("build", "nowhere", "--color", "always")
    site_with_warning = tmp_path / "empty"
    site_with_warning.mkdir()
    coloured = converter("build", site_with_warning, "-t", "markdown", "--color", "always", "-o", tmp_path / "out")
    plain = converter("build", site_with_warning, "-t", "markdown", "-o", tmp_path / "out")

    assert 2 == always.returncode
    assert "\x1b[33m" in coloured.stderr
    assert "\x1b[" not in plain.stderr


def test_the_environment_sets_options(site: Path, tmp_path: Path) -> None:
    result = converter("build", site, "-n", CONVERTER_PERIOD="day", CONVERTER_TO="markdown")

    assert "harbour-news-2024-05-31" in result.stdout


def test_a_reader_that_goes_away_is_no_error(site: Path) -> None:
    command = f"{sys.executable} -m converter inspect --json {site}/_posts/2024-05-31-harbour.md | true"
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)

    assert "Traceback" not in result.stderr
    assert "Exception" not in result.stderr


def test_help_imports_nothing_heavy() -> None:
    heavy = "weasyprint ebooklib jinja2 bs4 html5lib markdown_it pikepdf rich PIL babel pebble msgspec"
    code = (
        "import sys; from click.testing import CliRunner; from converter.cli import cli; "
        "assert CliRunner().invoke(cli, ['build', '--help']).exit_code == 0; "
        f"print(' '.join(name for name in '{heavy}'.split() if name in sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "" == result.stdout.strip()


def test_drafts_future_and_unpublished_posts_are_named_and_taken_on_demand(site: Path, tmp_path: Path) -> None:
    (site / "_drafts").mkdir()
    (site / "_drafts/draft.md").write_text(POST, "utf-8")
    (site / "_posts/2024-06-02-hidden.md").write_text(POST.replace("---\n", "---\npublished: false\n", 1), "utf-8")
    command = ("build", site, "-o", tmp_path / "out", "-n", "-v")
    now = {"SOURCE_DATE_EPOCH": "1717243200"}  # 2024-06-01 12:00 UTC

    plain = converter(*command, **now).stderr
    (site / "_posts/2024-06-01-weather.md").write_text("---\ntitle: Late\ndate: 2024-06-03\n---\nx", "utf-8")
    late = converter(*command, **now).stderr
    every = converter(*command, "--drafts", "--future", "--unpublished", **now).stderr

    assert "_drafts/draft.md: notice: the post was not taken: it is a draft (--drafts takes it)" in plain
    assert "_posts/2024-06-02-hidden.md: notice: the post was not taken: the site does not publish it" in plain
    assert "_posts/2024-06-01-weather.md" not in plain
    assert "_posts/2024-06-01-weather.md: notice: the post was not taken: it is dated after SOURCE_DATE_EPOCH" in late
    assert "post-skipped" not in every
    assert "4 posts" in every


def test_inspect_names_what_the_posts_of_a_site_share_with_a_rule_that_leaves_it_out(
    site: Path, tmp_path: Path
) -> None:
    for number in range(4):
        text = f'---\ntitle: T{number}\n---\n\nText {number}.\n\nSubscribe (it\'s "free") \\\\ now!\n'
        (site / f"_posts/2024-07-0{number + 1}-post.md").write_text(text, "utf-8")

    result = converter("inspect", "--site", site)

    assert 0 == result.returncode, result.stderr
    assert result.stdout.startswith("# in 4 of 6 posts, as in _posts/2024-07-01-post.md\n[[clean]]\n")
    config = tmp_path / "clean.toml"
    config.write_text(result.stdout, "utf-8")
    converter("build", site, "-c", config, "-t", "markdown", "-o", tmp_path / "out", "-j", 1)
    [book] = (tmp_path / "out").glob("*.md")
    assert "Text 3." in book.read_text("utf-8")
    assert "Subscribe" not in book.read_text("utf-8")


@pytest.mark.needs("POSIX")
@pytest.mark.parametrize("command", ["check", "verify"])
def test_what_is_no_file_is_not_waited_for(command: str, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.epub"
    os.mkfifo(pipe)
    (tmp_path / "folder.epub").mkdir()

    for name, reason in (
        (pipe, "a pipe or a device"),
        (Path("/dev/zero"), "a pipe or a device"),
        (tmp_path / "folder.epub", "Is a directory"),
    ):
        result = converter(command, name)

        assert 2 == result.returncode
        assert reason in result.stderr


def test_the_severity_is_coloured_and_not_the_same_word_in_a_path(capsys: pytest.CaptureFixture[str]) -> None:
    from converter.cli.messages import print_diagnostic
    from converter.diagnostics import Code, Diagnostic

    fault = Diagnostic(code=Code.USAGE, message="an error: twice", file="error: a\nb.md", line=3)
    print_diagnostic(fault, "always")

    assert capsys.readouterr().err.startswith("error: a b.md:3: \x1b[31m\x1b[1merror:\x1b[0m an error: twice")
