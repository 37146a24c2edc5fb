"""Editions that a worker makes alone are those that are made part by part."""

import pickle
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import fsspec
import pytest

from converter import themes
from converter.config import Options, load_config
from converter.model import PeriodKind
from converter.pipeline import remote
from converter.pipeline.report import Report, Stage
from converter.pipeline.run import build
from converter.themes import open_theme
from tests.test_storage_memory import FILES


class Cluster(ThreadPoolExecutor):
    """Threads that count as another machine: what they are sent is pickled, and so is what comes back."""

    is_remote = True

    def __init__(self) -> None:
        super().__init__(2)
        self.sent: list[str] = []

    def submit(self, fn, /, *args, **kwargs):  # type: ignore[no-untyped-def]
        self.sent.append(type(args[0]).__name__)
        packed = pickle.dumps((fn, args, kwargs))

        def run() -> object:
            function, arguments, named = pickle.loads(packed)
            return pickle.loads(pickle.dumps(function(*arguments, **named)))

        return super().submit(run)


@pytest.fixture
def url() -> Iterator[str]:
    files = fsspec.filesystem("memory")
    for name, data in FILES.items():
        files.pipe_file(f"/quay/site/{name}", data)
    yield "memory://quay"
    files.rm("/quay", recursive=True)


def made(url: str, folder: str, cluster: Cluster, told: list[tuple[Stage, int, int]]) -> Report:
    options = Options(sources=(f"{url}/site",), output=folder, formats=("markdown", "epub"), period=PeriodKind.DAY)
    return build(load_config(None, options), executor=cluster, progress=lambda *each: told.append(each))


@pytest.mark.parametrize("most", [500, 0])
def test_what_a_worker_makes_alone_is_what_is_made_in_parts(
    url: str, most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "MOST_POSTS", most)
    told: list[tuple[Stage, int, int]] = []
    with Cluster() as cluster:
        local = made(url, str(tmp_path), cluster, [])
        assert "_Make" not in cluster.sent
        report = made(url, f"{url}/out", cluster, told)

    assert ("_Make" in cluster.sent) == (most > 0)
    assert not report.exit_status()
    assert {"new"} == {file.change for file in report.files}
    assert [(file.path, file.sha256) for file in local.files] == [(file.path, file.sha256) for file in report.files]
    assert [str(one) for one in local.diagnostics] == [str(one) for one in report.diagnostics]
    assert (Stage.WRITE, 4, 4) == told[-1]
    files = fsspec.filesystem("memory")
    assert all(files.exists(f"/quay/out/{file.path}") for file in report.files)


def test_a_theme_of_ours_is_where_the_other_machine_has_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sent = pickle.dumps(open_theme("default"))
    assert open_theme("default") == pickle.loads(sent)

    monkeypatch.setattr(themes, "BUILT_IN", tmp_path)
    assert (str(tmp_path / "default"),) == pickle.loads(sent).folders
