"""The standard streams, whatever they are connected with: closed, full, or read by nobody any more."""

from __future__ import annotations

import io
import os
import stat
import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

STREAM = "-"
"""The name of standard input or output."""


class _Output(io.TextIOWrapper):
    """Standard output; what cannot be written is an error of ours, with a sentence, and no other is to follow."""

    def write(self, text: str) -> int:
        try:
            return super().write(text)
        except OSError as error:
            raise _unwritable(error) from error

    def flush(self) -> None:
        try:
            super().flush()
        except OSError as error:
            raise _unwritable(error) from error


class _Messages(io.TextIOWrapper):
    """Standard error; a message that cannot be written is lost, and the work goes on."""

    def write(self, text: str) -> int:
        with suppress(OSError):
            return super().write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            super().flush()


def prepare() -> None:
    """Put something in the place of streams that are closed, so that no file takes their numbers, and guard the others.

    Does nothing to streams that somebody else has replaced, as tests do.
    """
    for handle, mode in ((0, os.O_RDONLY), (1, os.O_RDONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(handle)
        except OSError:
            os.open(os.devnull, mode)  # it takes the lowest number that is free
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    if sys.stdout is sys.__stdout__:
        sys.stdout = _wrapped(_Output, sys.stdout, 1, "backslashreplace")
    if sys.stderr is sys.__stderr__:
        sys.stderr = _wrapped(_Messages, sys.stderr, 2, "backslashreplace")


def _wrapped(
    kind: type[io.TextIOWrapper], stream: io.TextIOWrapper | None, handle: int, errors: str
) -> io.TextIOWrapper:
    encoding = stream.encoding if stream else "utf-8"
    buffer = io.BufferedWriter(io.FileIO(handle, "w", closefd=False))
    return kind(buffer, encoding=encoding, errors=errors, line_buffering=True)


def forget_output() -> None:
    """Let what is still to be written to standard output go nowhere: the interpreter would complain on its way out."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def write(target: str, data: bytes) -> None:
    """Write to a file, whole or not at all, or to standard output, a pipe or a device. Raises `WriterError`."""
    from converter.pipeline.output import open_output, publish
    from converter.writers import File

    if target == STREAM:
        _write_all(sys.stdout.buffer, data)
    elif is_stream(target):
        try:
            _write_all(_opened(target), data)
        except OSError as error:
            raise _unwritable(error, f"'{target}'") from error
    else:
        publish(open_output(str(Path(target).parent)), (File(Path(target).name, data),))


def is_stream(target: str) -> bool:
    """Whether a name means something that is written into, and not a file that is replaced."""
    try:
        mode = os.stat(target).st_mode  # noqa: PTH116  (a name that is not there is no path yet)
    except (OSError, ValueError):
        return False
    in_system = Path(target).absolute().parts[1:2] in (("dev",), ("proc",))
    return not stat.S_ISDIR(mode) and (in_system or not stat.S_ISREG(mode))


def _opened(target: str) -> io.FileIO:
    """Open a pipe or a device. Raises `OSError` for a pipe that nobody reads: it is not waited for."""
    handle = os.open(target, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))
    if hasattr(os, "set_blocking"):
        os.set_blocking(handle, True)
    return io.FileIO(handle, "w")


def _write_all(stream: io.FileIO | BinaryIO, data: bytes) -> None:
    rest = memoryview(data)
    try:
        while rest:
            rest = rest[stream.write(rest) or 0 :]
        stream.flush()
    except OSError as error:
        if stream is sys.stdout.buffer:
            raise _unwritable(error) from error
        raise


def _unwritable(error: OSError, name: str = "standard output") -> Exception:
    """Return what to tell about a stream; that the reader of our output went away needs no words."""
    from converter.diagnostics import Code, WriterError

    if name == "standard output":
        forget_output()
        if isinstance(error, BrokenPipeError):
            return error
    message = f"{name} cannot be written: {error.strerror or error}"
    return WriterError(Code.OUTPUT_UNWRITABLE, message, hint="check what reads it, and the free space")
