"""The cache: what was made comes back as it was, and whatever is wrong with the folder costs time only."""

import errno
import os
import pickle
import stat
from pathlib import Path
from typing import Any, NoReturn

import pytest

from converter.cli.folders import default_cache
from converter.diagnostics import Code, Diagnostic, Outcome, SourceError, Warn
from converter.pipeline.cache import NOTHING, PASSING, Pages, TaskCache
from converter.storage import LocalTree, fingerprint
from converter.storage.cache import Bundles, Cache, _danger
from converter.storage.fingerprint import code_fingerprint, key_of
from converter.storage.tree import fingerprint_of

KEY = key_of("a post")
NOTE = Diagnostic(code=Code.UNDATED, message="no date", file="a.md", line=3)


class Shout:
    """A task whose outcomes may be cached."""

    def key(self, item: str) -> str:
        if item == "bad":
            raise SourceError(Code.EMPTY_FILE, "nothing in it")
        return key_of(item)

    def kind(self, item: str) -> type[str]:
        return str


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def a_cache(folder: Path, told: list[Diagnostic] | None = None, **options: Any) -> TaskCache:
    return TaskCache(Cache(str(folder), **options), pytest.fail if told is None else told.append)


def refuse(*_: object, **__: object) -> NoReturn:
    raise OSError(errno.EROFS, "Read-only file system")


def stored(folder: Path, results: dict[str, bytes], **options: Any) -> Path:
    """Return the bundle of some results."""
    bundles = Bundles(Cache(str(folder), **options))
    for key, data in results.items():
        assert bundles.put(key, data) == ""
    before = {*files(folder)}
    assert bundles.flush() == ""
    bundles.close()
    [path] = {*files(folder)} - before
    return path


# ---- bytes ----


def test_bytes_come_back_under_their_key_at_once_and_in_the_next_run(tmp_path: Path) -> None:
    other = key_of("another")
    cache = Cache(str(tmp_path / "c"))
    assert cache.prepare() == ""
    bundles = Bundles(cache)
    assert bundles.get(KEY) is None
    assert not bundles.has(KEY)

    assert bundles.put(KEY, b"one") == bundles.put(other, b"") == ""

    assert (bundles.get(KEY), bundles.get(other)) == (b"one", b"")
    assert bundles.flush() == bundles.flush() == ""
    assert (bundles.get(KEY), bundles.get(other)) == (b"one", b"")
    again = Bundles(cache)
    assert (again.get(KEY), again.get(other), again.has(KEY), again.has(key_of())) == (b"one", b"", True, False)


def test_a_bundle_with_any_byte_changed_or_cut_off_gives_no_other_result(tmp_path: Path) -> None:
    results = {KEY: b"some result", key_of("another"): b"another result"}
    path = stored(tmp_path, results)
    whole = path.read_bytes()

    for place in range(len(whole)):
        for damaged in (whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :], whole[:place]):
            path.write_bytes(damaged)
            bundles = Bundles(Cache(str(tmp_path)))
            found = {key: bundles.get(key) for key in results}
            bundles.close()
            assert None in found.values()
            assert all(data in (None, results[key]) for key, data in found.items())
    path.write_bytes(whole)
    assert results == {key: Bundles(Cache(str(tmp_path))).get(key) for key in results}


def test_without_a_folder_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    bundles = Bundles(Cache())

    assert (bundles.put(KEY, b"one"), bundles.flush(), bundles.get(KEY), Cache().size()) == ("", "", None, 0)
    assert [] == files(tmp_path)


def test_results_are_written_together_but_none_waits_for_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    bundles = Bundles(Cache(str(tmp_path)))

    def put(number: int, size: int = 1) -> int:
        bundles.put(key_of(number), bytes(size))
        return len(files(tmp_path))

    assert [0] * 63 == [put(number) for number in range(63)]
    assert put(63) == 1
    assert put(64) == 1
    assert put(65, 2_000_000) == 2
    assert put(66) == 2
    now[0] = 3.0
    assert put(67) == 3
    assert {bundles.get(key_of(number)) for number in range(65)} == {b"\0"}


def test_what_was_not_used_for_longest_goes_first_and_nothing_of_others(tmp_path: Path) -> None:
    cache = Cache(str(tmp_path), limit=1)
    keys = [key_of(number) for number in range(6)]
    for age, key in enumerate(keys):
        path = stored(tmp_path, {key: bytes(240_000)}, limit=1)
        os.utime(path, (1e9 - age, 1e9 - age))
    Bundles(cache).get(keys[5])  # used a moment ago
    foreign = tmp_path / "post.md"
    foreign.write_text("not ours")

    cache.prune()

    assert [True, True, True, False, False, True] == [Bundles(cache).has(key) for key in keys]
    assert foreign.exists()
    assert 4 * 240_000 < cache.size() < 1_000_000


def test_one_result_does_not_drive_out_all_others(tmp_path: Path) -> None:
    bundles = Bundles(Cache(str(tmp_path), limit=1))

    assert bundles.put(KEY, bytes(250_001)) == bundles.flush() == ""
    assert [] == files(tmp_path)


def test_a_bundle_that_another_run_removes_is_none(tmp_path: Path) -> None:
    path = stored(tmp_path, {KEY: b"one"})
    stored(tmp_path, {key_of(2): b"two"})
    bundles = Bundles(Cache(str(tmp_path)))
    assert bundles.get(key_of(2)) == b"two"
    path.unlink()

    assert bundles.get(KEY) is None


@pytest.mark.needs("POSIX")
def test_nobody_else_can_read_or_write_what_is_in_a_new_folder(tmp_path: Path) -> None:
    Cache(str(tmp_path / "new")).prepare()
    path = stored(tmp_path / "new", {KEY: b"one"})

    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.needs("POSIX")
def test_a_folder_that_others_can_write_to_is_not_used(tmp_path: Path) -> None:
    told: list[Diagnostic] = []
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    own = tmp_path.stat()

    assert not a_cache(tmp_path / "open", told).is_on
    assert not TaskCache(Cache(str(tmp_path / "open"), is_named=False), pytest.fail).is_on
    assert a_cache(tmp_path, told).is_on
    assert ["this folder is not used: every user can put anything into it"] == [each.message for each in told]
    assert _danger(own) == _danger(os.stat_result((*own[:4], 0, *own[5:10]))) == ""
    assert "another user" in _danger(os.stat_result((*own[:4], own.st_uid + 1, *own[5:10])))


# ---- outcomes ----


def test_an_outcome_comes_back_with_what_it_said(tmp_path: Path) -> None:
    cache, task = a_cache(tmp_path), Shout()
    found = cache.look_up(task, "one")
    assert (found.key, found.outcome) == (key_of("one"), None)

    cache.put(found.key, Outcome("ONE", (NOTE,)))
    cache.close()

    assert a_cache(tmp_path).look_up(task, "one").outcome == Outcome("ONE", (NOTE,))
    assert cache.look_up(task, "two").outcome is None


def test_what_has_no_key_or_fails_to_say_it_is_done_each_time(tmp_path: Path) -> None:
    cache = a_cache(tmp_path)

    assert cache.look_up(object(), "one") == cache.look_up(Shout(), "bad") == NOTHING
    cache.put("", Outcome("ONE"))
    cache.close()
    assert [] == files(tmp_path)


@pytest.mark.parametrize("code", sorted(PASSING))
def test_what_the_next_run_may_not_meet_is_not_kept(tmp_path: Path, code: Code) -> None:
    cache = a_cache(tmp_path)

    cache.put(KEY, Outcome("ONE", (NOTE, Diagnostic(code=code, message="just now"))))
    cache.put(KEY, Outcome(None, (NOTE,)))
    cache.close()

    assert [] == files(tmp_path)


def test_text_that_is_no_unicode_is_made_each_time(tmp_path: Path) -> None:
    cache = a_cache(tmp_path)

    cache.put(KEY, Outcome("\udcff"))
    cache.close()

    assert [] == files(tmp_path)


class Trap:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


@pytest.mark.parametrize("kind", [str, int, tuple[str, ...]])
def test_a_result_of_another_type_is_none_and_nothing_in_it_is_run(tmp_path: Path, kind: Any) -> None:
    trap = tmp_path / "sprung"
    for number, data in enumerate((b"", b"\xff", b"\x80", pickle.dumps(Outcome(Trap(trap))), b"\x81\xa5value\xc0")):
        key = key_of(number)
        stored(tmp_path, {key: data})
        assert a_cache(tmp_path).get(key, kind) is None
    assert not trap.exists()


def test_a_read_only_folder_serves_and_a_full_disk_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = a_cache(tmp_path)
    first.put(KEY, Outcome("ONE"))
    first.close()
    calls: list[object] = []
    told: list[Diagnostic] = []

    def full(*given: object, **_: object) -> NoReturn:
        calls.append(given)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("converter.storage.cache.write_quickly", full)
    monkeypatch.setattr(os, "utime", refuse)
    monkeypatch.setattr(os, "makedirs", refuse)
    cache = a_cache(tmp_path, told)

    assert cache.get(KEY, str) == Outcome("ONE")
    assert [] == told
    for number in range(200):
        cache.put(key_of(number), Outcome("x"))
    cache.close()
    assert ["nothing can be cached in this folder: No space left on device"] == [each.message for each in told]
    assert len(calls) == 1
    silent = a_cache(tmp_path, is_named=False)
    silent.put(KEY, Outcome("ONE"))
    silent.close()


def test_a_file_in_the_place_of_the_folder_costs_nothing_else(tmp_path: Path) -> None:
    told: list[Diagnostic] = []
    (tmp_path / "file").write_bytes(b"")
    cache = a_cache(tmp_path / "file", told)

    cache.put(KEY, Outcome("ONE"))
    cache.close()

    assert cache.get(KEY, str) is None
    assert [str(tmp_path / "file")] == [each.file for each in told]


def test_pages_of_a_book_are_made_once_and_say_the_same(tmp_path: Path) -> None:
    made: list[str] = []
    told: list[Diagnostic] = []

    def make(warn: Warn) -> str:
        made.append("page")
        warn(NOTE)
        return "page"

    for context in ("a", "a", "b"):
        cache = a_cache(tmp_path)
        assert Pages(cache, context).once(("x", 1), str, make, told.append) == "page"
        cache.close()
    assert len(made) == 2
    assert [NOTE] * 3 == told


# ---- keys ----


def test_keys_tell_values_apart_names_that_are_no_unicode_too() -> None:
    values = (("a", "b"), ("ab",), (["a", "b"],), ("b", "a"), (b"a", "b"), ("a", 1), ("\udcff", "b"), ("\udcfe", "b"))
    keys = [key_of(*each) for each in values]

    assert len(keys) == len({*keys})
    assert keys == [key_of(*each) for each in values]


def test_the_code_of_the_whole_converter_is_in_every_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fingerprint, "_CONVERTER", tmp_path)
    found = []
    for text in ("a = 1", "a = 2"):
        (tmp_path / "deep").mkdir(exist_ok=True)
        (tmp_path / "deep" / "module.py").write_text(text)
        fingerprint._own_code.cache_clear()
        code_fingerprint.cache_clear()
        found.append((code_fingerprint("babel"), code_fingerprint("babel", "pillow"), code_fingerprint("no-such")))
    fingerprint._own_code.cache_clear()
    code_fingerprint.cache_clear()
    monkeypatch.undo()

    assert len({*found[0], *found[1]}) == 6
    assert (fingerprint._CONVERTER / "normalize").is_dir()


def test_the_fingerprint_of_a_folder_changes_with_names_and_contents(tmp_path: Path) -> None:
    def fingerprint() -> str:
        return fingerprint_of(LocalTree(str(tmp_path)))

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


# ---- the folder of the command line ----


@pytest.mark.needs("Linux")
def test_the_default_folder_is_among_the_caches_of_the_user_where_that_can_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "of" / "mine"))
    assert default_cache() == str(tmp_path / "of" / "mine" / "digest-converter" / "results")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_cache() == str(tmp_path / ".cache" / "digest-converter" / "results")
    (tmp_path / "file").write_bytes(b"")
    for home in ("/proc/nowhere", "/dev/null", str(tmp_path / "file")):
        monkeypatch.setenv("HOME", home)
        assert not Path(default_cache() or "/proc/nowhere").parent.exists()
