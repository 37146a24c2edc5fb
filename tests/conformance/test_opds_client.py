"""A device that subscribes to a catalogue gets every book once, and then what is new or revised, and nothing else."""

import json
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from converter.cli import cli
from tests.conformance.browser import HERE, run_script

pytestmark = [pytest.mark.conformance, pytest.mark.needs("a browser", "node")]


def write(day: int, text: str) -> None:
    Path("posts").mkdir(exist_ok=True)
    header = f"---\ntitle: Post {day}\ndate: 2024-05-{day:02}\n---\n"
    Path(f"posts/2024-05-{day:02}-p.md").write_text(f"{header}{text}\n", "utf-8")


def build() -> None:
    result = CliRunner().invoke(cli, ["build", "-c", "converter.toml", "-j", "1", "--cache", "cache"])
    assert result.exit_code == 0, result.output


def sync(catalogue: str, known: set[str]) -> list[str]:
    """Return the titles of the books that the device fetches, and note in `known` where they are."""
    shown = {path.relative_to("out").as_posix(): path for path in Path("out").rglob("*") if path.is_file()}
    shown["opds.html"] = HERE / "opds.html"
    titles: list[str] = []
    for book in json.loads(run_script("opds.cjs", shown, catalogue, json.dumps(sorted(known)))):
        known.add(book["place"])
        titles.append(book["title"])
        file = Path("out") / urlsplit(book["place"]).path.strip("/")
        assert book["sha256"] == sha256(file.read_bytes()).hexdigest()
    return titles


@pytest.mark.parametrize("catalogue", ["opds.xml", "opds.json"])
def test_a_device_gets_what_is_new_and_what_was_revised(
    catalogue: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    digest = '[[digest]]\nname = "week"\ntitle = "The Week"\nperiod = "week"\n'
    text = f'sources = ["posts"]\n[output.epub]\n[output.markdown]\n{digest}[publish]\ncatalogues = ["opds"]\n'
    Path("converter.toml").write_text(text, "utf-8")
    for day in (1, 8, 15):
        write(day, f"Text of the {day}th.")
    device: set[str] = set()

    build()
    assert len(sync(catalogue, device)) == 3
    assert {Path(urlsplit(place).path).suffix for place in device} == {".epub"}
    build()
    assert sync(catalogue, device) == []

    write(8, "Corrected.")
    write(22, "New.")
    build()
    fetched = sync(catalogue, device)
    assert len(fetched) == 2
    assert any("(v2)" in title for title in fetched)
    assert sync(catalogue, device) == []
