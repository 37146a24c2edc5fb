"""An image of the user's -> the cover of a book."""

import io

from PIL import Image as Pillow
from PIL import ImageOps

from converter.diagnostics import Code, UsageError
from converter.images.identify import DamagedError, opened
from converter.storage import RefusedError, read_named
from converter.writers.colours import plain_colours
from converter.writers.epub.cover import QUALITY, Cover

MAX_BYTES = 64 << 20
"""Of the file of a cover."""


def read_cover(path: str) -> bytes:
    """Return the bytes of the image at `path`. Raises `UsageError` where there is none, or it is too large."""
    try:
        data = read_named(path, MAX_BYTES)
        with opened(data):
            return data
    except RefusedError as error:
        raise _unusable(path, str(error), error.hint) from error
    except DamagedError as error:
        raise _unusable(path, f"it {error}", "save it as JPEG or PNG") from error


def own_cover(path: str, paper: str) -> Cover:
    """Return the cover that shows the image at `path`, upright and in RGB; `paper` is the colour behind clear parts.

    Nobody knows whether it says the title. Raises `UsageError` as `read_cover` does.
    """
    data = read_cover(path)
    try:
        with opened(data) as image:
            upright = plain_colours(ImageOps.exif_transpose(image)).convert("RGBA")
            ground = Pillow.new("RGBA", upright.size, paper)
            stream = io.BytesIO()
            Pillow.alpha_composite(ground, upright).convert("RGB").save(stream, "JPEG", quality=QUALITY, optimize=True)
    except DamagedError as error:  # its head was sound
        raise _unusable(path, f"it {error}", "save it as JPEG or PNG") from error
    return Cover(stream.getvalue(), says_title=False)


def _unusable(path: str, reason: str, hint: str) -> UsageError:
    return UsageError(Code.CONFIG_INVALID, f"the cover cannot be used: {reason}", file=path, hint=hint)
