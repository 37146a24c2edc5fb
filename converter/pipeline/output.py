"""Puts finished files in place, whole or not at all, and removes those that nothing has any more."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from hashlib import sha256
from typing import Literal

from msgspec import Struct

from converter.catalogues import PublishedFile
from converter.diagnostics import Code, Diagnostic, Warn, WriterError
from converter.storage import Fault, RefusedError, Sink, Tree
from converter.storage import open_output as opened
from converter.storage.memory import inner_name
from converter.writers import File

Change = Literal["new", "changed", "same"]
"""What a file is, beside the one that was in its place."""
Put = Callable[[Sequence[File]], tuple[Change, ...]]
"""Takes finished files, and says what each is."""


class Output(Struct, frozen=True):
    """Where finished files go, and where those of earlier runs are."""

    tree: Tree
    sink: Sink


def open_output(folder: str) -> Output:
    """Return the output in a folder, or at a URL. Raises `UsageError` for a URL that nothing opens."""
    return Output(*opened(folder))


def publish(output: Output, files: Sequence[File]) -> tuple[Change, ...]:
    """Put the files in place, the main one last, so that it never names an image that is not there yet.

    One that is there with the same bytes stays, so that its time says when it changed. Return what each is. Raises
    `WriterError` when that cannot be done (no space, no permission) or when a name leads out of the folder; nothing
    partial is left.
    """
    changes: list[Change] = []
    for file in reversed(files):
        changes.append(_change(output.tree, file))
        if changes[-1] == "same":
            continue
        try:
            output.sink.put(file.name, file.data)
        except RefusedError as error:
            raise _outside(file, error) from error
        except OSError as error:
            raise WriterError(
                Code.OUTPUT_UNWRITABLE,
                f"'{output.sink.root}/{file.name}' cannot be written: {error.strerror or error}",
                hint="check the free space and the permissions of the folder",
            ) from error
    return tuple(reversed(changes))


def compare(output: Output, files: Sequence[File]) -> tuple[Change, ...]:
    """Return what each file would be if `publish` wrote it; nothing is written. Raises `WriterError` as that does."""
    return tuple(_change(output.tree, file) for file in files)


def remove(files: Iterable[PublishedFile], output: Output, warn: Warn) -> None:
    """Remove files that a run made and no edition or catalogue has any more, and the folders that are empty then.

    One that is not as it was made is somebody's, and stays, with a notice.
    """
    for file in files:
        try:
            is_ours = sha256(output.tree.read(file.name, file.size)).hexdigest() == file.sha256
        except RefusedError as error:
            if error.fault is Fault.MISSING:
                continue
            is_ours = False
        if not is_ours:
            message = "the file belongs to nothing any more, but was changed after it was made, and stays"
            warn(Diagnostic(code=Code.FILE_KEPT, message=message, file=file.name, hint="remove it by hand"))
            continue
        with suppress(OSError, RefusedError):
            output.sink.remove(file.name)


def _change(tree: Tree, file: File) -> Change:
    try:
        name = inner_name(file.name)
    except RefusedError as error:
        raise _outside(file, error) from error
    try:
        return "same" if tree.read(name, len(file.data)) == file.data else "changed"
    except RefusedError as error:
        return "new" if error.fault is Fault.MISSING else "changed"


def _outside(file: File, error: RefusedError) -> WriterError:
    message = f"the name '{file.name}' points outside the output folder"
    return WriterError(Code.OUTPUT_UNWRITABLE, message, hint=error.hint)
