"""A writer in a package of its own is installed and used, and nothing of the converter knows of it."""

import os
import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = Path(__file__).parent / "third_party_writer"
BUILD = ("build", str(ROOT / "samples"), "-t", "plain", "--period", "none")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that the package is installed into, from its sources and without a network."""
    folder = tmp_path_factory.mktemp("site-packages")
    offline = ("--no-index", "--no-build-isolation", "--no-deps", "--disable-pip-version-check", "--quiet")
    subprocess.run([sys.executable, "-m", "pip", "install", *offline, "--target", folder, PACKAGE], check=True)
    return folder


def run(installed: Path, module: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(installed), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, env=environment, cwd=cwd, capture_output=True, text=True, check=False, timeout=120)


def test_writer_of_another_package_is_listed_with_its_version(installed: Path, tmp_path: Path) -> None:
    listing = run(installed, "converter", "plugins", cwd=tmp_path)

    assert listing.returncode == 0, listing.stderr
    assert any(line.split()[:1] == ["plain"] and "1.0.0" in line for line in listing.stdout.splitlines())


def test_writer_of_another_package_writes_a_digest(installed: Path, tmp_path: Path) -> None:
    build = run(installed, "converter", *BUILD, "-o", "books", cwd=tmp_path)

    assert build.returncode == 0, build.stderr
    books = {path.name: path.read_text("utf-8") for path in (tmp_path / "books").glob("*.txt")}
    assert {Path(name).suffix for name in books} == {".txt"}
    for text in books.values():
        assert "柳渡新渡船试航 两岸往来不再“看天”\n" + "=" * 18 in text
        assert "从十六座木船到四十八座电动船" in text


def test_options_of_the_writer_come_from_its_table(installed: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "2024-05-13-a.md").write_text("---\ntitle: Ferry\n---\nIt sails.\n", "utf-8")
    (site / "converter.toml").write_text('[output.plain]\nunderline = "~"\n', "utf-8")

    build = run(installed, "converter", "build", str(site), "-o", "books", cwd=tmp_path)

    assert build.returncode == 0, build.stderr
    (book,) = (tmp_path / "books").glob("*.txt")
    assert "Ferry\n~~~~~\n\nIt sails.\n" in book.read_text("utf-8")


def test_writer_of_another_package_keeps_the_contract(installed: Path, tmp_path: Path) -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    (example,) = re.findall(r"^   ```python\n(.*?)^   ```", page, re.M | re.S)
    (tmp_path / "test_plain.py").write_text(dedent(example), "utf-8")

    tests = run(installed, "pytest", "-q", "-p", "no:cacheprovider", "test_plain.py", cwd=tmp_path)

    assert tests.returncode == 0, tests.stdout
    assert "7 passed" in tests.stdout


def test_files_of_a_writer_that_takes_their_words_out_are_verified(installed: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "2024-05-13-a.md").write_text("---\ntitle: Ferry\n---\nIt sails at noon.\n", "utf-8")
    (site / "2024-05-14-b.md").write_text("---\ntitle: Quay\n---\nIt is *open*.\n", "utf-8")

    build = run(installed, "converter", "build", "site", "-t", "plain", "-o", "books", "--verify", cwd=tmp_path)
    [file] = (tmp_path / "books").glob("*.txt")
    verify = run(installed, "converter", "verify", str(file), "--against", "site", cwd=tmp_path)
    file.write_text(file.read_text("utf-8").replace("noon", ""), "utf-8")
    cut = run(installed, "converter", "verify", str(file), "--against", "site", cwd=tmp_path)

    assert build.returncode == 0, build.stderr
    assert verify.returncode == 0, verify.stderr
    assert cut.returncode == 1
    assert "[words-lost]" in cut.stderr


def changed(installed: Path, change: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command line with a class of the package changed: `W` is the writer."""
    environment = os.environ | {"PYTHONPATH": str(installed), "PYTHONUTF8": "1"}
    program = f"from plain_digest import PlainWriter as W\n{change}\nfrom converter.cli import main\nmain()"
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, env=environment, cwd=cwd, capture_output=True, text=True, check=False, timeout=120)


def test_files_of_a_writer_that_does_not_are_written_with_a_notice(installed: Path, tmp_path: Path) -> None:
    build = changed(installed, "del W.passages", *BUILD, "-o", "books", "--verify", "--verbose", cwd=tmp_path)

    assert build.returncode == 0, build.stderr
    assert "[not-verified]" in build.stderr
    assert list((tmp_path / "books").glob("*.txt"))


def test_two_writers_of_one_suffix_are_asked_about_and_never_overwrite(installed: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "2024-05-13-a.md").write_text("---\ntitle: Ferry\n---\nIt sails.\n", "utf-8")
    post = ("convert", "site/2024-05-13-a.md", "a.md")

    build = changed(
        installed, "W.suffix = '.md'", "build", "site", "-t", "plain", "-t", "markdown", "-o", "books", cwd=tmp_path
    )
    convert = changed(installed, "W.suffix = '.md'", *post, cwd=tmp_path)
    chosen = changed(installed, "W.suffix = '.md'", *post, "--to", "plain", cwd=tmp_path)

    assert build.returncode == convert.returncode == 2
    assert "the writers plain and markdown would replace each other's files" in build.stderr
    assert not (tmp_path / "books").exists()
    assert "several writers make files that end in '.md'" in convert.stderr
    assert "--to markdown or --to plain" in convert.stderr
    assert (chosen.returncode, (tmp_path / "a.md").read_text("utf-8")[:5]) == (0, "Ferry")


def test_misspelt_option_of_the_writer_is_an_error_that_names_its_neighbour(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "converter.toml").write_text('[output.plain]\nunderlin = "~"\n', "utf-8")

    build = run(installed, "converter", *BUILD, "-c", "converter.toml", "-o", "books", cwd=tmp_path)

    assert build.returncode == 2
    assert "underlin" in build.stderr
    assert "did you mean 'underline'?" in build.stderr
    assert not (tmp_path / "books").exists()
