"""`CONTRIBUTING.md` knows every module and every target that there is."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def test_the_map_names_every_module_and_no_other() -> None:
    rows = re.findall(r"^\| ((?:`[a-z_]+(?:\.py|/)`(?:, )?)+) \|", PAGE, re.MULTILINE)
    named = [name for row in rows for name in re.findall(r"`(\S+?)`", row)]
    modules = {path.name for path in (ROOT / "converter").glob("[!_]*.py")}
    folders = {f"{path.parent.name}/" for path in (ROOT / "converter").glob("[!_]*/__init__.py")}

    assert modules | folders == set(named)


def test_the_targets_are_those_of_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):.*##", makefile, re.MULTILINE))

    assert set(re.findall(r"`make ([a-z]+)`", PAGE)) == targets - {"help", "clean"}
