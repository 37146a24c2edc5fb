"""Puts finished files in place: whole or not at all."""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from converter.diagnostics import Code
from converter.errors import WriterError
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
            raise WriterError(Code.OUTPUT_UNWRITABLE, f"the name '{file.name}' leads out of the output folder")
        try:
            write_file(target, file.data)
        except OSError as error:
            raise WriterError(
                Code.OUTPUT_UNWRITABLE,
                f"'{target}' cannot be written: {error.strerror or error}",
                hint="look at the free space and the permissions of the folder",
            ) from error
    return tuple(files)


def write_file(target: Path, data: bytes) -> None:
    """Replace `target` by `data` in one step. Raises `OSError`; then the old file stands as it was."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:40]}-", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(0o666 & ~_umask())  # a temporary file is private; a book is not
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    """Return the umask, which can only be read by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
