"""The steps of the Dockerfile, played without Docker: its context is enough, and the image stays small."""

import re
import shlex
import subprocess
import venv
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = [pytest.mark.conformance, pytest.mark.needs("apt-get")]

BASE = 130_000_000
"""Bytes of python:3.13-slim, rounded up."""
LIMIT = 520_000_000
"""Bytes that the image may have."""


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the Dockerfile with their arguments, continued lines joined."""
    text = re.sub(r"\\\n", "", (ROOT / "Dockerfile").read_text("utf-8"))
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in lines)]


def size_of(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_symlink())


def packages() -> list[str]:
    """Return the Debian packages that the image installs."""
    [command] = [rest for name, rest in instructions() if name == "RUN" and "apt-get install" in rest]
    words = shlex.split(command.partition("apt-get install")[2].partition("&&")[0])
    return [word for word in words if not word.startswith("-")]


def size_of_packages() -> int:
    """Return the bytes of the packages with all that they bring, on a system that has none of them."""
    listed = ["apt-cache", "depends", "--recurse", "--no-recommends", "--no-suggests", "--no-conflicts", "--no-breaks"]
    listed += ["--no-replaces", "--no-enhances", *packages()]
    found = subprocess.run(listed, capture_output=True, text=True, check=True).stdout
    names = sorted({line for line in found.splitlines() if re.fullmatch(r"[a-z0-9][\w.+-]*", line)})
    shown = subprocess.run(["apt-cache", "show", *names], capture_output=True, text=True, check=False).stdout
    sizes: dict[str, int] = {}
    for name, size in re.findall(r"^Package: (\S+)$.*?^Installed-Size: (\d+)$", shown, re.DOTALL | re.MULTILINE):
        sizes.setdefault(name, int(size) * 1024)
    return sum(sizes.values())


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an environment made by the steps of the Dockerfile, in a folder that has only what it copies."""
    folder = tmp_path_factory.mktemp("image")
    source = folder / "src"
    source.mkdir()
    for name, rest in instructions():
        if name == "COPY":
            *names, target = rest.split()
            (source / target).parent.mkdir(parents=True, exist_ok=True)
            subprocess.run(["cp", "-r", *(ROOT / each for each in names), source / target], check=True)
    venv.create(folder / "python", with_pip=True)
    arguments = dict(rest.split("=") for name, rest in instructions() if name == "ARG")
    [command] = [rest for name, rest in instructions() if name == "RUN" and "pip install" in rest]
    for name, value in arguments.items():
        command = command.replace(f"${name}", value)
    install = command.partition("&&")[0].removeprefix("pip ")
    subprocess.run([folder / "python/bin/python", "-m", "pip", *shlex.split(install)], cwd=source, check=True)
    subprocess.run(["rm", "-r", source], check=True)
    return folder / "python"


def test_the_packages_of_the_image_exist() -> None:
    subprocess.run(["apt-cache", "show", *packages()], check=True, capture_output=True)


def test_the_image_is_small(image: Path) -> None:
    assert 100_000_000 < BASE + size_of(image) + size_of_packages() < LIMIT


def test_the_image_builds_the_samples(image: Path, tmp_path: Path) -> None:
    [entry] = [rest for name, rest in instructions() if name == "ENTRYPOINT"]
    program = entry.strip('[]"')
    command = [image / "bin" / program, "build", ROOT / "samples", "-o", tmp_path]
    run = subprocess.run(command, capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin"})

    assert run.returncode == 0, run.stderr
    assert {".epub", ".pdf", ".md"} <= {path.suffix for path in tmp_path.iterdir()}
    assert "error: " not in run.stderr


def test_the_image_runs_without_rights() -> None:
    names = [name for name, _ in instructions()]

    assert names.index("USER") < names.index("ENTRYPOINT")
    assert ("USER", "root") not in instructions()
