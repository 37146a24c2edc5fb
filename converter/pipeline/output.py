"""Puts finished files in place, whole or not at all, and removes those that nothing has any more."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Literal

from converter.catalogues import PublishedFile
from converter.diagnostics import Code, Diagnostic, Warn, WriterError
from converter.storage import Fault, LocalTree, RefusedError, read_named, write_file
from converter.writers import File

Change = Literal["new", "changed", "same"]
"""What a file is, beside the one that was in its place."""
Put = Callable[[Sequence[File], str], tuple[Change, ...]]
"""Takes finished files to a folder, and says what each is."""


def publish(files: Sequence[File], folder: str) -> tuple[Change, ...]:
    """Write the files under `folder`, the main one last, so that it never names an image that is not there yet.

    Each file is written beside its place, synced and renamed; one that is there with the same bytes stays, so that its
    time says when it changed. Return what each is. Raises `WriterError` when that cannot be done (no space, no
    permission) or when a name leads out of the folder; nothing partial is left.
    """
    root = Path(folder)
    changes: list[Change] = []
    for file in reversed(files):
        target = _target(root, file.name)
        changes.append(_change(target, file.data))
        if changes[-1] == "same":
            continue
        try:
            write_file(target, file.data)
        except OSError as error:
            raise WriterError(
                Code.OUTPUT_UNWRITABLE,
                f"'{target}' cannot be written: {error.strerror or error}",
                hint="check the free space and the permissions of the folder",
            ) from error
    return tuple(reversed(changes))


def compare(files: Sequence[File], folder: str) -> tuple[Change, ...]:
    """Return what each file would be if `publish` wrote it; nothing is written. Raises `WriterError` as that does."""
    return tuple(_change(_target(Path(folder), file.name), file.data) for file in files)


def remove(files: Iterable[PublishedFile], tree: LocalTree, warn: Warn) -> None:
    """Remove files that a run made and no edition or catalogue has any more, and the folders that are empty then.

    One that is not as it was made is somebody's, and stays, with a notice.
    """
    for file in files:
        try:
            is_ours = sha256(tree.read(file.name, file.size)).hexdigest() == file.sha256
        except RefusedError as error:
            if error.fault is Fault.MISSING:
                continue
            is_ours = False
        if not is_ours:
            message = "the file belongs to nothing any more, but was changed after it was made, and stays"
            warn(Diagnostic(code=Code.FILE_KEPT, message=message, file=file.name, hint="remove it by hand"))
            continue
        target = Path(tree.root, file.name)
        with suppress(OSError):  # a folder that has other files
            target.unlink()
            for folder in list(target.relative_to(tree.root).parents)[:-1]:
                Path(tree.root, folder).rmdir()


def _target(root: Path, name: str) -> Path:
    target = root / name
    if not target.resolve().is_relative_to(root.resolve()):
        raise WriterError(Code.OUTPUT_UNWRITABLE, f"the name '{name}' points outside the output folder")
    return target


def _change(target: Path, data: bytes) -> Change:
    try:
        return "same" if read_named(str(target), len(data)) == data else "changed"
    except RefusedError as error:
        return "new" if error.fault is Fault.MISSING else "changed"
