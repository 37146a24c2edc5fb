"""Makes Python refuse to load Pango and HarfBuzz: put on its path as `sitecustomize` by `.ci/bare`."""

import ctypes

_HIDDEN = ("pango", "harfbuzz")


class _Library(ctypes.CDLL):
    """A `CDLL` that is not there where it is one of the hidden ones."""

    def __init__(self, name: object, *arguments: object, **named: object) -> None:
        if any(hidden in str(name) for hidden in _HIDDEN):
            raise OSError(f"{name}: cannot open shared object file: hidden")
        super().__init__(name, *arguments, **named)


ctypes.CDLL = _Library
