"""The commands and the Python of README.md run as they stand there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import is_installed

ROOT = Path(__file__).parent.parent
POST = "---\ntitle: The Quay\ndate: 2024-05-31\ntags: [harbour]\n---\nThe *quay* is open.\n"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", (ROOT / "README.md").read_text("utf-8"), re.DOTALL | re.MULTILINE)


def commands() -> list[str]:
    """Return the commands of the list, and those of the first five minutes; what needs Pango, only where that is."""
    listed = [line for block in blocks("sh") for line in block.splitlines() if line.startswith("converter ")]
    return [line for line in listed if is_installed("Pango") or "pdf" not in line]


def first_minutes() -> list[str]:
    """Return the session of the first five minutes as lines of a shell: `cat FILE` writes what follows it."""
    [session] = blocks("console")
    steps = re.split(r"^\$ (.*)\n", session, flags=re.MULTILINE)[1:]
    return [
        f"cat > {command.removeprefix('cat ')} <<'END'\n{text}END" if command.startswith("cat ") else command
        for command, text in zip(steps[::2], steps[1::2], strict=True)
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with what the examples speak of."""
    (tmp_path / "my-site/_posts").mkdir(parents=True)
    (tmp_path / "my-site/_config.yml").write_text("title: My Site\n", "utf-8")
    (tmp_path / "my-site/_posts/2024-05-31-quay.md").write_text(POST, "utf-8")
    (tmp_path / "post.md").write_text(POST, "utf-8")
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    return tmp_path


def run(command: list[str], folder: Path) -> str:
    """Return what a command prints. It must end well, without a warning but the one of a machine without Pango."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    result = subprocess.run(
        command, cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, encoding="utf-8", check=False
    )
    assert 0 == result.returncode, f"{command}: {result.stderr}"
    assert [] == [
        line
        for line in result.stderr.splitlines()
        if re.search("error: |warning: ", line) and "[format-left-out]" not in line
    ]
    return result.stdout + result.stderr


@pytest.mark.needs("POSIX")
def test_the_commands_run_one_after_the_other(folder: Path) -> None:
    assert len(commands()) > 5
    for command in commands():
        before = set(folder.rglob("*"))

        printed = run(["bash", "-c", command], folder)

        assert printed or set(folder.rglob("*")) - before, f"{command} prints nothing and writes nothing"


@pytest.mark.needs("POSIX")
def test_the_first_five_minutes(tmp_path: Path) -> None:
    printed = {command: run(["bash", "-c", command], tmp_path) for command in first_minutes()}

    assert len(printed) == 8
    assert "title       The quay is open" in printed["converter inspect my-site/_posts/2024-05-31-quay.md"]
    assert (tmp_path / "quay.epub").read_bytes().startswith(b"PK")
    [digest] = (tmp_path / "books").glob("*.md")
    assert "首班渡船：" in digest.read_text("utf-8")


@pytest.mark.needs("POSIX")
def test_the_examples_of_python_run(folder: Path) -> None:
    [example] = blocks("python")
    checks = 'assert book.startswith(b"PK")\nassert b"It *rains*." in text\n'

    run([sys.executable, "-W", "error", "-c", example + checks], folder)
