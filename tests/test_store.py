"""The store: what was made comes back as it was, and whatever is wrong with the folder costs time only."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from converter.diagnostics import Code, Diagnostic, SourceError, Warn
from converter.storage import LocalTree
from converter.storage import cache as module
from converter.storage.cache import Store, key_of

KEY = key_of("a post")
NOTE = Diagnostic(code=Code.UNDATED, message="no date", file="a.md", line=3)


def make(value: str, made: list[str]) -> Callable[[Warn], str]:
    """Return what makes `value`, has something to say, and notes in `made` that it was asked to."""

    def making(warn: Warn) -> str:
        made.append(value)
        warn(NOTE)
        return value

    return making


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_what_was_made_is_not_made_again_and_says_the_same(tmp_path: Path) -> None:
    store, made, told = Store(str(tmp_path / "store")), list[str](), list[Diagnostic]()

    values = [store.keep(KEY, str, make("one", made), told.append) for _ in range(2)]
    outcome = store.get(KEY, str)

    assert ["one", "one"] == values
    assert ["one"] == made
    assert [NOTE, NOTE] == told
    assert store.fault() == ""
    assert outcome
    assert ("one", (NOTE,)) == (outcome.value, outcome.diagnostics)


@pytest.mark.parametrize(("folder", "key"), [("", KEY), ("store", "")], ids=["no folder", "no key"])
def test_without_a_folder_or_a_key_nothing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, key: str
) -> None:
    monkeypatch.chdir(tmp_path)
    made: list[str] = []

    for _ in range(2):
        assert Store(folder).keep(key, str, make("one", made), lambda _: None) == "one"

    assert ["one", "one"] == made
    assert [] == files(tmp_path)


def test_a_failure_is_not_kept_and_what_it_said_before_is_told(tmp_path: Path) -> None:
    store, told = Store(str(tmp_path)), list[Diagnostic]()

    def fail(warn: Warn) -> str:
        warn(NOTE)
        raise SourceError(Code.EMPTY_FILE, "nothing in it", file="a.md")

    with pytest.raises(SourceError):
        store.keep(KEY, str, fail, told.append)

    assert [NOTE] == told
    assert [] == files(tmp_path)


@pytest.mark.parametrize("damage", [b"", b"\xff", b"[]", b'{"value":1}', b'{"value":null}'])
def test_a_damaged_result_is_made_again(tmp_path: Path, damage: bytes) -> None:
    store, made = Store(str(tmp_path)), list[str]()
    store.keep(KEY, str, make("one", made), lambda _: None)
    [file] = files(tmp_path)
    whole = file.read_bytes()
    file.write_bytes(damage)

    assert store.get(KEY, str) is None
    assert store.keep(KEY, str, make("one", made), lambda _: None) == "one"
    assert ["one", "one"] == made
    assert [whole] == [path.read_bytes() for path in files(tmp_path)]


def test_a_folder_that_cannot_be_written_costs_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    store, made = Store(str(tmp_path / "file")), list[str]()

    assert store.fault()
    assert store.keep(KEY, str, make("one", made), lambda _: None) == "one"
    assert store.get(KEY, str) is None
    store.prune()


def test_what_was_not_used_for_longest_goes_first_and_nothing_of_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(str(tmp_path))
    keys = [key_of(number) for number in range(4)]
    for key in keys:
        store.keep(key, str, make("x" * 100, []), lambda _: None)
    for age, path in enumerate(tmp_path / key[:2] / key[2:] for key in keys):
        os.utime(path, (1e9 - age, 1e9 - age))
    store.get(keys[3], str)  # used a moment ago
    foreign = tmp_path / "en" / "post.md"
    foreign.parent.mkdir()
    foreign.write_text("not ours")
    unfinished = tmp_path / keys[0][:2] / f"{keys[0][2:]}.abc"
    unfinished.write_bytes(b"x")
    os.utime(unfinished, (1, 1))
    monkeypatch.setattr(module, "MOST", 2 * len((tmp_path / keys[0][:2] / keys[0][2:]).read_bytes()))

    store.prune()

    assert [True, False, False, True] == [store.get(key, str) is not None for key in keys]
    assert foreign.exists()
    assert not unfinished.exists()


def test_keys_tell_values_apart_names_that_are_no_unicode_too() -> None:
    values = (("a", "b"), ("ab",), (["a", "b"],), ("b", "a"), (b"a", "b"), ("a", 1), ("\udcff", "b"), ("\udcfe", "b"))
    keys = [key_of(*each) for each in values]

    assert len(keys) == len({*keys})
    assert keys == [key_of(*each) for each in values]


def test_what_cannot_be_written_is_made_each_time(tmp_path: Path) -> None:
    made: list[str] = []

    for _ in range(2):
        assert Store(str(tmp_path)).keep(KEY, str, make("\udcff", made), lambda _: None) == "\udcff"

    assert ["\udcff", "\udcff"] == made
    assert [] == files(tmp_path)


def test_the_fingerprint_of_a_folder_changes_with_names_and_contents(tmp_path: Path) -> None:
    def fingerprint() -> str:
        return LocalTree(str(tmp_path)).fingerprint()

    (tmp_path / "in").mkdir()
    found = [fingerprint()]
    (tmp_path / "in" / "a.css").write_bytes(b"a {}")
    found.append(fingerprint())
    (tmp_path / "in" / "a.css").write_bytes(b"b {}")
    found.append(fingerprint())
    (tmp_path / "in" / "a.css").rename(tmp_path / "a.css")
    found.append(fingerprint())
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_bytes(b"x")

    assert len(found) == len({*found})
    assert fingerprint() == found[-1]
