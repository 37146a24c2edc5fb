"""What a writer is: a frozen value that turns a digest into files, in three steps."""

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Annotated, ClassVar, Generic, Protocol, TypeVar, runtime_checkable

from msgspec import Meta, Struct

from converter.diagnostics import Diagnostic, Warn
from converter.model import Digest, Post
from converter.themes import Theme


class Part(Protocol):
    """A piece of a digest that can be rendered without the others: a picklable value."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of its posts. When it cannot be rendered these posts are left out; empty: the digest fails."""


class File(Struct, frozen=True):
    """A finished file. `name` is relative to the output folder, with `/` between folders."""

    name: str
    data: bytes


PathOption = Annotated[str, Meta(extra={"path": True})]
"""An option that names a file or a folder: in the configuration it is relative to the folder of that."""

PartT = TypeVar("PartT", bound=Part)
RenderedT = TypeVar("RenderedT")
ValueT = TypeVar("ValueT")


class Once(Protocol):
    """Whoever has what an earlier run made, of the same writer with the same options and theme."""

    def once(self, content: object, kind: type[ValueT], make: Callable[[Warn], ValueT], warn: Warn) -> ValueT:
        """Return what `make` returned for the same content, else what it returns now."""


class Results(Generic[RenderedT]):
    """What `render` made of the parts of a digest, while some of it may still be in the making."""

    def __init__(self, ready: Iterable[tuple[int, RenderedT]], earlier: Once | None = None) -> None:
        self._ready = iter(ready)
        self._earlier = earlier

    @property
    def may_be_cached(self) -> bool:
        """Whether `once` may find something."""
        return self._earlier is not None

    def once(self, content: object, kind: type[ValueT], make: Callable[[Warn], ValueT], warn: Warn) -> ValueT:
        """Return what `make` returns, or what it returned in an earlier run for the same `content`, a `kind`.

        It is for what takes long and belongs to no part, such as the pages of the contents. The value depends on
        nothing but `content` and what `Cacheable.fingerprint` is a hash of; both are values that msgspec can encode.
        """
        return make(warn) if self._earlier is None else self._earlier.once(content, kind, make, warn)

    def __iter__(self) -> Iterator[RenderedT]:
        """Yield the results in the order of the parts, when all are there."""
        return iter(self._all)

    @cached_property
    def _all(self) -> tuple[RenderedT, ...]:
        return tuple(result for _, result in sorted(self._ready, key=lambda pair: pair[0]))

    def ready(self) -> Iterator[tuple[int, RenderedT]]:
        """Yield the number of each part, counted from 0, and its result, as soon as it is there, and keep none."""
        return self._ready


class Writer(Protocol, Generic[PartT, RenderedT]):
    """A format. The fields of a writer are its options: the table `[output.NAME]` becomes one, checked by type.

    A writer is a frozen `msgspec.Struct` with `forbid_unknown_fields=True` and a default for every field, registered
    in the entry-point group `converter.writers` under the name that users give after `--to`.
    """

    suffix: ClassVar[str]
    """The suffix of its main file, with the dot."""

    def split(self, digest: Digest, theme: Theme) -> tuple[PartT, ...]:
        """Cut the digest into parts that do not depend on each other, in reading order."""

    def render(self, part: PartT, theme: Theme, warn: Warn) -> RenderedT:
        """Render one part: pure, in any process. Raises `WriterError` when it cannot be done."""

    def assemble(self, digest: Digest, theme: Theme, rendered: Results[RenderedT], warn: Warn) -> tuple[File, ...]:
        """Join what `render` made of the parts of `split`. The first file is the main one.

        Names start with `digest.key`, so that digests never overwrite each other. Raises `WriterError`.
        """


@runtime_checkable
class Demanding(Protocol):
    """A writer that needs something of the machine, such as a library of the system: an optional step."""

    def require(self) -> Diagnostic | None:
        """Return what is to be said once in a run, such as what is used instead of something, or nothing.

        Raises `UsageError` where what it needs is missing. It is asked before any work, and loads little.
        """


@runtime_checkable
class Isolated(Protocol):
    """A writer that says whether its parts want a process of their own, with `--jobs 1` too: an optional step."""

    def is_isolated(self) -> bool:
        """Return whether no alarm stops `render`, or whether the process ends where its memory does."""


@runtime_checkable
class Selective(Protocol):
    """A writer that does not take every post of a digest: an optional step."""

    def takes(self, post: Post) -> bool:
        """Return whether a post, which may be without its body, is written. A notice names one that is not."""


@runtime_checkable
class Quick(Protocol):
    """A writer whose parts take about as long to send to a worker as to render: small digests go there whole."""

    is_quick: ClassVar[bool]


@runtime_checkable
class Verifiable(Protocol):
    """What a writer may have besides its steps: `--verify` and `converter verify` compare what this returns.

    A writer without it is verified where its suffix is that of a built-in one, and else not, which a notice says.
    """

    def passages(self, file: File) -> Iterable[tuple[str, str]]:
        """Yield the title and the words of each post in a finished file, taken out of its bytes."""


@runtime_checkable
class Fingerprinted(Protocol):
    """What says what its results depend on besides what it is given, its options and the theme."""

    def fingerprint(self, theme: Theme) -> str:
        """Return a hash of what else the results depend on: versions of libraries (`code_fingerprint`), fonts."""


@runtime_checkable
class Cacheable(Fingerprinted, Protocol):
    """What a writer may have besides its steps: another run may use what its `render` and `assemble` return.

    The results depend on the part or the digest, the options, the theme, and on what `fingerprint` says. They are
    values that msgspec can encode. A writer knows nothing of where they are.
    """

    def kind(self) -> type | None:
        """Return the type of what `render` returns; `None` where caching that takes about as long as rendering it."""
