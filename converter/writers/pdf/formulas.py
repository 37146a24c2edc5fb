"""Draws formulas, since WeasyPrint knows no MathML: TeX in, an SVG image and its size out."""

import logging
import re
import threading
from functools import cache, lru_cache
from hashlib import sha256
from importlib import import_module
from typing import Any

from msgspec import Struct

from converter.writers.xhtml.mathml import mathml

SIZE = 100.0
"""The font size that formulas are drawn at, in units of the image."""
LONGEST = 4000
"""TeX beyond this many characters is no formula."""

_SIZES = re.compile(r'<svg([^>]*?) width="([\d.]+)" height="([\d.]+)" viewBox="([-\d.]+) ([-\d.]+) ([\d.]+) ([\d.]+)"')


class _Quiet(threading.local):
    """What the modules of ziafont find under the name `logging`: that module, but for what they say while we draw.

    They write to the root logger hundreds of times for a formula, and give it a handler if it has none.
    """

    drawing = False

    def __getattr__(self, name: str) -> Any:
        return _ignore if self.drawing else getattr(logging, name)


_quiet = _Quiet()


def _ignore(*_: object, **__: object) -> None:
    """Log nothing."""


@cache
def _engine() -> Any:
    """Return ziamath, loaded when the first formula comes: most posts have none."""
    engine = import_module("ziamath")
    for name in ("ziafont.gpos", "ziafont.gsub", "ziamath.nodes.mnode"):
        import_module(name).logging = _quiet  # type: ignore[attr-defined]
    return engine


class Formula(Struct, frozen=True):
    """A drawn formula. Lengths are in the font size of the text around it."""

    name: str
    svg: bytes
    width: float
    height: float
    depth: float
    """How far it reaches below the base line."""


@lru_cache(maxsize=512)
def draw(tex: str, *, display: bool) -> Formula | None:
    """Return the drawing of TeX without delimiters, or `None` where it is not understood."""
    markup = mathml(tex, "block" if display else "inline") if len(tex) <= LONGEST else None
    if markup is None:
        return None
    engine = _engine()
    _quiet.drawing = True
    try:
        svg = engine.Math(markup, size=SIZE).svg()
    except Exception:  # whatever the parser of a formula stumbles over, it costs the formula alone
        return None
    finally:
        _quiet.drawing = False
    if (found := _SIZES.match(svg)) is None:
        return None
    _, top, width, height = (float(value) for value in found.groups()[3:])
    if not (0 < width < 1e5 and 0 < height < 1e5):
        return None
    return Formula(
        name=f"formula-{sha256(svg.encode()).hexdigest()[:32]}",
        svg=svg.encode("utf-8"),
        width=round(width / SIZE, 4),
        height=round(height / SIZE, 4),
        depth=round((top + height) / SIZE, 4),
    )
