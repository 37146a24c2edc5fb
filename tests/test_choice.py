"""`--digest`, `--edition` and `--last`: which editions a run makes, through the command line."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from converter.cli import cli

CONFIG = """
sources = ["posts"]
formats = ["markdown"]
[site]
title = "Harbour"
timezone = "Asia/Shanghai"
[[digest]]
name = "weekly"
period = "week"
[[digest]]
name = "monthly"
period = "month"
[[digest]]
name = "everything"
"""
DAYS = ("2024-04-30 23:00", "2024-05-01 09:00", "2024-05-08 09:00", "2024-05-12 23:30")
"""The last is a Sunday in Shanghai."""


@pytest.fixture(autouse=True)
def _site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    Path("converter.toml").write_text(CONFIG, "utf-8")
    for number, moment in enumerate(DAYS):
        write_post(f"p{number}", moment)


def write_post(name: str, moment: str) -> None:
    Path("posts").mkdir(exist_ok=True)
    Path(f"posts/{name}.md").write_text(
        f"---\ntitle: Post {name}\ndate: {moment}:00 +0800\n---\nText of {moment}.\n", "utf-8"
    )


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["build", "-j", "1", *arguments])


def keys(*arguments: str) -> list[str]:
    """Return the editions that a dry run names."""
    result = run("-n", "-q", *arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.stdout.split()


def fault(*arguments: str) -> str:
    return run(*arguments).output


def epoch(monkeypatch: pytest.MonkeyPatch, seconds: int) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(seconds))


def test_all_is_the_default() -> None:
    everything = ["weekly-2024-W18", "weekly-2024-W19", "monthly-2024-04", "monthly-2024-05", "everything"]

    assert everything == keys() == keys("--all") == keys("--last", "--all")


def test_digests_are_chosen_by_name() -> None:
    assert keys("--digest", "monthly") == ["monthly-2024-04", "monthly-2024-05"]
    assert keys("--digest", "everything", "--digest", "weekly") == ["weekly-2024-W18", "weekly-2024-W19", "everything"]
    assert "did you mean 'weekly'?" in fault("--digest", "weakly")
    assert "known are: weekly, monthly, everything" in fault("--digest", "zzz")


def test_editions_are_chosen_by_period_or_key() -> None:
    assert keys("--edition", "2024-w19") == ["weekly-2024-W19"]
    assert keys("--edition", "2024-05", "--edition", "weekly-2024-W18") == ["weekly-2024-W18", "monthly-2024-05"]
    assert keys("--edition", "everything") == ["everything"]
    assert "there is no edition '2024-W99'" in fault("--edition", "2024-W99")
    assert "did you mean '2024-W1" in fault("--edition", "2024-W29")
    assert "the last ones are: weekly-2024-W18" in fault("--edition", "zzz")
    assert "exclude each other" in fault("--edition", "2024-05", "--last")


def test_a_post_of_a_later_day_completes_a_period() -> None:
    assert keys("--last") == ["weekly-2024-W18", "monthly-2024-04"]
    write_post("late", "2024-05-13 00:10")
    assert keys("--last") == ["weekly-2024-W19", "monthly-2024-04"]


def test_the_source_date_completes_a_period_in_the_zone_of_the_site(monkeypatch: pytest.MonkeyPatch) -> None:
    midnight = 1715529600  # of Monday 13 May in Shanghai
    epoch(monkeypatch, midnight - 1)
    assert keys("--last", "--digest", "weekly") == ["weekly-2024-W18"]
    epoch(monkeypatch, midnight)
    assert keys("--last", "--digest", "weekly") == ["weekly-2024-W19"]
    epoch(monkeypatch, midnight + 400 * 86400)  # the newest with posts
    assert keys("--last") == ["weekly-2024-W19", "monthly-2024-05"]


def test_a_post_of_the_far_future_completes_nothing_where_now_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    write_post("wrong", "2999-01-01 00:00")
    epoch(monkeypatch, 1715529599)

    assert keys("--last", "--digest", "weekly") == ["weekly-2024-W18"]


def test_nothing_complete_is_a_notice_and_no_error() -> None:
    for name in ("p1", "p2", "p3"):
        Path(f"posts/{name}.md").unlink()

    result = run("--last", "-v", "--digest", "monthly")

    assert result.exit_code == 0
    assert "no month of 'monthly' with posts is complete yet: the newest post is of 2024-04-30" in result.stderr
    assert run("--last", "--fail-on-empty", "--digest", "monthly").exit_code == 4
    assert "the digests have none" in fault("--last", "--digest", "everything")


def test_the_other_editions_stay_in_the_folder_and_in_the_list_of_it() -> None:
    run()
    before = {path.name: path.read_bytes() for path in Path("out").iterdir()}
    write_post("p1", "2024-05-01 10:00")
    write_post("p2", "2024-05-08 10:00")

    run("--edition", "2024-W19")

    after = {path.name: path.read_bytes() for path in Path("out").iterdir()}
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"weekly-2024-W19.md", "editions.json"}
    assert before.keys() == after.keys()
    assert len(json.loads(after["editions.json"])["editions"]) == 5
    frozen = run("--frozen", "--edition", "2024-W19")
    assert frozen.exit_code == 0, frozen.output
    assert run("--frozen").exit_code == 1


def test_a_list_is_chosen_as_a_build_is() -> None:
    result = CliRunner().invoke(cli, ["list", "-j", "1", "--last", "--json"])

    assert [each["digest"] for each in json.loads(result.stdout)["editions"]] == ["weekly", "monthly"]
