"""The URL of a Dask scheduler -> an executor: the processes of its workers do the tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from typing import Any, TypeVar

from msgspec import Struct

from converter.diagnostics import Code, UsageError
from converter.limits.bounds import Bounds
from converter.pipeline.clusters import installation, run_checked

PATIENCE = 30.0
"""Seconds that a scheduler may take to answer, and a first worker to come."""

ValueT = TypeVar("ValueT")


class DaskCluster(Struct, frozen=True):
    """A scheduler: `dask://HOST:PORT`."""

    address: str
    """`HOST:PORT`."""

    @contextmanager
    def open(self, bounds: Bounds) -> Iterator[Executor]:
        """Yield an executor. Raises `UsageError` where there is no scheduler, or no worker that can do the work."""
        try:
            from distributed import Client
        except ImportError as error:
            hint = "pip install 'digest-converter[dask]'"
            raise UsageError(Code.LIBRARY_MISSING, f"dask:// needs a library: {error}", hint=hint) from error
        try:
            # Nothing of the program around it changes: the client is nobody's default.
            client = Client(f"tcp://{self.address}", timeout=PATIENCE, set_as_default=False)
            client.wait_for_workers(1, timeout=PATIENCE)
        except (OSError, TimeoutError, ValueError) as error:
            message = f"there is no Dask cluster at {self.address}: {str(error) or type(error).__name__}"
            hint = "start one: `dask scheduler`, and `dask worker` on each machine; see docs/scale.md"
            raise UsageError(Code.USAGE, message, hint=hint) from error
        try:
            yield _DaskExecutor(client, bounds)
        finally:
            client.close()


class _DaskExecutor(Executor):
    """Hands tasks to a scheduler. A task whose worker dies is done by another."""

    is_remote = True

    def __init__(self, client: Any, bounds: Bounds) -> None:
        self.bounds = bounds
        self._inner = client.get_executor(pure=False)
        self._code = installation()
        workers = client.run(installation)
        self.workers = max(1, sum(client.nthreads().values()))
        """How many tasks may be done at once."""
        if others := sorted(name for name, code in workers.items() if code != self._code):
            raise UsageError(
                Code.USAGE,
                f"the worker {others[0]} has another version of the converter or of Python",
                hint="install the same version on all machines, and start the workers again",
            )

    def submit(self, fn: Callable[..., ValueT], /, *args: Any, **kwargs: Any) -> Future[ValueT]:
        future: Future[ValueT] = self._inner.submit(run_checked, self._code, fn, *args, **kwargs)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002  (the interface's own)
        self._inner.shutdown(wait=wait, cancel_futures=cancel_futures)
