"""Starts worker processes that signals to the run, and the death of their parent, end without a word."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import reduction, resource_tracker, spawn, util
from multiprocessing.context import SpawnContext, SpawnProcess, set_spawning_popen
from multiprocessing.process import BaseProcess

MOST_TOLD = 16 * 1024
"""Bytes that a pipe takes on any system though nobody reads yet."""


@contextmanager
def blocked(*names: str) -> Iterator[None]:
    """Block signals, where there are such, in what is started meanwhile: what is blocked stays so in a child."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {getattr(signal, name) for name in names})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def start_tracker() -> None:
    """Start the process that minds what those of a pool share.

    It ends after all others: a terminal that closes, which all of a run hear, would end it before, and what it minds
    would be missed aloud.
    """
    if sys.platform != "win32":
        with blocked("SIGHUP"):
            resource_tracker.ensure_running()


if sys.platform != "win32":
    from multiprocessing import popen_spawn_posix

    class _Start(popen_spawn_posix.Popen):
        """Writes what a process is to do before it starts: Python itself writes afterwards.

        A process whose parent dies meanwhile would show a traceback of a pipe that ended.
        """

        _fds: list[int]

        def _launch(self, process: BaseProcess) -> None:
            told = self._told(process)
            if len(told) > MOST_TOLD:  # a command line of thousands of files
                self._fds.clear()
                super()._launch(process)  # type: ignore[misc]  # it is there
                return
            (parent_reads, child_writes), (child_reads, parent_writes) = os.pipe(), os.pipe()
            self.finalizer = util.Finalize(self, util.close_fds, (parent_reads, parent_writes))  # type: ignore[attr-defined]  # it is there
            try:
                os.write(parent_writes, told)
                tracker = resource_tracker.getfd()
                assert tracker is not None  # noqa: S101  # it has started
                command = spawn.get_command_line(tracker_fd=tracker, pipe_handle=child_reads)
                handles = sorted({*self._fds, tracker, child_reads, child_writes})
                self.pid = util.spawnv_passfds(os.fsencode(spawn.get_executable()), command, handles)
                self.sentinel = parent_reads
            finally:
                os.close(child_reads)
                os.close(child_writes)

        def _told(self, process: BaseProcess) -> bytes:
            self._fds.clear()
            stream = io.BytesIO()
            set_spawning_popen(self)
            try:
                reduction.dump(spawn.get_preparation_data(process.name), stream)
                reduction.dump(process, stream)
            finally:
                set_spawning_popen(None)
            return stream.getvalue()


class Worker(SpawnProcess):
    """A fresh process that no interrupt reaches, from its first moment on: its parent ends it."""

    def start(self) -> None:
        """Start it. Raises `OSError` where the system has no room for another process."""
        with blocked("SIGINT"):
            super().start()

    if sys.platform != "win32":

        @staticmethod
        def _Popen(process: BaseProcess) -> _Start:  # noqa: N802  # the name is Python's
            return _Start(process)


class WorkerContext(SpawnContext):
    """Starts workers. `spawn`: Pango and its threads do not survive a fork."""

    Process = Worker
