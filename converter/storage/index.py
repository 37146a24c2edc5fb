"""What is known between runs of sources and editions: records by key, in one SQLite file.

The index of a cache may be lost: whatever is wrong with it, it is made again. A state must not be: one that is damaged,
or that a newer version made, ends the run. Records carry checksums, and one run at a time has the file.
"""

import os
import sqlite3
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress

from converter.diagnostics import Code, UsageError

VERSION = 1
"""Of the form of the file."""
_TABLES = ("sources", "posts", "editions", "seals", "sealed", "messages")
_COMMIT_AFTER = 2.0
"""Seconds of work that a run that is killed loses at the most."""


class Index:
    """Tables of records, each some bytes under a key: `sources`, `posts`, `editions`, seals, and `messages`."""

    def __init__(self, path: str = "", *, must_last: bool = False, patience: float = 0.0) -> None:
        """Open the file, or make it; without a path, it is in memory and knows nothing.

        One that must last is waited for so many seconds while another run has it. Raises `UsageError` for one that
        must last and cannot be used.
        """
        self.path = path
        self.must_last = must_last
        self._since = time.monotonic()
        try:
            self._connection = _opened(path, patience, durable=must_last)
        except (OSError, sqlite3.Error) as error:
            if must_last:
                raise _unusable(path, error) from error
            self._start_again(error)

    def records(self, table: str) -> Iterator[tuple[str, bytes]]:
        """Yield the records of a table, in the order of their keys. Raises `UsageError` for one that must last."""
        try:
            rows = self._connection.execute(f"SELECT key, checksum, data FROM {table} ORDER BY key")  # noqa: S608
            for key, checksum, data in rows:
                if _checksum(key, data) == checksum:
                    yield key.decode("utf-8", "surrogateescape"), data
                elif self.must_last:
                    raise _unusable(self.path, ValueError(f"the record of {key!r} is damaged"))
        except (sqlite3.Error, TypeError) as error:
            self._start_again(error)

    def get(self, table: str, key: str) -> bytes | None:
        """Return a record; `None` where there is none, or a damaged one."""
        name = _name(key)
        rows = self._run(f"SELECT checksum, data FROM {table} WHERE key = ?", name)  # noqa: S608
        return next((data for checksum, data in rows if _checksum(name, data) == checksum), None)

    def put(self, table: str, key: str, data: bytes) -> None:
        """Keep a record, in the place of the one that was there."""
        self._run(f"INSERT OR REPLACE INTO {table} VALUES (?, ?, ?)", _name(key), _checksum(_name(key), data), data)  # noqa: S608
        if time.monotonic() - self._since > _COMMIT_AFTER:
            self.commit()

    def remove(self, table: str, key: str) -> None:
        """Forget a record."""
        self._run(f"DELETE FROM {table} WHERE key = ?", _name(key))  # noqa: S608

    def commit(self) -> None:
        """Let what was put so far outlive this process."""
        self._run("COMMIT")
        self._run("BEGIN IMMEDIATE")
        self._since = time.monotonic()

    def close(self) -> None:
        """Let go of the file; all that was put into it stays. Raises `UsageError` where that of a state cannot."""
        try:
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            if self.must_last:
                raise _unusable(self.path, error) from error
        finally:
            self._connection.close()

    def _run(self, statement: str, *values: object) -> list[tuple[int, bytes]]:
        try:
            return self._connection.execute(statement, values).fetchall()
        except (sqlite3.Error, OverflowError) as error:
            self._start_again(error)
            return []

    def _start_again(self, error: Exception) -> None:
        """Go on in memory, without a file that is damaged. Raises `UsageError` for what must last."""
        if self.must_last:
            raise _unusable(self.path, error) from error
        if hasattr(self, "_connection"):
            self._connection.close()
        if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
            for end in ("", "-wal"):
                with suppress(OSError):
                    os.unlink(self.path + end)
        self.path = ""
        self._connection = _opened("", 0, durable=False)


def _opened(path: str, patience: float, *, durable: bool) -> sqlite3.Connection:
    """Return the open file, which no other process has. Raises `sqlite3.Error` and `OSError`."""
    if path:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    connection = sqlite3.connect(path or ":memory:", timeout=patience, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")  # until it is closed, or its process has died
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'OFF'}")
        connection.execute("BEGIN IMMEDIATE")
        [(version,)] = connection.execute("PRAGMA user_version")
        if version not in (0, VERSION):
            raise sqlite3.DatabaseError(f"it has version {version} of the form, and this is version {VERSION}")
        for table in _TABLES:
            connection.execute(
                f"CREATE TABLE IF NOT EXISTS {table} (key BLOB PRIMARY KEY, checksum INTEGER, data BLOB)"
            )
        connection.execute(f"PRAGMA user_version = {VERSION}")
    except BaseException:
        connection.close()
        raise
    return connection


def _name(key: str) -> bytes:
    """Return a key as it is in the file: names of files need not be Unicode."""
    return key.encode("utf-8", "surrogateescape")


def _checksum(name: bytes, data: bytes) -> int:
    return zlib.crc32(data, zlib.crc32(name))


def _unusable(path: str, error: Exception) -> UsageError:
    message = f"the state cannot be used: {error}"
    hint = "restore a copy of the folder; without it, posts whose sources are gone are lost"
    if "locked" in str(error):
        message = "another run is using this state"
        hint = "wait until it ends, or let this one wait longer: `lock_timeout` in [state]"
    elif isinstance(error, OSError | sqlite3.OperationalError):  # the disk, not what is on it
        hint = "check the free space and the permissions of the folder; what it had before is not lost"
    return UsageError(Code.STATE_UNUSABLE, message, file=path, hint=hint)
