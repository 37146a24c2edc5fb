"""Catalogues: what a build makes of the list of editions, when, and what it takes away again."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from converter.cli import cli
from converter.config.publish import Keep
from converter.model import Period, PeriodKind
from converter.pipeline.retention import retained

PACKAGE = Path(__file__).parent / "third_party_catalogue"
Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def _site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for day in (1, 2, 9):
        write_post(day, f"Text of the {day}th.")
    configure()


def write_post(day: int, body: str) -> None:
    Path("posts").mkdir(exist_ok=True)
    text = f"---\ntitle: Post {day}\ndate: 2024-05-{day:02}\n---\n{body}\n"
    Path(f"posts/2024-05-{day:02}-p.md").write_text(text, "utf-8")


def configure(publish: str = 'url = "https://books.example.org/news"\ncatalogues = ["latest"]\n') -> None:
    digest = 'formats = ["markdown"]\n[[digest]]\nname = "week"\ntitle = "The Week"\nperiod = "week"\n'
    Path("converter.toml").write_text(f'sources = ["posts"]\n{digest}[publish]\n{publish}', "utf-8")


def run(command: str = "build", *arguments: str) -> Result:
    common = ("-c", "converter.toml", "-j", "1", "--cache", "cache")
    return CliRunner().invoke(cli, [command, *common, *arguments])


def out() -> dict[str, tuple[bytes, int]]:
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in Path("out").iterdir()}


def test_the_newest_edition_has_a_name_that_stays() -> None:
    result = run()
    assert result.exit_code == 0, result.output
    assert Path("out/week-latest.md").read_bytes() == Path("out/week-2024-W19.md").read_bytes()

    write_post(14, "New.")
    run()
    assert Path("out/week-latest.md").read_bytes() == Path("out/week-2024-W20.md").read_bytes()


def test_a_run_over_the_same_posts_touches_no_catalogue() -> None:
    run()
    before = out()
    result = run("build", "--report", "report.json")
    assert result.exit_code == 0
    assert before == out()
    report = json.loads(Path("report.json").read_bytes())
    assert [("week-latest.md", "latest", "same")] == [
        (file["path"], file["format"], file["change"]) for file in report["catalogues"]
    ]


def test_a_dry_run_and_a_frozen_one_make_no_catalogue() -> None:
    configure("catalogues = []\n")
    run()
    configure()
    before = out()

    run("build", "--dry-run")
    frozen = run("build", "--frozen")

    assert before == out()
    assert frozen.exit_code == 1
    assert "the catalogue 'latest' is outdated: 'week-latest.md' is missing" in frozen.output
    run()
    assert run("build", "--frozen").exit_code == 0
    assert run("build", "--frozen", "--no-cache").exit_code == 0


def test_list_says_what_a_build_would_do_with_each_catalogue() -> None:
    def state() -> str:
        return json.loads(run("list", "--json").stdout)["catalogues"]["latest"]

    assert state() == "new"
    run()
    assert state() == "current"
    assert "the catalogue 'latest' is current" in run("list").stdout
    write_post(9, "Other text.")
    assert state() == "outdated"


def test_a_catalogue_that_was_edited_is_made_again_with_a_notice() -> None:
    run()
    Path("out/week-latest.md").write_bytes(b"edited")
    result = run("build", "-v")
    assert "week-latest.md: notice: the file was changed after it was made, and is made again" in result.output
    assert Path("out/week-latest.md").read_bytes() == Path("out/week-2024-W19.md").read_bytes()


def test_the_list_of_editions_says_what_catalogues_need() -> None:
    run()
    found = json.loads(Path("out/editions.json").read_bytes())
    edition = found["editions"][0]
    assert ("week", "The Week") == (edition["stem"], edition["series"])
    assert ["Post 1", "Post 2"] == edition["headlines"]
    assert edition["identifier"].startswith("urn:uuid:")
    assert ["week-latest.md"] == [file["name"] for file in found["catalogues"]]


def test_files_of_catalogues_are_no_posts_of_the_next_run() -> None:
    for _ in range(2):
        result = run("build", ".", "-o", ".")
        assert result.exit_code == 0
        assert "3 posts in 2 digests" in result.output


def test_a_url_that_is_missing_is_said_once_and_in_every_run() -> None:
    configure('catalogues = ["latest"]\n')
    for _ in range(2):
        result = run()
        assert result.exit_code == 0
        assert result.output.count("[publish-url-missing]") == 1
        assert "converter.toml:7: warning" in result.output


@pytest.mark.parametrize(
    "url", ["books.example.org", "ftp://a.example/", "https://a.example/?b", "https://a b/", "https:///a"]
)
def test_a_url_of_no_folder_is_an_error_with_its_line(url: str) -> None:
    configure(f'url = "{url}"\n')
    result = run()
    assert "converter.toml:7: error: [publish] url:" in result.output
    assert "is not the URL of a folder [config-invalid]" in result.output


def test_a_misspelt_key_names_its_neighbour() -> None:
    configure("[publish.lates]\n")
    assert "did you mean 'latest'?" in run().output


def test_a_catalogue_never_replaces_an_edition() -> None:
    configure()
    text = Path("converter.toml").read_text("utf-8")
    other = '[[digest]]\nname = "week-latest"\nperiod = "none"\n'
    Path("converter.toml").write_text(text.replace("[publish]", f"{other}[publish]"), "utf-8")
    result = run()
    assert result.exit_code == 1
    assert "'week-latest.md' belongs to an edition, and was not replaced by the catalogue 'latest'" in result.output


def test_editions_beyond_those_to_keep_go_and_are_not_made_again() -> None:
    configure('url = "https://a.example/"\ncatalogues = ["latest", "feed"]\n')
    write_post(20, "Later.")
    run()
    Path("out/mine.md").write_bytes(b"mine")
    Path("out/week-2024-W18.md").write_bytes(b"edited")
    configure('url = "https://a.example/"\ncatalogues = ["latest", "feed"]\nkeep = { count = 1 }\n')

    for _ in range(2):
        assert run().exit_code == 0
        assert {"week-2024-W18.md", "mine.md", "week-2024-W21.md", "week-latest.md"} == {
            path.name for path in Path("out").glob("*.md")
        }
        found = json.loads(Path("out/editions.json").read_bytes())
        assert ["week-2024-W21"] == [edition["key"] for edition in found["editions"]]
    assert run("build", "--frozen").exit_code == 0


@pytest.mark.parametrize(
    ("keep", "expected"),
    [({}, 4), ({"count": 2}, 2), ({"days": 7}, 3), ({"count": 3, "days": 1}, 3), ({"days": 99999}, 4)],
)
def test_either_rule_keeps_an_edition(keep: dict[str, int], expected: int) -> None:
    days = (1, 13, 14, 20)
    editions = [SimpleNamespace(period=Period(PeriodKind.DAY, date(2024, 5, day), date(2024, 5, day))) for day in days]
    assert list(days)[-expected:] == [
        one.period.last.day for one in retained(editions, Keep(**keep)) if one.period.last
    ]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that the package of another catalogue is installed into, without a network."""
    folder = tmp_path_factory.mktemp("site-packages")
    offline = ("--no-index", "--no-build-isolation", "--no-deps", "--disable-pip-version-check", "--quiet")
    subprocess.run([sys.executable, "-m", "pip", "install", *offline, "--target", folder, PACKAGE], check=True)
    return folder


def test_a_catalogue_of_another_package_is_listed_and_made(installed: Path, tmp_path: Path) -> None:
    def converter(*arguments: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"PYTHONPATH": str(installed), "PYTHONUTF8": "1"}
        command = [sys.executable, "-m", "converter", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)

    assert any(line.split()[:1] == ["sums"] for line in converter("plugins").stdout.splitlines())
    configure('url = "https://books.example.org"\n[publish.sums]\nname = "sums.txt"\n')
    result = converter("build", "-c", "converter.toml", "--no-cache")
    assert result.returncode == 0, result.stderr
    subprocess.run(["sha256sum", "--check", "--strict", "sums.txt"], cwd="out", check=True, capture_output=True)
    assert 2 == len(Path("out/sums.txt").read_text("utf-8").splitlines())
