"""`.pre-commit-hooks.yaml`: pre-commit itself finds and repairs front matter with the hooks of this checkout."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT
from tests.test_cli import converter

BROKEN = "---\ntitle: 重点: 码头\ndate: 2024-05-31\n---\nThe quay: open.\n"
FIXED = BROKEN.replace("重点: 码头", '"重点: 码头"')
HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with a broken post, a sound one, and what a hook may be given besides."""
    posts = tmp_path / "的 site/_posts"
    posts.mkdir(parents=True)
    (posts / "2024-05-31-码头 a.md").write_text(BROKEN, "utf-8")
    (posts / "2024-05-31-ok.md").write_text(FIXED, "utf-8")
    (tmp_path / "README.md").write_text("# title: not: a post\n", "utf-8")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "add", "-A"], cwd=tmp_path, check=True)
    return tmp_path


def hook(name: str, repository: Path, *files: str) -> subprocess.CompletedProcess[str]:
    """Run the entry of a hook as pre-commit does: in the repository, with files."""
    program, *arguments = HOOKS[name]["entry"].split()
    assert "converter" == program
    return converter(*arguments, *files, cwd=repository)


def test_the_entries_find_and_repair(repository: Path) -> None:
    post = "的 site/_posts/2024-05-31-码头 a.md"

    found = hook("converter-doctor", repository, post, "的 site/_posts/2024-05-31-ok.md")
    fixed = hook("converter-doctor-fix", repository, post)
    again = hook("converter-doctor", repository, post)

    assert [1, 0, 0] == [found.returncode, fixed.returncode, again.returncode]
    assert "2024-05-31-码头 a.md:2:8: warning: " in found.stderr
    assert "" == found.stdout, "the machine is no matter of a hook"
    assert FIXED == (repository / post).read_text("utf-8")


def test_files_that_are_gone_or_no_text_cost_themselves_only(repository: Path) -> None:
    binary = "的 site/_posts/2024-05-30-b.md"
    (repository / binary).write_bytes(bytes(range(256)) * 40)
    before = (repository / binary).read_bytes()

    fixed = hook("converter-doctor-fix", repository, binary, "的 site/_posts/2024-05-31-码头 a.md")
    gone = hook("converter-doctor", repository, "的 site/_posts/2024-01-01-gone.md")

    assert "Traceback" not in fixed.stderr + gone.stderr
    assert before == (repository / binary).read_bytes()
    assert FIXED == (repository / "的 site/_posts/2024-05-31-码头 a.md").read_text("utf-8")
    assert 2 == gone.returncode
    assert "there is no file or folder '的 site/_posts/2024-01-01-gone.md' [usage]" in gone.stderr


@pytest.mark.conformance
@pytest.mark.needs("pre-commit", "git")
def test_pre_commit_finds_and_repairs(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    home = tmp_path_factory.mktemp("pre-commit")
    environment = {**os.environ, "PRE_COMMIT_HOME": str(home)}
    program = str(Path(sys.executable).parent / "pre-commit")

    command = [program, "try-repo", str(ROOT), "--all-files", "--verbose"]  # both hooks, one after the other

    run = subprocess.run(
        command, cwd=repository, env=environment, capture_output=True, text=True, check=False, timeout=1200
    )

    found, fixed = run.stdout.partition("front matter of posts, repaired")[::2]
    assert 1 == run.returncode
    assert "2024-05-31-码头 a.md:2:8: warning: " in found, run.stdout + run.stderr
    assert "README.md" not in run.stdout
    assert "files were modified by this hook" in fixed
    assert FIXED == (repository / "的 site/_posts/2024-05-31-码头 a.md").read_text("utf-8")
