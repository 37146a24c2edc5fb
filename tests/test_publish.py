"""Finished files are put in place whole or not at all."""

import os
from pathlib import Path

import pytest

from converter.diagnostics import WriterError
from converter.pipeline.output import open_output, publish
from converter.writers import File


def test_files_and_their_folders_are_made(tmp_path: Path) -> None:
    publish(open_output(str(tmp_path / "out")), (File("a.md", b"main"), File("a/picture.png", b"png")))

    assert b"main" == (tmp_path / "out/a.md").read_bytes()
    assert b"png" == (tmp_path / "out/a/picture.png").read_bytes()
    assert ["a", "a.md"] == sorted(path.name for path in (tmp_path / "out").iterdir())


@pytest.mark.needs("POSIX")
def test_a_file_may_be_read_by_those_whom_the_umask_allows(tmp_path: Path) -> None:
    mask = os.umask(0o027)
    try:
        publish(open_output(str(tmp_path)), (File("a.md", b""),))
    finally:
        os.umask(mask)

    assert 0o640 == (tmp_path / "a.md").stat().st_mode & 0o777


def test_a_file_that_is_the_same_keeps_its_time(tmp_path: Path) -> None:
    files = (File("a.md", b"main"), File("a/b.png", b"png"), File("a/c.png", b"png"))
    publish(open_output(str(tmp_path)), files[:2])
    os.utime(tmp_path / "a.md", (1, 1))
    os.utime(tmp_path / "a/b.png", (1, 1))

    changes = publish(open_output(str(tmp_path)), (files[0], File("a/b.png", b"pnG"), files[2]))

    assert ("same", "changed", "new") == changes
    assert 1 == (tmp_path / "a.md").stat().st_mtime
    assert (b"pnG", b"png") == ((tmp_path / "a/b.png").read_bytes(), (tmp_path / "a/c.png").read_bytes())
    assert 1 != (tmp_path / "a/b.png").stat().st_mtime


@pytest.mark.parametrize("name", ["../a.md", "/etc/a.md", "a/../../b.md"])
def test_a_name_that_leads_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(WriterError, match="points outside the output folder"):
        publish(open_output(str(tmp_path / "out")), (File(name, b""),))


def test_a_full_disk_leaves_the_old_file_and_nothing_partial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.md").write_bytes(b"old")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WriterError, match="No space left on device") as caught:
        publish(open_output(str(tmp_path)), (File("a.md", b"new"),))

    assert "free space" in (caught.value.diagnostic.hint or "")
    assert b"old" == (tmp_path / "a.md").read_bytes()
    assert ["a.md"] == [path.name for path in tmp_path.iterdir()]


def test_a_file_where_a_folder_should_be_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"")

    with pytest.raises(WriterError, match="cannot be written"):
        publish(open_output(str(tmp_path / "out")), (File("a.md", b""),))
