"""Draws formulas, since WeasyPrint knows no MathML: TeX in, an SVG picture and its size out."""

import re
from functools import lru_cache
from hashlib import sha256

from msgspec import Struct

SIZE = 100.0
"""The font size that formulas are drawn at, in units of the picture."""
LONGEST = 4000
"""TeX beyond this many characters is no formula."""

_SIZES = re.compile(r'<svg([^>]*?) width="([\d.]+)" height="([\d.]+)" viewBox="([-\d.]+) ([-\d.]+) ([\d.]+) ([\d.]+)"')


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
    if not tex.strip() or len(tex) > LONGEST:
        return None
    import ziamath  # late: most posts have no formulas

    try:
        svg = ziamath.Latex(tex, size=SIZE, inline=not display).svg()  # type: ignore[attr-defined]  # not in __all__
    except Exception:  # whatever the parser of a formula stumbles over, it costs the formula alone
        return None
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
