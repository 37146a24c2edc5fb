"""`build --frozen` and `build --force`, by what they leave in the folder."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from converter.cli import cli

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Three posts of two weeks, and a run over them with a cache."""
    monkeypatch.chdir(tmp_path)
    for day in (1, 2, 9):
        text = f"---\ntitle: Post {day}\ndate: 2024-05-{day:02}\n---\nText of the {day}th.\n"
        Path(f"posts/2024-05-{day:02}-p.md").parent.mkdir(exist_ok=True)
        Path(f"posts/2024-05-{day:02}-p.md").write_text(text, "utf-8")
    common = ("build", "posts", "-t", "epub", "-t", "markdown", "--period", "week", "-j", "1", "--cache", "cache")

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(cli, [*common, *arguments])

    return run


def files() -> dict[str, tuple[bytes, int]]:
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in Path("out").rglob("*")}


def test_a_build_that_nothing_follows_is_not_outdated(run: Run) -> None:
    run()
    before = files()

    result = run("--frozen")

    assert result.exit_code == 0, result.output
    assert before == files()


def test_without_files_all_editions_are_outdated_and_none_is_written(run: Run) -> None:
    result = run("--frozen")

    assert result.exit_code == 1
    assert result.output.count("[edition-outdated]") == 2
    assert not Path("out").exists()


@pytest.mark.parametrize("cached", [True, False], ids=["with an index", "in a fresh checkout"])
def test_the_edition_of_a_changed_post_is_outdated(run: Run, cached: bool) -> None:
    run()
    Path("posts/2024-05-09-p.md").write_text("---\ntitle: New\ndate: 2024-05-09\n---\nNew.\n", "utf-8")
    before = files()
    if not cached:
        shutil.rmtree("cache")

    for _ in range(2):  # asking changes nothing about the answer
        result = run("--frozen")
        assert result.exit_code == 1
        assert result.output.count("[edition-outdated]") == 1
        assert "the edition 'digest-2024-W19' is outdated: 'digest-2024-W19.epub' would change" in result.output
        assert "'digest-2024-W19.md' would change" in result.output
        assert before == files()


def test_a_fresh_checkout_is_compared_by_its_bytes(run: Run) -> None:
    run()
    shutil.rmtree("cache")

    assert run("--frozen", "--no-cache").exit_code == 0
    Path("out/digest-2024-W18.md").write_bytes(b"edited")
    assert run("--frozen", "--no-cache").exit_code == 1


def test_a_file_that_was_edited_or_removed_is_outdated_and_stays_so(run: Run) -> None:
    run()
    Path("out/digest-2024-W18.md").write_bytes(b"edited")
    Path("out/digest-2024-W19.epub").unlink()

    result = run("--frozen", "-v")

    assert result.exit_code == 1
    assert "'digest-2024-W18.md' would change" in result.output
    assert "'digest-2024-W19.epub' is missing" in result.output
    assert "[edition-restored]" not in result.output
    assert Path("out/digest-2024-W18.md").read_bytes() == b"edited"
    run()
    assert run("--frozen").exit_code == 0


def test_a_list_of_editions_that_is_gone_is_outdated(run: Run) -> None:
    run()
    Path("out/editions.json").unlink()

    result = run("--frozen")

    assert result.exit_code == 1
    assert "editions.json: error: editions.json does not say what there is [edition-outdated]" in result.output


def test_frozen_cannot_be_dry(run: Run) -> None:
    result = run("--frozen", "--dry-run")

    assert "--dry-run makes no files" in result.output


def test_force_makes_what_is_current_and_files_that_are_the_same_stay(run: Run) -> None:
    run()
    before = files()

    assert "write: " not in run("-v").output
    result = run("--force", "-v")

    assert "write: 6 posts" in result.output
    assert before == files()
