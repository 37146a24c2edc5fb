"""What is in the wheel: all that is needed at run time, and nothing else."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    [path] = folder.glob("*.whl")
    return path


def tracked(folder: str) -> set[str]:
    """Return the files that git has, or would take, below a folder."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", folder]
    return set(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\n")) - {""}


def test_the_wheel_holds_the_package_and_the_themes(wheel: Path) -> None:
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    themes = {name.replace("themes/", "converter/_themes/", 1) for name in tracked("themes")}

    assert tracked("converter") | themes | {"converter/_docs/diagnostics.md"} == names


def test_an_installed_wheel_finds_its_themes_and_writers(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    program = (
        "import converter, converter.themes as t; from pathlib import Path;"
        "assert Path(converter.__file__).is_relative_to(Path.cwd());"
        "print(t.open_theme('default').folders[0].endswith('converter/_themes/default'));"
        "from converter.cli.explain import explanation; assert explanation('words-lost')"
    )

    result = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)

    assert "True" == result.stdout.strip()
