"""A cluster of Dask and a server for S3, on loopback: started for a test, and gone with it."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

_SERVER = """
import sys, threading
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

app, busy = DomainDispatcherApplication(create_backend_app), [0]

def serve(environ, start):
    if environ["PATH_INFO"].startswith("/-busy/"):  # how many of the next requests are refused
        busy[0] = int(environ["PATH_INFO"].rpartition("/")[2])
    elif busy[0] > 0:
        busy[0] -= 1
        body = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
        start("503 Slow Down", [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))])
        return [body]
    else:
        return app(environ, start)
    start("200 OK", [("Content-Length", "0")])
    return [b""]

server = make_server("127.0.0.1", 0, serve, threaded=True)
print(server.server_port, flush=True)
threading.Thread(target=lambda: (sys.stdin.read(), server.shutdown()), daemon=True).start()
server.serve_forever()
"""


_DASK = """
import importlib, os, sys, threading

threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
importlib.import_module(f"distributed.cli.dask_{sys.argv[1]}").main(sys.argv[2:])
"""


@contextmanager
def a_process(*command: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """Start a process that ends when its standard input does, or with the test."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | environment,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@contextmanager
def s3_server() -> Iterator[str]:
    """Yield the URL of a server for S3 with a bucket `news`, which the environment names from now on."""
    import boto3

    with a_process(sys.executable, "-c", _SERVER) as process, pytest.MonkeyPatch.context() as patch:
        assert process.stdout is not None
        url = f"http://127.0.0.1:{process.stdout.readline().strip()}"
        for name, value in {
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": "us-east-1",
        }.items():
            patch.setenv(name, value)
        boto3.client("s3").create_bucket(Bucket="news")
        yield url


def refuse(url: str, requests: int) -> None:
    """Have the server answer 503 to so many requests from now on."""
    urllib.request.urlopen(f"{url}/-busy/{requests}").close()


def upload(folder: Path, prefix: str) -> None:
    """Put a folder into the bucket."""
    import boto3

    client = boto3.client("s3")
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = f"{prefix}/{path.relative_to(folder).as_posix()}"
            client.put_object(Bucket="news", Key=name, Body=path.read_bytes())


def objects(prefix: str) -> dict[str, bytes]:
    """Return what there is in the bucket, by its path below a prefix."""
    import boto3

    client = boto3.client("s3")
    pages = client.get_paginator("list_objects_v2").paginate(Bucket="news", Prefix=f"{prefix}/")
    names = [found["Key"] for page in pages for found in page.get("Contents", ())]
    return {
        name.removeprefix(f"{prefix}/"): client.get_object(Bucket="news", Key=name)["Body"].read() for name in names
    }


@contextmanager
def dask_cluster(workers: int, folder: Path) -> Iterator[str]:
    """Yield the address of a scheduler with worker processes, each with one thread."""
    file = folder / "scheduler.json"
    dask = (sys.executable, "-c", _DASK, "scheduler")
    with ExitStack() as stack:
        options = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
        stack.enter_context(a_process(*dask, *options, DASK_DISTRIBUTED__SCHEDULER__WORK_STEALING="True"))
        limit = time.monotonic() + 60
        while not (file.exists() and file.stat().st_size):
            assert time.monotonic() < limit, "no scheduler"
            time.sleep(0.1)
        address = json.loads(file.read_text("utf-8"))["address"]
        worker = (sys.executable, "-c", _DASK, "worker", address, "--no-dashboard", "--nthreads", "1")
        for number in range(workers):
            place = ("--local-directory", str(folder / f"worker{number}"), "--host", "127.0.0.1")
            stack.enter_context(a_process(*worker, "--no-nanny", *place))
        yield address.removeprefix("tcp://")


def worker_processes(address: str, workers: int = 2) -> list[int]:
    """Return the numbers of the processes of a cluster's workers, when so many are there."""
    from distributed import Client

    with Client(f"tcp://{address}", set_as_default=False) as client:
        client.wait_for_workers(workers, timeout=120)
        return sorted(client.run(os.getpid).values())
