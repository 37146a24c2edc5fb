"""`action.yml` and the workflows of `init`: their steps run, and what looks for faults in such files finds none."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from converter.cli.init import WORKFLOWS
from tests.conftest import ROOT
from tests.test_cli import converter

ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
POST = "---\ntitle: Post {0}\ndate: 2024-05-{0} 08:00:00\n---\nThe quay, day {0}.\n"
BIN = Path(sys.executable).parent


class Runner:
    """What GitHub's runner does with the steps of a composite action that have a `run`."""

    def __init__(self, folder: Path, path: str, **environment: str) -> None:
        self.workspace, self.temp = folder / "工作 space", folder / "temp"
        self.environment = {**environment, "PATH": f"{path}:/usr/bin:/bin", "HOME": str(self.temp)}
        for each in (self.workspace, self.temp):
            each.mkdir()

    def __call__(self, steps: tuple[str, ...] = ("Install", "Build"), **given: str) -> dict[str, str]:
        """Run the steps of these names with inputs, and return the outputs of the action."""
        assert given.keys() <= ACTION["inputs"].keys()
        inputs = {name: each["default"] for name, each in ACTION["inputs"].items()} | given
        known = {f"inputs.{name}": value for name, value in inputs.items()}
        known |= {"github.action_path": str(ROOT), "runner.temp": str(self.temp)}
        for step in ACTION["runs"]["steps"]:
            if step.get("name") in steps:
                for name, value in self._run(step, known).items():
                    known[f"steps.{step.get('id')}.outputs.{name}"] = value
        return {name: _filled(each["value"], known) for name, each in ACTION["outputs"].items()}

    def _run(self, step: dict[str, Any], known: dict[str, str]) -> dict[str, str]:
        files = {name: self.temp / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for file in files.values():
            file.write_text("", "utf-8")
        environment = {
            **self.environment,
            "GITHUB_WORKSPACE": str(self.workspace),
            **{name: str(file) for name, file in files.items()},
            **{name: _filled(value, known) for name, value in step["env"].items()},
        }
        assert "${{" not in step["run"], "what a user says must not be a part of a script"
        script = self.temp / "step.sh"
        script.write_text(step["run"], "utf-8")
        command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)]
        run = subprocess.run(
            command, cwd=self.workspace, env=environment, capture_output=True, text=True, check=False, timeout=500
        )
        assert 0 == run.returncode, run.stderr
        return dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text("utf-8").splitlines())


def _filled(text: str, known: dict[str, str]) -> str:
    return re.sub(r"\$\{\{ ([\w.-]+) \}\}", lambda found: known[found[1]], text)


def add_post(runner: Runner, day: int) -> None:
    posts = runner.workspace / "我的 site/_posts"
    posts.mkdir(parents=True, exist_ok=True)
    (posts / f"2024-05-{day}-码头.md").write_text(POST.format(day), "utf-8")


def publishes_what_is_new(runner: Runner, **given: str) -> None:
    """Play three runs: all is new, nothing is, one post is."""
    add_post(runner, 10)
    add_post(runner, 20)
    (runner.workspace / "converter.toml").write_text('[[digest]]\nname = "quay"\nperiod = "week"\n', "utf-8")
    given = {"source": "我的 site\n\n", "to": "markdown", "output": "finished books", **given}

    first = runner(**given)
    second = runner(("Build",), **given)
    add_post(runner, 30)
    third = runner(("Build",), **given)

    assert ("true", ["quay-2024-W19", "quay-2024-W21"]) == (first["changed"], json.loads(first["editions"]))
    assert {"changed": "false", "files": "[]", "editions": "[]"} == second
    assert ("true", ["quay-2024-W22"]) == (third["changed"], json.loads(third["editions"]))
    assert ["finished books/quay-2024-W22.md"] == json.loads(third["files"])
    assert "2 unchanged files" in (runner.temp / "GITHUB_STEP_SUMMARY").read_text("utf-8")
    assert (runner.workspace / "finished books/editions.json").is_file()


@pytest.mark.needs("POSIX")
def test_the_steps_publish_what_is_new(tmp_path: Path) -> None:
    uv = tmp_path / "bin/uv"  # stands for one that has installed the converter here
    uv.parent.mkdir()
    uv.write_text(f'#!/bin/sh\n[ "$1 $2 $3" = "tool dir --bin" ] && echo {BIN}\nexit 0\n', "utf-8")
    uv.chmod(0o755)

    publishes_what_is_new(Runner(tmp_path, str(uv.parent)))


@pytest.mark.conformance
@pytest.mark.needs("POSIX", "uv")
def test_the_steps_install_the_converter_of_this_commit(tmp_path: Path) -> None:
    cached = subprocess.run([BIN / "uv", "cache", "dir"], capture_output=True, text=True, check=True).stdout.strip()
    settings = {name: value for name, value in os.environ.items() if name.startswith(("UV_", "PIP_", "SSL_"))}
    tools = {"UV_TOOL_DIR": str(tmp_path / "tools"), "UV_TOOL_BIN_DIR": str(tmp_path / "tools/bin")}
    runner = Runner(tmp_path, str(BIN), **settings, **tools, UV_CACHE_DIR=cached)

    publishes_what_is_new(runner, verify="true")

    assert (tmp_path / "tools/bin/converter").exists()


def test_actions_of_others_are_pinned_by_their_commits() -> None:
    files = [ROOT / "action.yml", *ROOT.glob(".github/workflows/*.yml"), *ROOT.glob("converter/cli/workflows/*.yml")]
    used = re.findall(r"uses: (\S+)(.*)", "\n".join(file.read_text("utf-8") for file in files))

    assert len(used) > 8
    assert [] == [
        name for name, version in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", name) or " # v" not in version
    ]
    commits: dict[str, set[str]] = {}
    for name, version in used:
        commits.setdefault(name.partition("@")[0], set()).add(name + version)
    assert all(len(each) == 1 for each in commits.values()), "one action, one commit everywhere"


@pytest.fixture
def workflows(tmp_path: Path) -> Path:
    """A repository with the action, our own workflow, and that of `init`."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "_posts").mkdir()
    (tmp_path / "_posts/2024-05-31-a.md").write_text(POST.format(31), "utf-8")
    assert 0 == converter("init", "--workflow", "github", cwd=tmp_path).returncode
    for name in ("action.yml", ".github/workflows/ci.yml"):
        shutil.copy(ROOT / name, tmp_path / name)
    example = re.search(r"```yaml\n(name: books\n.*?)```", (ROOT / "docs/ci.md").read_text("utf-8"), re.DOTALL)
    assert example
    (tmp_path / ".github/workflows/books.yml").write_text(example[1], "utf-8")
    return tmp_path


@pytest.mark.conformance
@pytest.mark.needs("zizmor", "actionlint")
def test_those_that_look_for_faults_find_none(workflows: Path) -> None:
    files = sorted(str(path) for path in (workflows / ".github/workflows").iterdir())
    commands = (
        [BIN / "zizmor", "--offline", "--no-progress", workflows / "action.yml", *files],
        [BIN / "actionlint", "-no-color", *files],
    )
    for command in commands:
        result = subprocess.run(command, cwd=workflows, capture_output=True, text=True, check=False, timeout=120)

        assert 0 == result.returncode, result.stdout + result.stderr
    bad = workflows / ".github/workflows/bad.yml"
    bad.write_text(
        "on: push\njobs: {a: {runs-on: x, steps: [{run: 'echo ${{ github.event.issue.title }}'}]}}\n", "utf-8"
    )
    for command in commands:
        result = subprocess.run([*command[:3], bad], cwd=workflows, capture_output=True, check=False, timeout=120)
        assert result.returncode, "it finds nothing, ever"


def test_the_examples_of_the_page_are_what_init_writes() -> None:
    page = (ROOT / "docs/ci.md").read_text("utf-8")

    for name, file in (("github", "github.yml"), ("gitlab", "gitlab.yml"), ("cron", "cron.crontab")):
        assert WORKFLOWS[name] in page
        assert f"converter/cli/workflows/{file}" in page
