"""Tasks that an earlier run did -> their outcomes, so that no worker does them again.

A task says what its value depends on (`key`) and what type it has (`kind`); the pipeline looks the outcome up before it
sends the task to a worker, and keeps it afterwards, with its diagnostics. Both happen in the parent, and nothing else
knows of the folder.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Protocol, TypeVar

import msgspec
from msgspec import Struct

from converter.diagnostics import Code, Diagnostic, Outcome, Warn
from converter.storage.cache import Bundles, Cache
from converter.storage.fingerprint import key_of

PASSING = frozenset({
    Code.INTERNAL_ERROR, Code.LAYOUT_SIMPLIFIED, Code.TASK_TIMED_OUT, Code.TASK_TOO_LARGE, Code.WORKER_DIED,
    Code.IMAGE_MISSING, Code.IMAGE_INVALID, Code.IMAGE_OUTSIDE,
})  # fmt: skip
"""What a run may meet and the next one not, with the same input: such outcomes are not kept."""

ItemT_contra = TypeVar("ItemT_contra", contravariant=True)
ValueT = TypeVar("ValueT")


class CacheableTask(Protocol[ItemT_contra]):
    """A task whose outcomes another run may use."""

    def key(self, item: ItemT_contra, /) -> str:
        """Return a hash of everything that the value depends on; empty for one that is not to be cached."""

    def kind(self, item: ItemT_contra, /) -> Any:
        """Return the type of the value."""


class Found(Struct, frozen=True):
    """What a cache knows of an item."""

    key: str = ""
    outcome: Outcome[Any] | None = None


NOTHING = Found()


class TaskCache:
    """The outcomes of earlier runs. Whatever is wrong with it costs time only."""

    def __init__(self, storage: Cache, warn: Warn) -> None:
        """`warn` is told, once, where a folder that somebody named cannot be used."""
        self._storage = storage
        self._warn = warn
        self._writes = True
        self._has_written = False
        if danger := storage.prepare():
            self._tell(f"this folder is not used: {danger}", "name one of your own with --cache, or say --no-cache")
            self._storage = Cache()
        self._results = Bundles(self._storage)

    @property
    def is_on(self) -> bool:
        """Whether it has a folder."""
        return bool(self._storage.folder)

    def look_up(self, task: object, item: object) -> Found:
        """Return the key of a task for an item, and the outcome that an earlier run came to."""
        if not self.is_on or not hasattr(task, "key"):
            return NOTHING
        keyed: CacheableTask[object] = task  # type: ignore[assignment]  # it has a key
        try:
            key = keyed.key(item)
            return Found(key, self.get(key, keyed.kind(item)))
        except Exception:  # the task meets the same, and says so
            return NOTHING

    def get(self, key: str, kind: type[ValueT]) -> Outcome[ValueT] | None:
        """Return the outcome under a key, with a value of type `kind`."""
        data = self._results.get(key)
        if data is None:
            return None
        try:
            found: Outcome[ValueT] = _decoder(kind).decode(data)  # type: ignore[arg-type]  # types are hashable
        except msgspec.MsgspecError:
            return None
        return found if found.value is not None else None

    def has(self, key: str) -> bool:
        """Say whether there seems to be an outcome under a key."""
        return self._results.has(key)

    def put(self, key: str, outcome: Outcome[Any]) -> None:
        """Keep an outcome for the next run, unless that may come to another one."""
        if key and self._writes and (data := encoded(outcome)) is not None:
            self.put_encoded(key, data)

    def put_encoded(self, key: str, data: bytes) -> None:
        """Keep what `encoded` returned in a worker."""
        if self._writes:
            self._has_written = True
            self._note(self._results.put(key, data))

    def close(self) -> None:
        """Write what is left, and hold the folder to its limit."""
        if self._writes:
            self._note(self._results.flush())
        self._results.close()
        if self._has_written:
            self._storage.prune()

    def _note(self, fault: str) -> None:
        if fault:
            self._writes = False  # what failed once would fail a hundred times
            hint = "check its permissions and the free space, or name another folder with --cache"
            self._tell(f"nothing can be cached in this folder: {fault}", hint)

    def _tell(self, message: str, hint: str) -> None:
        if self._storage.is_named:
            self._warn(Diagnostic(code=Code.CACHE_UNWRITABLE, message=message, file=self._storage.folder, hint=hint))


class Pages:
    """What a writer makes once for a whole book, for one writer, options and theme: see `writers.Results.once`."""

    def __init__(self, cache: TaskCache, context: str) -> None:
        self._cache = cache
        self._context = context

    def once(self, content: object, kind: type[ValueT], make: Callable[[Warn], ValueT], warn: Warn) -> ValueT:
        """Return what `make` returned for the same content in an earlier run, else what it returns now."""
        key = key_of("page", self._context, content)
        found = self._cache.get(key, kind)
        if found is not None and found.value is not None:
            for diagnostic in found.diagnostics:
                warn(diagnostic)
            return found.value
        said: list[Diagnostic] = []

        def tell(diagnostic: Diagnostic) -> None:
            said.append(diagnostic)
            warn(diagnostic)

        value = make(tell)
        self._cache.put(key, Outcome(value, tuple(said)))
        return value


def encoded(outcome: Outcome[Any]) -> bytes | None:
    """Return what is kept of an outcome; nothing of one that the next run may come to otherwise."""
    if outcome.value is None or any(diagnostic.code in PASSING for diagnostic in outcome.diagnostics):
        return None
    try:
        # As plain values first: msgpack has no zones, and a time would come back as one of another zone.
        return msgspec.msgpack.encode(msgspec.to_builtins(outcome, builtin_types=(bytes,)))
    except (UnicodeEncodeError, TypeError):  # text that is no Unicode; a writer's own type
        return None


@cache
def _decoder(kind: Any) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(Outcome[kind])
