"""A fuzzer of the reader that is guided by coverage: `python -m tests.fuzz_reading -max_total_time=600 [FOLDER]`.

It looks for bytes that end in anything but a post or a `SourceError`. What it finds becomes a case.
"""

import sys
from contextlib import suppress

import atheris

with atheris.instrument_imports(include=["converter", "markdown_it", "mdit_py_plugins"]):
    from converter.diagnostics import SourceError
    from converter.model import Post, Site
    from converter.normalize import normalize
    from converter.reading import SourceFile, read
    from converter.reading.front_matter.repair import fix_front_matter

PATHS = ("a.md", "2024-01-02-b.md", "c.html")


def read_bytes(data: bytes) -> None:
    """Read, normalise and repair a file whose first byte chooses its name."""
    path = PATHS[data[0] % len(PATHS)] if data else PATHS[0]
    with suppress(SourceError):
        post = normalize(read(SourceFile(path=path, key="k", data=data[1:]), Site(), _ignore), Site(), _ignore)
        assert post == Post.from_json(post.to_json())
    fixed = fix_front_matter(data[1:])
    assert fixed == fix_front_matter(fixed)


def _ignore(_diagnostic: object) -> None:
    """Take no notice."""


if __name__ == "__main__":
    atheris.Setup(sys.argv, read_bytes)
    atheris.Fuzz()
