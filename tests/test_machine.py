"""A machine that lacks libraries, and the ways in: what is missing is said once, before any work."""

import ast
import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from converter.cli import cli
from converter.config import Config, Options, load_config
from converter.diagnostics import Code, Severity, UsageError
from converter.pipeline.executors import SerialExecutor
from converter.pipeline.run import build
from converter.writers.pdf.engine import engine_of
from converter.writers.pdf.weasyprint import libraries
from tests.conftest import ROOT
from tests.test_cli import POST, converter


@pytest.fixture
def site(tmp_path: Path) -> str:
    folder = tmp_path / "site/_posts"
    folder.mkdir(parents=True)
    for day in range(1, 4):
        (folder / f"2024-05-0{day}-quay.md").write_text(POST, "utf-8")
    return str(folder.parent)


@pytest.fixture
def with_typst_alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(libraries, "LIBRARIES", {**libraries.LIBRARIES, "Pango": ("libpango-of-nowhere.so.0",)})
    engine_of.cache_clear()
    yield
    engine_of.cache_clear()


@pytest.fixture
def without_pango(with_typst_alone: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("converter.writers.pdf.engine.find_spec", lambda _: None)


@pytest.fixture
def system() -> ModuleType:
    """The module that runs before anything is installed."""
    spec = importlib.util.spec_from_file_location("system", ROOT / ".ci/system.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def configured(site: str, folder: Path, *formats: str) -> Config:
    return load_config(None, Options(sources=(site,), output=str(folder / "out"), formats=formats, jobs=1))


@pytest.mark.usefixtures("without_pango")
def test_a_format_that_nobody_named_is_left_out_with_one_warning(site: str, tmp_path: Path) -> None:
    report = build(configured(site, tmp_path))

    assert [Code.FORMAT_LEFT_OUT] == [each.code for each in report.diagnostics if each.severity is not Severity.NOTICE]
    assert {"epub", "markdown"} == {file.format for file in report.files}
    assert 0 == report.exit_status()


@pytest.mark.usefixtures("without_pango")
def test_a_format_that_was_named_is_one_error_and_costs_no_other(site: str, tmp_path: Path) -> None:
    report = build(configured(site, tmp_path, "pdf", "markdown"))

    assert [Code.LIBRARY_MISSING] == [each.code for each in report.diagnostics if each.severity is not Severity.NOTICE]
    assert {"markdown"} == {file.format for file in report.files}
    assert 1 == report.exit_status()


@pytest.mark.usefixtures("without_pango")
def test_a_run_that_can_write_nothing_ends_before_it_reads(site: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="PDF needs Pango") as raised:
        build(configured(site, tmp_path, "pdf"))

    assert Code.LIBRARY_MISSING is raised.value.diagnostic.code
    assert not (tmp_path / "out").exists()


@pytest.mark.needs("Typst")
@pytest.mark.usefixtures("with_typst_alone")
def test_typst_stands_in_for_weasyprint_with_one_notice(site: str, tmp_path: Path) -> None:
    report = build(configured(site, tmp_path, "pdf"), executor=SerialExecutor())  # a worker would find Pango

    folded = Code.DUPLICATE_FOLDED  # two of the samples
    assert [Code.ENGINE_REPLACED] == [each.code for each in report.diagnostics if each.code is not folded]
    assert ["pdf"] == [file.format for file in report.files]


def test_the_libraries_are_those_that_weasyprint_loads() -> None:
    spec = importlib.util.find_spec("weasyprint")
    assert spec is not None
    assert spec.origin is not None
    tree = ast.parse(Path(spec.origin).with_name("text").joinpath("ffi.py").read_text("utf-8"))
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_dlopen"
    ]
    needed = [
        {argument.value for argument in call.args if isinstance(argument, ast.Constant)}
        for call in calls
        if not call.keywords
    ]

    assert sorted(map(sorted, needed)) == sorted(map(sorted, map(set, libraries.LIBRARIES.values())))


PROGRAM = Callable[[str, str], None]


@pytest.fixture
def a_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PROGRAM:
    """Make the only programs that there are, each a script of the shell."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def make(name: str, script: str) -> None:
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)

    return make


@pytest.mark.needs("Linux")
def test_pango_is_installed_where_that_is_allowed(
    system: ModuleType,
    a_program: PROGRAM,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    done = tmp_path / "done"
    a_program("apt-get", f'echo "$@" >> {done}')
    monkeypatch.setattr(system, "has_pango", done.exists)
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    assert system.provide_pango()
    assert "libpango-1.0-0 libpangoft2-1.0-0" in done.read_text()
    assert "PDF needs Pango; installing it with apt-get …\n" == capsys.readouterr().out


@pytest.mark.needs("Linux")
def test_lists_of_packages_are_made_where_there_are_none(
    system: ModuleType, a_program: PROGRAM, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed, done = tmp_path / "listed", tmp_path / "done"
    a_program("apt-get", f"case $1 in update) : > {listed};; *) [ -e {listed} ] && : > {done};; esac")
    monkeypatch.setattr(system, "has_pango", done.exists)
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    assert system.provide_pango()


@pytest.mark.parametrize(
    ("user", "said"), [(1000, ""), (0, " which failed")], ids=["without rights", "without a network"]
)
@pytest.mark.needs("Linux")
def test_pango_that_cannot_be_installed_stops_nothing(
    system: ModuleType,
    a_program: PROGRAM,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    user: int,
    said: str,
) -> None:
    a_program("apt-get", "exit 1")
    monkeypatch.setattr(system, "has_pango", lambda: False)
    monkeypatch.setattr(os, "geteuid", lambda: user)

    assert not system.provide_pango()
    printed = capsys.readouterr().out
    assert said in printed
    assert bool(printed) == bool(said)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_the_script_of_a_shell(shell: str) -> None:
    result = converter("completion", shell)

    assert 0 == result.returncode, result.stderr
    assert f"_CONVERTER_COMPLETE={shell}_complete" in result.stdout


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("converter bu", "build"),
        ("converter build --to mark", "markdown"),
        ("converter build --theme def", "default"),
        ("converter convert --to ep", "epub"),
        ("converter build --period qu", "quarter"),
    ],
)
@pytest.mark.needs("bash")
def test_bash_completes_commands_and_values(words: str, expected: str) -> None:
    script = (
        'eval "$(converter completion bash)"; '
        f"COMP_WORDS=({words}); COMP_CWORD={len(words.split()) - 1}; "
        '_converter_completion converter; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    run = subprocess.run(
        ["bash", "-c", script], env={**os.environ, "PATH": path}, capture_output=True, text=True, check=True
    )

    assert expected in run.stdout.splitlines()


def test_each_name_of_the_program_leads_to_the_command_line() -> None:
    folder = Path(sys.executable).parent
    for name in ("converter", "digest-converter"):
        run = subprocess.run([folder / name, "--version"], capture_output=True, text=True, check=True)
        assert run.stdout.startswith("converter ")
    assert "completion" in cli.commands
