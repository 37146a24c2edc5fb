"""What axe-core, the Nu HTML Checker and a browser say of our pages: the samples, and a site of them."""

import json
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from click.testing import CliRunner

from converter.cli import cli
from tests.conformance.browser import MODULES, run_script
from tests.conftest import ROOT, require_installed

pytestmark = pytest.mark.conformance

SCREENS = "390x844,1280x900:dark"
CONFIG = """
sources = ["{sources}"]

[output.html]
{options}

[publish]
url = "https://books.example.org/"
catalogues = ["site"]

[[digest]]
name = "weekly"
period = "week"
group_by = "category"

[[digest]]
name = "daily"
period = "day"
"""


@pytest.fixture(scope="module", autouse=True)
def _tools() -> None:
    require_installed("java", "node", "a browser", "axe-core", "vnu-jar")


def built(folder: Path, sources: Path, options: str = "") -> dict[str, Path]:
    """Return the files of a site and of its editions, by name."""
    (folder / "converter.toml").write_text(CONFIG.format(sources=sources, options=options), "utf-8")
    result = CliRunner().invoke(cli, ["build", "-c", str(folder / "converter.toml"), "-o", str(folder / "out"), "-q"])
    assert result.exit_code in (0, 1, 3), result.output
    paths = (path for path in (folder / "out").rglob("*") if path.is_file())
    return {path.relative_to(folder / "out").as_posix(): path for path in paths}


def looked_at(files: dict[str, Path], *pages: str, screens: str = SCREENS, pictures: str = "") -> list[dict[str, Any]]:
    shown = {quote(name): path for name, path in files.items()}
    answers: list[dict[str, Any]] = json.loads(run_script("pages.cjs", shown, screens, pictures, *map(_quoted, pages)))
    return answers


def _quoted(page: str) -> str:
    name, mark, query = page.partition("?")
    return quote(name) + mark + query


def faults(answer: dict[str, Any]) -> list[object]:
    """Return what is wrong with a page on a screen."""
    wide = [f"{answer['overflow']} pixels are beside the screen"] if answer["overflow"] > 0 else []
    return [*answer["violations"], *answer["said"], *answer["broken"], *wide]


_OF_NO_WEIGHT = ("Resource violates Content Security Policy (meta tag)", "Section lacks heading")


def nu(*paths: Path) -> list[str]:
    """Return what the Nu HTML Checker finds: errors and warnings, but two that say nothing here.

    It takes `data:` in a policy for no scheme and a folder for no `self`: the browser tells what is blocked. A section
    that is named by a label needs no heading.
    """
    command = ["java", "-Xss4m", "-jar", str(MODULES / "vnu-jar/build/dist/vnu.jar"), "--format", "json", "--stdout"]
    run = subprocess.run([*command, *map(str, paths)], capture_output=True, text=True, check=False)
    return [
        f"{Path(one.get('url', '')).name}:{one.get('lastLine')}: {one['message']}"
        for one in json.loads(run.stdout)["messages"]
        if (one["type"], one.get("subType")) != ("info", None) and not one["message"].startswith(_OF_NO_WEIGHT)
    ]


def test_the_checkers_find_faults(tmp_path: Path) -> None:
    """Checkers that find nothing in a bad page would prove nothing about ours."""
    page = tmp_path / "a.html"
    page.write_text("<!DOCTYPE html><title>a</title><img src=a.png><p><div style='width:2000px'>x</div></p>", "utf-8")
    [answer] = looked_at({"a.html": page}, "a.html", screens="390x844")

    assert answer["overflow"] > 0
    assert any(one.startswith("image-alt") for one in answer["violations"])
    assert answer["broken"]
    assert nu(page)


@pytest.mark.parametrize("options", ["", 'shape = "folder"\ninline_megabytes = 0'])
def test_the_samples_and_the_site_of_their_editions(tmp_path: Path, options: str) -> None:
    files = built(tmp_path, ROOT / "samples", options)
    pages = sorted(name for name in files if name.endswith(".html"))
    some = [name for name in pages if "daily" not in name and "post-" not in name]
    some += [name for name in pages if "three-weeks" in name and "weekly" in name][:1]
    answers = looked_at(files, *some, "index.html?q=%E6%B8%A1%E8%88%B9", "index.html?q=hydro")

    assert {} == {(one["url"], one["screen"]): faults(one) for one in answers if faults(one)}
    assert [] == nu(*(files[name] for name in pages))
    assert {"rgb(255, 255, 255)", "rgb(23, 22, 20)"} == {one["ground"] for one in answers}
    searched = {one["url"]: one["found"] for one in answers if "?q=" in one["url"]}
    assert any("渡船" in title for title in searched["index.html?q=%E6%B8%A1%E8%88%B9"])
    assert {"Drawing the water level, one number at a time"} == set(searched["index.html?q=hydro"])
