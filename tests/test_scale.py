"""Other machines: a cluster of Dask and an S3 server on loopback make the same bytes as one process with a folder.

Whatever happens meanwhile: a server that is busy, a worker that dies.
"""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from converter.config import Options, load_config
from converter.diagnostics import UsageError
from converter.model import PeriodKind
from converter.pipeline.report import Report, Stage, silent
from converter.pipeline.run import build
from converter.storage.remote import RemoteOutput
from tests.cluster import dask_cluster, objects, refuse, s3_server, upload, worker_processes

SAMPLES = Path(__file__).parent.parent / "samples"
CONFIG = SAMPLES / "converter.toml"
FORMATS = ("epub", "markdown", "pdf")

pytestmark = [pytest.mark.conformance, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with s3_server() as url:
        upload(SAMPLES, "site")
        yield url


@pytest.fixture(scope="module")
def cluster(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with dask_cluster(2, tmp_path_factory.mktemp("dask")) as address:
        yield f"dask://{address}"


def made(source: str, output: str, tell: object = silent, **options: object) -> Report:
    given = Options(sources=(source,), output=output, formats=FORMATS, period=PeriodKind.DAY, **options)  # type: ignore[arg-type]
    return build(load_config(str(CONFIG), given), progress=tell)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("local")
    made(str(SAMPLES), str(folder))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_cluster_makes_of_a_bucket_what_one_process_makes_of_a_folder(
    cluster: str, expected: dict[str, bytes]
) -> None:
    told: list[tuple[Stage, int, int]] = []
    report = made("s3://news/site", "s3://news/cluster", lambda *each: told.append(each), executor=cluster)

    assert not report.exit_status()
    assert expected == objects("cluster")
    assert {Stage.READ, Stage.WRITE} == {stage for stage, _, _ in told}
    assert told[-1][1] == told[-1][2]


def test_nothing_is_put_again_that_is_there(server: str, expected: dict[str, bytes], tmp_path: Path) -> None:
    for number in range(3):
        report = made("s3://news/site", "s3://news/again", cache=str(tmp_path))
        assert {"same" if number else "new"} == {file.change for file in report.files}
    assert expected == objects("again")


def test_a_bucket_that_is_busy_costs_time_only(server: str, expected: dict[str, bytes]) -> None:
    refuse(server, 9)
    report = made("s3://news/site", "s3://news/busy")

    assert not report.exit_status()
    assert expected == objects("busy")


def test_a_bucket_that_never_answers_ends_the_run_and_changes_nothing(
    server: str, expected: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    made("s3://news/site", "s3://news/lost")
    monkeypatch.setattr("converter.storage.remote.WAITS", (0.01,))
    refuse(server, 1000)
    try:
        with pytest.raises(UsageError, match="cannot be listed"):
            made("s3://news/site", "s3://news/lost")
    finally:
        refuse(server, 0)
    assert expected == objects("lost")


def test_a_worker_that_is_killed_costs_time_only(server: str, expected: dict[str, bytes], tmp_path: Path) -> None:
    with dask_cluster(2, tmp_path) as address:
        first, _ = worker_processes(address)

        def kill(stage: Stage, done: int, _total: int) -> None:
            if stage is Stage.WRITE and done > 1:
                os.kill(first, signal.SIGKILL)

        report = made("s3://news/site", "s3://news/killed", kill, executor=f"dask://{address}")
    assert not report.exit_status()
    assert expected == objects("killed")


def test_an_address_where_no_cluster_is_is_a_usage_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("converter.pipeline.dask.PATIENCE", 0.5)
    start, threads = time.monotonic(), threading.active_count()

    with pytest.raises(UsageError, match="no Dask cluster"):
        made(str(SAMPLES), str(tmp_path), executor="dask://127.0.0.1:1")
    assert time.monotonic() - start < 60
    assert threading.active_count() < threads + 10


@pytest.mark.parametrize("url", ["dask", "nosuch://127.0.0.1:1", "dask://"])
def test_what_is_no_executor_is_a_usage_error(url: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        made(str(SAMPLES), str(tmp_path), executor=url)


def test_the_worker_that_has_an_edition_puts_it_in_place(
    cluster: str, expected: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    put: list[str] = []
    real = RemoteOutput.put
    monkeypatch.setattr(RemoteOutput, "put", lambda sink, name, data: (put.append(name), real(sink, name, data))[1])

    made("s3://news/site", "s3://news/workers", executor=cluster)

    assert expected == objects("workers")
    assert ["editions.json"] == [name for name in put if not name.startswith("latest")]
