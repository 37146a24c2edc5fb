"""What is read is read through one gate: regular files, inside of the folder, within bounds, and no race."""

import ast
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from converter.storage import Fault, LocalTree, RefusedError, beneath, read_named

HANDLES = Path("/proc/self/fd")
CONVERTER = Path(__file__).parent.parent / "converter"


@pytest.fixture(params=["walk", "compare"])
def root(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder beside a secret, for the way that opens folder by folder and for that of other systems."""
    monkeypatch.setattr(beneath, "CAN_WALK", request.param == "walk")
    (tmp_path / "site/in").mkdir(parents=True)
    (tmp_path / "site/in/a.md").write_bytes(b"inside")
    (tmp_path / "secret.md").write_bytes(b"secret")
    return tmp_path / "site"


def fault_of(root: Path, path: str, most: int = 100, *, follow_links: bool = False) -> Fault:
    with pytest.raises(RefusedError) as caught:
        LocalTree(str(root), follow_links).read(path, most)
    assert caught.value.hint
    return caught.value.fault


def link(root: Path, name: str, target: Path | str) -> None:
    (root / name).symlink_to(target)


@pytest.mark.parametrize("path", ["in/a.md", "./in//a.md", "in/../in/a.md", "../site/in/a.md"])
def test_a_file_inside_is_read(root: Path, path: str) -> None:
    assert b"inside" == LocalTree(str(root)).read(path, 6)


@pytest.mark.needs("POSIX")
@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("x.md", "in/a.md"),
        ("in/x.md", "../in/a.md"),
        ("in/x.md", "../../site/in/a.md"),
        ("x.md", "/ROOT/in/a.md"),
        ("x.md", "/ROOT/../site/in/a.md"),
    ],
)
def test_a_link_that_stays_inside_is_followed(root: Path, name: str, target: str) -> None:
    link(root, name, target.replace("/ROOT", str(root)))
    link(root, "folder", root / "in")
    link(root, "again", name)

    for path in (name, "again", "folder/a.md"):
        assert b"inside" == LocalTree(str(root)).read(path, 100)


@pytest.mark.needs("POSIX")
@pytest.mark.parametrize("target", ["../secret.md", "/ROOT/../secret.md", "in/../../secret.md", "/etc/passwd"])
def test_a_link_that_leads_out_is_refused_wherever_it_stands_on_the_way(root: Path, target: str) -> None:
    target = target.replace("/ROOT", str(root))
    link(root, "x.md", target)
    link(root, "y.md", "x.md")
    link(root, "up", "..")

    for path in ("x.md", "y.md", "up/secret.md", "../secret.md", "in/../../secret.md"):
        assert Fault.OUTSIDE == fault_of(root, path)


@pytest.mark.needs("POSIX")
def test_a_root_that_is_a_link_itself_is_the_folder_that_the_user_named(root: Path) -> None:
    link(root.parent, "named", "site")
    link(root, "x.md", root / "in/a.md")

    assert b"inside" == LocalTree(str(root.parent / "named")).read("in/a.md", 100)
    assert b"inside" == LocalTree(str(root.parent / "named")).read("x.md", 100)


@pytest.mark.needs("POSIX")
def test_links_lead_out_for_those_who_mean_it(root: Path) -> None:
    link(root, "x.md", "../secret.md")
    link(root, "zero.md", "/dev/zero")

    assert b"secret" == LocalTree(str(root), follow_links=True).read("x.md", 100)
    assert Fault.NO_FILE == fault_of(root, "zero.md", follow_links=True)


@pytest.mark.needs("POSIX")
@pytest.mark.parametrize("follow_links", [False, True])
def test_what_is_no_regular_file_is_refused_at_once(root: Path, *, follow_links: bool) -> None:
    os.mkfifo(root / "pipe.md")
    link(root, "linked.md", "pipe.md")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(root / "s.md"))

        for path in ("pipe.md", "linked.md", "s.md"):
            assert Fault.NO_FILE == fault_of(root, path, follow_links=follow_links)
        for path in ("in", "in/..", "."):
            assert Fault.UNREADABLE == fault_of(root, path, follow_links=follow_links)


@pytest.mark.needs("POSIX")
@pytest.mark.parametrize("follow_links", [False, True])
def test_what_is_not_there_and_loops_of_links_are_refused(root: Path, *, follow_links: bool) -> None:
    link(root, "gone.md", "nowhere.md")
    link(root, "loop.md", "pool.md")
    link(root, "pool.md", "loop.md")

    missing = {fault_of(root, path, follow_links=follow_links) for path in ("no.md", "gone.md", "in/a.md/b", "a\0b")}

    assert {Fault.MISSING} == missing
    assert fault_of(root, "loop.md", follow_links=follow_links) in (Fault.UNREADABLE, Fault.NO_FILE)
    assert Fault.UNREADABLE == fault_of(root, "x" * 5000, follow_links=follow_links)


def test_the_size_is_asked_before_anything_is_read(root: Path) -> None:
    with (root / "sparse.md").open("wb") as stream:
        stream.truncate(6 << 30)

    assert Fault.TOO_LARGE == fault_of(root, "sparse.md", 32 << 20)
    assert Fault.TOO_LARGE == fault_of(root, "in/a.md", 5)


def test_a_file_that_grows_while_it_is_read_is_read_up_to_the_bound(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fstat

    class Small:
        """What the system said of a file before it grew."""

        def __init__(self, handle: int) -> None:
            self.st_mode, self.st_size = real(handle).st_mode, 1
            self.st_dev, self.st_ino = real(handle).st_dev, real(handle).st_ino

    monkeypatch.setattr(os, "fstat", Small)

    assert b"inside" == LocalTree(str(root)).read("in/a.md", 6)
    assert Fault.TOO_LARGE == fault_of(root, "in/a.md", 5)


@pytest.mark.needs("POSIX")
def test_nothing_outside_is_read_while_a_folder_is_swapped_for_a_link(root: Path) -> None:
    if not beneath.CAN_WALK:
        pytest.skip("this is why the other way is there")
    (root.parent / "other").mkdir()
    (root.parent / "other/a.md").write_bytes(b"secret")
    link(root, "door", root.parent / "other")
    done = threading.Event()

    def swap() -> None:
        while not done.is_set():
            (root / "in").rename(root / "kept")
            (root / "door").rename(root / "in")
            (root / "in").rename(root / "door")
            (root / "kept").rename(root / "in")

    swapper = threading.Thread(target=swap)
    swapper.start()
    try:
        found = set()
        for _ in range(2000):
            try:
                found.add(LocalTree(str(root)).read("in/a.md", 100))
            except RefusedError as error:
                found.add(error.fault.value.encode())
    finally:
        done.set()
        swapper.join()

    assert b"secret" not in found


@pytest.mark.needs("POSIX")
def test_no_descriptor_stays_open(root: Path) -> None:
    link(root, "x.md", "../secret.md")
    os.mkfifo(root / "pipe.md")
    before = len(list(HANDLES.iterdir())) if HANDLES.exists() else 0

    for path in ("in/a.md", "x.md", "pipe.md", "no.md", "in"):
        try:
            LocalTree(str(root)).read(path, 100)
        except RefusedError:
            continue

    assert before == (len(list(HANDLES.iterdir())) if before else 0)


@pytest.mark.needs("POSIX")
def test_a_file_that_the_user_names_may_be_a_link_but_no_pipe(root: Path) -> None:
    link(root, "x.md", "../secret.md")
    os.mkfifo(root / "pipe.md")

    assert b"secret" == read_named(str(root / "x.md"), 6)
    for name, fault in (("pipe.md", Fault.NO_FILE), ("none", Fault.MISSING), ("x.md", Fault.TOO_LARGE)):
        with pytest.raises(RefusedError) as caught:
            read_named(str(root / name), 5)
        assert fault == caught.value.fault


def found_in(root: Path, *, follow_links: bool = False) -> dict[str, str]:
    entries = LocalTree(str(root), follow_links).list(
        "", passes=lambda name: name == "passed", failed=lambda folder, _error: pytest.fail(folder)
    )
    return {entry.name: entry.real for entry in entries}


@pytest.mark.needs("POSIX")
def test_linked_folders_are_entered_inside_and_once(root: Path) -> None:
    (root / "passed").mkdir()
    (root / "passed/b.md").write_bytes(b"")
    link(root, "again", "in")
    link(root, "loop", ".")
    link(root, "in/up", "..")
    link(root, "out", "..")
    (root.parent / "more").mkdir()
    (root.parent / "more/c.md").write_bytes(b"")
    link(root, "more", "../more")

    assert {"in/a.md": "", "again/a.md": "in/a.md", "more/": "", "out/": ""} == found_in(root)
    followed = found_in(root, follow_links=True)
    assert {"in/a.md": "", "again/a.md": "in/a.md", "more/c.md": ""} == followed


@pytest.mark.needs("POSIX")
def test_many_links_between_folders_cost_no_more_than_the_folders(root: Path) -> None:
    (root / "f12").mkdir()
    for level in range(12):
        (root / f"f{level}").mkdir()
        for name in "abc":
            link(root, f"f{level}/{name}", f"../f{level + 1}")

    assert 1 == len(found_in(root))


READS = frozenset({"open", "read_bytes", "read_text", "fdopen", "readlink"})
ALLOWED = {
    "storage/beneath.py": "it is the gate",
    "storage/tree.py": "it is the gate",
    "preview/server.py": "files of the package",
    "limits/bounds.py": "what Linux says of this process",
    "languages/labels.py": "a catalogue of the package",
    "reading/html/cleaning.py": "rules of the package",
    "writers/pdf/assembly/metadata.py": "a profile of the package WeasyPrint",
    "writers/pdf/weasyprint/versions.py": "the source of the package WeasyPrint",
    "writers/pdf/extraction.py": "pages that are in memory",
    "writers/pdf/weasyprint/layout.py": "pages that are in memory",
    "writers/pdf/typst/layout.py": "pages that are in memory",
    "writers/fonts/faces.py": "fonts of the machine",
    "writers/fonts/packaged.py": "it writes",
    "storage/archives.py": "archives that are in memory",
    "storage/cache.py": "results of earlier runs",
    "storage/sink.py": "it writes, and looks for leftovers",
    "cli/streams.py": "the standard streams",
}
"""Files that call something that reads, and why this is no way around the gate."""


def reads(path: Path) -> list[str]:
    """Return the calls in a module that may open a file by its name; those of Pillow take bytes."""
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    names: list[Callable[[ast.Call], str]] = [
        lambda call: call.func.id if isinstance(call.func, ast.Name) else "",
        lambda call: call.func.attr if isinstance(call.func, ast.Attribute) else "",
    ]
    found = [ast.unparse(call) for call in calls if any(name(call) in READS for name in names)]
    return [
        call for call in found if not call.startswith(("Pillow.open(io.BytesIO(", "closed.open(groups", "kind(address"))
    ]


def test_no_other_module_opens_files() -> None:
    found = {path.relative_to(CONVERTER).as_posix(): reads(path) for path in CONVERTER.rglob("*.py")}

    assert {name: calls for name, calls in found.items() if calls and name not in ALLOWED} == {}
    assert {name for name in ALLOWED if not found[name]} == set()
