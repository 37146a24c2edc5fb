"""`converter list`: which editions there are, and what a build would do with each."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from converter.cli import cli

ARGUMENTS = ("posts", "--period", "week", "-j", "1", "--cache", "cache")


def run(command: str, *arguments: str) -> Result:
    return CliRunner().invoke(cli, [command, *ARGUMENTS, *arguments])


def listed(*arguments: str) -> dict[str, dict[str, Any]]:
    found = json.loads(run("list", "--json", *arguments).stdout)
    assert found["schema"] == "converter/list/1"
    return {edition["key"]: edition for edition in found["editions"]}


def states(*arguments: str) -> dict[str, str]:
    return {key.removeprefix("digest-"): edition["state"] for key, edition in listed(*arguments).items()}


def write_post(day: int, body: str) -> None:
    Path("posts").mkdir(exist_ok=True)
    text = f"---\ntitle: 第 {day} 日\ndate: 2024-05-{day:02}\n---\n{body}\n"
    Path(f"posts/2024-05-{day:02}-p.md").write_text(text, "utf-8")


@pytest.fixture(autouse=True)
def _site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_post(1, "Three more words.")
    write_post(2, "码头今天开放, at 9 sharp.[^1]\n\n[^1]: Not counted.")
    write_post(9, "Text.")


def test_an_edition_is_new_then_current_then_outdated_then_current() -> None:
    formats = ("-t", "epub", "-t", "markdown")
    assert states(*formats) == {"2024-W18": "new", "2024-W19": "new"}
    assert not Path("out").exists()

    run("build", *formats)
    before = Path("out/editions.json").read_bytes()
    assert states(*formats) == {"2024-W18": "current", "2024-W19": "current"}

    write_post(9, "Other text.")
    assert states(*formats) == {"2024-W18": "current", "2024-W19": "outdated"}
    Path("out/digest-2024-W18.md").write_bytes(b"edited")
    assert states(*formats) == {"2024-W18": "outdated", "2024-W19": "outdated"}
    assert listed(*formats)["digest-2024-W18"]["formats"] == {"epub": "current", "markdown": "outdated"}
    assert before == Path("out/editions.json").read_bytes()

    run("build", *formats)
    assert states(*formats) == {"2024-W18": "current", "2024-W19": "current"}


def test_a_format_that_is_missing_makes_an_edition_outdated() -> None:
    run("build", "-t", "markdown")

    assert states("-t", "markdown", "-t", "epub") == {"2024-W18": "outdated", "2024-W19": "outdated"}
    assert states("-t", "epub") == {"2024-W18": "new", "2024-W19": "new"}


def test_what_the_index_does_not_know_is_made_again() -> None:
    run("build", "-t", "markdown")
    shutil.rmtree("cache")

    assert states("-t", "markdown", "--no-cache") == {"2024-W18": "outdated", "2024-W19": "outdated"}


def test_options_change_the_state() -> None:
    run("build", "-t", "epub")

    assert set(states("-t", "epub", "--theme", "default").values()) == {"current"}
    assert states("-t", "epub", "--group-by", "none", "--since", "2024-05-02")["2024-W18"] == "outdated"


def test_words_are_those_of_both_kinds_of_scripts() -> None:
    run("build", "-t", "markdown")

    edition = listed("-t", "markdown")["digest-2024-W18"]

    assert edition["words"] == 3 + 6 + 3
    assert edition["minutes"] == 1
    assert edition["posts"] == ["2024-05-01-p", "2024-05-02-p"]
    assert edition["period"] == {"kind": "week", "first": "2024-04-29", "last": "2024-05-05"}
    assert edition["size"] == sum(path.stat().st_size for path in Path("out").glob("digest-2024-W18*"))


def test_the_columns_of_the_table_are_straight() -> None:
    run("build", "-t", "markdown")
    lines = run("list", "-t", "markdown", "-q").stdout.splitlines()

    assert lines[0].split() == ["KEY", "PERIOD", "POSTS", "WORDS", "SIZE", "STATE", "TITLE"]
    assert lines[1].startswith("digest-2024-W18  2024-04-29 – 2024-05-05      2     12  ")
    assert lines[1][lines[0].index("STATE") :].startswith("current  ")
    assert len(lines) == 3


def test_a_source_that_is_not_there_is_a_usage_error() -> None:
    result = CliRunner().invoke(cli, ["list", "nowhere"])

    assert "nowhere" in result.output
