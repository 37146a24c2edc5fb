"""Puts finished files in place: whole or not at all."""

from collections.abc import Sequence
from pathlib import Path

from converter.diagnostics import Code, WriterError
from converter.storage import write_file
from converter.writers import File


def publish(files: Sequence[File], folder: str) -> tuple[File, ...]:
    """Write the files under `folder`, the main one last, so that it never names a picture that is not there yet.

    Each file is written beside its place, synced and renamed. Raises `WriterError` when that cannot be done (no
    space, no permission) or when a name leads out of the folder; nothing partial is left.
    """
    root = Path(folder)
    for file in reversed(files):
        target = root / file.name
        if not target.resolve().is_relative_to(root.resolve()):
            raise WriterError(Code.OUTPUT_UNWRITABLE, f"the name '{file.name}' points outside the output folder")
        try:
            write_file(target, file.data)
        except OSError as error:
            raise WriterError(
                Code.OUTPUT_UNWRITABLE,
                f"'{target}' cannot be written: {error.strerror or error}",
                hint="check the free space and the permissions of the folder",
            ) from error
    return tuple(files)
