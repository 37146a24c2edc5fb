"""`--output-format`: what GitHub's runner, readers of SARIF, JUnit and JSON get, whatever files are called and say."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from junitparser import JUnitXml

from converter.cli.formats import Findings
from converter.cli.formats.github import command, commands
from converter.cli.formats.github_files import MAX_SUMMARY
from converter.cli.formats.places import Places
from converter.diagnostics import Code, Diagnostic
from converter.pipeline.report import exit_status
from tests.conftest import MODULES
from tests.test_cli import converter

FAULTY = "---\ntitle: 重点: 码头\ndate: 2024-05-31\n---\nThe quay is open.\n"
SOUND = "---\ntitle: The Quay\ndate: 2024-05-31\n---\nThe quay is open.\n"
HOSTILE = "2024-05-31-100% ::error::a,b ##[add-mask]o.md"
"""A name that gives orders to the runner, where it is not escaped."""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository whose site is in a folder of its own, with two posts that have a fault."""
    posts = tmp_path / "我的 site/_posts"
    posts.mkdir(parents=True)
    (posts.parent / "_config.yml").write_text("title: Quay\n", "utf-8")
    for name in ("2024-05-31-码头.md", HOSTILE):
        (posts / name).write_text(FAULTY, "utf-8")
    return tmp_path


def unescaped(text: str) -> str:
    for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, character)
    return text


def runner(log: str) -> list[tuple[str, dict[str, str], str]]:
    """Return the commands that GitHub's runner finds in a log, by the rules of its `ActionCommand` and its manager."""
    found, stopped = [], ""
    for line in log.splitlines():
        called = re.match(r"\s*::([\w-]+)(?: ([^\n]*?))?::(.*)", line)
        if stopped:
            stopped = "" if line.strip() == f"::{stopped}::" else stopped
        elif called and called[1] == "stop-commands":
            stopped = called[3]
        elif called and called[1] in {"error", "warning", "notice", "group", "endgroup", "add-mask", "debug"}:
            pairs = [pair.split("=", 1) for pair in (called[2] or "").split(",") if pair]
            found.append((called[1], {key: unescaped(value) for key, value in pairs}, unescaped(called[3])))
        elif old := re.search(r"##\[([\w-]+)", line):
            found.append((old[1], {}, line))
    assert not stopped
    return found


def test_text_goes_to_standard_error_as_before(repository: Path) -> None:
    result = converter("doctor", "我的 site", cwd=repository)

    assert 1 == result.returncode
    assert "_posts/2024-05-31-码头.md:2:8: warning: " in result.stderr


def test_github_gets_an_annotation_beside_the_line_of_each_file_in_the_repository(repository: Path) -> None:
    result = converter("doctor", "我的 site", "--output-format", "github", cwd=repository)

    assert [("warning", f"我的 site/_posts/{name}", "2", "8") for name in (HOSTILE, "2024-05-31-码头.md")] == [
        (kind, place["file"], place["line"], place["col"]) for kind, place, _ in runner(result.stderr)
    ]


def test_files_are_relative_to_the_workspace_where_the_step_runs_in_a_folder_of_it(repository: Path) -> None:
    options = ("--output-format", "github")
    result = converter("doctor", ".", *options, cwd=repository / "我的 site", GITHUB_WORKSPACE=str(repository))

    assert {"我的 site/_posts/2024-05-31-码头.md", f"我的 site/_posts/{HOSTILE}"} == {
        place["file"] for _, place, _ in runner(result.stderr)
    }


def test_a_command_is_one_line_whatever_the_message_says() -> None:
    told = Diagnostic(code=Code.USAGE, message="100%\r\n::error::x", file="a:b,c%\n.md", line=3, hint="%0A")

    written = command(told, Places())

    assert 1 == len(written.splitlines())
    assert "::error file=a%3Ab%2Cc%25 .md,line=3,title=usage::100%25  ::error::x (%250A)" == written
    assert [("error", {"file": "a:b,c% .md", "line": "3", "title": "usage"}, "100%  ::error::x (%0A)")] == runner(
        written
    )


def test_of_each_severity_ten_are_annotations_and_the_others_a_list_that_gives_no_orders() -> None:
    kinds = (Code.USAGE, Code.UNDATED, Code.CLEANED)
    found = [
        Diagnostic(code=kind, message=f"{number}", file=f"\n::error::{number} ##[error]x")
        for number in range(40)
        for kind in kinds
    ]

    log = commands(Findings(command="build", diagnostics=tuple(found)))

    called = [kind for kind, _, _ in runner(log)]
    assert dict.fromkeys(("error", "warning", "notice"), 10) | {"group": 1, "endgroup": 1} == {
        kind: called.count(kind) for kind in called
    }
    assert "::group::30 more errors, 30 more warnings, 30 more notices\n" in log
    assert all(log.count(f" {number}") or log.count(f"::{number}") for number in range(40))


def test_the_summary_and_the_outputs_of_a_step(repository: Path) -> None:
    summary, output = repository / "summary.md", repository / "outputs"
    summary.write_text("before\n", "utf-8")
    command = ("build", "我的 site", "-t", "markdown", "-o", "books", "-j", "1", "--output-format", "github")

    runs = []
    for _ in range(2):
        output.unlink(missing_ok=True)
        files = {"GITHUB_STEP_SUMMARY": str(summary), "GITHUB_OUTPUT": str(output)}
        assert 0 == converter(*command, cwd=repository, **files).returncode
        runs.append(dict(line.split("=", 1) for line in output.read_text("utf-8").splitlines()))

    assert {"changed": "true", "files": '["books/quay.md"]', "editions": '["quay"]'} == runs[0]
    assert {"changed": "false", "files": "[]", "editions": "[]"} == runs[1]
    text = summary.read_text("utf-8")
    assert text.startswith("before\n## converter build\n")
    assert "<td>quay.md</td>" in text
    assert "<td>front-matter-repaired</td><td>warning</td><td>2</td>" in text
    assert "##[add-mask]o.md:2:8</td>" in text


def test_a_summary_is_never_larger_than_github_takes(repository: Path) -> None:
    summary = repository / "summary.md"
    for room in (0, 10, 900, 2000):
        summary.write_bytes(b"x" * (MAX_SUMMARY - room))

        converter("doctor", ".", "--output-format", "github", cwd=repository, GITHUB_STEP_SUMMARY=str(summary))

        assert MAX_SUMMARY - room <= summary.stat().st_size <= MAX_SUMMARY
    assert summary.stat().st_size > MAX_SUMMARY - room


@pytest.mark.needs("POSIX")
def test_a_summary_that_cannot_be_written_costs_itself_only(repository: Path) -> None:
    (repository / "ok.md").write_text(SOUND, "utf-8")
    os.mkfifo(repository / "pipe")
    for target in (repository, repository / "nowhere/summary.md", repository / "pipe", "/dev/full"):
        result = converter(
            "convert", "ok.md", "ok.epub", "--output-format", "github", cwd=repository, GITHUB_STEP_SUMMARY=str(target)
        )

        assert 0 == result.returncode
        assert ["summary-unwritable"] == [place["title"] for _, place, _ in runner(result.stderr)]


def test_outputs_that_cannot_be_written_fail_the_step(repository: Path) -> None:
    command = ("build", "我的 site", "-t", "markdown", "-o", "books", "-j", "1", "--output-format", "github")

    result = converter(*command, cwd=repository, GITHUB_OUTPUT=str(repository / "nowhere/outputs"))

    assert 1 == result.returncode
    assert "error title=output-unwritable::GITHUB_OUTPUT names" in result.stderr


def test_other_formats_touch_no_file_of_github(repository: Path) -> None:
    for name in ("text", "sarif", "junit", "json"):
        summary = repository / "summary.md"
        converter("doctor", ".", "--output-format", name, cwd=repository, GITHUB_STEP_SUMMARY=str(summary))

        assert not summary.exists()


def test_sarif_names_rules_places_and_what_stays_when_lines_move(repository: Path) -> None:
    result = converter("doctor", "我的 site", "--output-format", "sarif", cwd=repository)

    [run] = json.loads(result.stdout)["runs"]
    first, second = run["results"]
    assert 1 == result.returncode == run["invocations"][0]["exitCode"]
    assert ["front-matter-repaired"] == [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert (
        "The front matter is not valid YAML, TOML or JSON."
        == run["tool"]["driver"]["rules"][0]["shortDescription"]["text"]
    )
    place = second["locations"][0]["physicalLocation"]
    assert "%E6%88%91%E7%9A%84%20site/_posts/2024-05-31-%E7%A0%81%E5%A4%B4.md" == place["artifactLocation"]["uri"]
    assert {"startLine": 2, "startColumn": 8} == place["region"]
    assert first["partialFingerprints"] != second["partialFingerprints"]

    post = repository / "我的 site/_posts/2024-05-31-码头.md"
    post.write_text(post.read_text("utf-8").replace("title", "layout: post\ntitle"), "utf-8")
    [moved] = json.loads(converter("doctor", "我的 site", "--output-format", "sarif", cwd=repository).stdout)["runs"]
    assert second["partialFingerprints"] == moved["results"][1]["partialFingerprints"]


@pytest.mark.conformance
@pytest.mark.needs("@microsoft/sarif-multitool")
def test_sarif_is_what_its_makers_validator_takes(repository: Path) -> None:
    (repository / "我的 site/_posts/2024-06-01-x.md").write_text("---\ntitle: x\n---\n![a](none.png)\n", "utf-8")
    (repository / "我的 site/_posts/2024-06-02-empty.md").write_text("", "utf-8")
    options = ("-t", "markdown", "-j", "1", "--no-cache", "-v", "--output-format", "sarif")
    runs = {
        "doctor": ("doctor", "我的 site", "-v", "--output-format", "sarif"),
        "build": ("build", "我的 site", *options),
        "usage": ("build", "nowhere", *options),
        "nothing": ("build", repository / "我的 site/_posts/2024-05-31-码头.md", "-q", *options[:-3], *options[-2:]),
    }
    tool = MODULES / "@microsoft/sarif-multitool/bin.js"
    for name, run in runs.items():
        log = repository / f"{name}.sarif"
        log.write_text(converter(*run, cwd=repository).stdout, "utf-8")

        result = subprocess.run(
            ["node", tool, "validate", log], capture_output=True, text=True, check=False, timeout=120
        )

        assert 0 == result.returncode, result.stdout
        assert "Analysis completed successfully" in result.stdout
        assert [] == re.findall(r": (?:error|fail)\w* .*", result.stdout)
    broken = repository / "broken.sarif"
    broken.write_text(log.read_text("utf-8").replace('"version": "2.1.0"', '"version": "7"'), "utf-8")
    result = subprocess.run(
        ["node", tool, "validate", broken], capture_output=True, text=True, check=False, timeout=120
    )
    assert re.search(r": error JSON", result.stdout), "the validator finds nothing, ever"


@pytest.mark.parametrize(("strict", "failures"), [((), 0), (("--strict",), 2)])
def test_junit_is_read_by_a_parser_and_fails_where_the_run_does(
    repository: Path, strict: tuple[str, ...], failures: int
) -> None:
    result = converter(
        "build",
        "我的 site",
        "-t",
        "markdown",
        "-j",
        "1",
        "--no-cache",
        "--output-format",
        "junit",
        *strict,
        cwd=repository,
    )

    report = JUnitXml.fromstring(result.stdout.encode())
    cases = [case for suite in report for case in suite]
    assert (3 if strict else 0) == result.returncode
    assert ["front-matter-repaired"] * 2 == [case.name for case in cases]
    assert [f"我的 site/_posts/{name}" for name in (HOSTILE, "2024-05-31-码头.md")] == [
        case.classname for case in cases
    ]
    assert failures == report.failures == sum(bool(case.result) for case in cases if not case.is_passed)


def test_junit_of_a_run_that_found_nothing_has_one_case_that_passed(repository: Path) -> None:
    (repository / "ok.md").write_text(SOUND, "utf-8")

    report = JUnitXml.fromstring(
        converter("doctor", "ok.md", "--output-format", "junit", cwd=repository).stdout.encode()
    )

    assert (1, 0) == (report.tests, report.failures)


def test_junit_holds_only_what_xml_may() -> None:
    from converter.cli.formats.junit import document

    told = Diagnostic(code=Code.USAGE, message="\x00\x1b[31m\ud800\ufffe<&\r\n", file="\x01]]>.md")

    report = JUnitXml.fromstring(document(Findings(command="build", diagnostics=(told,))))

    assert [1] == [suite.failures for suite in report]


def test_json_has_the_diagnostics_as_the_report_has_them(repository: Path) -> None:
    result = converter("doctor", "我的 site", "--output-format", "json", cwd=repository)

    found = json.loads(result.stdout)
    assert ("converter/diagnostics/1", "doctor", 1) == (found["schema"], found["command"], found["status"])
    assert {"notice": 0, "warning": 2, "error": 0} == found["counts"]
    assert "_posts/2024-05-31-码头.md" == found["diagnostics"][1]["file"]


@pytest.mark.parametrize("name", ["sarif", "junit", "json"])
def test_a_run_that_cannot_begin_is_a_report_too(name: str, tmp_path: Path) -> None:
    (tmp_path / "converter.toml").write_text("perod = 1\n", "utf-8")

    result = converter("build", "--output-format", name, cwd=tmp_path)

    assert 2 == result.returncode
    assert "config-invalid" in result.stdout
    assert "perod" in result.stdout
    assert "" == result.stderr


@pytest.mark.parametrize(
    "line",
    [
        "convert ok.md",
        "build ok.md --report - -t markdown",
        "build ok.md --dry-run",
        "doctor ok.md --dry-run",
        "list ok.md",
        "inspect ok.md",
    ],
)
def test_standard_output_has_data_or_a_report_and_never_both(line: str, repository: Path) -> None:
    (repository / "ok.md").write_text(SOUND, "utf-8")

    result = converter(*line.split(), "--output-format", "sarif", cwd=repository)

    assert (2, "") == (result.returncode, result.stdout)
    assert "--output-format sarif [usage]" in result.stderr


@pytest.mark.needs("POSIX")
def test_a_reader_that_goes_away_is_no_bug(repository: Path) -> None:
    line = (
        f"{sys.executable} -m converter doctor '我的 site' --output-format sarif | head -c 1; echo ${{PIPESTATUS[0]}}"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}

    result = subprocess.run(
        ["bash", "-c", line], cwd=repository, env=environment, capture_output=True, text=True, check=True
    )

    assert "Traceback" not in result.stderr
    assert result.stdout.strip() in ("{1", "{141", "{\n1", "{\n141")


def test_errors_that_are_accepted_count_as_warnings() -> None:
    found = [Diagnostic(code=Code.EMPTY_FILE, message="x")] * 3

    assert [1, 1, 0, 0] == [exit_status(found, max_errors=number) for number in (0, 2, 3, 4)]
    assert 3 == exit_status(found, strict=True, max_errors=3)
    assert 70 == exit_status([Diagnostic(code=Code.INTERNAL_ERROR, message="x")], max_errors=9)


def test_a_run_with_few_enough_errors_ends_well(repository: Path) -> None:
    (repository / "我的 site/_posts/2024-06-02-empty.md").write_text("", "utf-8")
    command = ("build", "我的 site", "-t", "markdown", "-j", "1", "--no-cache", "--max-errors")

    assert [1, 0] == [converter(*command, number, cwd=repository).returncode for number in (0, 1)]
    faults = [converter("doctor", "我的 site", "--max-errors", number, cwd=repository).returncode for number in (1, 2)]
    assert [1, 0] == faults


def test_lost_words_up_to_a_bound_are_a_warning(repository: Path) -> None:
    post = repository / "ok.md"
    post.write_text(SOUND, "utf-8")
    converter("convert", "ok.md", "ok.epub", cwd=repository)
    post.write_text(SOUND.replace("is open", "is open at night"), "utf-8")

    runs = [
        converter("verify", "ok.epub", "--against", "ok.md", "--max-lost-words", number, *more, cwd=repository)
        for number, more in ((1, ()), (2, ()), (2, ("--strict",)))
    ]

    assert [1, 0, 3] == [run.returncode for run in runs]
    assert "[words-lost]" in runs[0].stderr
    assert "[words-accepted]" in runs[1].stderr
