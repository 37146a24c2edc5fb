"""The converter's own WeasyPrint: the installed package, loaded once more under another name.

It is repaired from outside (see `patches`), told what to log, and used by one thread at a time (see `turns`). A program
that uses WeasyPrint beside the converter must notice nothing of that, so it keeps an instance of its own.
"""

import ctypes.util
import logging
import sys
import warnings
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from importlib import import_module
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from types import ModuleType
from typing import Any
from xml.etree import ElementTree

from PIL import ImageFile

from converter.limits import process

NAME = "converter.writers.pdf.weasyprint._weasyprint"
"""What the instance is called among the modules of the process."""


class Log(logging.Logger):
    """Keeps what WeasyPrint says, from warnings on; shows none of it, and knows nothing of other loggers."""

    def __init__(self) -> None:
        super().__init__(NAME)
        self.records: list[logging.LogRecord] = []

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802  (the name in the library)
        return level >= logging.WARNING

    def handle(self, record: logging.LogRecord) -> None:
        self.records.append(record)


LOG = Log()

_discarded: deque[tuple[Callable[[Any], object], Any]] = deque()
"""What Python needs no more, with the function of a C library that releases it."""


def release() -> None:
    """Release what was discarded. Only the thread whose turn it is may do so.

    The collector runs in whatever thread it likes, while another one may be in the middle of the same font.
    """
    while _discarded:
        destroy, value = _discarded.popleft()
        destroy(value)


def _discard(destroy: Callable[[Any], object], value: Any) -> None:
    _discarded.append((destroy, value))


def module(name: str) -> Any:
    """Return a module of the instance by its name in WeasyPrint, as in `layout.inline`."""
    return import_module(f"{NAME}.{name}")


def _load() -> ModuleType:
    """Load the package. Raises `OSError` where a library that it needs is missing."""
    found = find_spec("weasyprint")
    if found is None or found.origin is None:
        raise OSError("WeasyPrint is not installed")
    spec = spec_from_file_location(NAME, found.origin, submodule_search_locations=found.submodule_search_locations)
    assert spec is not None and spec.loader is not None  # noqa: PT018, S101  (of a file in a folder)
    package = module_from_spec(spec)
    sys.modules[NAME] = package
    try:
        with _no_traces(), _quick() if process.is_own() else nullcontext(), warnings.catch_warnings():
            # Fonts that it misses on the system may come from packages; where there are none, that was found before.
            warnings.filterwarnings("ignore", message=".*Expect ugly output")
            _give_log()
            _prepare(module("text.ffi").ffi)
            spec.loader.exec_module(package)
    except BaseException:
        for name in [name for name in sys.modules if name == NAME or name.startswith(f"{NAME}.")]:
            del sys.modules[name]
        raise
    return package


def _give_log() -> None:
    own: Any = ModuleType(f"{NAME}.logger")
    own.LOGGER = own.PROGRESS_LOGGER = LOG
    sys.modules[own.__name__] = own


def _prepare(ffi: Any) -> None:
    """Declare what the patches need of Pango, and have its objects released when it is their turn."""
    ffi.cdef("FcPattern * pango_fc_font_get_pattern(PangoFcFont *font);")
    collected = ffi.gc
    ffi.gc = lambda value, destroy, size=0: collected(value, partial(_discard, destroy), size)


@contextmanager
def _no_traces() -> Iterator[None]:
    """Undo what WeasyPrint changes in other libraries while it is imported.

    It has Pillow take images that are cut short, which are to be named in every format alike, and names prefixes for
    every XML that the process writes.
    """
    truncated, prefixes = ImageFile.LOAD_TRUNCATED_IMAGES, dict(ElementTree._namespace_map)  # type: ignore[attr-defined]  # noqa: SLF001
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = truncated
        for uri in set(ElementTree._namespace_map) - set(prefixes):  # type: ignore[attr-defined]  # noqa: SLF001
            del ElementTree._namespace_map[uri]  # type: ignore[attr-defined]  # noqa: SLF001


@contextmanager
def _quick() -> Iterator[None]:
    """Have WeasyPrint load its libraries by the names that Linux has for them: a switch of the whole process.

    It tries names of other systems first, and each costs Python a run of `ldconfig`: together almost half the time that
    its import takes. What the search finds has the same name, so nothing can be lost.
    """
    search = ctypes.util.find_library
    if sys.platform == "linux":
        ctypes.util.find_library = _find_nothing
    try:
        yield
    finally:
        ctypes.util.find_library = search


def _find_nothing(name: str) -> str | None:  # noqa: ARG001  (the signature of what it replaces)
    return None


weasyprint: Any = _load()
