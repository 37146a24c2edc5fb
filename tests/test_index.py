"""The index: records that outlive a run, or a sentence that says why not."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from converter.diagnostics import Code, UsageError
from converter.storage import Index

RECORDS = {"a": b"1", "b\0\udcff": b"", "c": bytes(range(256)) * 40}


def filled(path: Path) -> Path:
    with closing(Index(str(path))) as index:
        for key, data in RECORDS.items():
            index.put("sources", key, b"old")
            index.put("sources", key, data)
        index.put("posts", "gone", b"x")
        index.remove("posts", "gone")
    return path


def read(path: Path, *, must_last: bool = False) -> dict[str, bytes]:
    with closing(Index(str(path), must_last=must_last)) as index:
        assert index.get("posts", "gone") is None
        return dict(index.records("sources"))


def test_records_outlive_the_run(tmp_path: Path) -> None:
    path = filled(tmp_path / "new" / "a.index")

    assert RECORDS == read(path) == read(path, must_last=True)
    assert ["a.index"] == [each.name for each in path.parent.iterdir()]


@pytest.mark.parametrize("damage", ["not a database", "", "version", "a record", "cut"])
def test_a_damaged_cache_is_made_again_and_a_damaged_state_is_not(damage: str, tmp_path: Path) -> None:
    path = filled(tmp_path / "a.index")
    data = path.read_bytes()
    match damage:
        case "version":
            with closing(sqlite3.connect(path)) as connection:
                connection.execute("PRAGMA user_version = 2")
        case "a record":
            path.write_bytes(data.replace(bytes(range(200)), bytes(range(1, 201))))
        case "cut":
            path.write_bytes(data[: len(data) // 2])
        case _:
            path.write_bytes(damage.encode())
    expected = {key: value for key, value in RECORDS.items() if damage == "a record" and key != "c"}

    if damage:  # an empty file is a new one
        with pytest.raises(UsageError) as refused:
            read(path, must_last=True)
        assert Code.STATE_UNUSABLE is refused.value.diagnostic.code
        assert str(path) == refused.value.diagnostic.file
    assert expected == read(path)
    assert RECORDS == read(filled(path))


def test_one_run_at_a_time_has_the_state_and_a_second_one_works_without_the_cache(tmp_path: Path) -> None:
    path = filled(tmp_path / "a.index")
    with closing(Index(str(path))):
        with pytest.raises(UsageError, match="another run is using this state"):
            Index(str(path), must_last=True, patience=0.05)
        assert {} == read(path)
    assert RECORDS == read(path)


def test_a_folder_that_cannot_be_written_costs_the_index(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    path = tmp_path / "file" / "a.index"

    assert {} == read(path)
    with pytest.raises(UsageError, match="the state cannot be used"):
        Index(str(path), must_last=True)


def test_a_state_that_cannot_be_written_ends_the_run_and_is_as_it_was(tmp_path: Path) -> None:
    path = filled(tmp_path / "a.index")
    index = Index(str(path), must_last=True)
    index.put("sources", "a", b"new")
    index._connection.execute("PRAGMA max_page_count = 1")

    with pytest.raises(UsageError, match="full") as refused:
        index.put("sources", "b", bytes(5_000_000))
    with pytest.raises(UsageError):
        index.close()

    assert "free space" in (refused.value.diagnostic.hint or "")
    assert RECORDS == read(path, must_last=True)
