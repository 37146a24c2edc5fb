"""An output folder in or beside the sources: what a run made is no post of the next one."""

from pathlib import Path

import pytest

from converter import Report, build, load_config
from converter.config import Options


def run(folder: Path, output: str) -> Report:
    options = Options(sources=(str(folder),), output=str(folder / output), formats=("markdown", "epub"), jobs=1)
    return build(load_config(None, options))


@pytest.mark.parametrize("output", ["out", "books/new", "."])
def test_what_a_run_made_is_no_post_of_the_next_one(output: str, tmp_path: Path) -> None:
    (tmp_path / "quay.md").write_text("---\ntitle: Quay\ndate: 2024-05-01\n---\nThe quay.\n", "utf-8")
    (tmp_path / "outer.md").write_text("---\ntitle: Outer\ndate: 2024-05-01\n---\nBeside.\n", "utf-8")
    first = run(tmp_path, output)

    second = run(tmp_path, output)

    assert (2, 2) == (first.posts, second.posts)
    assert ["same", "same"] == [file.change for file in second.files]


def test_the_folder_of_outputs_can_be_a_source_itself(tmp_path: Path) -> None:
    (tmp_path / "quay.md").write_text("---\ntitle: Quay\ndate: 2024-05-01\n---\nThe quay.\n", "utf-8")
    run(tmp_path, "out")

    options = Options(sources=(str(tmp_path / "out"),), output=str(tmp_path / "again"), formats=("markdown",), jobs=1)

    assert 1 == build(load_config(None, options)).posts
