"""Run every case under `tests/cases/`.

A file `tests/cases/AREA/NAME.md` holds blocks that are parted by a line `===`. The first block says what the file is
about. Every other block is a case:

    a sentence that names the case
    key: value
    @@ input
    what goes in
    @@ output
    what comes out

Settings (`key: value`) are optional, and the area says which there are. `tests/areas/AREA.py` has a function
`run(case: Case) -> str` that makes the output of the input. `pytest --update-golden` writes what comes out into the
file; a person then reads the diff. A final newline of input or output never counts.
"""

import importlib
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

CASES = Path(__file__).parent / "cases"
_SEPARATOR = re.compile(r"^===\n", re.MULTILINE)


@dataclass(frozen=True)
class Case:
    """One case. `place` is its file and the number of its block."""

    place: tuple[Path, int]
    title: str
    settings: dict[str, str] = field(hash=False)
    input: str
    output: str

    def __str__(self) -> str:
        return f"{self.place[0].relative_to(CASES).with_suffix('')}: {self.title}"


def parse(path: Path) -> list[Case]:
    """Return the cases of a file."""
    blocks = _SEPARATOR.split(path.read_text(encoding="utf-8"))
    return [_case(path, number, block) for number, block in enumerate(blocks) if number]


def _case(path: Path, number: int, block: str) -> Case:
    head, _, rest = block.partition("@@ input\n")
    source, _, output = rest.partition("@@ output\n")
    title, *settings = head.strip().splitlines()
    pairs = (line.partition(":") for line in settings)
    return Case((path, number), title, {key.strip(): value.strip() for key, _, value in pairs}, source, output)


def write_output(case: Case, output: str) -> None:
    """Put the output in the place of what the file expects."""
    path, number = case.place
    blocks = _SEPARATOR.split(path.read_text(encoding="utf-8"))
    head, _, _ = blocks[number].partition("@@ output\n")
    head = head.rstrip("\n") + "\n"
    blocks[number] = f"{head}@@ output\n{output.rstrip()}\n" + ("\n" if number + 1 < len(blocks) else "")
    path.write_text("===\n".join(blocks), encoding="utf-8")


ALL = [case for path in sorted(CASES.rglob("*.md")) for case in parse(path)]


def test_there_are_cases() -> None:
    assert ALL


@pytest.mark.parametrize("case", ALL, ids=str)
def test_case(case: Case, request: pytest.FixtureRequest) -> None:
    area = case.place[0].relative_to(CASES).parts[0]
    got = importlib.import_module(f"tests.areas.{area}").run(case)

    if request.config.getoption("--update-golden"):
        write_output(case, got)
        return
    assert case.output.rstrip() == got.rstrip()
